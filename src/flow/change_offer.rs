//! The seller changes a released offer: a new revision, and every request that still waits on an older one is superseded,
//! its requester and the administrators mailed by the same transaction (C5). Agreements that exist are never touched.

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::day;
use marketgate_domain::event::Actor;
use marketgate_domain::id::{OfferId, OutboxId};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_store::{Tx, catalog, requests};

use super::{Error, audit, order_mail};
use crate::approver_link::again_url;
use crate::context::Context;
use crate::render::mail;

/// More carts than this on one private offer mean that something else is wrong.
const MOST_WAITING: usize = 10_000;

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
    Ok(context.read(move |snapshot| requests::waiting_on(snapshot, offer, MOST_WAITING)).await?.len())
}

/// Moves the last day of a private offer. A day in the past ends the offer at once.
///
/// # Errors
/// [`Error::NotFound`], [`Error::BadRequest`] for a public or withdrawn offer, or one whose schedule does not fit any more.
pub async fn change_last_day(
    context: &Context,
    actor: Actor,
    id: OfferId,
    last_day: Date,
) -> Result<ChangedOffer, Error> {
    let waiting = waiting(context, id).await?;
    let change = Change {
        context: context.clone(),
        id,
        actor,
        last_day,
        now: context.clock.business(),
        wall_now: context.clock.wall(),
        // Carts that come between the count and the commit get their mail's identifier from the spare ones.
        new_messages: (0..waiting + 100).map(|_| OutboxId::new(context.random.uuid())).collect(),
    };
    let changed = context.store.transact_async(move |tx| change.run(tx)).await?;
    context.outbox_bell.notify_one();
    Ok(changed)
}

struct Change {
    /// For the addresses in mails.
    context: Context,
    id: OfferId,
    actor: Actor,
    last_day: Date,
    now: Timestamp,
    wall_now: Timestamp,
    new_messages: Vec<OutboxId>,
}

impl Change {
    fn run(&self, tx: &mut Tx<'_>) -> Result<ChangedOffer, Error> {
        let before = catalog::offer(tx, self.id)?.ok_or(Error::NotFound)?;
        let offer = self.revised(&before)?;
        if offer == before {
            return Ok(ChangedOffer { offer, superseded: 0 });
        }
        catalog::put_offer(tx, &offer)?;
        let superseded = self.supersede(tx, &offer)?;
        let until = before.availability_end_date.map_or_else(|| "no day".to_owned(), |day| day.to_string());
        let detail = format!(
            "last day of \"{}\" moved from {until} to {}; {superseded} waiting requests superseded",
            offer.name, self.last_day
        );
        audit::record(tx, self.now, self.actor.clone(), None, "offer.changed", &offer.id.to_string(), &detail)?;
        Ok(ChangedOffer { offer, superseded })
    }

    fn revised(&self, before: &Offer) -> Result<Offer, Error> {
        if !before.is_private() {
            return Err(Error::BadRequest("A public offer has no last day.".to_owned()));
        }
        if before.state == OfferState::Withdrawn {
            return Err(Error::Conflict("The offer was withdrawn: make a new one.".to_owned()));
        }
        if before.availability_end_date == Some(self.last_day) {
            return Ok(before.clone());
        }
        let ended = day::is_over(self.last_day, self.now);
        let offer = Offer {
            revision: before.revision + 1,
            availability_end_date: Some(self.last_day),
            state: if ended { OfferState::Expired } else { OfferState::Released },
            released_at: self.now,
            ..before.clone()
        };
        if !ended {
            offer.check_release(self.now).map_err(|error| Error::BadRequest(error.to_string()))?;
        }
        Ok(offer)
    }

    fn supersede(&self, tx: &mut Tx<'_>, offer: &Offer) -> Result<usize, Error> {
        let waiting = requests::waiting_on(tx, offer.id, MOST_WAITING)?;
        if waiting.len() > self.new_messages.len() {
            return Err(Error::Conflict("Many carts with this offer arrive right now: try again.".to_owned()));
        }
        for (request, message) in waiting.iter().zip(&self.new_messages) {
            let status = RequestStatus::Superseded { revision: offer.revision };
            requests::put(tx, &request.clone().with_status(status, self.now))?;
            let text = mail::request_superseded(request, offer, &again_url(&self.context, request));
            order_mail::tell_requester(tx, request, text, *message, (self.now, self.wall_now))?;
        }
        Ok(waiting.len())
    }
}
