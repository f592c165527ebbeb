//! The terms of an offer in JSON: one object instead of a list, because no kind of term occurs twice.

use jiff::civil::Date;
use marketgate_domain::terms::{
    DimensionPrice, DurationChoice, Installment, LegalDocument, PricingModel, Term, Terms, UsageRate,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{MoneyRecord, currency};
use super::records;
use crate::interchange::members::{Members, day, decimal, flag, owned_text, texts, titled, whole_number};

/// The words for pricing models.
pub const PRICING_MODELS: [(&str, PricingModel); 7] = [
    ("contract", PricingModel::Contract),
    ("flexible_payment_schedule", PricingModel::Fps),
    ("usage", PricingModel::Usage),
    ("free", PricingModel::Free),
    ("byol", PricingModel::Byol),
    ("free_trial", PricingModel::FreeTrial),
    ("contract_with_usage", PricingModel::ContractWithUsage),
];

/// What is paid, when, for how long, under which documents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Terms)]
pub struct TermsRecord {
    /// `contract`, `flexible_payment_schedule`, `usage`, `free`, `byol`, `free_trial` or `contract_with_usage`. Follows from the
    /// rest; what says it in a request must say it right.
    #[schema(required = false)]
    pricing_model: &'static str,
    /// ISO 4217; all amounts of an offer have one currency. A request must name it with usage rates.
    #[schema(required = false)]
    currency: String,
    /// One fixed amount for a fixed duration; zero where the schedule counts.
    #[schema(required = false)]
    fixed_upfront: Option<FixedUpfrontRecord>,
    /// What the buyer may choose from.
    #[schema(required = false)]
    choices: Vec<ChoiceRecord>,
    /// Flexible payment schedule.
    #[schema(required = false)]
    schedule: Vec<InstallmentRecord>,
    /// Flat amount each month.
    #[schema(required = false)]
    recurring: Option<MoneyRecord>,
    /// Rate card of usage.
    #[schema(required = false)]
    usage_rates: Vec<UsageRateRecord>,
    /// Bring your own licence.
    #[schema(required = false)]
    byol: bool,
    #[schema(required = false)]
    trial_days: Option<u32>,
    #[schema(required = false)]
    validity_months: Option<u32>,
    #[schema(required = false)]
    net_payment_days: Option<u32>,
    /// Whether the agreement renews itself unless cancelled; null where the offer does not say.
    #[schema(required = false)]
    auto_renew: Option<bool>,
    #[schema(required = false)]
    refund_policy: Option<String>,
    #[schema(required = false)]
    legal_documents: Vec<LegalDocumentRecord>,
}

/// A fixed amount for a fixed duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FixedUpfront)]
pub struct FixedUpfrontRecord {
    months: u32,
    price: MoneyRecord,
    /// What is granted for it, in words.
    #[schema(required = false)]
    grants: Vec<String>,
}

/// Prices for one duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DurationChoice)]
pub struct ChoiceRecord {
    months: u32,
    dimensions: Vec<DimensionRecord>,
}

/// Price of one unit of a dimension for the whole duration.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DimensionPrice)]
pub struct DimensionRecord {
    dimension: String,
    unit: String,
    price: MoneyRecord,
}

/// A part of the price and the day it falls due.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Installment)]
pub struct InstallmentRecord {
    charge_date: Date,
    amount: MoneyRecord,
}

/// Price of a unit of usage.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageRate)]
pub struct UsageRateRecord {
    dimension: String,
    unit: String,
    /// Decimal; may be finer than the currency's minor unit.
    #[schema(example = "0.0025")]
    price: String,
}

/// A document that the buyer accepts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LegalDocument)]
pub struct LegalDocumentRecord {
    title: String,
    version: String,
    text: String,
}

impl From<&Terms> for TermsRecord {
    fn from(terms: &Terms) -> Self {
        let documents = terms.legal_documents().iter();
        let fixed = terms.iter().find_map(|term| match term {
            Term::FixedUpfrontPricing { months, price, grants } => {
                Some(FixedUpfrontRecord { months: *months, price: (*price).into(), grants: grants.clone() })
            }
            _ => None,
        });
        Self {
            pricing_model: pricing_model(terms.pricing_model()),
            currency: terms.currency().code().to_owned(),
            fixed_upfront: fixed,
            choices: records(terms.choices().unwrap_or_default()),
            schedule: records(terms.schedule().unwrap_or_default()),
            recurring: terms.recurring().map(MoneyRecord::from),
            usage_rates: records(terms.usage().unwrap_or_default()),
            byol: terms.iter().any(|term| *term == Term::Byol),
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
                .map(|document| LegalDocumentRecord {
                    title: document.title.clone(),
                    version: document.version.clone(),
                    text: document.text.clone(),
                })
                .collect(),
        }
    }
}

impl From<&DurationChoice> for ChoiceRecord {
    fn from(choice: &DurationChoice) -> Self {
        Self { months: choice.months, dimensions: records(&choice.dimensions) }
    }
}

impl From<&DimensionPrice> for DimensionRecord {
    fn from(price: &DimensionPrice) -> Self {
        Self { dimension: price.dimension.clone(), unit: price.unit.clone(), price: price.price.into() }
    }
}

impl From<&Installment> for InstallmentRecord {
    fn from(installment: &Installment) -> Self {
        Self { charge_date: installment.charge_date, amount: installment.amount.into() }
    }
}

impl From<&UsageRate> for UsageRateRecord {
    fn from(rate: &UsageRate) -> Self {
        Self { dimension: rate.dimension.clone(), unit: rate.unit.clone(), price: rate.price.to_string() }
    }
}

/// The word for a pricing model.
pub fn pricing_model(model: PricingModel) -> &'static str {
    super::word(&PRICING_MODELS, model)
}

