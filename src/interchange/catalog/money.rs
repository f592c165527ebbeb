//! Amounts in JSON: text, never a binary float.

use marketgate_domain::money::{Currency, Money, parse_decimal};
use serde::Serialize;
use utoipa::ToSchema;

use crate::interchange::members::{Members, parsed, text};

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
        members.must_name(&[name]);
        Self::optional(members, name)
    }

    /// Reads an amount that may be missing or null.
    pub fn optional(members: &mut Members, name: &'static str) -> Option<Money> {
        members.object(name, |money| {
            let amount =
                money.required("amount", |value| parse_decimal(text(value)?).map_err(|error| error.to_string()));
            let currency: Option<Currency> = money.required("currency", parsed);
            match Money::new(amount?, currency?) {
                Ok(money) => Some(money),
                Err(error) => {
                    money.blame("amount", error.to_string());
                    None
                }
            }
        })
    }
}
