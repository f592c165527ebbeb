//! `[tls]`: certificates.

use std::path::PathBuf;

use serde::Deserialize;

use super::Section;

/// Certificates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Where the certificate comes from.
    pub mode: TlsMode,
    /// PEM with the chain.
    pub certificate_file: PathBuf,
    /// PEM with the private key.
    pub key_file: PathBuf,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TlsMode {
    /// Plain HTTP.
    Off,
    /// Two files.
    Files,
    /// Made at the first start.
    SelfSigned,
}

impl Section for Tls {
    fn problems(&self) -> Vec<String> {
        let files = [("certificate_file", &self.certificate_file), ("key_file", &self.key_file)];
        let missing = |(key, path): (&str, &PathBuf)| match (self.mode, path.as_os_str().is_empty()) {
            (TlsMode::Files, true) => Some(format!("{key}: tls.mode = \"files\" needs this file")),
            (TlsMode::Files, false) if !path.is_file() => Some(format!("{key}: {} is not a file", path.display())),
            _ => None,
        };
        files.into_iter().filter_map(missing).collect()
    }
}
