//! Identifiers of everything that has a life of its own.
//!
//! Each kind is a type of its own, so that an offer's id can never be handed to something that wants a product's. All are
//! 128-bit values (UUID version 7 in practice: they sort by creation) that come from the injected source of randomness;
//! this module never makes one. In text an identifier carries a short prefix: a reader of a log line or of a purchase
//! order sees at once what it names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not {kind}: expected \"{prefix}-\" followed by 32 hexadecimal digits")]
pub struct IdError {
    /// What was read.
    pub text: String,
    /// What was wanted, in words.
    pub kind: &'static str,
    /// The prefix that the wanted kind carries.
    pub prefix: &'static str,
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal, $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the text form, without the hyphen.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a value from the injected source of identifiers.
            pub const fn new(value: Uuid) -> Self {
                Self(value)
            }

            /// The value, for keys of the store.
            pub const fn value(self) -> u128 {
                self.0.as_u128()
            }

            /// The inverse of [`Self::value`].
            pub const fn from_value(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse(text, $prefix)
                    .map(Self)
                    .ok_or_else(|| IdError { text: text.chars().take(80).collect(), kind: $kind, prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

identifiers! {
    /// A buying organization.
    OrganizationId, "org", "an organization";
    /// A unit of an organization that subscribes.
    AccountId, "acc", "an account";
    /// A person of an organization, or of the operator.
    UserId, "usr", "a user";
    /// The link between an organization and one procurement system.
    ConnectionId, "con", "a connection";
    /// A supplier's account at a network that stands between buyers and us.
    NetworkAccountId, "net", "a network account";
    /// A seller of record.
    SellerId, "sel", "a seller";
    /// A product.
    ProductId, "prd", "a product";
    /// An offer of a product.
    OfferId, "off", "an offer";
    /// An import of the catalogue.
    CatalogImportId, "imp", "an import of the catalogue";
    /// A visit from a procurement system.
    PunchoutSessionId, "ses", "a PunchOut session";
    /// A procurement request: what a user sent to the cart for approval. Its text is the SupplierPartAuxiliaryID.
    RequestId, "req", "a procurement request";
    /// A purchase order, over all its versions.
    PurchaseOrderId, "ord", "a purchase order";
    /// An agreement.
    AgreementId, "agr", "an agreement";
    /// An issued invoice.
    InvoiceId, "inv", "an invoice";
    /// Something that leaves the house.
    OutboxId, "out", "an outbox message";
    /// A document in the message log.
    MessageId, "msg", "a message";
}

fn parse(text: &str, prefix: &str) -> Option<Uuid> {
    let digits = text.trim().strip_prefix(prefix)?.strip_prefix('-')?;
    // Only the form that we write: other spellings of a UUID would give one thing two names.
    let canonical = digits.len() == 32 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if canonical { Uuid::try_parse(digits).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_survives_its_text_form() {
        let id = OfferId::from_value(0x0192_0000_0000_7000_8000_0000_0000_0001);
        assert_eq!(id.to_string(), "off-01920000000070008000000000000001");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<OfferId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn an_identifier_of_another_kind_or_spelling_is_refused() {
        for text in [
            "prd-01920000000070008000000000000001",
            "off-01920000-0000-7000-8000-000000000001",
            "off-0192000000007000800000000000000A",
            "off-",
            "",
        ] {
            assert!(text.parse::<OfferId>().is_err(), "{text:?} must not be an offer");
        }
    }
}
