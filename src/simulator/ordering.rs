//! The verb *order*: turns an approved requisition into an `OrderRequest`, sends it, and judges the answer like the
//! procurement system. Nothing is retried by itself: a rehearsal resends on request only.

use std::fmt;
use std::time::Duration;

use crate::core::Core;
use crate::error::SimulatorError;
use crate::exchange::{self, Exchange};
use crate::ledger::{CartState, OrderAttempt, PurchaseOrder, Transmission};
use crate::wire::answer;
use crate::wire::order::{OrderDraft, OrderLine, OrderText};
use crate::wire::{Envelope, mask_secret};

/// Coupa waits this long for the answer to an order.
const ORDER_LIMIT: Duration = Duration::from_mins(1);

/// How an order is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendAs {
    /// The identical bytes: the system's own retry.
    SameDocument,
    /// The same order in a new document: a person pressed *resend*.
    NewPayloadId,
}

/// The document last sent for an order; holds the secret, so it shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) draft: OrderDraft,
    payload_id: String,
    xml: String,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("payload_id", &self.payload_id).finish_non_exhaustive()
    }
}

/// The order that approving a cart would send; nothing is changed.
pub(crate) fn draft(core: &Core, cart_id: u64) -> Result<OrderDraft, SimulatorError> {
    let ledger = core.ledger();
    let cart = ledger.cart(cart_id).ok_or(SimulatorError::UnknownCart(cart_id))?;
    let habits = core.buyer(&cart.buyer_key)?.dialect.habits();
    Ok(OrderDraft {
        buyer_key: cart.buyer_key.clone(),
        cart_id: Some(cart_id),
        po_number: None,
        payload_id: None,
        order_type: "new".to_owned(),
        order_version: None,
        previous_payload_id: None,
        deployment_mode: habits.order_deployment_mode.map(str::to_owned),
        shared_secret: None,
        lines: cart.lines.iter().map(OrderLine::from).collect(),
        comments: None,
    })
}

/// Approves a waiting cart and sends its order. Two approvals at once cannot both win.
pub(crate) async fn approve(core: &Core, cart_id: u64) -> Result<OrderAttempt, SimulatorError> {
    let mut draft = draft(core, cart_id)?;
    if !draft.lines.is_empty() && draft.total().is_none() {
        return Err(SimulatorError::Draft("its total is too large".to_owned()));
    }
    draft.po_number = Some(decide(core, cart_id, |po_number| CartState::Ordered { po_number })?);
    send(core, draft).await
}

/// Rejects a waiting cart.
pub(crate) fn reject(core: &Core, cart_id: u64) -> Result<(), SimulatorError> {
    decide(core, cart_id, |_| CartState::Rejected).map(drop)
}

/// Moves a waiting cart to its next state under one lock and draws the number of its order.
fn decide(core: &Core, cart_id: u64, next: impl FnOnce(String) -> CartState) -> Result<String, SimulatorError> {
    let mut ledger = core.ledger();
    let po_number = core.next_po_number(&mut ledger);
    let cart = ledger.cart_mut(cart_id).ok_or(SimulatorError::UnknownCart(cart_id))?;
    if cart.state != CartState::Waiting {
        return Err(SimulatorError::CartNotWaiting { id: cart_id, state: cart.state.label() });
    }
    cart.state = next(po_number.clone());
    drop(ledger);
    core.changed();
    Ok(po_number)
}

/// Writes and sends a draft.
pub(crate) async fn send(core: &Core, draft: OrderDraft) -> Result<OrderAttempt, SimulatorError> {
    let buyer = core.buyer(&draft.buyer_key)?;
    let po_number = match &draft.po_number {
        Some(po_number) => po_number.clone(),
        None => core.next_po_number(&mut core.ledger()),
    };
    let payload_id = draft.payload_id.clone().unwrap_or_else(|| core.payload_id());
    let timestamp = core.document_time();
    let envelope =
        Envelope { buyer, payload_id: &payload_id, timestamp: &timestamp, shared_secret: draft.shared_secret.as_ref() };
    let text = OrderText { draft: &draft, po_number: &po_number, order_date: &timestamp };
    let xml = text.write(&envelope).map_err(SimulatorError::Draft)?;
    let document = Document { draft: OrderDraft { po_number: Some(po_number.clone()), ..draft }, payload_id, xml };
    remember(core, &po_number, &document);
    Ok(transmit(core, &po_number, document, buyer.dialect.habits().user_agent).await)
}

/// Sends an order again.
pub(crate) async fn resend(core: &Core, po_number: &str, how: ResendAs) -> Result<OrderAttempt, SimulatorError> {
    let document = {
        let ledger = core.ledger();
        let order = ledger.order(po_number).ok_or_else(|| SimulatorError::UnknownOrder(po_number.to_owned()))?;
        order.latest.clone()
    };
    match how {
        ResendAs::SameDocument => {
            let user_agent = core.buyer(&document.draft.buyer_key)?.dialect.habits().user_agent;
            Ok(transmit(core, po_number, document, user_agent).await)
        }
        ResendAs::NewPayloadId => send(core, OrderDraft { payload_id: None, ..document.draft }).await,
    }
}

