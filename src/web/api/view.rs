//! Forms that several views share: money, addresses, identities.
//!
//! Views are the API's own types, made from domain records: a change of a stored record must not change the API unnoticed.
//! Identifiers are texts, amounts are texts with the currency's decimals, moments are RFC 3339 and days YYYY-MM-DD.

use marketgate_domain::connection::Identity;
use marketgate_domain::purchase_order::AccountingSegment;
use marketgate_domain::refusal::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

pub use crate::interchange::catalog::money::MoneyRecord as MoneyView;
pub use crate::interchange::catalog::seller::AddressRecord as AddressView;
pub use crate::interchange::catalog::{records as views, word};

/// A cXML credential without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityView {
    /// `Credential/@domain`.
    domain: String,
    /// `Credential/Identity`.
    identity: String,
}

impl From<&Identity> for IdentityView {
    fn from(identity: &Identity) -> Self {
        Self { domain: identity.domain.clone(), identity: identity.identity.clone() }
    }
}

/// Why something was refused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub struct RefusalView {
    /// Stable code, for example `EXPIRED_AGREEMENT_PROPOSAL`.
    code: String,
    /// For a person.
    text: String,
}

impl From<&Refusal> for RefusalView {
    fn from(refusal: &Refusal) -> Self {
        Self { code: refusal.code().to_owned(), text: refusal.to_string() }
    }
}

/// One segment of an order line's accounting, as the buyer sent it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountingSegment)]
pub struct AccountingView {
    /// Name of the distribution.
    accounting: String,
    /// Type or name of the segment.
    name: String,
    value: String,
    description: String,
}

impl From<&AccountingSegment> for AccountingView {
    fn from(segment: &AccountingSegment) -> Self {
        Self {
            accounting: segment.accounting.clone(),
            name: segment.name.clone(),
            value: segment.value.clone(),
            description: segment.description.clone(),
        }
    }
}

/// An identifier, or none, as text.
pub fn optional<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}
