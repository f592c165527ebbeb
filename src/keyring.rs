//! Seals and opens the secrets that the store keeps: AES-256-GCM, bound to the place where the secret belongs.
//!
//! The envelope is text: version, key id, nonce and ciphertext. The associated data names table, record and field, so a
//! sealed secret moved to another record does not open. The key lives in a file outside the database (and outside its
//! backups); a canary in the store tells at the start whether it is the right one.

use std::io::Write;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marketgate_domain::connection::SealedSecret;
use marketgate_store::access;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::hmac;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::random::Random;

const VERSION: &str = "mg1";
const KEY_BYTES: usize = 32;

/// Why a secret or a key could not be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The key file cannot be read or written.
    #[error("key file {}", access::explain(path, source))]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The key file holds something else.
    #[error("key file {0}: expected 64 hexadecimal digits")]
    NotAKey(PathBuf),
    /// The envelope was made by another key.
    #[error(
        "the secret was sealed with key {wanted}, this installation has key {present}: restore the key file that belongs to this database"
    )]
    OtherKey {
        /// Key id in the envelope.
        wanted: String,
        /// Key id of the key at hand.
        present: String,
    },
    /// The envelope is damaged, or was moved from another record.
    #[error(
        "the sealed secret of {0} does not open: it is damaged or belongs to another record; enter the secret again"
    )]
    Damaged(String),
}

/// The key, and what is done with it.
pub struct Keyring {
    key: LessSafeKey,
    signing: hmac::Key,
    id: String,
    random: Random,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keyring({})", self.id)
    }
}

impl Keyring {
    /// Reads the key from a file; makes both if the file does not exist.
    ///
    /// # Errors
    /// [`KeyringError::File`] or [`KeyringError::NotAKey`], naming the file.
    pub fn from_file(path: &Path, random: Random) -> Result<Self, KeyringError> {
        let failed = |source| KeyringError::File { path: path.to_owned(), source };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = Zeroizing::new(hexadecimal(&random.bytes::<KEY_BYTES>()));
                write_private(path, text.as_bytes()).map_err(failed)?;
                text
            }
            Err(error) => return Err(failed(error)),
        };
        let key = from_hexadecimal(text.trim()).ok_or_else(|| KeyringError::NotAKey(path.to_owned()))?;
        Self::new(&key, random).ok_or_else(|| KeyringError::NotAKey(path.to_owned()))
    }

    /// A keyring with that key; none unless the key has 32 bytes.
    pub fn new(key: &[u8], random: Random) -> Option<Self> {
        let unbound = UnboundKey::new(&AES_256_GCM, key).ok()?;
        let id = hexadecimal(digest(&SHA256, key).as_ref().get(..4)?);
        // A key of its own for signatures, derived so that neither use says anything about the other.
        let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"marketgate signatures 1");
        let signing = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Some(Self { key: LessSafeKey::new(unbound), signing, id, random })
    }

    /// Seals a secret for one place, for example `connection con-... secret`.
    ///
    /// # Errors
    /// [`KeyringError::Damaged`] when the secret is too long to be sealed.
    pub fn seal(&self, place: &str, secret: &str) -> Result<SealedSecret, KeyringError> {
        let nonce: [u8; NONCE_LEN] = self.random.bytes();
        let mut bytes = secret.as_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| KeyringError::Damaged(place.to_owned()))?;
        let (nonce, bytes) = (URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(bytes));
        Ok(SealedSecret(format!("{VERSION}.{}.{nonce}.{bytes}", self.id)))
    }

    /// Opens what was sealed for that place.
    ///
    /// # Errors
    /// [`KeyringError::OtherKey`] or [`KeyringError::Damaged`].
    pub fn open(&self, place: &str, sealed: &SealedSecret) -> Result<SecretString, KeyringError> {
        let damaged = || KeyringError::Damaged(place.to_owned());
        let parts: Vec<&str> = sealed.0.split('.').collect();
        let [VERSION, id, nonce, bytes] = parts.as_slice() else { return Err(damaged()) };
        if *id != self.id {
            return Err(KeyringError::OtherKey { wanted: (*id).to_owned(), present: self.id.clone() });
        }
        let nonce =
            URL_SAFE_NO_PAD.decode(nonce).ok().and_then(|n| <[u8; NONCE_LEN]>::try_from(n).ok()).ok_or_else(damaged)?;
        let mut bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(bytes).map_err(|_| damaged())?);
        let plain = self
            .key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| damaged())?;
        std::str::from_utf8(plain).map(SecretString::from).map_err(|_| damaged())
    }
}

impl Keyring {
    /// Signs a text that names what the signature is for.
    pub fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.signing, text.as_bytes()))
    }

    /// Whether the signature is ours, for exactly that text; compared in constant time.
    pub fn is_signed(&self, text: &str, signature: &str) -> bool {
        let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        hmac::verify(&self.signing, text.as_bytes(), &bytes).is_ok()
    }
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write;
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn from_hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.len() != KEY_BYTES * 2 || !text.is_ascii() {
        return None;
    }
    let digits = (0..text.len()).step_by(2);
    digits.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use crate::random::SystemEntropy;
    use secrecy::ExposeSecret;
    use std::sync::Arc;

    fn random() -> Random {
        Random::new(Arc::new(SystemEntropy::default()), Arc::new(SystemClock))
    }

    fn keyring(byte: u8) -> Keyring {
        Keyring::new(&[byte; KEY_BYTES], random()).unwrap()
    }

    #[test]
    fn a_sealed_secret_opens_only_in_its_place_and_with_its_key() {
        let sealed = keyring(1).seal("connection a", "p&ss<word").unwrap();
        assert_eq!(keyring(1).open("connection a", &sealed).unwrap().expose_secret(), "p&ss<word");
        assert!(matches!(keyring(1).open("connection b", &sealed), Err(KeyringError::Damaged(_))));
        assert!(matches!(keyring(2).open("connection a", &sealed), Err(KeyringError::OtherKey { .. })));
        let cut = SealedSecret(sealed.0[..sealed.0.len() - 4].to_owned());
        assert!(matches!(keyring(1).open("connection a", &cut), Err(KeyringError::Damaged(_))));
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time() {
        let keyring = keyring(1);
        assert_ne!(keyring.seal("x", "s").unwrap(), keyring.seal("x", "s").unwrap());
    }

    #[test]
    fn a_signature_fits_one_text_and_one_key() {
        let signature = keyring(1).sign("approver page a");
        assert!(keyring(1).is_signed("approver page a", &signature));
        assert!(!keyring(1).is_signed("approver page b", &signature));
        assert!(!keyring(2).is_signed("approver page a", &signature));
        assert!(!keyring(1).is_signed("approver page a", ""));
    }

    #[test]
    fn a_key_file_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keyring.key");
        let sealed = Keyring::from_file(&path, random()).unwrap().seal("x", "s").unwrap();
        assert_eq!(Keyring::from_file(&path, random()).unwrap().open("x", &sealed).unwrap().expose_secret(), "s");
        std::fs::write(&path, "too short").unwrap();
        assert!(matches!(Keyring::from_file(&path, random()), Err(KeyringError::NotAKey(_))));
    }
}
