//! The verb *tell a status*: posts a `StatusUpdateRequest` about a document of the marketplace and remembers the answer.
//! Nothing is told by itself: a rehearsal decides when.

use std::time::Duration;

use crate::core::Core;
use crate::error::SimulatorError;
use crate::exchange;
use crate::ledger::StatusPush;
use crate::wire::status_update::StatusDraft;
use crate::wire::{Envelope, answer, mask_secret};

/// As long as for an order.
const STATUS_LIMIT: Duration = Duration::from_mins(1);

/// Sends a status. A refusal by the marketplace is data, not an error.
pub(crate) async fn push_status(core: &Core, draft: StatusDraft) -> Result<StatusPush, SimulatorError> {
    let buyer = core.buyer(&draft.buyer_key)?;
    let habits = buyer.dialect.habits();
    if !habits.pushes_statuses {
        return Err(SimulatorError::NoStatusUpdates(draft.buyer_key));
    }
    let (payload_id, timestamp) = (core.payload_id(), core.document_time());
    let shared_secret = draft.shared_secret.as_ref();
    let envelope = Envelope { buyer, payload_id: &payload_id, timestamp: &timestamp, shared_secret };
    let document = draft.write(&envelope, habits.order.deployment_mode);
    let request_xml = mask_secret(&document);
    let endpoint = &core.config.supplier_endpoint;
    let exchange = exchange::post(&core.client, endpoint, habits.user_agent, document.into(), STATUS_LIMIT).await;
    let (http_status, response_xml, answer) = match exchange.outcome {
        Ok(http) => {
            let answer = answer::read(&http.body).map(|answer| answer.status);
            (Some(http.status), http.body, answer)
        }
        Err(complaint) => (None, String::new(), Err(complaint)),
    };
    let sent_at = core.now();
    let mut ledger = core.ledger();
    let id = ledger.next_id();
    let elapsed = exchange.elapsed;
    let push = StatusPush { id, sent_at, draft, payload_id, http_status, answer, request_xml, response_xml, elapsed };
    tracing::info!(taken = push.is_taken(), "status told");
    ledger.statuses.push(push.clone());
    drop(ledger);
    core.changed();
    Ok(push)
}
