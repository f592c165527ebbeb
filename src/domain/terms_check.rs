//! What is wrong with terms, all of it at once, each with its place in the words of their JSON form.
//!
//! Two kinds of rules. Terms that do not fit together ([`Misfit`]) never exist: whoever puts terms together, also from a stored record,
//! gets them checked. Limits for what somebody enters ([`Terms::faults`]) count when an offer is made or changed; a stored record may be
//! older than a limit.

use crate::fault::{Fault, Faults};
use crate::money::{Currency, Money};
use crate::terms::{DimensionPrice, Installment, LegalDocument, MOST_INSTALLMENTS, Term, Terms, TermsError, UsageRate};

/// Longest duration. Each month of a recurring price becomes a charge.
pub const MOST_MONTHS: u32 = 120;

/// Longest trial, and latest day on which an invoice is due.
const MOST_DAYS: u32 = 365;

/// So many rates, or dimensions of a duration, fit on a page.
const MOST_PRICES: usize = 200;

/// So many durations, or documents.
const MOST_CHOICES: usize = 20;

/// Longest text of a document, in characters.
const LONGEST_DOCUMENT: usize = 200_000;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Where: `schedule/3/charge_date`; empty for the terms as a whole.
    pub place: String,
    /// What.
    pub error: TermsError,
}

impl Misfit {
    fn new(place: impl Into<String>, error: TermsError) -> Self {
        Self { place: place.into(), error }
    }
}

/// Everything that does not fit together.
pub(crate) fn misfits(terms: &Terms) -> Vec<Misfit> {
    let mut all = Vec::new();
    let kinds: Vec<_> = terms.iter().map(std::mem::discriminant).collect();
    if kinds.iter().enumerate().any(|(place, kind)| kinds.iter().take(place).any(|other| other == kind)) {
        all.push(Misfit::new("", TermsError::Contradiction("a kind of term occurs twice")));
    }
    if terms.schedule().is_some() {
        scheduled_pricing(terms, &mut all);
    } else {
        pricing(terms, &mut all);
    }
    amounts(terms, &mut all);
    if let Some(schedule) = terms.schedule() {
        check_schedule(schedule, &mut all);
    }
    all
}

fn scheduled_pricing(terms: &Terms, all: &mut Vec<Misfit>) {
    let is_zero = terms.fixed_upfront().is_some_and(|(_, price)| price.is_zero());
    if !is_zero || terms.choices().is_some() || terms.usage().is_some() || terms.recurring().is_some() {
        let problem = "a schedule goes with a fixed_upfront price of zero and no other price";
        all.push(Misfit::new("schedule", TermsError::Contradiction(problem)));
    }
}

fn pricing(terms: &Terms, all: &mut Vec<Misfit>) {
    let contradiction = |place: &str, problem| Misfit::new(place, TermsError::Contradiction(problem));
    let contracts = [terms.fixed_upfront().is_some(), terms.choices().is_some(), terms.recurring().is_some()];
    let contracts = contracts.iter().filter(|present| **present).count();
    let is_byol = terms.iter().any(|term| *term == Term::Byol);
    if contracts == 0 && terms.usage().is_none() && terms.trial_days().is_none() && !is_byol {
        all.push(Misfit::new("", TermsError::NoPricing));
    }
    if contracts > 1 {
        all.push(contradiction("", "only one of fixed_upfront, choices and recurring is possible"));
    }
    if terms.recurring().is_some() && terms.validity_months().is_none() {
        let problem = "a recurring price needs validity_months: its total must be known";
        all.push(contradiction("validity_months", problem));
    }
    if terms.choices().is_some_and(|choices| choices.iter().all(|choice| choice.dimensions.is_empty())) {
        all.push(contradiction("choices", "choices need at least one dimension"));
    }
    if terms.usage().is_some_and(<[UsageRate]>::is_empty) {
        all.push(contradiction("usage_rates", "usage_rates need at least one rate"));
    }
}

