//! The terms of an offer: what is paid, when, for how long, under which documents.
//!
//! Terms are checked once, when they are put together ([`Terms::new`]); everybody else may rely on it. The pricing model
//! is not stored: it follows from the terms (C2).

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};
use crate::terms_check::{Misfit, first_currency, misfits};

/// At most so many installments (C4).
pub const MOST_INSTALLMENTS: usize = 60;

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Term {
    /// Pay as you go.
    UsageBasedPricing {
        /// Currency of the rates.
        currency: Currency,
        /// Price per unit of each dimension; may be finer than the minor unit.
        rates: Vec<UsageRate>,
    },
    /// The buyer picks a duration and quantities.
    ConfigurableUpfrontPricing {
        /// Prices by duration.
        choices: Vec<DurationChoice>,
    },
    /// One fixed amount for a fixed duration. With a schedule beside it the amount is zero and the schedule counts;
    /// zero without a schedule is a free offer.
    FixedUpfrontPricing {
        /// Months.
        months: u32,
        /// The amount.
        price: Money,
        /// What is granted for it, in words.
        grants: Vec<String>,
    },
    /// Flexible payment schedule.
    PaymentSchedule {
        /// Amounts and days.
        installments: Vec<Installment>,
    },
    /// Bring your own licence.
    Byol,
    /// Free for some days.
    FreeTrial {
        /// Days.
        days: u32,
    },
    /// A flat amount each month.
    RecurringPayment {
        /// Per month.
        price: Money,
    },
    /// Whether the agreement renews itself unless cancelled.
    Renewal {
        /// Default of the switch.
        auto_renew: bool,
    },
    /// What happens when the buyer is not satisfied.
    Support {
        /// In words.
        refund_policy: String,
    },
    /// How long the agreement runs.
    Validity {
        /// Months.
        months: u32,
    },
    /// Documents that the buyer accepts.
    Legal {
        /// EULA and the like.
        documents: Vec<LegalDocument>,
    },
    /// When an invoice is due.
    NetPayment {
        /// Days after the invoice date.
        days: u32,
    },
}

impl Term {
    /// Where the term stands among others: the same terms are equal, in whatever order somebody names them.
    fn place(&self) -> u8 {
        match self {
            Self::UsageBasedPricing { .. } => 0,
            Self::ConfigurableUpfrontPricing { .. } => 1,
            Self::FixedUpfrontPricing { .. } => 2,
            Self::PaymentSchedule { .. } => 3,
            Self::Byol => 4,
            Self::FreeTrial { .. } => 5,
            Self::RecurringPayment { .. } => 6,
            Self::Renewal { .. } => 7,
            Self::Support { .. } => 8,
            Self::Validity { .. } => 9,
            Self::Legal { .. } => 10,
            Self::NetPayment { .. } => 11,
        }
    }
}

/// Price of a unit of usage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRate {
    /// Key used in metering records.
    pub dimension: String,
    /// For people, for example `scanned gigabyte`.
    pub unit: String,
    /// Price of one unit.
    pub price: Decimal,
}

/// Prices for one duration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DurationChoice {
    /// Months.
    pub months: u32,
    /// Price of one unit of each dimension for the whole duration.
    pub dimensions: Vec<DimensionPrice>,
}

/// Price of one unit of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionPrice {
    /// Key.
    pub dimension: String,
    /// For people, for example `user`.
    pub unit: String,
    /// Price of one unit for the whole duration.
    pub price: Money,
}

/// A part of the price and the day it falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installment {
    /// The day.
    pub charge_date: Date,
    /// The amount.
    pub amount: Money,
}

/// A document that the buyer accepts with the agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalDocument {
    /// For people, for example `End user licence agreement`.
    pub title: String,
    /// Version.
    pub version: String,
    /// The text itself: what was accepted must be provable, an address is not.
    pub text: String,
}

/// How an offer is paid (C2), as it follows from its terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PricingModel {
    /// Upfront, fixed or chosen by the buyer, or a flat amount each month.
    Contract,
    /// Flexible payment schedule.
    Fps,
    /// Pay as you go.
    Usage,
    /// Nothing to pay.
    Free,
    /// Bring your own licence.
    Byol,
    /// Free for some days.
    FreeTrial,
    /// A contract with usage on top.
    ContractWithUsage,
}

impl PricingModel {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Contract => "Contract",
            Self::Fps => "Flexible payment schedule",
            Self::Usage => "Pay as you go",
            Self::Free => "Free",
            Self::Byol => "Bring your own licence",
            Self::FreeTrial => "Free trial",
            Self::ContractWithUsage => "Contract and usage",
        }
    }

    /// Whether money is promised for a period, whatever is used.
    pub fn is_contract(self) -> bool {
        matches!(self, Self::Contract | Self::Fps | Self::ContractWithUsage)
    }
}

