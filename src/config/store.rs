//! `[store]`: the database.

use std::path::PathBuf;

use serde::Deserialize;

use super::Section;

/// The database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Data directory.
    pub dir: PathBuf,
    /// Memory for pages, in MiB.
    pub cache_mib: usize,
}

impl Section for Store {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.dir.as_os_str().is_empty() {
            problems.push("dir: name a directory".to_owned());
        }
        if self.cache_mib == 0 {
            problems.push("cache_mib: must be at least 1".to_owned());
        }
        problems
    }
}