/// Prices are not negative and all in the currency of the first one.
fn amounts(terms: &Terms, all: &mut Vec<Misfit>) {
    let currency = terms.currency();
    let mut check = |place: &str, price: Money| {
        if price.is_negative() {
            all.push(Misfit::new(format!("{place}/amount"), TermsError::NegativePrice));
        }
        if price.currency() != currency {
            all.push(Misfit::new(format!("{place}/currency"), TermsError::SeveralCurrencies));
        }
    };
    if let Some((_, price)) = terms.fixed_upfront() {
        check("fixed_upfront/price", price);
    }
    for (n, choice) in terms.choices().into_iter().flatten().enumerate() {
        for (m, dimension) in choice.dimensions.iter().enumerate() {
            check(&format!("choices/{n}/dimensions/{m}/price"), dimension.price);
        }
    }
    for (n, part) in terms.schedule().into_iter().flatten().enumerate() {
        check(&format!("schedule/{n}/amount"), part.amount);
    }
    if let Some(price) = terms.recurring() {
        check("recurring", price);
    }
    for (n, _) in terms.usage().into_iter().flatten().enumerate().filter(|(_, rate)| rate.price.is_sign_negative()) {
        all.push(Misfit::new(format!("usage_rates/{n}/price"), TermsError::NegativePrice));
    }
}

/// The rules of C4 that do not depend on when the offer is released.
fn check_schedule(installments: &[Installment], all: &mut Vec<Misfit>) {
    if installments.is_empty() {
        let problem = "a schedule needs at least one installment";
        all.push(Misfit::new("schedule", TermsError::InvalidSchedule(problem)));
    }
    if installments.len() > MOST_INSTALLMENTS {
        all.push(Misfit::new("schedule", TermsError::TooManyCharges(installments.len())));
    }
    for (n, (earlier, later)) in installments.iter().zip(installments.iter().skip(1)).enumerate() {
        let place = format!("schedule/{}/charge_date", n + 1);
        if earlier.charge_date == later.charge_date {
            all.push(Misfit::new(place, TermsError::DuplicateChargeDates(later.charge_date)));
        } else if earlier.charge_date > later.charge_date {
            all.push(Misfit::new(place, TermsError::InvalidSchedule("installments are listed by day")));
        }
    }
}

