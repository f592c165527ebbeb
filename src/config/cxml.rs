//! `[cxml]`: limits of the cXML endpoint.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Section;

/// Limits of the cXML endpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cxml {
    /// Largest request, in KiB.
    pub max_request_kib: usize,
    /// Largest multipart request, attachments included, in KiB; the cXML document in it has the limit above.
    pub max_multipart_kib: usize,
    /// Directory of the cXML DTDs, for connections that have documents validated; none where it is empty.
    pub dtd_dir: PathBuf,
    /// Wrong credentials per minute, for one source and for one identity, before answers are throttled.
    pub failed_logins_per_minute: u32,
}

impl Cxml {
    /// Directory of the cXML DTDs, if one is configured.
    pub fn dtd_dir(&self) -> Option<&Path> {
        Some(self.dtd_dir.as_path()).filter(|dir| !dir.as_os_str().is_empty())
    }

    /// Largest request, in bytes.
    pub fn max_request_bytes(&self) -> usize {
        self.max_request_kib.saturating_mul(1024)
    }

    /// Largest multipart request, in bytes.
    pub fn max_multipart_bytes(&self) -> usize {
        self.max_multipart_kib.saturating_mul(1024)
    }
}

impl Section for Cxml {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.max_request_kib == 0 {
            problems.push("max_request_kib: must be at least 1".to_owned());
        }
        if self.max_multipart_kib < self.max_request_kib {
            problems.push("max_multipart_kib: must be at least max_request_kib".to_owned());
        }
        if let Some(dir) = self.dtd_dir().filter(|dir| !dir.is_dir()) {
            problems.push(format!("dtd_dir: {} is not a directory", dir.display()));
        }
        if self.failed_logins_per_minute == 0 {
            problems.push("failed_logins_per_minute: must be at least 1".to_owned());
        }
        problems
    }
}