/// Reads the terms of an offer; what is wrong is in `members` afterwards.
pub fn read_terms(members: &mut Members) -> Option<Terms> {
    let model = members.nullable("pricing_model", |value| titled(value, &PRICING_MODELS, PricingModel::title));
    let currency = members.nullable("currency", currency);
    let fixed = members.object("fixed_upfront", |fixed| {
        let months = fixed.required("months", whole_number);
        let price = MoneyRecord::required(fixed, "price");
        let grants = fixed.nullable("grants", texts).unwrap_or_default();
        Some(Term::FixedUpfrontPricing { months: months?, price: price?, grants })
    });
    let choices = members.list("choices", read_choice);
    let schedule = members.list("schedule", |part| {
        let (charge_date, amount) = (part.required("charge_date", day), MoneyRecord::required(part, "amount"));
        Some(Installment { charge_date: charge_date?, amount: amount? })
    });
    let recurring = MoneyRecord::optional(members, "recurring").map(|price| Term::RecurringPayment { price });
    let rates = members.list("usage_rates", |rate| {
        let (dimension, unit) = (rate.required("dimension", owned_text), rate.required("unit", owned_text));
        let price = rate.required("price", decimal);
        Some(UsageRate { dimension: dimension?, unit: unit?, price: price? })
    });
    let byol = members.nullable("byol", flag);
    let mut number = |name| members.nullable(name, whole_number);
    let (trial, validity, net) = (number("trial_days"), number("validity_months"), number("net_payment_days"));
    let renewal = members.nullable("auto_renew", flag);
    let refund = members.nullable("refund_policy", owned_text);
    let documents = members.list("legal_documents", |document| {
        // All are asked for before one of them is given up: what nobody asks for counts as unknown.
        let mut text = |name| document.required(name, owned_text);
        let (title, version, text) = (text("title"), text("version"), text("text"));
        Some(LegalDocument { title: title?, version: version?, text: text? })
    });
    if currency.is_none() && rates.as_ref().is_none_or(|rates| !rates.is_empty()) {
        members.blame("currency", "is missing: usage rates are in it".to_owned());
    }
    if members.is_at_fault() {
        // Whether the terms fit together is not known without those that are wrong.
        return None;
    }
    let (choices, schedule, rates, documents) = (choices?, schedule?, rates?, documents?);
    let usage = currency.filter(|_| !rates.is_empty()).map(|currency| Term::UsageBasedPricing { currency, rates });
    let terms = [
        usage,
        (!choices.is_empty()).then_some(Term::ConfigurableUpfrontPricing { choices }),
        fixed,
        (!schedule.is_empty()).then_some(Term::PaymentSchedule { installments: schedule }),
        byol.filter(|byol| *byol).map(|_| Term::Byol),
        trial.map(|days| Term::FreeTrial { days }),
        recurring,
        renewal.map(|auto_renew| Term::Renewal { auto_renew }),
        refund.map(|refund_policy| Term::Support { refund_policy }),
        validity.map(|months| Term::Validity { months }),
        (!documents.is_empty()).then_some(Term::Legal { documents }),
        net.map(|days| Term::NetPayment { days }),
    ];
    let terms = match Terms::checked(terms.into_iter().flatten().collect()) {
        Ok(terms) => terms,
        Err(misfits) => {
            for misfit in misfits {
                members.blame_at(&misfit.place, misfit.error.to_string());
            }
            return None;
        }
    };
    if model.is_some_and(|model| model != terms.pricing_model()) {
        let real = pricing_model(terms.pricing_model());
        members.blame("pricing_model", format!("the terms make it {real}: say that or nothing"));
    }
    if currency.is_some_and(|currency| currency != terms.currency()) {
        members.blame("currency", format!("the amounts are in {}: say that or nothing", terms.currency()));
    }
    Some(terms)
}

fn read_choice(choice: &mut Members) -> Option<DurationChoice> {
    let months = choice.required("months", whole_number);
    choice.must_name(&["dimensions"]);
    let dimensions = choice.list("dimensions", |price| {
        let (dimension, unit) = (price.required("dimension", owned_text), price.required("unit", owned_text));
        let price = MoneyRecord::required(price, "price");
        Some(DimensionPrice { dimension: dimension?, unit: unit?, price: price? })
    });
    Some(DurationChoice { months: months?, dimensions: dimensions? })
}
