//! Codes that procurement systems sort and count by: UNSPSC commodities and units of measure.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A text that is not the wanted code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// UNSPSC codes have eight digits.
    #[error("\"{0}\" is not a UNSPSC code: expected eight digits such as 81162000")]
    Unspsc(String),
    /// Units of measure are short codes of UN/CEFACT Recommendation 20, or what the buyer put in their place.
    #[error("\"{0}\" is not a unit of measure: expected 1 to 10 letters or digits such as EA")]
    UnitOfMeasure(String),
}

macro_rules! code {
    ($(#[$doc:meta])* $name:ident, $error:ident, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(text: &str) -> Result<Self, CodeError> {
                let valid: fn(&str) -> bool = $valid;
                let text = text.trim();
                if valid(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(CodeError::$error(text.chars().take(40).collect()))
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = CodeError;

            fn try_from(text: String) -> Result<Self, CodeError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code! {
    /// A UNSPSC commodity code: eight digits without punctuation.
    Unspsc, Unspsc, |text| text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())
}

code! {
    /// A unit of measure as the buyer's procurement system spells it.
    UnitOfMeasure, UnitOfMeasure, |text| (1..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

impl Unspsc {
    /// Software as a service, "amount" lines (P6).
    pub fn service() -> Self {
        Self("81162000".to_owned())
    }

    /// Software counted by quantity, "material" lines (P6).
    pub fn material() -> Self {
        Self("43232701".to_owned())
    }
}

impl UnitOfMeasure {
    /// Each: the only unit that a marketplace line needs.
    pub fn each() -> Self {
        Self("EA".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commodity_has_eight_digits() {
        assert_eq!("81162000".parse(), Ok(Unspsc::service()));
        for bad in ["", "8116200", "811620000", "8116200a", "81-16-20-00"] {
            assert!(bad.parse::<Unspsc>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_unit_is_a_short_word() {
        assert_eq!(" EA ".parse(), Ok(UnitOfMeasure::each()));
        assert!("E A".parse::<UnitOfMeasure>().is_err());
        assert!("".parse::<UnitOfMeasure>().is_err());
    }
}