fn remember(core: &Core, po_number: &str, document: &Document) {
    let mut ledger = core.ledger();
    let lines = document.draft.lines.clone();
    if let Some(known) = ledger.order_mut(po_number) {
        known.lines = lines;
        known.latest = document.clone();
        return;
    }
    ledger.orders.push(PurchaseOrder {
        po_number: po_number.to_owned(),
        buyer_key: document.draft.buyer_key.clone(),
        cart_id: document.draft.cart_id,
        lines,
        attempts: Vec::new(),
        latest: document.clone(),
    });
}

async fn transmit(core: &Core, po_number: &str, document: Document, user_agent: &str) -> OrderAttempt {
    let request_xml = mask_secret(&document.xml);
    let endpoint = &core.config.supplier_endpoint;
    let exchange = exchange::post(&core.client, endpoint, user_agent, document.xml, ORDER_LIMIT).await;
    let attempt = judge(exchange, po_number, document.payload_id, request_xml);
    tracing::info!(po_number, transmission = ?attempt.transmission, "order sent");
    if let Some(order) = core.ledger().order_mut(po_number) {
        order.record(attempt.clone());
    }
    core.changed();
    attempt
}

fn judge(exchange: Exchange, po_number: &str, payload_id: String, request_xml: String) -> OrderAttempt {
    let (http_status, body, complaint) = match exchange.outcome {
        Ok(answer) => (Some(answer.status), answer.body, None),
        Err(complaint) => (None, String::new(), Some(complaint)),
    };
    let read = answer::read(&body);
    let transmission = match (http_status, &read) {
        (None, _) => Transmission::ToBeRetried { explanation: complaint.unwrap_or_default() },
        (Some(http), _) if http >= 500 => Transmission::ToBeRetried { explanation: format!("HTTP {http}") },
        (Some(http), _) if http >= 400 => Transmission::Failed { explanation: format!("HTTP {http}") },
        (Some(_), Err(why)) => Transmission::ToBeRetried { explanation: format!("No status element: {why}") },
        (Some(_), Ok(answer)) => by_class(&answer.status),
    };
    OrderAttempt {
        po_number: po_number.to_owned(),
        payload_id,
        http_status,
        status: read.ok().map(|answer| answer.status),
        transmission,
        request_xml,
        response_xml: body,
        elapsed: exchange.elapsed,
    }
}

/// Unknown codes are judged by their class.
fn by_class(status: &crate::CxmlStatus) -> Transmission {
    let explanation = format!("{} {} {}", status.code, status.text, status.message).trim_end().to_owned();
    match status.code {
        200..=299 => Transmission::Sent,
        500..=599 => Transmission::ToBeRetried { explanation },
        _ => Transmission::Failed { explanation },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::HttpAnswer;

    fn judged(outcome: Result<HttpAnswer, String>) -> OrderAttempt {
        judge(Exchange { outcome, elapsed: Duration::ZERO }, "PO1", "1@sim".to_owned(), String::new())
    }

    fn answered(http: u16, code: u16) -> OrderAttempt {
        let body = format!(
            "<cXML payloadID='1' timestamp='t'><Response><Status code='{code}' text='T'>why</Status></Response></cXML>"
        );
        judged(Ok(HttpAnswer { status: http, body }))
    }

    #[test]
    fn success_needs_both_http_and_cxml_to_agree() {
        assert!(answered(200, 200).is_sent());
        assert!(answered(200, 201).is_sent());
        assert!(!answered(500, 200).is_sent());
        assert!(!answered(404, 200).is_sent());
    }

    #[test]
    fn a_refusal_is_final_and_an_outage_is_retried() {
        assert_eq!(answered(200, 409).transmission, Transmission::Failed { explanation: "409 T why".to_owned() });
        assert!(matches!(answered(200, 560).transmission, Transmission::ToBeRetried { .. }));
        let html = Ok(HttpAnswer { status: 200, body: "<html/>".to_owned() });
        assert!(matches!(judged(html).transmission, Transmission::ToBeRetried { .. }));
        let nothing = judged(Err("connection refused".to_owned()));
        assert_eq!(nothing.status_text(), "connection refused");
        assert!(matches!(nothing.transmission, Transmission::ToBeRetried { .. }));
    }

    #[test]
    fn the_status_of_a_refusal_is_kept_even_under_an_http_error() {
        let attempt = answered(400, 400);
        assert_eq!((attempt.http_status, attempt.status_code()), (Some(400), Some(400)));
        assert_eq!(attempt.status_text(), "T: why");
    }
}
