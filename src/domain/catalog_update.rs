//! What a catalogue file makes of a record that may exist already (C1): nothing, a new record, or a changed one.
//!
//! Pure. A record that says what is stored changes nothing, whenever it comes. What never changes (codes and types of products, who
//! sells them, whom an offer is for, schedules) is a fault of its field; released offers change by the same decision as anywhere.

use jiff::Timestamp;

use crate::day;
use crate::fault::Fault;
use crate::id::AccountId;
use crate::offer::{Offer, OfferState, Visibility};
use crate::offer_change::{ChangeError, OfferChange};
use crate::product::Product;
use crate::seller::Seller;

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update<T> {
    /// It is made.
    New(T),
    /// It takes the place of what is stored.
    Changed(T),
    /// What is stored says the same.
    Unchanged,
}

/// A seller that has the identifier of the stored one, if there is one: they have the same invoice prefix.
///
/// # Errors
/// What is wrong with its fields.
pub fn update_seller(before: Option<&Seller>, wanted: Seller) -> Result<Update<Seller>, Vec<Fault>> {
    if before == Some(&wanted) {
        return Ok(Update::Unchanged);
    }
    good(wanted.faults())?;
    Ok(if before.is_some() { Update::Changed(wanted) } else { Update::New(wanted) })
}

/// A product that has the identifier of the stored one, if there is one: they have the same code, whatever its case.
///
/// # Errors
/// What is wrong with its fields, or never changes.
pub fn update_product(before: Option<&Product>, wanted: Product) -> Result<Update<Product>, Vec<Fault>> {
    let Some(before) = before else {
        good(wanted.faults())?;
        return Ok(Update::New(wanted));
    };
    let wanted = Product { code: before.code.clone(), ..wanted };
    if *before == wanted {
        return Ok(Update::Unchanged);
    }
    let mut faults = wanted.faults();
    if wanted.product_type != before.product_type {
        faults.push(fault("product_type", format!("never changes: it is {}", before.product_type.title())));
    }
    if wanted.seller != before.seller {
        faults.push(fault("seller", "never changes: the product is another seller's".to_owned()));
    }
    good(faults)?;
    Ok(Update::Changed(wanted))
}

/// An offer that has the identifier of the stored one, if there is one. Its revision and the moment of its release follow from the
/// decision; released and expired are told apart by the last day.
///
/// # Errors
/// What is wrong with its fields, never changes, or is refused by the rules of C4 and C5.
pub fn update_offer(before: Option<&Offer>, wanted: Offer, now: Timestamp) -> Result<Update<Offer>, Vec<Fault>> {
    let Some(before) = before else { return new_offer(wanted, now).map(Update::New) };
    good(what_never_changes(before, &wanted))?;
    let last_day =
        wanted.availability_end_date.filter(|_| before.availability_end_date != wanted.availability_end_date);
    let change = OfferChange {
        availability_end_date: last_day,
        without_last_day: before.availability_end_date.is_some() && wanted.availability_end_date.is_none(),
        name: (before.name != wanted.name).then(|| wanted.name.clone()),
        terms: (before.terms != wanted.terms).then(|| wanted.terms.clone()),
        release: before.state == OfferState::Draft && is_released(wanted.state),
        withdraw: before.state != OfferState::Withdrawn && wanted.state == OfferState::Withdrawn,
    };
    let is_withdrawn = before.state == OfferState::Withdrawn && wanted.state != OfferState::Withdrawn;
    if change == OfferChange::default() && !is_withdrawn {
        return Ok(Update::Unchanged);
    }
    let changed = before.change(&change, now).map_err(|error| match error {
        ChangeError::Release(_) => before.change_faults(&change, now),
        error => blame(&error),
    })?;
    good(changed.faults())?;
    Ok(if changed == *before { Update::Unchanged } else { Update::Changed(changed) })
}

const LAST_DAY: &str = "availability_end_date";
const STATE: &str = "state";

