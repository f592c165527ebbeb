#!/usr/bin/env bash
# Builds the Debian package and lists what it would install. Needs cargo-deb 3.8 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v cargo-deb >/dev/null; then
  echo "cargo-deb is missing: cargo install cargo-deb --version 3.8.0 --locked" >&2
  exit 1
fi

package=$(cargo deb --locked --profile dist | tail -n 1)
dpkg-deb --info "$package"
dpkg-deb --contents "$package"
echo "$package"
