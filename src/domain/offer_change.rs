//! Changes of a released offer (C5): decides what the next revision is, or why there is none.
//!
//! Pure. Whatever changes something makes a new revision; what changes nothing leaves the offer exactly as it was. Product,
//! seller and visibility never change, and neither does a payment schedule.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::day;
use crate::offer::{Offer, OfferState, ReleaseError};
use crate::terms::Terms;

/// What is to be different. What is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// Last day of a private offer; a past day ends it at once.
    pub availability_end_date: Option<Date>,
    /// Name for people.
    pub name: Option<String>,
    /// All terms, not only those that differ.
    pub terms: Option<Terms>,
    /// Take the offer back, for good.
    pub withdraw: bool,
}

/// Why an offer cannot be changed that way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Withdrawal is final.
    #[error("the offer was withdrawn: make a new one")]
    Withdrawn,
    /// C5: only private offers end.
    #[error("a public offer has no last day")]
    PublicOfferHasNoLastDay,
    /// C5: a schedule is changed by a replacement offer only.
    #[error("the payment schedule of a released offer cannot be changed: make a replacement offer")]
    FrozenSchedule,
    /// C4 and C5 are checked again for the new revision.
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

impl Offer {
    /// The offer after the change: the next revision, or the same offer where nothing is different (C5).
    ///
    /// # Errors
    /// Why the change is refused.
    pub fn change(&self, change: &OfferChange, now: Timestamp) -> Result<Self, ChangeError> {
        if self.state == OfferState::Withdrawn {
            return Err(ChangeError::Withdrawn);
        }
        if change.availability_end_date.is_some() && !self.is_private() {
            return Err(ChangeError::PublicOfferHasNoLastDay);
        }
        if change.terms.as_ref().is_some_and(|terms| terms.schedule() != self.terms.schedule()) {
            return Err(ChangeError::FrozenSchedule);
        }
        let mut changed = self.clone();
        changed.availability_end_date = change.availability_end_date.or(self.availability_end_date);
        changed.name = change.name.clone().unwrap_or_else(|| self.name.clone());
        changed.terms = change.terms.clone().unwrap_or_else(|| self.terms.clone());
        if changed == *self && !change.withdraw {
            return Ok(changed);
        }
        let ended = changed.availability_end_date.is_some_and(|last| day::is_over(last, now));
        changed.state = match (change.withdraw, ended) {
            (true, _) => OfferState::Withdrawn,
            (false, true) => OfferState::Expired,
            (false, false) => OfferState::Released,
        };
        if changed.state == OfferState::Released {
            changed.check_release(now)?;
        }
        changed.revision += 1;
        changed.released_at = now;
        Ok(changed)
    }
}

