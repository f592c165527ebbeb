//! An offer has a new revision: requests that wait on older ones are superseded, and requester and administrators mailed by the same
//! transaction. Those of a public offer stay, because its quotes hold, and an option lets those stay whose offer only ends later (C5).

use jiff::Timestamp;
use marketgate_domain::id::OutboxId;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_store::{Reader, StoreError, Tx, catalog, requests};

use super::{Error, order_mail};
use crate::approver_link::again_url;
use crate::context::Context;
use crate::render::mail;

/// More carts than this on one private offer mean that something else is wrong.
pub(super) const MOST_WAITING: usize = 10_000;

/// Whether requests on an older revision are over: a public price holds for as long as its quotes say, unless the offer is gone (C5).
pub(super) fn supersedes(offer: &Offer) -> bool {
    offer.is_private() || offer.state == OfferState::Withdrawn
}

/// What became of waiting requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Superseded {
    /// How many are over.
    pub(super) superseded: usize,
    /// How many wait for the offer that only ends later.
    pub(super) kept: usize,
}

/// What superseding needs besides the transaction.
pub(super) struct Superseding {
    /// For the addresses in mails, and the option.
    context: Context,
    /// Business time.
    pub(super) now: Timestamp,
    wall_now: Timestamp,
    new_messages: Vec<OutboxId>,
}

impl Superseding {
    /// For so many requests as wait now.
    pub(super) fn prepare(context: &Context, waiting: usize) -> Self {
        Self {
            context: context.clone(),
            now: context.clock.business(),
            wall_now: context.clock.wall(),
            // Carts that come between the count and the commit get their mail's identifier from the spare ones.
            new_messages: (0..waiting + 100).map(|_| OutboxId::new(context.random.uuid())).collect(),
        }
    }

    /// Supersedes what waits on older revisions of one offer.
    pub(super) fn run(&self, tx: &mut Tx<'_>, offer: &Offer) -> Result<Superseded, Error> {
        self.all(tx, std::slice::from_ref(offer))
    }

    /// Supersedes what waits on older revisions of these offers.
    pub(super) fn all(&self, tx: &mut Tx<'_>, offers: &[Offer]) -> Result<Superseded, Error> {
        let mut messages = self.new_messages.iter();
        let mut done = Superseded::default();
        for offer in offers.iter().filter(|offer| supersedes(offer)) {
            for request in requests::waiting_on(tx, offer.id, MOST_WAITING)? {
                if request.revision >= offer.revision {
                    continue;
                }
                if is_kept(&self.context, tx, &request, offer, self.now)? {
                    requests::put(tx, &request.extended(offer, self.now))?;
                    done.kept += 1;
                    continue;
                }
                let Some(message) = messages.next() else {
                    return Err(Error::Conflict("Many carts with this offer arrive right now: try again.".to_owned()));
                };
                let status = RequestStatus::Superseded { revision: offer.revision };
                requests::put(tx, &request.clone().with_status(status, self.now))?;
                let text = mail::request_superseded(&request, offer, &again_url(&self.context, &request));
                order_mail::tell_requester(tx, &request, text, *message, (self.now, self.wall_now))?;
                done.superseded += 1;
            }
        }
        Ok(done)
    }
}

/// Whether the option lets a request wait for the offer, which only ends later than the revision that it was made on.
fn is_kept(
    context: &Context,
    reader: &impl Reader,
    request: &ProcurementRequest,
    offer: &Offer,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !context.config.quotes.extension_keeps_requests {
        return Ok(false);
    }
    let before = catalog::offer_revision(reader, offer.id, request.revision)?;
    Ok(before.is_some_and(|before| offer.only_extends(&before, now)))
}

/// A request as it will be once superseding has come to it: an import is visible a moment earlier, and an order may come in between.
pub(super) fn as_kept(
    context: &Context,
    reader: &impl Reader,
    request: ProcurementRequest,
    offer: &Offer,
    now: Timestamp,
) -> Result<ProcurementRequest, StoreError> {
    let waits_on_older = request.is_waiting() && request.revision < offer.revision && supersedes(offer);
    Ok(if waits_on_older && is_kept(context, reader, &request, offer, now)? {
        request.extended(offer, now)
    } else {
        request
    })
}
