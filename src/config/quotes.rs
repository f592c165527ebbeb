//! `[quotes]`: how long a price holds, and what usage is approved by default.

use std::collections::BTreeMap;

use marketgate_domain::money::{Currency, Money, MoneyError, parse_decimal};
use marketgate_domain::quote::QuoteRules;
use serde::Deserialize;

use super::Section;

/// Values that quotes depend on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotes {
    /// Days that a public price is held.
    pub validity_days: u32,
    /// Whether a later last day alone keeps the requests that wait on a private offer (C5).
    pub extension_keeps_requests: bool,
    blanket_values: BTreeMap<String, String>,
}

impl Quotes {
    /// The same for the domain.
    pub fn rules(&self) -> QuoteRules {
        let blanket_values = self.blanket_values.iter().filter_map(|(code, amount)| money(code, amount).ok()).collect();
        QuoteRules { blanket_values, validity_days: self.validity_days }
    }
}

fn money(code: &str, amount: &str) -> Result<Money, MoneyError> {
    Money::new(parse_decimal(amount)?, code.parse::<Currency>()?)
}

impl Section for Quotes {
    fn problems(&self) -> Vec<String> {
        let wrong = |(code, amount): (&String, &String)| {
            money(code, amount).err().map(|error| format!("blanket_values.{code}: {error}"))
        };
        self.blanket_values.iter().filter_map(wrong).collect()
    }
}
