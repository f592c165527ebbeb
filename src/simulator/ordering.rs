//! The verb *order*: turns an approved requisition into an `OrderRequest`, sends it, and judges the answer like the
//! procurement system. Nothing is retried by itself: a rehearsal resends on request only.

use std::fmt;
use std::time::Duration;

use crate::config::BuyerConfig;
use crate::core::Core;
use crate::dialect::OrderHabits;
use crate::error::SimulatorError;
use crate::exchange::{self, Body, Exchange};
use crate::ledger::CartState;
use crate::mime::{self, Enclosure};
use crate::purchase_order::{OrderAttempt, PurchaseOrder, Transmission};
use crate::trail::Trail;
use crate::wire::answer;
use crate::wire::order::{OrderDraft, OrderLine, OrderText};
use crate::wire::{Envelope, mask_secret};

/// Coupa waits this long for the answer to an order; a network is not given longer.
const ORDER_LIMIT: Duration = Duration::from_mins(1);

/// How an order is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendAs {
    /// The identical bytes: the system's own retry.
    SameDocument,
    /// The same order in a new document: a person pressed *resend*.
    NewPayloadId,
}

/// What a later document does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeOrder {
    /// `type="update"`: the complete order again, altered.
    Update,
    /// `type="delete"`: the order is cancelled.
    Cancel,
}

/// The document last sent for an order; holds the secret, so it shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) draft: OrderDraft,
    pub(crate) payload_id: String,
    xml: String,
    body: Body,
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
    let habits = &core.buyer(&cart.buyer_key)?.dialect.habits().order;
    Ok(OrderDraft {
        buyer_key: cart.buyer_key.clone(),
        cart_id: Some(cart_id),
        po_number: None,
        payload_id: None,
        order_type: "new".to_owned(),
        order_version: habits.first_version,
        previous_payload_id: None,
        deployment_mode: habits.deployment_mode.map(str::to_owned),
        shared_secret: None,
        lines: cart.lines.iter().map(OrderLine::from).collect(),
        comments: None,
        confirmation_instruction: None,
        attachment: None,
    })
}

/// The document that would change or cancel an order; nothing is changed.
pub(crate) fn change(core: &Core, po_number: &str, change: ChangeOrder) -> Result<OrderDraft, SimulatorError> {
    let ledger = core.ledger();
    let order = ledger.order(po_number).ok_or_else(|| SimulatorError::UnknownOrder(po_number.to_owned()))?;
    let latest = &order.latest;
    let order_type = match change {
        ChangeOrder::Update => "update",
        ChangeOrder::Cancel => "delete",
    };
    Ok(OrderDraft {
        payload_id: None,
        order_type: order_type.to_owned(),
        order_version: latest.draft.order_version.map(|version| version.saturating_add(1)),
        previous_payload_id: Some(latest.payload_id.clone()),
        ..latest.draft.clone()
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
    let content_id = draft.attachment.as_ref().map(|_| format!("attachment.{}", core.payload_id()));
    let text =
        OrderText { draft: &draft, po_number: &po_number, order_date: &timestamp, content_id: content_id.as_deref() };
    let xml = text.write(&envelope).map_err(SimulatorError::Draft)?;
    let body = body(&draft, &xml, content_id.as_deref());
    let document =
        Document { draft: OrderDraft { po_number: Some(po_number.clone()), ..draft }, payload_id, xml, body };
    remember(core, &po_number, &timestamp, &document);
    Ok(transmit(core, &po_number, document, buyer).await)
}

/// The document alone, or with its attachment.
fn body(draft: &OrderDraft, xml: &str, content_id: Option<&str>) -> Body {
    let Some((attachment, content_id)) = draft.attachment.as_ref().zip(content_id) else {
        return Body::from(xml.to_owned());
    };
    let enclosure = Enclosure {
        content_id,
        media_type: &attachment.media_type,
        file_name: &attachment.file_name,
        content: &attachment.content,
    };
    let (content_type, bytes) = mime::related(xml, &enclosure);
    Body { content_type, bytes }
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
            let buyer = core.buyer(&document.draft.buyer_key)?;
            Ok(transmit(core, po_number, document, buyer).await)
        }
        ResendAs::NewPayloadId => send(core, OrderDraft { payload_id: None, ..document.draft }).await,
    }
}

