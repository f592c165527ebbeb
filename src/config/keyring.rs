//! `[keyring]`: the key that encrypts the secrets of connections.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Section;

/// Where the key is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyringConfig {
    key_file: PathBuf,
}

impl KeyringConfig {
    /// The key file; in the data directory unless configured.
    pub fn key_file(&self, data_dir: &Path) -> PathBuf {
        if self.key_file.as_os_str().is_empty() { data_dir.join("keyring.key") } else { self.key_file.clone() }
    }
}

impl Section for KeyringConfig {}