/// Why terms do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// No pricing term.
    #[error("the offer has no price: add fixed_upfront, choices, recurring, usage_rates, byol or trial_days")]
    NoPricing,
    /// The same kind of term twice, or two that exclude each other.
    #[error("the pricing terms contradict each other: {0}")]
    Contradiction(&'static str),
    /// INVALID_CURRENCY_CODE: amounts of several currencies.
    #[error("INVALID_CURRENCY_CODE: all amounts of an offer have one currency")]
    SeveralCurrencies,
    /// DUPLICATE_CHARGE_DATES.
    #[error("DUPLICATE_CHARGE_DATES: {0} occurs twice")]
    DuplicateChargeDates(Date),
    /// TOO_MANY_CHARGES.
    #[error("TOO_MANY_CHARGES: {0} installments, at most {MOST_INSTALLMENTS} are allowed")]
    TooManyCharges(usize),
    /// An empty schedule, or one out of order.
    #[error("INVALID_CHARGE_DATES: {0}")]
    InvalidSchedule(&'static str),
    /// A negative price, or installment.
    #[error("a price is negative")]
    NegativePrice,
}

/// Terms that fit together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Term>", into = "Vec<Term>")]
pub struct Terms(Vec<Term>);

impl TryFrom<Vec<Term>> for Terms {
    type Error = TermsError;

    fn try_from(terms: Vec<Term>) -> Result<Self, TermsError> {
        Self::new(terms)
    }
}

impl From<Terms> for Vec<Term> {
    fn from(terms: Terms) -> Self {
        terms.0
    }
}

impl Terms {
    /// Puts terms together.
    ///
    /// # Errors
    /// The first thing that does not fit, see [`TermsError`].
    pub fn new(list: Vec<Term>) -> Result<Self, TermsError> {
        Self::checked(list)
            .map_err(|misfits| misfits.into_iter().next().map_or(TermsError::NoPricing, |misfit| misfit.error))
    }

    /// Puts terms together. Documents of which there are none are no term.
    ///
    /// # Errors
    /// Everything that does not fit, each with its place.
    pub fn checked(mut list: Vec<Term>) -> Result<Self, Vec<Misfit>> {
        list.retain(|term| !matches!(term, Term::Legal { documents } if documents.is_empty()));
        list.sort_by_key(Term::place);
        let terms = Self(list);
        let misfits = misfits(&terms);
        if misfits.is_empty() { Ok(terms) } else { Err(misfits) }
    }

    /// All terms.
    pub fn iter(&self) -> impl Iterator<Item = &Term> {
        self.0.iter()
    }

    /// How the offer is paid.
    pub fn pricing_model(&self) -> PricingModel {
        let usage = self.usage().is_some();
        let upfront = self.fixed_upfront().is_some_and(|(_, price)| !price.is_zero())
            || self.choices().is_some()
            || self.recurring().is_some();
        if self.schedule().is_some() {
            PricingModel::Fps
        } else if upfront && usage {
            PricingModel::ContractWithUsage
        } else if upfront {
            PricingModel::Contract
        } else if usage {
            PricingModel::Usage
        } else if self.0.contains(&Term::Byol) {
            PricingModel::Byol
        } else if self.trial_days().is_some() {
            PricingModel::FreeTrial
        } else {
            PricingModel::Free
        }
    }

    /// The one currency of all amounts; US dollars where nothing has a price.
    pub fn currency(&self) -> Currency {
        first_currency(self).unwrap_or(Currency::USD)
    }

    /// The payment schedule, by day.
    pub fn schedule(&self) -> Option<&[Installment]> {
        self.0.iter().find_map(|term| match term {
            Term::PaymentSchedule { installments } => Some(installments.as_slice()),
            _ => None,
        })
    }

    /// Months and amount of the fixed price.
    pub fn fixed_upfront(&self) -> Option<(u32, Money)> {
        self.0.iter().find_map(|term| match term {
            Term::FixedUpfrontPricing { months, price, .. } => Some((*months, *price)),
            _ => None,
        })
    }

    /// What the buyer may choose from.
    pub fn choices(&self) -> Option<&[DurationChoice]> {
        self.0.iter().find_map(|term| match term {
            Term::ConfigurableUpfrontPricing { choices } => Some(choices.as_slice()),
            _ => None,
        })
    }

    /// The rate card.
    pub fn usage(&self) -> Option<&[UsageRate]> {
        self.0.iter().find_map(|term| match term {
            Term::UsageBasedPricing { rates, .. } => Some(rates.as_slice()),
            _ => None,
        })
    }

    /// The flat amount per month.
    pub fn recurring(&self) -> Option<Money> {
        self.0.iter().find_map(|term| match term {
            Term::RecurringPayment { price } => Some(*price),
            _ => None,
        })
    }

    /// The same terms without the texts of their documents, which are far larger than everything else: for those who look at many
    /// offers. Titles and versions stay.
    #[must_use]
    pub fn without_document_texts(mut self) -> Self {
        for term in &mut self.0 {
            if let Term::Legal { documents } = term {
                for document in documents {
                    document.text = String::new();
                }
            }
        }
        self
    }

    /// What a fixed price grants, in words.
    pub fn grants(&self) -> &[String] {
        let grants = self.0.iter().find_map(|term| match term {
            Term::FixedUpfrontPricing { grants, .. } => Some(grants.as_slice()),
            _ => None,
        });
        grants.unwrap_or_default()
    }

    /// Days of a free trial.
    pub fn trial_days(&self) -> Option<u32> {
        self.0.iter().find_map(|term| match term {
            Term::FreeTrial { days } => Some(*days),
            _ => None,
        })
    }

    /// Months that the agreement runs, where the terms fix it.
    pub fn validity_months(&self) -> Option<u32> {
        self.0.iter().find_map(|term| match term {
            Term::Validity { months } => Some(*months),
            _ => None,
        })
    }

    /// Days after the invoice date by which an invoice is due.
    pub fn net_payment_days(&self) -> Option<u32> {
        self.0.iter().find_map(|term| match term {
            Term::NetPayment { days } => Some(*days),
            _ => None,
        })
    }

    /// Documents that the buyer accepts.
    pub fn legal_documents(&self) -> &[LegalDocument] {
        self.0
            .iter()
            .find_map(|term| match term {
                Term::Legal { documents } => Some(documents.as_slice()),
                _ => None,
            })
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn usd(cents: i64) -> Money {
        Money::new(Decimal::new(cents, 2), Currency::USD).unwrap()
    }

    fn fixed(price: Money) -> Term {
        Term::FixedUpfrontPricing { months: 12, price, grants: vec![] }
    }

    fn schedule(days: &[Date]) -> Term {
        Term::PaymentSchedule {
            installments: days.iter().map(|day| Installment { charge_date: *day, amount: usd(100) }).collect(),
        }
    }

    fn usage(currency: Currency) -> Term {
        let rate = UsageRate { dimension: "scans".into(), unit: "scan".into(), price: Decimal::ONE };
        Term::UsageBasedPricing { currency, rates: vec![rate] }
    }

    #[test]
    fn the_pricing_model_follows_from_the_terms() {
        let recurring = Term::RecurringPayment { price: usd(5) };
        let cases = [
            (vec![fixed(usd(100))], PricingModel::Contract),
            (vec![recurring, Term::Validity { months: 12 }], PricingModel::Contract),
            (vec![fixed(usd(0)), schedule(&[date(2027, 1, 1)])], PricingModel::Fps),
            (vec![usage(Currency::USD)], PricingModel::Usage),
            (vec![fixed(usd(100)), usage(Currency::USD)], PricingModel::ContractWithUsage),
            (vec![fixed(usd(0))], PricingModel::Free),
            (vec![Term::Byol], PricingModel::Byol),
            (vec![Term::FreeTrial { days: 14 }], PricingModel::FreeTrial),
        ];
        for (terms, expected) in cases {
            assert_eq!(Terms::new(terms.clone()).unwrap().pricing_model(), expected, "{terms:?}");
        }
    }

    #[test]
    fn a_schedule_has_unique_ordered_days_and_at_most_sixty_of_them() {
        let with = |days: &[Date]| Terms::new(vec![fixed(usd(0)), schedule(days)]);
        let day = date(2027, 3, 1);
        assert_eq!(with(&[day, day]), Err(TermsError::DuplicateChargeDates(day)));
        assert!(matches!(with(&[day, date(2027, 2, 1)]), Err(TermsError::InvalidSchedule(_))));
        assert!(matches!(with(&[]), Err(TermsError::InvalidSchedule(_))));
        let many: Vec<Date> = (0..61).map(|n| crate::day::plus_months(day, n)).collect();
        assert_eq!(with(&many), Err(TermsError::TooManyCharges(61)));
        assert!(with(many.get(..60).unwrap()).is_ok());
    }

    #[test]
    fn terms_that_contradict_each_other_are_refused() {
        let refused = [
            vec![],
            vec![Term::Validity { months: 12 }],
            vec![fixed(usd(1)), fixed(usd(2))],
            vec![fixed(usd(1)), schedule(&[date(2027, 1, 1)])],
            vec![fixed(usd(1)), usage(Currency::EUR)],
            vec![fixed(usd(-1))],
            vec![Term::RecurringPayment { price: usd(5) }],
        ];
        for terms in refused {
            assert!(Terms::new(terms.clone()).is_err(), "{terms:?}");
        }
    }

    #[test]
    fn stored_terms_are_checked_when_they_are_read() {
        let stored = serde_json::to_string(&vec![Term::Validity { months: 12 }]).unwrap();
        assert!(serde_json::from_str::<Terms>(&stored).is_err());
    }
}
