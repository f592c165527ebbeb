//! The terms of an offer as the API shows them: one object instead of a list, because no kind of term occurs twice.

use jiff::civil::Date;
use marketgate_domain::terms::{DimensionPrice, DurationChoice, Installment, PricingModel, Term, Terms, UsageRate};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{MoneyView, views};

/// What is paid, when, for how long, under which documents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Terms)]
pub struct TermsView {
    /// `contract`, `flexible_payment_schedule`, `usage`, `free`, `byol`, `free_trial` or `contract_with_usage`.
    pricing_model: &'static str,
    /// ISO 4217; all amounts of an offer have one currency.
    currency: String,
    /// One fixed amount for a fixed duration; zero where the schedule counts.
    fixed_upfront: Option<FixedUpfrontView>,
    /// What the buyer may choose from.
    choices: Vec<ChoiceView>,
    /// Flexible payment schedule.
    schedule: Vec<InstallmentView>,
    /// Flat amount each month.
    recurring: Option<MoneyView>,
    /// Rate card of usage.
    usage_rates: Vec<UsageRateView>,
    trial_days: Option<u32>,
    validity_months: Option<u32>,
    net_payment_days: Option<u32>,
    /// Whether the agreement renews itself unless cancelled; null where the offer does not say.
    auto_renew: Option<bool>,
    refund_policy: Option<String>,
    legal_documents: Vec<LegalDocumentView>,
}

/// A fixed amount for a fixed duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FixedUpfront)]
pub struct FixedUpfrontView {
    months: u32,
    price: MoneyView,
}

/// Prices for one duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DurationChoice)]
pub struct ChoiceView {
    months: u32,
    dimensions: Vec<DimensionView>,
}

/// Price of one unit of a dimension for the whole duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DimensionPrice)]
pub struct DimensionView {
    dimension: String,
    unit: String,
    price: MoneyView,
}

/// A part of the price and the day it falls due.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Installment)]
pub struct InstallmentView {
    charge_date: Date,
    amount: MoneyView,
}

/// Price of a unit of usage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageRate)]
pub struct UsageRateView {
    dimension: String,
    unit: String,
    /// Decimal; may be finer than the currency's minor unit.
    #[schema(example = "0.0025")]
    price: String,
}

/// A document that the buyer accepts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LegalDocument)]
pub struct LegalDocumentView {
    title: String,
    version: String,
    text: String,
}

impl From<&Terms> for TermsView {
    fn from(terms: &Terms) -> Self {
        let documents = terms.legal_documents().iter();
        Self {
            pricing_model: pricing_model(terms.pricing_model()),
            currency: terms.currency().code().to_owned(),
            fixed_upfront: terms
                .fixed_upfront()
                .map(|(months, price)| FixedUpfrontView { months, price: price.into() }),
            choices: views(terms.choices().unwrap_or_default()),
            schedule: views(terms.schedule().unwrap_or_default()),
            recurring: terms.recurring().map(MoneyView::from),
            usage_rates: views(terms.usage().unwrap_or_default()),
            trial_days: terms.trial_days(),
            validity_months: terms.validity_months(),
            net_payment_days: terms.net_payment_days(),
            auto_renew: terms.iter().find_map(|term| match term {
                Term::Renewal { auto_renew } => Some(*auto_renew),
                _ => None,
            }),
            refund_policy: terms.iter().find_map(|term| match term {
                Term::Support { refund_policy } => Some(refund_policy.clone()),
                _ => None,
            }),
            legal_documents: documents
                .map(|document| LegalDocumentView {
                    title: document.title.clone(),
                    version: document.version.clone(),
                    text: document.text.clone(),
                })
                .collect(),
        }
    }
}

impl From<&DurationChoice> for ChoiceView {
    fn from(choice: &DurationChoice) -> Self {
        Self { months: choice.months, dimensions: views(&choice.dimensions) }
    }
}

impl From<&DimensionPrice> for DimensionView {
    fn from(price: &DimensionPrice) -> Self {
        Self { dimension: price.dimension.clone(), unit: price.unit.clone(), price: price.price.into() }
    }
}

impl From<&Installment> for InstallmentView {
    fn from(installment: &Installment) -> Self {
        Self { charge_date: installment.charge_date, amount: installment.amount.into() }
    }
}

impl From<&UsageRate> for UsageRateView {
    fn from(rate: &UsageRate) -> Self {
        Self { dimension: rate.dimension.clone(), unit: rate.unit.clone(), price: rate.price.to_string() }
    }
}

/// The word for a pricing model.
pub fn pricing_model(model: PricingModel) -> &'static str {
    match model {
        PricingModel::Contract => "contract",
        PricingModel::Fps => "flexible_payment_schedule",
        PricingModel::Usage => "usage",
        PricingModel::Free => "free",
        PricingModel::Byol => "byol",
        PricingModel::FreeTrial => "free_trial",
        PricingModel::ContractWithUsage => "contract_with_usage",
    }
}
