//! Certificates for our own server: from files, reloaded when they change, or self-signed for local use (R3).

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use marketgate_store::access;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

use crate::config::tls::{Tls, TlsMode};
use crate::keyring::write_private;

/// How often the files are looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Makes ring the one provider of cryptography of this process. Before any TLS; a second call changes nothing.
pub fn install_provider() {
    // An error means that a provider is installed already.
    let _ = default_provider().install_default();
}

/// What a server with TLS needs.
#[derive(Debug)]
pub struct ServerTls {
    /// For the server.
    pub config: ServerConfig,
    /// Follows changes of the files.
    pub reloader: Reloader,
}

/// Certificate and key as they are now.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Puts changed files into use.
#[derive(Debug)]
pub struct Reloader {
    current: Arc<Current>,
    certificate_file: PathBuf,
    key_file: PathBuf,
    seen: Option<SystemTime>,
}

/// Loads (or makes) certificate and key; none where TLS is off.
///
/// # Errors
/// In words, naming the file and the remedy.
pub fn server_tls(settings: &Tls, data_dir: &Path, host: &str) -> Result<Option<ServerTls>, String> {
    let (certificate_file, key_file) = match settings.mode {
        TlsMode::Off => return Ok(None),
        TlsMode::Files => (settings.certificate_file.clone(), settings.key_file.clone()),
        TlsMode::SelfSigned => self_signed(data_dir, host)?,
    };
    let current = Arc::new(Current(ArcSwap::from_pointee(load(&certificate_file, &key_file)?)));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("TLS: {error}"))?
        .with_no_client_auth()
        .with_cert_resolver(current.clone());
    let seen = changed_at(&certificate_file, &key_file);
    Ok(Some(ServerTls { config, reloader: Reloader { current, certificate_file, key_file, seen } }))
}

impl Reloader {
    /// Looks at the files from time to time until it is told to stop. Files that cannot be used are reported and the old
    /// ones stay in use.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => self.look(),
                _ = stop.changed() => {}
            }
        }
    }

    fn look(&mut self) {
        let changed = changed_at(&self.certificate_file, &self.key_file);
        if changed == self.seen {
            return;
        }
        self.seen = changed;
        match load(&self.certificate_file, &self.key_file) {
            Ok(key) => {
                self.current.0.store(Arc::new(key));
                tracing::info!(file = %self.certificate_file.display(), "a new certificate is in use");
            }
            Err(error) => tracing::error!(error, "the changed certificate cannot be used, the old one stays"),
        }
    }
}

fn changed_at(certificate_file: &Path, key_file: &Path) -> Option<SystemTime> {
    let time = |path: &Path| path.metadata().and_then(|meta| meta.modified()).ok();
    time(certificate_file).max(time(key_file))
}

fn load(certificate_file: &Path, key_file: &Path) -> Result<CertifiedKey, String> {
    let named = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let chain = CertificateDer::pem_file_iter(certificate_file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| named(certificate_file, &error))?;
    if chain.is_empty() {
        return Err(named(certificate_file, &"no certificate in it; PEM with the whole chain is needed"));
    }
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|error| named(key_file, &error))?;
    let signing = any_supported_type(&key).map_err(|error| named(key_file, &error))?;
    let certified = CertifiedKey::new(chain, signing);
    certified.keys_match().map_err(|error| {
        format!("{} and {} do not belong together: {error}", certificate_file.display(), key_file.display())
    })?;
    Ok(certified)
}

/// The certificate that was made at the first start, or a new one.
fn self_signed(data_dir: &Path, host: &str) -> Result<(PathBuf, PathBuf), String> {
    let (certificate_file, key_file) = (data_dir.join("self-signed.crt"), data_dir.join("self-signed.key"));
    if certificate_file.is_file() && key_file.is_file() {
        return Ok((certificate_file, key_file));
    }
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    if !names.iter().any(|name| name == host) {
        names.push(host.to_owned());
    }
    let made =
        rcgen::generate_simple_self_signed(names).map_err(|error| format!("self-signed certificate: {error}"))?;
    let write = |path: &Path, text: String| {
        // A half-made pair from an earlier start is worth nothing.
        let _ = std::fs::remove_file(path);
        write_private(path, text.as_bytes()).map_err(|error| access::explain(path, &error))
    };
    write(&key_file, made.signing_key.serialize_pem())?;
    write(&certificate_file, made.cert.pem())?;
    Ok((certificate_file, key_file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(mode: TlsMode, certificate_file: &Path, key_file: &Path) -> Tls {
        Tls { mode, certificate_file: certificate_file.to_owned(), key_file: key_file.to_owned() }
    }

    #[test]
    fn a_self_signed_certificate_is_made_once_and_used_again() {
        install_provider();
        let dir = tempfile::tempdir().unwrap();
        let none = Path::new("");
        let off = settings(TlsMode::Off, none, none);
        assert!(server_tls(&off, dir.path(), "localhost").unwrap().is_none());
        let wanted = settings(TlsMode::SelfSigned, none, none);
        assert!(server_tls(&wanted, dir.path(), "market.example").unwrap().is_some());
        let first = std::fs::read(dir.path().join("self-signed.crt")).unwrap();
        assert!(server_tls(&wanted, dir.path(), "market.example").unwrap().is_some());
        assert_eq!(std::fs::read(dir.path().join("self-signed.crt")).unwrap(), first);
    }

    #[test]
    fn files_that_do_not_fit_are_named() {
        install_provider();
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (certificate, _) = self_signed(one.path(), "localhost").unwrap();
        let (_, key) = self_signed(other.path(), "localhost").unwrap();
        let error = server_tls(&settings(TlsMode::Files, &certificate, &key), one.path(), "localhost").unwrap_err();
        assert!(error.contains("do not belong together"), "{error}");
        let missing = one.path().join("missing.pem");
        let error = server_tls(&settings(TlsMode::Files, &missing, &key), one.path(), "localhost").unwrap_err();
        assert!(error.contains("missing.pem"), "{error}");
    }

    #[test]
    fn a_replaced_certificate_is_put_into_use() {
        install_provider();
        let (dir, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (certificate, key) = self_signed(dir.path(), "localhost").unwrap();
        let tls = server_tls(&settings(TlsMode::Files, &certificate, &key), dir.path(), "localhost").unwrap().unwrap();
        let mut reloader = tls.reloader;
        let before = reloader.current.0.load_full();
        let (new_certificate, new_key) = self_signed(fresh.path(), "localhost").unwrap();
        std::fs::copy(new_certificate, &certificate).unwrap();
        std::fs::copy(new_key, &key).unwrap();
        reloader.seen = None;
        reloader.look();
        assert_ne!(before.cert, reloader.current.0.load_full().cert);
        std::fs::write(&certificate, "broken").unwrap();
        let good = reloader.current.0.load_full();
        reloader.seen = None;
        reloader.look();
        assert_eq!(good.cert, reloader.current.0.load_full().cert, "a broken file leaves the good one in use");
    }
}
