//! A request is taken back: by its requester or by an administrator, before its order comes (O6b).
//!
//! One transaction decides between the order and the withdrawal, so an order that comes later is refused as
//! WITHDRAWN_REQUEST. The procurement system does not learn of it.

use marketgate_domain::event::Actor;
use marketgate_domain::id::RequestId;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::punchout::{PunchoutSession, SessionState};
use marketgate_store::{Tx, requests, sessions};

use super::request_approval::check_open;
use super::{Error, audit};
use crate::context::Context;

/// Takes a line out of a cart that was not returned yet. Its request is withdrawn, unless it ended before.
///
/// # Errors
/// [`Error::NotFound`] when the session's cart has no such line, [`Error::Conflict`] after the return.
pub async fn remove_line(context: &Context, session: &PunchoutSession, id: RequestId) -> Result<(), Error> {
    let (session_id, now) = (session.id, context.clock.business());
    context
        .store
        .transact_async(move |tx| {
            let mut session = sessions::session(tx, session_id)?.ok_or(Error::NotFound)?;
            check_open(&session)?;
            let request = own(tx, &session, id)?;
            leave_cart(tx, &mut session, id)?.then_some(()).ok_or(Error::NotFound)?;
            if request.is_waiting() {
                withdraw(tx, request, visitor(&session), "taken out of the cart", now)?;
            }
            Ok(())
        })
        .await
}

/// The requester takes a pending request back, whether or not its cart was returned.
///
/// # Errors
/// [`Error::NotFound`] for a request that another person made, [`Error::Conflict`] when it no longer waits for an order.
pub async fn take_back(context: &Context, session: &PunchoutSession, id: RequestId) -> Result<(), Error> {
    let (session_id, now) = (session.id, context.clock.business());
    context
        .store
        .transact_async(move |tx| {
            let mut session = sessions::session(tx, session_id)?.ok_or(Error::NotFound)?;
            let request = own(tx, &session, id)?;
            check_pending(&request)?;
            if session.state == SessionState::Open {
                leave_cart(tx, &mut session, id)?;
            }
            withdraw(tx, request, visitor(&session), "taken back by the requester", now).map(drop)
        })
        .await
}

/// An administrator takes a pending request back; the request as it is then.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] when it no longer waits for an order.
pub async fn take_back_for(context: &Context, actor: Actor, id: RequestId) -> Result<ProcurementRequest, Error> {
    let now = context.clock.business();
    context
        .store
        .transact_async(move |tx| {
            let organization = requests::owner(tx, id)?.ok_or(Error::NotFound)?;
            let request = requests::find(tx, organization, id)?.ok_or(Error::NotFound)?;
            check_pending(&request)?;
            withdraw(tx, request, actor.clone(), "taken back by an administrator", now)
        })
        .await
}

fn own(tx: &Tx<'_>, session: &PunchoutSession, id: RequestId) -> Result<ProcurementRequest, Error> {
    let found = requests::find(tx, session.organization, id)?;
    found.filter(|request| request.requester == session.user).ok_or(Error::NotFound)
}

fn check_pending(request: &ProcurementRequest) -> Result<(), Error> {
    if request.is_waiting() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "The request is {}: only a request that waits for its order can be taken back.",
        request.status.word()
    )))
}

/// Whether the cart had the line.
fn leave_cart(tx: &mut Tx<'_>, session: &mut PunchoutSession, id: RequestId) -> Result<bool, Error> {
    let before = session.cart.len();
    session.cart.retain(|line| *line != id);
    if session.cart.len() < before {
        sessions::put(tx, session)?;
    }
    Ok(session.cart.len() < before)
}

fn withdraw(
    tx: &mut Tx<'_>,
    request: ProcurementRequest,
    actor: Actor,
    detail: &str,
    now: jiff::Timestamp,
) -> Result<ProcurementRequest, Error> {
    let request = request.with_status(RequestStatus::Withdrawn, now);
    requests::put(tx, &request)?;
    let (organization, id) = (Some(request.organization), request.id.to_string());
    audit::record(tx, now, actor, organization, "request.withdrawn", &id, detail)?;
    Ok(request)
}

fn visitor(session: &PunchoutSession) -> Actor {
    Actor::PunchoutUser { connection: session.connection, user: session.user }
}
