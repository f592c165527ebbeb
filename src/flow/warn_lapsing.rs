//! Warns before a request lapses with its offer: 7, 3 and 1 days before the last day, requester, administrators and seller,
//! never twice for the same request and day (S1).

use jiff::Timestamp;
use marketgate_domain::day;
use marketgate_domain::id::OutboxId;
use marketgate_domain::procurement_request::{LAPSE_WARNINGS_DAYS, ProcurementRequest};
use marketgate_store::{Tx, catalog, requests};

use super::{Error, audit, order_mail};
use crate::approver_link;
use crate::context::Context;
use crate::render::mail;

/// So many waiting requests are looked at in one run; beyond it something else is wrong.
const MOST: usize = 100_000;

/// So many are warned of in one transaction.
const BATCH: usize = 50;

/// Warns of every request that lapses soon; how many were warned of comes back.
///
/// # Errors
/// The first failure; warnings that were given before it stay given.
pub async fn warn_lapsing(context: &Context) -> Result<usize, Error> {
    let now = context.clock.business();
    let horizon = day::plus_days(day::of(now), u32::from(LAPSE_WARNINGS_DAYS.into_iter().max().unwrap_or(0)));
    let mut due = context.read(move |snapshot| requests::lapsed_by(snapshot, horizon, MOST)).await?;
    due.retain(|request| request.warning_due(now).is_some());
    for batch in due.chunks(BATCH) {
        let warning = Warning {
            now,
            wall_now: context.clock.wall(),
            requests: batch
                .iter()
                .map(|request| (request.clone(), approver_link::again_url(context, request)))
                .collect(),
            new_messages: batch.iter().map(|_| OutboxId::new(context.random.uuid())).collect(),
        };
        context.store.transact_async(move |tx| warning.run(tx)).await?;
        context.outbox_bell.notify_one();
    }
    Ok(due.len())
}

struct Warning {
    now: Timestamp,
    wall_now: Timestamp,
    requests: Vec<(ProcurementRequest, String)>,
    new_messages: Vec<OutboxId>,
}

impl Warning {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        for ((known, link), message) in self.requests.iter().zip(&self.new_messages) {
            // It may have been ordered meanwhile.
            let Some(request) = requests::find(tx, known.organization, known.id)? else { continue };
            let Some(days) = request.warning_due(self.now) else { continue };
            let seller = catalog::require_seller(tx, request.seller)?;
            let text = mail::request_lapses_soon(&request, days, link);
            let times = (self.now, self.wall_now);
            order_mail::tell_requester_and(tx, &request, text, *message, times, vec![seller.contact])?;
            let (organization, id) = (request.organization, request.id);
            requests::put(tx, &ProcurementRequest { warned_days: Some(days), ..request })?;
            let actor = audit::system("warn_lapsing");
            let detail = format!("{days} days or less before it lapses");
            audit::record(tx, self.now, actor, Some(organization), "request.warned", &id.to_string(), &detail)?;
        }
        Ok(())
    }
}
