//! Changes of an offer (C5): decides what the next revision is, or why there is none.
//!
//! Pure. Whatever changes something makes a new revision; what changes nothing leaves the offer exactly as it was. Product,
//! seller and visibility never change, and neither does a payment schedule. Requests of a private offer are superseded by its next
//! revision; quotes of a public one hold their price for as long as they promise. A draft changes freely, its schedule too, and has the
//! revision 0 until it is released; one that is withdrawn keeps it: nobody has seen it, and nobody will.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::day;
use crate::fault::Fault;
use crate::offer::{Offer, OfferState, ReleaseError};
use crate::terms::Terms;

/// What is to be different. What is not named stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferChange {
    /// Last day of a private offer; a past day ends it at once.
    pub availability_end_date: Option<Date>,
    /// Take the last day of a draft away.
    pub without_last_day: bool,
    /// Name for people.
    pub name: Option<String>,
    /// All terms, not only those that differ.
    pub terms: Option<Terms>,
    /// Release a draft.
    pub release: bool,
    /// Take the offer back, for good.
    pub withdraw: bool,
}

/// Why an offer cannot be changed that way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Withdrawal is final.
    #[error("the offer was withdrawn: make a new one")]
    Withdrawn,
    /// Only drafts are released.
    #[error("the offer is no draft: it was released before")]
    NotADraft,
    /// C5: a schedule is changed by a replacement offer only.
    #[error("the payment schedule of a released offer cannot be changed: make a replacement offer")]
    FrozenSchedule,
    /// Who was promised a day can count on one.
    #[error("can be moved, not taken away, once the offer is released: name the last day")]
    LastDayStays,
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
        if self.state == OfferState::Draft {
            return self.change_draft(change, now);
        }
        if change.release {
            return Err(ChangeError::NotADraft);
        }
        if change.availability_end_date.is_some() && !self.is_private() {
            return Err(ReleaseError::PublicOfferWithLastDay.into());
        }
        if change.without_last_day && self.availability_end_date.is_some() {
            return Err(ChangeError::LastDayStays);
        }
        if change.terms.as_ref().is_some_and(|terms| terms.schedule() != self.terms.schedule()) {
            return Err(ChangeError::FrozenSchedule);
        }
        let mut changed = self.said_anew(change);
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
            changed.check_again(now)?;
        }
        changed.revision += 1;
        changed.released_at = now;
        Ok(changed)
    }

    /// Whether this revision gives an offer that had not ended a later last day, and changes nothing else (C5). A first last day is
    /// none: it ends what had no end.
    pub fn only_extends(&self, before: &Self, now: Timestamp) -> bool {
        let (Some(last_day), Some(last_day_before)) = (self.availability_end_date, before.availability_end_date) else {
            return false;
        };
        let ended_later = Self {
            availability_end_date: self.availability_end_date,
            revision: self.revision,
            released_at: self.released_at,
            ..before.clone()
        };
        last_day > last_day_before && *self == ended_later && !before.has_ended(now)
    }

    /// Everything that hinders a change that [`Self::change`] refuses by the rules of C4 and C5, each at its place.
    pub fn change_faults(&self, change: &OfferChange, now: Timestamp) -> Vec<Fault> {
        let changed = self.said_anew(change);
        if self.state == OfferState::Draft { changed.release_faults(now) } else { changed.revision_faults(now) }
    }

    fn change_draft(&self, change: &OfferChange, now: Timestamp) -> Result<Self, ChangeError> {
        let mut changed = self.said_anew(change);
        if change.withdraw {
            changed.state = OfferState::Withdrawn;
        } else if change.release {
            changed.check_release(now)?;
            let ended = changed.availability_end_date.is_some_and(|last| day::is_over(last, now));
            changed.state = if ended { OfferState::Expired } else { OfferState::Released };
            changed.revision = 1;
            changed.released_at = now;
        }
        Ok(changed)
    }

    fn said_anew(&self, change: &OfferChange) -> Self {
        Self {
            availability_end_date: change
                .availability_end_date
                .or(self.availability_end_date.filter(|_| !change.without_last_day)),
            name: change.name.clone().unwrap_or_else(|| self.name.clone()),
            terms: change.terms.clone().unwrap_or_else(|| self.terms.clone()),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, arrival, fixed, schedule};
    use crate::terms::Term;
    use jiff::civil::date;

    fn last_day(day: Date) -> OfferChange {
        OfferChange { availability_end_date: Some(day), ..OfferChange::default() }
    }

    fn terms(terms: Vec<Term>) -> OfferChange {
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
            (&private, name, 2, OfferState::Released),
            (&public, withdrawal(), 2, OfferState::Withdrawn),
            (&public, terms(vec![fixed("1100")]), 2, OfferState::Released),
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
    fn a_withdrawn_offer_stays_as_it_is_and_a_public_one_never_ends() {
        let offer = fixtures::offer(vec![fixed("1000")]);
        let ends = offer.change(&last_day(date(2026, 12, 31)), arrival());
        assert_eq!(ends, Err(ReleaseError::PublicOfferWithLastDay.into()));
        let withdrawn = offer.change(&withdrawal(), arrival()).unwrap();
        assert_eq!(withdrawn.change(&withdrawal(), arrival()), Err(ChangeError::Withdrawn));
    }

    #[test]
    fn a_later_last_day_alone_is_an_extension() {
        let offer = fixtures::private_offer(vec![fixed("1000")], date(2026, 12, 15));
        let later = last_day(date(2026, 12, 31));
        let cases = [
            (later.clone(), true),
            (last_day(date(2026, 12, 14)), false),
            (OfferChange { name: Some("Plus".into()), ..later.clone() }, false),
            (OfferChange { terms: terms(vec![fixed("900")]).terms, ..later.clone() }, false),
            (withdrawal(), false),
        ];
        for (change, expected) in cases {
            let changed = offer.change(&change, arrival()).unwrap();
            assert_eq!(changed.only_extends(&offer, arrival()), expected, "{change:?}");
        }
        let endless = Offer { availability_end_date: None, ..offer.clone() };
        assert!(!endless.change(&later, arrival()).unwrap().only_extends(&endless, arrival()), "it had no end");
        let over = Offer { availability_end_date: Some(date(2026, 12, 9)), ..offer };
        assert!(!over.change(&later, arrival()).unwrap().only_extends(&over, arrival()), "what is over stays over");
    }

    #[test]
    fn an_installment_that_fell_due_meanwhile_does_not_freeze_the_rest() {
        let offer =
            fixtures::private_offer(schedule(&[date(2026, 12, 5), date(2027, 3, 1)], "1000"), date(2026, 12, 15));
        let name = OfferChange { name: Some("Plus".into()), ..OfferChange::default() };
        let cases = [(name, Ok(2)), (last_day(date(2027, 2, 28)), Ok(2)), (last_day(date(2027, 3, 1)), Err(()))];
        for (change, expected) in cases {
            let changed = offer.change(&change, arrival());
            assert_eq!(changed.map(|offer| offer.revision).map_err(|_| ()), expected, "{change:?}");
        }
        let too_short = vec![Term::PaymentSchedule { installments: offer.terms.schedule().unwrap().to_vec() }];
        let months = |months| Term::FixedUpfrontPricing { months, price: fixtures::usd("0"), grants: vec![] };
        let shortened = terms([vec![months(2)], too_short].concat());
        let error = offer.change(&shortened, arrival()).unwrap_err();
        assert_eq!(error, ReleaseError::ChargeAfterTheEnd(date(2027, 3, 1)).into());
    }

    #[test]
    fn a_draft_changes_freely_and_keeps_its_revision_until_it_is_released() {
        let day = date(2027, 1, 5);
        let private = fixtures::private_offer(vec![fixed("1000")], date(2026, 12, 15));
        let draft = Offer { state: OfferState::Draft, ..private.clone() };
        let changed = draft.change(&terms(schedule(&[day], "1000")), arrival()).unwrap();
        assert_eq!((changed.revision, changed.state), (1, OfferState::Draft));
        let release = OfferChange { release: true, ..OfferChange::default() };
        let released = changed.change(&release, arrival()).unwrap();
        assert_eq!((released.revision, released.state, released.released_at), (1, OfferState::Released, arrival()));
        assert_eq!(released.change(&release, arrival()), Err(ChangeError::NotADraft));
        let late = draft.change(&terms(schedule(&[date(2026, 12, 1)], "1000")), arrival()).unwrap();
        assert!(late.change(&release, arrival()).is_err(), "C4 counts when it is released");
        assert_eq!(draft.change(&withdrawal(), arrival()).unwrap().state, OfferState::Withdrawn);
    }

    #[test]
    fn the_rules_of_release_hold_for_the_new_revision() {
        let days = [date(2026, 12, 14), date(2026, 12, 20)];
        let offer = fixtures::private_offer(schedule(&days, "1000"), date(2026, 12, 15));
        let error = offer.change(&last_day(date(2026, 12, 20)), arrival()).unwrap_err();
        assert_eq!(error, ReleaseError::TooManyBackdatedCharges(date(2026, 12, 20)).into());
    }
}