fn new_offer(wanted: Offer, now: Timestamp) -> Result<Offer, Vec<Fault>> {
    let is_over = wanted.availability_end_date.is_some_and(|last| day::is_over(last, now));
    let state = match wanted.state {
        OfferState::Released | OfferState::Expired if is_over => OfferState::Expired,
        OfferState::Released | OfferState::Expired => OfferState::Released,
        other => other,
    };
    // What was never released keeps the revision 0: whatever becomes of it, nobody who buys has seen it.
    let revision = u32::from(is_released(state));
    let offer = Offer { revision, released_at: now, state, ..wanted };
    // What cannot be bought need not be fit for release: an export holds offers of long ago.
    good(if state == OfferState::Released { offer.release_faults(now) } else { offer.faults() })?;
    Ok(offer)
}

fn what_never_changes(before: &Offer, wanted: &Offer) -> Vec<Fault> {
    let mut faults = Vec::new();
    if before.product != wanted.product {
        faults.push(fault("product", "never changes: the offer is one of another product".to_owned()));
    }
    if audience(before) != audience(wanted) {
        faults.push(fault("accounts", "never change: make another offer".to_owned()));
    }
    let is_draft = before.state == OfferState::Draft;
    if before.availability_end_date.is_some() && wanted.availability_end_date.is_none() && !is_draft {
        faults.push(fault(LAST_DAY, ChangeError::LastDayStays.to_string()));
    }
    if wanted.state == OfferState::Draft && !is_draft {
        faults.push(fault(STATE, "was released, and is no draft any more".to_owned()));
    }
    faults
}

fn audience(offer: &Offer) -> Option<Vec<AccountId>> {
    match &offer.visibility {
        Visibility::Public => None,
        Visibility::Private { accounts } => {
            let mut accounts = accounts.clone();
            accounts.sort_unstable();
            Some(accounts)
        }
    }
}

fn is_released(state: OfferState) -> bool {
    matches!(state, OfferState::Released | OfferState::Expired)
}

/// The field that a refused change is about.
fn blame(error: &ChangeError) -> Vec<Fault> {
    let field = match error {
        ChangeError::Withdrawn | ChangeError::NotADraft => STATE,
        ChangeError::LastDayStays => LAST_DAY,
        ChangeError::FrozenSchedule => "terms/schedule",
        ChangeError::Release(error) => error.field(),
    };
    vec![fault(field, error.to_string())]
}

fn fault(field: &'static str, detail: String) -> Fault {
    Fault::new(field, detail)
}

