//! Offers and requests whose last day is over (S1). The job only notes what every read and every order decides by itself
//! from the same dates: nothing that has ended can be bought, whether or not this has run.

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::day;
use marketgate_domain::id::OutboxId;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_store::{Tx, catalog, requests};

use super::{Error, audit, order_mail};
use crate::approver_link::again_url;
use crate::context::Context;
use crate::render::mail;

/// So many records are changed in one transaction.
const BATCH: usize = 50;

/// What a run changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Offers.
    pub offers: usize,
    /// Requests.
    pub requests: usize,
}

/// Notes every offer and every waiting request that has ended; requesters and administrators are mailed by the same
/// transaction.
///
/// # Errors
/// The first failure; what was noted before it stays noted.
pub async fn expire_offers(context: &Context) -> Result<Expired, Error> {
    let mut total = Expired::default();
    loop {
        let ending = Ending {
            context: context.clone(),
            now: context.clock.business(),
            wall_now: context.clock.wall(),
            new_messages: (0..BATCH).map(|_| OutboxId::new(context.random.uuid())).collect(),
        };
        let done = context.store.transact_async(move |tx| ending.run(tx)).await?;
        total.offers += done.offers;
        total.requests += done.requests;
        if done == Expired::default() {
            return Ok(total);
        }
        context.outbox_bell.notify_one();
    }
}

struct Ending {
    /// For the addresses in mails.
    context: Context,
    now: Timestamp,
    wall_now: Timestamp,
    new_messages: Vec<OutboxId>,
}

impl Ending {
    fn run(&self, tx: &mut Tx<'_>) -> Result<Expired, Error> {
        let Some(yesterday) = day::of(self.now).yesterday().ok() else { return Ok(Expired::default()) };
        let offers = self.offers(tx, yesterday)?;
        let requests = self.requests(tx, yesterday)?;
        Ok(Expired { offers, requests })
    }

    fn offers(&self, tx: &mut Tx<'_>, yesterday: Date) -> Result<usize, Error> {
        let ended = catalog::offers_ended_by(tx, yesterday, BATCH)?;
        for offer in &ended {
            catalog::put_offer(tx, &Offer { state: OfferState::Expired, ..offer.clone() })?;
            let detail = format!("\"{}\" has ended", offer.name);
            let actor = audit::system("expire_offers");
            audit::record(tx, self.now, actor, None, "offer.expired", &offer.id.to_string(), &detail)?;
        }
        Ok(ended.len())
    }

    fn requests(&self, tx: &mut Tx<'_>, yesterday: Date) -> Result<usize, Error> {
        let lapsed = requests::lapsed_by(tx, yesterday, BATCH)?;
        for (request, message) in lapsed.iter().zip(&self.new_messages) {
            let expired = request.clone().with_status(RequestStatus::Expired, self.now);
            requests::put(tx, &expired)?;
            let text = mail::request_expired(request, &again_url(&self.context, request));
            order_mail::tell_requester(tx, request, text, *message, (self.now, self.wall_now))?;
            let detail = format!("{} was not ordered by {}", request.offer_name, request.quote.valid_until);
            let actor = audit::system("expire_offers");
            let organization = Some(request.organization);
            audit::record(tx, self.now, actor, organization, "request.expired", &request.id.to_string(), &detail)?;
        }
        Ok(lapsed.len())
    }
}
