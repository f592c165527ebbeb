//! Owns credentials: who a party says it is, how two names of a party are compared, and how a secret or MAC is checked.
//!
//! A secret never appears in `Debug` and is compared in constant time, exactly as sent. An empty secret authenticates nobody.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::{digest, hmac};
use subtle::ConstantTimeEq;

use crate::error::WireError;
use crate::read::Cursor;
use crate::time::WireTime;
use crate::write::Element;

/// A shared secret or a MAC value.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself; for writing it into a document of our own.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it begins or ends with white space, as pretty-printing adds it.
    pub fn has_blank_ends(&self) -> bool {
        self.0.trim() != self.0
    }

    /// Compares in constant time, exactly: no trimming, no case folding. Nothing matches an empty expectation.
    pub fn matches(&self, expected: &str) -> bool {
        let hash = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
        let equal = hash(&self.0).as_ref().ct_eq(hash(expected).as_ref());
        bool::from(equal) && !expected.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// How a credential proves itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// `SharedSecret`.
    SharedSecret(Secret),
    /// `CredentialMac`.
    CredentialMac(CredentialMac),
    /// `DigitalSignature`, not interpreted.
    DigitalSignature,
}

/// The `CredentialMac` element (direct PunchOut).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialMac {
    /// `@type`, only `FromSenderCredentials` is defined.
    pub kind: String,
    /// `@algorithm`, only `HMAC-SHA1-96` is defined.
    pub algorithm: String,
    /// `@creationDate`; its text is part of the MAC.
    pub creation_date: WireTime,
    /// `@expirationDate`; its text is part of the MAC.
    pub expiration_date: WireTime,
    /// The MAC, 16 base64 characters.
    pub value: Secret,
}

/// Why a MAC does not authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MacRefusal {
    /// Another type or algorithm than the one the guide defines.
    #[error("the CredentialMac is of an unknown type or algorithm")]
    Unsupported,
    /// Created in the future, or its dates cannot be read.
    #[error("the CredentialMac is not valid yet, or its dates cannot be read")]
    NotYetValid,
    /// Past its expiration date.
    #[error("the CredentialMac has expired")]
    Expired,
    /// The value does not match.
    #[error("the CredentialMac does not match")]
    Mismatch,
}

impl CredentialMac {
    /// Checks the MAC of a document that says to come from `from`, sent by `sender`.
    ///
    /// # Errors
    /// The reason why it does not authenticate.
    pub fn verify(&self, from: &Credential, sender: &Credential, key: &str, now: Timestamp) -> Result<(), MacRefusal> {
        if self.kind != "FromSenderCredentials" || self.algorithm != "HMAC-SHA1-96" || key.is_empty() {
            return Err(MacRefusal::Unsupported);
        }
        if self.creation_date.instant.is_none_or(|created| created > now) {
            return Err(MacRefusal::NotYetValid);
        }
        if self.expiration_date.instant.is_none_or(|expires| expires <= now) {
            return Err(MacRefusal::Expired);
        }
        let expected = mac(from, sender, &self.creation_date.text, &self.expiration_date.text, key);
        if self.value.matches(&expected) { Ok(()) } else { Err(MacRefusal::Mismatch) }
    }
}

/// The MAC value over the credentials of both parties and the two dates as written in the attributes: each part in UTF-8 and
/// followed by a zero byte, HMAC-SHA1 cut to 96 bits, base64.
pub fn mac(from: &Credential, sender: &Credential, created: &str, expires: &str, key: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    let credentials = [from, sender].map(|credential| (folded_domain(credential), folded_identity(credential)));
    for (domain, identity) in credentials {
        for part in [domain, identity] {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
    }
    for part in [created, expires] {
        context.update(part.as_bytes());
        context.update(&[0]);
    }
    let tag = context.sign();
    STANDARD.encode(tag.as_ref().get(..12).unwrap_or_default())
}

fn folded_domain(credential: &Credential) -> String {
    credential.domain.to_lowercase()
}

fn folded_identity(credential: &Credential) -> String {
    let identity = credential.identity.trim();
    if is_case_sensitive(&credential.domain) { identity.to_owned() } else { identity.to_lowercase() }
}

/// The `Credential` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// `@domain`, as written: free text, blanks occur.
    pub domain: String,
    /// `Identity`, trimmed.
    pub identity: String,
    /// `@type`; `marketplace` is the only value defined.
    pub kind: Option<String>,
    /// How it proves itself.
    pub authentication: Option<Authentication>,
}

impl Credential {
    /// A credential that proves nothing.
    pub fn new(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { domain: domain.into(), identity: identity.into(), kind: None, authentication: None }
    }

    /// Adds a shared secret.
    pub fn with_secret(mut self, secret: Secret) -> Self {
        self.authentication = Some(Authentication::SharedSecret(secret));
        self
    }

    /// The shared secret, if it has one.
    pub fn shared_secret(&self) -> Option<&Secret> {
        match &self.authentication {
            Some(Authentication::SharedSecret(secret)) => Some(secret),
            _ => None,
        }
    }