fn good(faults: Vec<Fault>) -> Result<(), Vec<Fault>> {
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, arrival, fixed, schedule};
    use crate::id::{OfferId, ProductId, SellerId};
    use crate::product::ProductType;
    use crate::terms::{Term, Terms};
    use jiff::civil::{Date, date};

    const END: Date = date(2026, 12, 15);

    fn private(terms: Vec<Term>) -> Offer {
        fixtures::private_offer(terms, END)
    }

    fn refused<T: std::fmt::Debug>(update: Result<Update<T>, Vec<Fault>>) -> Vec<String> {
        update.unwrap_err().into_iter().map(|fault| fault.field.into_owned()).collect()
    }

    /// What is wrong with an offer that is stored as it is and comes changed.
    fn wrong(before: &Offer, change: impl FnOnce(&mut Offer)) -> Vec<String> {
        let mut wanted = before.clone();
        change(&mut wanted);
        refused(update_offer(Some(before), wanted, arrival()))
    }

    #[test]
    fn what_says_the_same_changes_nothing() {
        let seller = fixtures::seller();
        assert_eq!(update_seller(Some(&seller), seller.clone()), Ok(Update::Unchanged));
        let product = fixtures::product(ProductType::SaaS);
        let shouted = Product { code: product.code.to_uppercase(), ..product.clone() };
        assert_eq!(update_product(Some(&product), shouted), Ok(Update::Unchanged));
        for state in [OfferState::Draft, OfferState::Released, OfferState::Expired, OfferState::Withdrawn] {
            let stored = Offer { state, revision: 7, ..private(vec![fixed("1000")]) };
            let wanted = Offer { revision: 0, ..stored.clone() };
            assert_eq!(update_offer(Some(&stored), wanted, arrival()), Ok(Update::Unchanged), "{state:?}");
        }
        let ended = Offer { state: OfferState::Expired, ..private(vec![fixed("1000")]) };
        let named_released = Offer { state: OfferState::Released, ..ended.clone() };
        assert_eq!(update_offer(Some(&ended), named_released, arrival()), Ok(Update::Unchanged));
    }

    #[test]
    fn a_new_offer_is_released_and_one_of_long_ago_is_over() {
        let made = |offer: Offer| match update_offer(None, offer, arrival()) {
            Ok(Update::New(offer)) => (offer.revision, offer.state),
            other => panic!("{other:?}"),
        };
        let good = Offer { revision: 9, ..private(vec![fixed("1000")]) };
        assert_eq!(made(good.clone()), (1, OfferState::Released));
        assert_eq!(made(Offer { state: OfferState::Expired, ..good.clone() }), (1, OfferState::Released));
        assert_eq!(made(Offer { state: OfferState::Draft, ..good.clone() }), (0, OfferState::Draft));
        let old = fixtures::private_offer(schedule(&[date(2020, 1, 5)], "1000"), date(2020, 1, 1));
        assert_eq!(made(old.clone()), (1, OfferState::Expired));
        let late = Offer { availability_end_date: Some(END), ..old };
        assert_eq!(refused(update_offer(None, late, arrival())), ["terms/schedule/0/charge_date"]);
    }

    #[test]
    fn a_changed_offer_is_the_next_revision() {
        let before = private(vec![fixed("1000")]);
        let wanted = Offer { terms: Terms::new(vec![fixed("900")]).unwrap(), ..before.clone() };
        let Ok(Update::Changed(changed)) = update_offer(Some(&before), wanted, arrival()) else { panic!("no change") };
        assert_eq!((changed.revision, changed.state), (2, OfferState::Released));
        let withdrawn = Offer { state: OfferState::Withdrawn, ..before.clone() };
        let Ok(Update::Changed(gone)) = update_offer(Some(&before), withdrawn, arrival()) else { panic!("no change") };
        assert_eq!((gone.revision, gone.state), (2, OfferState::Withdrawn));
        let draft = Offer { state: OfferState::Draft, ..before.clone() };
        let Ok(Update::Changed(released)) = update_offer(Some(&draft), before, arrival()) else { panic!("no change") };
        assert_eq!((released.revision, released.state), (1, OfferState::Released));
    }

    #[test]
    fn what_never_changes_is_said_at_its_field() {
        let before = private(schedule(&[date(2027, 1, 5)], "1000"));
        assert_eq!(wrong(&before, |offer| offer.product = ProductId::from_value(9)), ["product"]);
        assert_eq!(wrong(&before, |offer| offer.visibility = Visibility::Public), ["accounts"]);
        assert_eq!(wrong(&before, |offer| offer.availability_end_date = None), ["availability_end_date"]);
        assert_eq!(wrong(&before, |offer| offer.state = OfferState::Draft), ["state"]);
        let draft = Offer { state: OfferState::Draft, revision: 0, ..before.clone() };
        let without = Offer { availability_end_date: None, ..draft.clone() };
        let Ok(Update::Changed(changed)) = update_offer(Some(&draft), without, arrival()) else { panic!("no change") };
        assert_eq!((changed.availability_end_date, changed.state), (None, OfferState::Draft));
        let dearer = |offer: &mut Offer| offer.terms = Terms::new(schedule(&[date(2027, 1, 5)], "1001")).unwrap();
        assert_eq!(wrong(&before, dearer), ["terms/schedule"]);
        let withdrawn = Offer { state: OfferState::Withdrawn, ..before };
        assert_eq!(wrong(&withdrawn, |offer| offer.state = OfferState::Released), ["state"]);
        let public = Offer { id: OfferId::from_value(3), ..fixtures::offer(vec![fixed("1000")]) };
        assert_eq!(wrong(&public, |offer| offer.availability_end_date = Some(END)), ["availability_end_date"]);
        let product = fixtures::product(ProductType::SaaS);
        let other = Product { product_type: ProductType::Ami, seller: SellerId::from_value(9), ..product.clone() };
        assert_eq!(refused(update_product(Some(&product), other)), ["product_type", "seller"]);
    }
}
