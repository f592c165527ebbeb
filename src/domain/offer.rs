//! Offers: under which terms a product is sold, to whom, and until when.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::day;
use crate::fault::{Fault, Faults};
use crate::id::{AccountId, OfferId, ProductId, SellerId};
use crate::product::{Product, ProductType};
use crate::refusal::{Refusal, UnsupportedReason};
use crate::terms::{PricingModel, Terms, TermsError};

/// An offer in its newest revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Identifier.
    pub id: OfferId,
    /// What is sold.
    pub product: ProductId,
    /// Who sells it.
    pub seller: SellerId,
    /// Name for people, for example `Standard, 12 months`.
    pub name: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Number of the released state, from 1; 0 of what was never released. Offer and revision together are the agreement proposal of a
    /// cart.
    pub revision: u32,
    /// Last day on which it can be bought, to the end of the day UTC; only private offers have one (C5).
    pub availability_end_date: Option<Date>,
    /// What is paid, when and under which documents.
    pub terms: Terms,
    /// Where it stands.
    pub state: OfferState,
    /// When this revision was released.
    pub released_at: Timestamp,
}

/// Who may see an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    Public,
    /// The accounts it was made for; anyone else gets "not found".
    Private {
        /// The accounts.
        accounts: Vec<AccountId>,
    },
}

/// Where an offer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Being prepared: nobody who buys knows of it.
    Draft,
    /// Can be bought until its last day.
    Released,
    /// Its last day is over. Noted by a job; whether an offer can be bought never depends on the note.
    Expired,
    /// Taken back by the seller.
    Withdrawn,
}

impl Offer {
    /// What is wrong with its fields (C1). Carts show its name behind the product's.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.line("name", &self.name, (1, 120));
        if let Visibility::Private { accounts } = &self.visibility {
            let is_twice =
                |(place, account): (usize, &AccountId)| accounts.iter().take(place).any(|other| other == account);
            faults.unless(!accounts.iter().enumerate().any(is_twice), "accounts", "each account is named once");
        }
        faults.all().into_iter().chain(self.terms.faults()).collect()
    }

    /// The fault of the first account that the offer is made for and that nobody has.
    pub fn unknown_account(&self, exists: impl Fn(AccountId) -> bool) -> Option<Fault> {
        let Visibility::Private { accounts } = &self.visibility else { return None };
        let unknown = accounts.iter().find(|account| !exists(**account))?;
        Some(Fault::new("accounts", format!("there is no account {unknown}")))
    }

    /// How the offer is paid.
    pub fn pricing_model(&self) -> PricingModel {
        self.terms.pricing_model()
    }

    /// Whether it was made for some accounts only.
    pub fn is_private(&self) -> bool {
        matches!(self.visibility, Visibility::Private { .. })
    }

    /// Whether somebody of that account may know that the offer exists (C5).
    pub fn is_visible_to(&self, account: AccountId) -> bool {
        let is_for = match &self.visibility {
            Visibility::Public => true,
            Visibility::Private { accounts } => accounts.contains(&account),
        };
        is_for && self.state != OfferState::Draft && self.revision > 0
    }

    /// Whether it cannot be bought: its last day is over, it was taken back or never released. Decided here at every read, whether or not a job has run.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.state != OfferState::Released || self.availability_end_date.is_some_and(|last| day::is_over(last, now))
    }

    /// Whether the offer can be sent for approval now.
    ///
    /// # Errors
    /// The refusal to show in place of the button.
    pub fn requestable(&self, product: &Product, now: Timestamp) -> Result<(), Refusal> {
        self.requestable_as(self.pricing_model(), product, now)
    }

    /// [`Self::requestable`] of what may be an older revision, paid in its own way.
    ///
    /// # Errors
    /// The refusal.
    pub fn requestable_as(&self, model: PricingModel, product: &Product, now: Timestamp) -> Result<(), Refusal> {
        supported(product, model)?;
        if self.has_ended(now) {
            return Err(Refusal::ExpiredAgreementProposal {
                offer: self.name.clone(),
                last_day: self.availability_end_date,
            });
        }
        Ok(())
    }

    /// What is wrong with it if it is to be released: its fields, and all rules of C4 and C5, each at its place.
    pub fn release_faults(&self, now: Timestamp) -> Vec<Fault> {
        self.faults_and(self.release_errors(now))
    }

    /// What is wrong with it as a later revision: [`Self::release_faults`] without the rules that count at the first release only.
    pub fn revision_faults(&self, now: Timestamp) -> Vec<Fault> {
        self.faults_and(self.lasting_errors(now))
    }

    fn faults_and(&self, errors: Vec<ReleaseError>) -> Vec<Fault> {
        let fault = |error: ReleaseError| Fault::new(error.place(&self.terms), error.to_string());
        self.faults().into_iter().chain(errors.into_iter().map(fault)).collect()
    }

    /// The rules of C4 and C5 that count when a revision is released.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check_release(&self, now: Timestamp) -> Result<(), ReleaseError> {
        self.release_errors(now).into_iter().next().map_or(Ok(()), Err)
    }

    /// The rules of [`Self::check_release`] that count for every later revision too. An installment may have fallen due by then: the
    /// schedule is frozen, and was in time when it was released.
    ///
    /// # Errors
    /// The first rule that does not hold.
    pub fn check_again(&self, now: Timestamp) -> Result<(), ReleaseError> {
        self.lasting_errors(now).into_iter().next().map_or(Ok(()), Err)
    }

    fn release_errors(&self, now: Timestamp) -> Vec<ReleaseError> {
        let (today, mut errors) = (day::of(now), self.lasting_errors(now));
        let days = self.terms.schedule().into_iter().flatten().map(|installment| installment.charge_date);
        errors.extend(days.filter(|charge_date| *charge_date < today).map(ReleaseError::ChargeInThePast));
        errors
    }

    fn lasting_errors(&self, now: Timestamp) -> Vec<ReleaseError> {
        let mut errors = Vec::new();
        match (&self.visibility, self.availability_end_date) {
            (Visibility::Public, Some(_)) => errors.push(ReleaseError::PublicOfferWithLastDay),
            (Visibility::Private { accounts }, _) if accounts.is_empty() => errors.push(ReleaseError::NoTargets),
            _ => {}
        }
        let days = || self.terms.schedule().into_iter().flatten().map(|installment| installment.charge_date);
        if let Some(last_day) = self.availability_end_date
            && days().filter(|charge_date| *charge_date <= last_day).count() > 1
        {
            errors.push(ReleaseError::TooManyBackdatedCharges(last_day));
        }
        let months = self.terms.fixed_upfront().map_or(0, |(months, _)| months);
        let end = day::plus_months(day::of(now), months);
        errors.extend(days().filter(|charge_date| *charge_date >= end).map(ReleaseError::ChargeAfterTheEnd));
        errors
    }
}