/// A document with other content is a new version: what was confirmed about the one before no longer counts.
fn remember(core: &Core, po_number: &str, order_date: &str, document: &Document) {
    let mut ledger = core.ledger();
    let lines = document.draft.lines.clone();
    if let Some(known) = ledger.order_mut(po_number) {
        if !known.latest.draft.is_same_version_as(&document.draft) {
            known.trail.replace();
            known.confirmation = None;
        }
        known.trail.sent(&document.payload_id, order_date);
        known.lines = lines;
        known.latest = document.clone();
        return;
    }
    let mut trail = Trail::new();
    trail.sent(&document.payload_id, order_date);
    ledger.orders.push(PurchaseOrder {
        po_number: po_number.to_owned(),
        buyer_key: document.draft.buyer_key.clone(),
        cart_id: document.draft.cart_id,
        lines,
        attempts: Vec::new(),
        confirmation: None,
        latest: document.clone(),
        trail,
    });
}

async fn transmit(core: &Core, po_number: &str, document: Document, buyer: &BuyerConfig) -> OrderAttempt {
    let request_xml = mask_secret(&document.xml);
    let endpoint = &core.config.supplier_endpoint;
    let habits = buyer.dialect.habits();
    let exchange = exchange::post(&core.client, endpoint, habits.user_agent, document.body, ORDER_LIMIT).await;
    let attempt = judge(exchange, po_number, document.payload_id, request_xml, &habits.order);
    tracing::info!(po_number, transmission = ?attempt.transmission, "order sent");
    if let Some(order) = core.ledger().order_mut(po_number) {
        order.record(attempt.clone());
    }
    core.changed();
    attempt
}

fn judge(
    exchange: Exchange,
    po_number: &str,
    payload_id: String,
    request_xml: String,
    habits: &OrderHabits,
) -> OrderAttempt {
    let (http_status, body, complaint) = match exchange.outcome {
        Ok(answer) => (Some(answer.status), answer.body, None),
        Err(complaint) => (None, String::new(), Some(complaint)),
    };
    let read = answer::read(&body);
    let transmission = match (http_status, &read) {
        (None, _) => habits.temporary.transmission(&complaint.unwrap_or_default()),
        (Some(http), _) if http >= 500 => habits.temporary.transmission(&format!("HTTP {http}")),
        (Some(http), _) if http > habits.http_ok_max => habits.refused.transmission(&format!("HTTP {http}")),
        (Some(_), Err(why)) => habits.unusable.transmission(why),
        (Some(_), Ok(answer)) => by_class(&answer.status, habits),
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
fn by_class(status: &crate::CxmlStatus, habits: &OrderHabits) -> Transmission {
    let explanation = format!("{} {} {}", status.code, status.text, status.message).trim_end().to_owned();
    match status.code {
        code if (200..=habits.status_ok_max).contains(&code) => Transmission::Sent,
        500..=599 => habits.temporary.transmission(&explanation),
        _ => habits.refused.transmission(&explanation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dialect;
    use crate::exchange::HttpAnswer;

    fn judged_by(dialect: Dialect, outcome: Result<HttpAnswer, String>) -> OrderAttempt {
        let exchange = Exchange { outcome, elapsed: Duration::ZERO };
        judge(exchange, "PO1", "1@sim".to_owned(), String::new(), &dialect.habits().order)
    }

    fn judged(outcome: Result<HttpAnswer, String>) -> OrderAttempt {
        judged_by(Dialect::Coupa, outcome)
    }

    fn answer(http: u16, code: u16) -> HttpAnswer {
        let body = format!(
            "<cXML payloadID='1' timestamp='t'><Response><Status code='{code}' text='T'>why</Status></Response></cXML>"
        );
        HttpAnswer { status: http, body }
    }

    fn answered(http: u16, code: u16) -> OrderAttempt {
        judged(Ok(answer(http, code)))
    }

    #[test]
    fn a_network_takes_nothing_but_200_in_200() {
        let explanation = |outcome| match judged_by(Dialect::SapBusinessNetwork, outcome).transmission {
            Transmission::Sent => "sent".to_owned(),
            Transmission::Failed { explanation } => format!("failed, {explanation}"),
            Transmission::ToBeRetried { explanation } => format!("retried, {explanation}"),
        };
        assert_eq!(explanation(Ok(answer(200, 200))), "sent");
        assert_eq!(explanation(Ok(answer(200, 201))), "failed, PO-8: 201 T why");
        assert_eq!(explanation(Ok(answer(201, 200))), "failed, PO-8: HTTP 201");
        assert_eq!(explanation(Ok(answer(200, 417))), "failed, PO-8: 417 T why");
        assert_eq!(explanation(Ok(answer(200, 560))), "retried, PO-7: 560 T why");
        assert_eq!(explanation(Err("connection refused".to_owned())), "retried, PO-7: connection refused");
        let html = explanation(Ok(HttpAnswer { status: 200, body: "<html/>".to_owned() }));
        assert!(html.starts_with("failed, PO-9: "), "{html}");
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
