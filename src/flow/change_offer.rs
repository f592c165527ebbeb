//! The seller changes or releases an offer: a new revision, and every request that still waits on an older one is superseded,
//! its requester and the administrators mailed by the same transaction, unless the offer is public, whose quotes hold (C5). Agreements that exist are never touched.

use marketgate_domain::event::Actor;
use marketgate_domain::fault::Fault;
use marketgate_domain::id::OfferId;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::offer_change::{ChangeError, OfferChange};
use marketgate_store::{Tx, catalog, requests};

use super::supersede_requests::{MOST_WAITING, Superseded, Superseding};
use super::{Error, audit};
use crate::context::Context;

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedOffer {
    /// The offer in its new revision.
    pub offer: Offer,
    /// How many waiting requests it superseded.
    pub superseded: usize,
}

/// How many requests wait on an offer: the seller is told before saving.
///
/// # Errors
/// [`Error::Store`].
pub async fn waiting(context: &Context, offer: OfferId) -> Result<usize, Error> {
    Ok(context.read(move |snapshot| requests::number_waiting_on(snapshot, offer, MOST_WAITING)).await?)
}

/// Changes an offer: last day, name, terms; releases a draft, or takes an offer back. A last day in the past ends it at once.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] for a withdrawn offer or the release of what is no draft, [`Error::Faults`] for a change
/// that the rules refuse.
pub async fn change_offer(
    context: &Context,
    actor: Actor,
    id: OfferId,
    wanted: OfferChange,
) -> Result<ChangedOffer, Error> {
    let waiting = waiting(context, id).await?;
    let change = Change { id, actor, wanted, superseding: Superseding::prepare(context, waiting) };
    let changed = context.store.transact_async(move |tx| change.run(tx)).await?;
    context.outbox_bell.notify_one();
    Ok(changed)
}

struct Change {
    id: OfferId,
    actor: Actor,
    wanted: OfferChange,
    superseding: Superseding,
}

impl Change {
    fn run(&self, tx: &mut Tx<'_>) -> Result<ChangedOffer, Error> {
        let now = self.superseding.now;
        let before = catalog::offer(tx, self.id)?.ok_or(Error::NotFound)?;
        let offer = before.change(&self.wanted, now).map_err(|error| match error {
            ChangeError::Withdrawn | ChangeError::NotADraft => Error::Conflict(error.to_string()),
            ChangeError::Release(_) => Error::Faults(before.change_faults(&self.wanted, now)),
            ChangeError::LastDayStays => Error::Faults(vec![Fault::new("availability_end_date", error.to_string())]),
            ChangeError::FrozenSchedule => Error::Faults(vec![Fault::new("terms/schedule", error.to_string())]),
        })?;
        // Taking back is never refused, whatever a limit of today would say about an older offer.
        if !self.wanted.withdraw {
            Error::check(offer.faults())?;
        }
        if offer == before {
            return Ok(ChangedOffer { offer, superseded: 0 });
        }
        catalog::put_offer(tx, &offer)?;
        let Superseded { superseded, kept } = self.superseding.run(tx, &offer)?;
        let kept = if kept > 0 { format!(", {kept} kept") } else { String::new() };
        let detail = format!(
            "\"{}\": {}; {superseded} waiting requests superseded{kept}",
            before.name,
            differences(&before, &offer).join(", ")
        );
        audit::record(tx, now, self.actor.clone(), None, "offer.changed", &offer.id.to_string(), &detail)?;
        Ok(ChangedOffer { offer, superseded })
    }
}

/// What a person would want to read of a change later.
fn differences(before: &Offer, after: &Offer) -> Vec<String> {
    let mut differences = Vec::new();
    if after.state == OfferState::Withdrawn {
        differences.push("withdrawn".to_owned());
    }
    if before.state == OfferState::Draft && after.state != OfferState::Draft && after.state != OfferState::Withdrawn {
        differences.push("released".to_owned());
    }
    if before.name != after.name {
        differences.push(format!("name is \"{}\"", after.name));
    }
    if before.availability_end_date != after.availability_end_date {
        let day =
            |offer: &Offer| offer.availability_end_date.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        differences.push(format!("last day moved from {} to {}", day(before), day(after)));
    }
    if before.terms != after.terms {
        differences.push("new terms".to_owned());
    }
    differences
}
