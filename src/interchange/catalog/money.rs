//! Amounts in JSON: text, never a binary float.

use marketgate_domain::money::{Currency, Money};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::interchange::members::{Members, decimal, parsed};

/// An amount.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Money)]
pub struct MoneyRecord {
    /// Decimal, never a binary float.
    #[schema(example = "12.00")]
    amount: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
}

impl From<Money> for MoneyRecord {
    fn from(money: Money) -> Self {
        Self { amount: money.amount().to_string(), currency: money.currency().code().to_owned() }
    }
}

impl MoneyRecord {
    /// Reads an amount that must be there.
    pub fn required(members: &mut Members, name: &'static str) -> Option<Money> {
        members.required_part(name, read_money)
    }

    /// Reads an amount that may be missing or null.
    pub fn optional(members: &mut Members, name: &'static str) -> Option<Money> {
        members.object(name, read_money)
    }
}

fn read_money(members: &mut Members) -> Option<Money> {
    let amount = members.required("amount", decimal);
    let currency = members.required("currency", currency);
    Money::new(amount?, currency?).map_err(|error| members.blame("amount", error.to_string())).ok()
}

/// Reads a currency; what is none has the name that the rules of payment schedules give it (C4).
///
/// # Errors
/// In words.
pub fn currency(value: &Value) -> Result<Currency, String> {
    parsed(value).map_err(|error| format!("INVALID_CURRENCY_CODE: {error}"))
}
