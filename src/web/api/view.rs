//! Forms that several views share: money, addresses, identities.
//!
//! Views are the API's own types, made from domain records: a change of a stored record must not change the API unnoticed.
//! Identifiers are texts, amounts are texts with the currency's decimals, moments are RFC 3339 and days YYYY-MM-DD.

use marketgate_domain::address::PostalAddress;
use marketgate_domain::connection::Identity;
use marketgate_domain::money::Money;
use marketgate_domain::purchase_order::AccountingSegment;
use marketgate_domain::refusal::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// An amount.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyView {
    /// Decimal, never a binary float.
    #[schema(example = "12.00")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { amount: money.amount().to_string(), currency: money.currency().code().to_owned() }
    }
}

/// Where a legal entity sits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressView {
    street: Vec<String>,
    city: String,
    state: Option<String>,
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "US")]
    country: String,
}

impl From<&PostalAddress> for AddressView {
    fn from(address: &PostalAddress) -> Self {
        Self {
            street: address.street.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            postal_code: address.postal_code.clone(),
            country: address.country.as_str().to_owned(),
        }
    }
}

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

/// The views of a list of records.
pub fn views<T, V: for<'a> From<&'a T>>(records: &[T]) -> Vec<V> {
    records.iter().map(|record| V::from(record)).collect()
}

/// The word for a value, from a table of words.
pub fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, meaning)| *meaning == value).map_or("unknown", |(word, _)| *word)
}

/// An identifier, or none, as text.
pub fn optional<T: ToString>(value: Option<T>) -> Option<String> {
    value.map(|value| value.to_string())
}
