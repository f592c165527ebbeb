//! E-mail addresses, checked where they enter and trusted afterwards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that cannot be mailed to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not an e-mail address: expected one \"@\" between a name and a host, without blanks")]
pub struct EmailAddressError(pub String);

/// An e-mail address. Compared without regard to case: procurement systems change the case of what they were given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is compared and used as a key.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    fn from_str(text: &str) -> Result<Self, EmailAddressError> {
        let trimmed = text.trim();
        let refused = || EmailAddressError(trimmed.chars().take(80).collect());
        let (name, host) = trimmed.rsplit_once('@').ok_or_else(refused)?;
        // Characters that would end the address inside a mail header or an SMTP command.
        let clean = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '\\');
        let usable = !name.is_empty()
            && !host.is_empty()
            && trimmed.len() <= 254
            && !name.contains('@')
            && trimmed.chars().all(clean);
        if usable { Ok(Self(trimmed.to_owned())) } else { Err(refused()) }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(text: String) -> Result<Self, EmailAddressError> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for EmailAddress {}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_equal_whatever_their_case() {
        assert_eq!("Jo.Lee@Example.com".parse::<EmailAddress>(), " jo.lee@example.COM ".parse());
    }

    #[test]
    fn what_would_break_a_mail_header_is_not_an_address() {
        for text in [
            "",
            "jo",
            "@example.com",
            "jo@",
            "jo lee@example.com",
            "jo@example.com\nBcc: x@y.z",
            "a@b@c",
            "<a@b>",
            "a@b,c@d",
        ] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
    }
}
