#!/usr/bin/env bash
# Builds the binary that packages carry (thin LTO, stripped) and says how big it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target_dir=${CARGO_TARGET_DIR:-target}
cargo build --locked --profile dist --bin marketgate
"$target_dir/dist/marketgate" --version
du --apparent-size --human-readable "$target_dir/dist/marketgate"