/// Whether requests that wait on `before` stay valid beside `after`, its next revision (C5).
///
/// Public quotes hold their price whatever changes. Requests on a private offer are superseded, but for a pure extension of
/// the last day where the operator wants that. What has ended keeps nothing waiting.
pub fn keeps_waiting(before: &Offer, after: &Offer, extension_keeps: bool) -> bool {
    if after.state != OfferState::Released {
        return false;
    }
    if !after.is_private() {
        return true;
    }
    let later = after.availability_end_date > before.availability_end_date && before.availability_end_date.is_some();
    extension_keeps
        && later
        && !before.has_ended(after.released_at)
        && (&before.name, &before.terms) == (&after.name, &after.terms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, arrival, fixed, schedule};
    use jiff::civil::date;

    fn last_day(day: Date) -> OfferChange {
        OfferChange { availability_end_date: Some(day), ..OfferChange::default() }
    }

    fn terms(terms: Vec<crate::terms::Term>) -> OfferChange {
        OfferChange { terms: Some(Terms::new(terms).unwrap()), ..OfferChange::default() }
    }

    fn withdrawal() -> OfferChange {
        OfferChange { withdraw: true, ..OfferChange::default() }
    }

    #[test]
    fn what_changes_something_is_the_next_revision_and_what_changes_nothing_is_not() {
        let end = date(2026, 12, 15);
        let private = fixtures::private_offer(vec![fixed("1000")], end);
        let public = fixtures::offer(vec![fixed("1000")]);
        let name = OfferChange { name: Some("Plus".into()), ..OfferChange::default() };
        let cases = [
            (&private, last_day(date(2026, 12, 31)), 2, OfferState::Released),
            (&private, last_day(date(2026, 12, 9)), 2, OfferState::Expired),
            (&private, last_day(end), 1, OfferState::Released),
            (&private, terms(vec![fixed("900")]), 2, OfferState::Released),
            (&private, terms(vec![fixed("1000")]), 1, OfferState::Released),
            (&private, withdrawal(), 2, OfferState::Withdrawn),
            (&public, name, 2, OfferState::Released),
            (&public, terms(vec![fixed("900")]), 2, OfferState::Released),
            (&public, withdrawal(), 2, OfferState::Withdrawn),
            (&public, OfferChange::default(), 1, OfferState::Released),
        ];
        for (offer, change, revision, state) in cases {
            let changed = offer.change(&change, arrival()).unwrap();
            assert_eq!((changed.revision, changed.state), (revision, state), "{change:?}");
            assert_eq!(changed == *offer, revision == 1, "{change:?}");
        }
    }

    #[test]
    fn a_payment_schedule_is_neither_added_nor_altered_nor_removed() {
        let day = date(2027, 1, 5);
        let scheduled = fixtures::private_offer(schedule(&[day], "1000"), date(2026, 12, 15));
        let fixed_price = fixtures::private_offer(vec![fixed("1000")], date(2026, 12, 15));
        let cases = [
            (&fixed_price, terms(schedule(&[day], "1000"))),
            (&scheduled, terms(schedule(&[day], "900"))),
            (&scheduled, terms(vec![fixed("1000")])),
        ];
        for (offer, change) in cases {
            assert_eq!(offer.change(&change, arrival()), Err(ChangeError::FrozenSchedule), "{change:?}");
        }
    }

    #[test]
    fn a_withdrawn_offer_stays_as_it_is_and_a_public_one_has_no_last_day() {
        let offer = fixtures::offer(vec![fixed("1000")]);
        let day = last_day(date(2026, 12, 31));
        assert_eq!(offer.change(&day, arrival()), Err(ChangeError::PublicOfferHasNoLastDay));
        let withdrawn = offer.change(&withdrawal(), arrival()).unwrap();
        assert_eq!(withdrawn.change(&withdrawal(), arrival()), Err(ChangeError::Withdrawn));
    }

    #[test]
    fn the_rules_of_release_hold_for_the_new_revision() {
        let days = [date(2026, 12, 14), date(2026, 12, 20)];
        let offer = fixtures::private_offer(schedule(&days, "1000"), date(2026, 12, 15));
        let error = offer.change(&last_day(date(2026, 12, 20)), arrival()).unwrap_err();
        assert_eq!(error, ReleaseError::TooManyBackdatedCharges(date(2026, 12, 20)).into());
    }

    #[test]
    fn waiting_requests_stay_for_public_quotes_and_where_the_operator_wants_it_for_extensions() {
        let private = fixtures::private_offer(vec![fixed("1000")], date(2026, 12, 15));
        let public = fixtures::offer(vec![fixed("1000")]);
        let later = last_day(date(2026, 12, 31));
        let dearer = terms(vec![fixed("1100")]);
        let later_and_dearer = OfferChange { terms: dearer.terms.clone(), ..later.clone() };
        // The change, then whether requests stay without and with the operator's setting.
        let cases = [
            (&private, later, false, true),
            (&private, last_day(date(2026, 12, 12)), false, false),
            (&private, last_day(date(2026, 12, 9)), false, false),
            (&private, dearer.clone(), false, false),
            (&private, later_and_dearer, false, false),
            (&private, withdrawal(), false, false),
            (&public, dearer, true, true),
            (&public, withdrawal(), false, false),
        ];
        for (before, change, by_default, when_wanted) in cases {
            let after = before.change(&change, arrival()).unwrap();
            let stays = [false, true].map(|extension_keeps| keeps_waiting(before, &after, extension_keeps));
            assert_eq!(stays, [by_default, when_wanted], "{change:?}");
        }
    }

    #[test]
    fn an_offer_that_had_ended_keeps_nothing_waiting_whether_or_not_that_was_noted() {
        let before = fixtures::private_offer(vec![fixed("1000")], date(2026, 12, 9));
        let after = before.change(&last_day(date(2026, 12, 31)), arrival()).unwrap();
        assert_eq!(after.state, OfferState::Released);
        assert!(!keeps_waiting(&before, &after, true));
    }
}