impl Terms {
    /// What is wrong with terms that somebody enters (C1): lengths are what pages show, numbers what can be planned and billed.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if let Some((months, price)) = self.fixed_upfront() {
            // A free offer may have no end.
            let least = u32::from(!price.is_zero());
            faults.number("terms/fixed_upfront/months", months, (least, MOST_MONTHS), "months");
        }
        self.choice_faults(&mut faults);
        let rates = self.usage().unwrap_or_default();
        faults.unless(rates.len() <= MOST_PRICES, "terms/usage_rates", at_most(MOST_PRICES, "rates"));
        for (n, rate) in rates.iter().enumerate() {
            let is_twice = rates.iter().take(n).any(|other| other.dimension == rate.dimension);
            priced(&mut faults, &format!("terms/usage_rates/{n}"), (&rate.dimension, &rate.unit), is_twice);
        }
        if let Some(days) = self.trial_days() {
            faults.number("terms/trial_days", days, (1, MOST_DAYS), "days");
        }
        if let Some(months) = self.validity_months() {
            faults.number("terms/validity_months", months, (1, MOST_MONTHS), "months");
            self.duration_faults(months, &mut faults);
        }
        if let Some(days) = self.net_payment_days() {
            faults.number("terms/net_payment_days", days, (0, MOST_DAYS), "days");
        }
        self.text_faults(&mut faults);
        faults.all()
    }

    /// An agreement runs as long as what is paid for it: another duration beside that would be shown and never hold.
    fn duration_faults(&self, validity: u32, faults: &mut Faults) {
        let place = "terms/validity_months";
        if let Some((months, _)) = self.fixed_upfront() {
            let detail = format!("the fixed price is for {months} months: say that or nothing");
            faults.unless(months == validity, place, detail);
        }
        faults.unless(self.choices().is_none(), place, "the buyer chooses the duration: leave it out");
    }

    fn choice_faults(&self, faults: &mut Faults) {
        let choices = self.choices().unwrap_or_default();
        faults.unless(choices.len() <= MOST_CHOICES, "terms/choices", at_most(MOST_CHOICES, "durations"));
        for (n, choice) in choices.iter().enumerate() {
            let place = format!("terms/choices/{n}");
            faults.number(format!("{place}/months"), choice.months, (1, MOST_MONTHS), "months");
            let is_twice = choices.iter().take(n).any(|other| other.months == choice.months);
            faults.unless(!is_twice, format!("{place}/months"), "each duration is listed once");
            let dimensions: &[DimensionPrice] = &choice.dimensions;
            let fits = (1..=MOST_PRICES).contains(&dimensions.len());
            faults.unless(fits, format!("{place}/dimensions"), format!("1 to {MOST_PRICES} dimensions are expected"));
            for (m, price) in dimensions.iter().enumerate() {
                let is_twice = dimensions.iter().take(m).any(|other| other.dimension == price.dimension);
                priced(faults, &format!("{place}/dimensions/{m}"), (&price.dimension, &price.unit), is_twice);
            }
        }
    }

    fn text_faults(&self, faults: &mut Faults) {
        for term in self.iter() {
            match term {
                Term::FixedUpfrontPricing { grants, .. } => {
                    let place = "terms/fixed_upfront/grants";
                    faults.unless(grants.len() <= MOST_PRICES, place, at_most(MOST_PRICES, "lines"));
                    for (n, grant) in grants.iter().enumerate() {
                        faults.text(format!("{place}/{n}"), grant, (1, 250));
                    }
                }
                Term::Support { refund_policy } => faults.text("terms/refund_policy", refund_policy, (1, 5_000)),
                Term::Legal { documents } => {
                    let place = "terms/legal_documents";
                    faults.unless(documents.len() <= MOST_CHOICES, place, at_most(MOST_CHOICES, "documents"));
                    for (n, document) in documents.iter().enumerate() {
                        document_faults(faults, &format!("{place}/{n}"), document);
                    }
                }
                _ => {}
            }
        }
    }
}

fn at_most(most: usize, what: &str) -> String {
    format!("at most {most} {what} are expected")
}

/// A dimension: its key is what quantities, metering records and orders name.
fn priced(faults: &mut Faults, place: &str, (dimension, unit): (&str, &str), is_twice: bool) {
    faults.text(format!("{place}/dimension"), dimension, (1, 100));
    faults.unless(!is_twice, format!("{place}/dimension"), "each dimension is priced once");
    faults.text(format!("{place}/unit"), unit, (1, 100));
}

fn document_faults(faults: &mut Faults, place: &str, document: &LegalDocument) {
    faults.text(format!("{place}/title"), &document.title, (1, 200));
    faults.text(format!("{place}/version"), &document.version, (1, 50));
    // Legal texts come out of word processors: tabs and both ends of line are theirs.
    let is_clean = !document.text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let fits = (1..=LONGEST_DOCUMENT).contains(&document.text.trim().chars().count());
    let detail = format!("1 to {LONGEST_DOCUMENT} characters are expected, no control characters");
    faults.unless(fits && is_clean, format!("{place}/text"), detail);
}

/// The currency that all prices must have: that of the rates, else of the first price.
pub(crate) fn first_currency(terms: &Terms) -> Option<Currency> {
    terms.iter().find_map(|term| match term {
        Term::UsageBasedPricing { currency, .. } => Some(*currency),
        Term::ConfigurableUpfrontPricing { choices } => {
            choices.iter().flat_map(|choice| &choice.dimensions).map(|dimension| dimension.price.currency()).next()
        }
        Term::FixedUpfrontPricing { price, .. } | Term::RecurringPayment { price } => Some(price.currency()),
        Term::PaymentSchedule { installments } => installments.first().map(|part| part.amount.currency()),
        _ => None,
    })
}

#[cfg(test)]
#[path = "terms_check_tests.rs"]
mod tests;