    /// Whether this credential names the given party.
    pub fn names(&self, domain: &str, identity: &str) -> bool {
        same_domain(&self.domain, domain) && same_identity(domain, &self.identity, identity)
    }

    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&["Identity", "SharedSecret", "CredentialMac", "DigitalSignature"])?;
        let identity = at.required("Identity")?;
        let mut name = identity.trimmed_text();
        if name.is_empty() {
            name = identity.child("IdReference").and_then(|id| id.attr_text("identifier")).unwrap_or_default();
        }
        Ok(Self {
            domain: at.required_attr("domain")?.trim().to_owned(),
            identity: name,
            kind: at.attr_text("type"),
            authentication: read_authentication(at),
        })
    }

    /// Writes the credential; the proof only where it may be seen.
    pub(crate) fn element(&self, with_authentication: bool) -> Element {
        let element = Element::new("Credential")
            .attr("domain", &self.domain)
            .attr_opt("type", self.kind.as_deref())
            .child(Element::with_text("Identity", &self.identity));
        match &self.authentication {
            Some(Authentication::SharedSecret(secret)) if with_authentication => {
                element.child(Element::with_text("SharedSecret", secret.expose()))
            }
            Some(Authentication::CredentialMac(mac)) if with_authentication => element.child(
                Element::new("CredentialMac")
                    .attr("type", &mac.kind)
                    .attr("algorithm", &mac.algorithm)
                    .attr("creationDate", &mac.creation_date.text)
                    .attr("expirationDate", &mac.expiration_date.text)
                    .text(mac.value.expose()),
            ),
            _ => element,
        }
    }
}

fn read_authentication(at: Cursor<'_, '_>) -> Option<Authentication> {
    at.elements().find_map(|child| match child.name() {
        "SharedSecret" => Some(Authentication::SharedSecret(Secret::new(child.text()))),
        "DigitalSignature" => Some(Authentication::DigitalSignature),
        "CredentialMac" => Some(Authentication::CredentialMac(CredentialMac {
            kind: child.attr_text("type").unwrap_or_default(),
            algorithm: child.attr_text("algorithm").unwrap_or_default(),
            creation_date: WireTime::read(child.attr("creationDate").unwrap_or_default()),
            expiration_date: WireTime::read(child.attr("expirationDate").unwrap_or_default()),
            value: Secret::new(child.trimmed_text()),
        })),
        _ => None,
    })
}

/// Domains are compared trimmed and without case: `NetworkID`, `NetworkId` and `networkid` occur in one document.
pub fn same_domain(a: &str, b: &str) -> bool {
    a.trim().eq_ignore_ascii_case(b.trim())
}

/// Identities are compared trimmed; without case, except in the domain `AribaNetworkUserId`, which the guide says is
/// case-sensitive.
pub fn same_identity(domain: &str, a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    if is_case_sensitive(domain) { a == b } else { a.to_lowercase() == b.to_lowercase() }
}

fn is_case_sensitive(domain: &str) -> bool {
    same_domain(domain, "AribaNetworkUserId")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_identities_ignore_case_and_blanks() {
        let credential = Credential::new("NetworkID", " AN0100-T ");
        assert!(credential.names("networkid ", "an0100-t"));
        assert!(!credential.names("DUNS", "AN0100-T"));
    }

    #[test]
    fn network_user_ids_are_case_sensitive() {
        assert!(
            !Credential::new("AribaNetworkUserId", "admin@example.com")
                .names("aribanetworkuserid", "Admin@example.com")
        );
    }

    #[test]
    fn a_secret_is_compared_exactly_as_sent() {
        assert!(Secret::new("a&b <c>").matches("a&b <c>"));
        for wrong in ["A&b <c>", " a&b <c>", "a&b <c", ""] {
            assert!(!Secret::new("a&b <c>").matches(wrong), "{wrong}");
        }
    }

    #[test]
    fn an_empty_secret_authenticates_nobody() {
        assert!(!Secret::new("").matches(""));
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let credential = Credential::new("DUNS", "1").with_secret(Secret::new("abracadabra"));
        assert!(!format!("{credential:?}").contains("abra"));
    }

    fn example_mac() -> (CredentialMac, Credential, Timestamp) {
        let mac = CredentialMac {
            kind: "FromSenderCredentials".into(),
            algorithm: "HMAC-SHA1-96".into(),
            creation_date: WireTime::read("2003-01-15T08:42:46-08:00"),
            expiration_date: WireTime::read("2003-01-15T11:42:46-08:00"),
            value: Secret::new("cR6Jpz58nriXERDN"),
        };
        (mac, Credential::new("NetworkId", " AN9900000100 "), "2003-01-15T10:00:00-08:00".parse().unwrap())
    }

    #[test]
    fn the_mac_of_the_guide_is_reproduced() {
        let (mac, party, now) = example_mac();
        assert_eq!(mac.verify(&party, &party, "abracadabra", now), Ok(()));
    }

    #[test]
    fn a_mac_for_other_parties_keys_or_times_is_refused() {
        let (mac, party, now) = example_mac();
        let other = Credential::new("NetworkId", "AN9900000101");
        assert_eq!(mac.verify(&other, &party, "abracadabra", now), Err(MacRefusal::Mismatch));
        assert_eq!(mac.verify(&party, &party, "abracadabrA", now), Err(MacRefusal::Mismatch));
        assert_eq!(mac.verify(&party, &party, "", now), Err(MacRefusal::Unsupported));
        let before: Timestamp = "2003-01-15T08:42:45-08:00".parse().unwrap();
        let after: Timestamp = "2003-01-15T11:42:46-08:00".parse().unwrap();
        assert_eq!(mac.verify(&party, &party, "abracadabra", before), Err(MacRefusal::NotYetValid));
        assert_eq!(mac.verify(&party, &party, "abracadabra", after), Err(MacRefusal::Expired));
        let unreadable = CredentialMac { creation_date: WireTime::read("soon"), ..mac };
        assert_eq!(unreadable.verify(&party, &party, "abracadabra", now), Err(MacRefusal::NotYetValid));
    }
}