/// Whether a product sold that way can go through procurement (C3).
///
/// # Errors
/// [`Refusal::UnsupportedProduct`] with the reason.
pub fn supported(product: &Product, model: PricingModel) -> Result<(), Refusal> {
    let reason = match product.product_type {
        ProductType::SaaS => return Ok(()),
        ProductType::Ami if model.is_contract() => UnsupportedReason::AmiContract,
        ProductType::Container if model.is_contract() => UnsupportedReason::ContainerContract,
        ProductType::Ami | ProductType::Container => return Ok(()),
        ProductType::ProfessionalServices => UnsupportedReason::ProfessionalServices,
    };
    Err(Refusal::UnsupportedProduct { product: product.name.clone(), reason })
}

/// Why a revision cannot be released.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Terms that do not fit together.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// C5: only private offers end.
    #[error("a public offer has no last day: make it private or leave the day out")]
    PublicOfferWithLastDay,
    /// C5: a private offer is made for somebody.
    #[error("a private offer names at least one account")]
    NoTargets,
    /// C4.
    #[error("INVALID_CHARGE_DATES: the installment of {0} lies in the past")]
    ChargeInThePast(Date),
    /// C4.
    #[error("TOO_MANY_BACKDATED_CHARGES: more than one installment falls on or before the offer's last day {0}")]
    TooManyBackdatedCharges(Date),
    /// C4.
    #[error("INVALID_CHARGE_DATES: the installment of {0} falls on or after the end of the agreement")]
    ChargeAfterTheEnd(Date),
}

