//! "Send for approval again": the choice of an earlier request is put down for the person's next visit (P10).

use marketgate_domain::event::Actor;
use marketgate_domain::id::{OrganizationId, RequestId};
use marketgate_domain::punchout::PendingSelection;
use marketgate_store::{connections, requests, sessions};

use super::{Error, audit};
use crate::context::Context;

/// How the person goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoOn {
    /// By this page of the procurement system, which leads back here.
    Redirect(String),
    /// By opening the marketplace from the procurement system, which has this name.
    StartThere(String),
}

/// Puts the choice of a request down for its requester.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Store`].
pub async fn send_again(context: &Context, organization: OrganizationId, id: RequestId) -> Result<GoOn, Error> {
    let (now, wall_now) = (context.clock.business(), context.clock.wall());
    context
        .store
        .transact_async(move |tx| {
            let request = requests::find(tx, organization, id)?.ok_or(Error::NotFound)?;
            let connection = connections::require(tx, organization, request.connection)?;
            let selection = request.quote.selection.clone();
            let pending = PendingSelection { offer: request.offer, selection, created_at: wall_now };
            sessions::put_pending(tx, organization, request.requester, &pending)?;
            let detail = format!("\"{}\" is to be sent for approval again", request.offer_name);
            audit::record(
                tx,
                now,
                Actor::Anonymous,
                Some(organization),
                "request.send_again",
                &id.to_string(),
                &detail,
            )?;
            Ok(match connection.punchout.redirect_url {
                Some(url) => GoOn::Redirect(url),
                None => GoOn::StartThere(connection.name),
            })
        })
        .await
}
