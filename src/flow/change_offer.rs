//! The seller changes or releases an offer: a new revision, and every request that still waits on an older one is superseded,
//! its requester and the administrators mailed by the same transaction, unless the offer is public, whose quotes hold (C5). Agreements that exist are never touched.

use jiff::Timestamp;
use marketgate_domain::event::Actor;
use marketgate_domain::fault::Fault;
use marketgate_domain::id::{OfferId, OutboxId};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::offer_change::{ChangeError, OfferChange};
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

/// Changes an offer: last day, name, terms; releases a draft, or takes an offer back. A last day in the past ends it at once.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] for a withdrawn offer or the release of what is no draft, [`Error::Faults`] and
/// [`Error::BadRequest`] for a change that the rules refuse.
pub async fn change_offer(
    context: &Context,
    actor: Actor,
    id: OfferId,
    wanted: OfferChange,
) -> Result<ChangedOffer, Error> {
    let waiting = waiting(context, id).await?;
    let change = Change {
        context: context.clone(),
        id,
        actor,
        wanted,
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
    wanted: OfferChange,
    now: Timestamp,
    wall_now: Timestamp,
    new_messages: Vec<OutboxId>,
}

impl Change {
    fn run(&self, tx: &mut Tx<'_>) -> Result<ChangedOffer, Error> {
        let before = catalog::offer(tx, self.id)?.ok_or(Error::NotFound)?;
        let offer = before.change(&self.wanted, self.now).map_err(|error| match error {
            ChangeError::Withdrawn | ChangeError::NotADraft => Error::Conflict(error.to_string()),
            ChangeError::Release(error) => {
                Error::Faults(vec![Fault { field: error.field(), detail: error.to_string() }])
            }
            ChangeError::FrozenSchedule => {
                Error::Faults(vec![Fault { field: "terms/schedule", detail: error.to_string() }])
            }
        })?;
        Error::check(offer.faults())?;
        if offer == before {
            return Ok(ChangedOffer { offer, superseded: 0 });
        }
        catalog::put_offer(tx, &offer)?;
        let (superseded, kept) = if !supersedes(&offer) {
            (0, 0)
        } else if self.context.config.quotes.extension_keeps_requests && offer.only_extends(&before, self.now) {
            (0, self.keep(tx, &offer)?)
        } else {
            (self.supersede(tx, &offer)?, 0)
        };
        let kept = if kept > 0 { format!(", {kept} kept") } else { String::new() };
        let detail = format!(
            "\"{}\": {}; {superseded} waiting requests superseded{kept}",
            before.name,
            differences(&before, &offer).join(", ")
        );
        audit::record(tx, self.now, self.actor.clone(), None, "offer.changed", &offer.id.to_string(), &detail)?;
        Ok(ChangedOffer { offer, superseded })
    }

    /// Lets what waits wait for the extended offer.
    fn keep(&self, tx: &mut Tx<'_>, offer: &Offer) -> Result<usize, Error> {
        let waiting = requests::waiting_on(tx, offer.id, MOST_WAITING)?;
        for request in &waiting {
            requests::put(tx, &request.clone().extended(offer, self.now))?;
        }
        Ok(waiting.len())
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

/// Whether requests on an older revision are over: a public price holds for as long as its quotes say, unless the offer is gone (C5).
fn supersedes(offer: &Offer) -> bool {
    offer.is_private() || offer.state == OfferState::Withdrawn
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