impl ReleaseError {
    /// The field that is wrong, by its name or path.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Terms(_) => "terms",
            Self::PublicOfferWithLastDay | Self::TooManyBackdatedCharges(_) => "availability_end_date",
            Self::NoTargets => "accounts",
            Self::ChargeInThePast(_) | Self::ChargeAfterTheEnd(_) => "terms/schedule",
        }
    }

    /// [`Self::field`], and within a schedule the installment that is wrong.
    pub fn place(&self, terms: &Terms) -> Cow<'static, str> {
        let (Self::ChargeInThePast(day) | Self::ChargeAfterTheEnd(day)) = self else { return self.field().into() };
        let found = terms.schedule().into_iter().flatten().position(|installment| installment.charge_date == *day);
        found.map_or(self.field().into(), |n| format!("{}/{n}/charge_date", self.field()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, ACCOUNT, OTHER_ACCOUNT, at, click, product, schedule};
    use crate::offer_change::OfferChange;
    use jiff::civil::date;

    /// A thousand on each of the days, to be bought through 2026-12-15.
    fn private_offer(days: &[Date]) -> Offer {
        fixtures::private_offer(schedule(days, "1000"), date(2026, 12, 15))
    }

    #[test]
    fn what_goes_through_procurement_depends_on_the_type_and_the_pricing_model() {
        use PricingModel::{Byol, Contract, ContractWithUsage, Fps, Free, FreeTrial, Usage};
        for model in [Contract, ContractWithUsage, Fps, Usage, Free, Byol, FreeTrial] {
            let allowed = |product_type| supported(&product(product_type), model).is_ok();
            let contract = matches!(model, Contract | ContractWithUsage | Fps);
            assert!(allowed(ProductType::SaaS), "{model:?}");
            assert_eq!(allowed(ProductType::Ami), !contract, "{model:?}");
            assert_eq!(allowed(ProductType::Container), !contract, "{model:?}");
            assert!(!allowed(ProductType::ProfessionalServices), "{model:?}");
        }
    }

    #[test]
    fn a_private_offer_does_not_exist_for_other_accounts() {
        let offer = private_offer(&[date(2026, 12, 5)]);
        assert!(offer.is_visible_to(ACCOUNT));
        assert!(!offer.is_visible_to(OTHER_ACCOUNT));
    }

    #[test]
    fn a_draft_does_not_exist_for_those_who_buy() {
        let draft = Offer { state: OfferState::Draft, revision: 0, ..private_offer(&[date(2026, 12, 5)]) };
        let withdrawn = draft.change(&OfferChange { withdraw: true, ..OfferChange::default() }, click()).unwrap();
        assert_eq!(withdrawn.state, OfferState::Withdrawn);
        assert!(!draft.is_visible_to(ACCOUNT) && !withdrawn.is_visible_to(ACCOUNT));
        assert!(draft.requestable(&product(ProductType::SaaS), click()).is_err());
    }

    #[test]
    fn an_offer_can_be_bought_through_the_last_second_of_its_last_day() {
        let offer = private_offer(&[date(2026, 12, 5)]);
        let saas = product(ProductType::SaaS);
        assert!(offer.requestable(&saas, at("2026-12-15T23:59:59Z")).is_ok());
        assert!(offer.requestable(&saas, at("2026-12-16T00:00:00Z")).is_err());
    }

    #[test]
    fn a_schedule_is_checked_when_it_is_released() {
        let check = |days: &[Date]| private_offer(days).check_release(click());
        assert_eq!(check(&[date(2026, 12, 5), date(2027, 3, 1), date(2027, 11, 30)]), Ok(()));
        assert_eq!(check(&[date(2026, 11, 30)]), Err(ReleaseError::ChargeInThePast(date(2026, 11, 30))));
        assert_eq!(
            check(&[date(2026, 12, 5), date(2026, 12, 15)]),
            Err(ReleaseError::TooManyBackdatedCharges(date(2026, 12, 15)))
        );
        assert_eq!(check(&[date(2027, 12, 1)]), Err(ReleaseError::ChargeAfterTheEnd(date(2027, 12, 1))));
    }

    #[test]
    fn everything_that_hinders_a_release_is_said_at_its_place() {
        let mut offer = private_offer(&[date(2026, 11, 1), date(2026, 11, 30), date(2027, 12, 1)]);
        offer.name = "\u{7}".into();
        offer.visibility = Visibility::Private { accounts: vec![] };
        let faults = offer.release_faults(click());
        let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "accounts",
                "availability_end_date",
                "terms/schedule/2/charge_date",
                "terms/schedule/0/charge_date",
                "terms/schedule/1/charge_date",
            ]
        );
    }

    #[test]
    fn a_public_offer_has_no_last_day_and_a_private_one_has_targets() {
        let mut offer = private_offer(&[date(2026, 12, 5)]);
        offer.visibility = Visibility::Public;
        assert_eq!(offer.check_release(click()), Err(ReleaseError::PublicOfferWithLastDay));
        offer.visibility = Visibility::Private { accounts: vec![] };
        assert_eq!(offer.check_release(click()), Err(ReleaseError::NoTargets));
    }
}
