//! A person decides about a message that stopped: send it again, note that it arrived, give it up, or let a connection
//! that refused our credentials be tried again (B5).

use marketgate_domain::event::Actor;
use marketgate_domain::id::{ConnectionId, OutboxId, UserId};
use marketgate_store::outbox;

use super::{Error, audit};
use crate::context::Context;

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send it (again).
    Requeue,
    /// It arrived: the receiver has it.
    FoundDelivered,
    /// It shall not be sent.
    Discard,
}

/// Carries out a decision about one message.
///
/// # Errors
/// [`Error::Store`] for a message that is unknown or not in a state that allows it.
pub async fn operate(context: &Context, operator: UserId, id: OutboxId, decision: Decision) -> Result<(), Error> {
    let (now, wall_now) = (context.clock.business(), context.clock.wall());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let reason = "decided by an operator";
            let (message, action) = match decision {
                Decision::Requeue => (outbox::requeue(tx, id, wall_now)?, "outbox.requeued"),
                Decision::FoundDelivered => (outbox::found_delivered(tx, id, reason)?, "outbox.found_delivered"),
                Decision::Discard => (outbox::discard(tx, id, reason)?, "outbox.discarded"),
            };
            let organization = Some(message.intent.organization);
            let detail = format!("{} of lane {}", message.intent.payload.kind(), message.intent.lane);
            audit::record(tx, now, Actor::Operator { user: operator }, organization, action, &id.to_string(), &detail)?;
            Ok(())
        })
        .await?;
    context.outbox_bell.notify_one();
    Ok(())
}

/// Lets documents leave over a connection again.
///
/// # Errors
/// [`Error::Store`].
pub async fn release_connection(context: &Context, operator: UserId, connection: ConnectionId) -> Result<(), Error> {
    let (now, wall_now) = (context.clock.business(), context.clock.wall());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let released = outbox::release_connection(tx, connection, wall_now)?;
            let detail = format!("{released} held messages wait again");
            let actor = Actor::Operator { user: operator };
            audit::record(tx, now, actor, None, "connection.released", &connection.to_string(), &detail)?;
            Ok(())
        })
        .await?;
    context.outbox_bell.notify_one();
    Ok(())
}
