//! The verb *take a confirmation*: judges a `ConfirmationRequest` by the buyer's habits and lets it overwrite what was
//! confirmed about the order before.
//!
//! Source of the rules: the cXML reference guide on header types, and SAP Ariba's support note on `allDetail`: demanded of
//! suppliers whose customer has the enhanced order confirmation, forbidden for all others.

use rust_decimal::Decimal;

use crate::config::BuyerConfig;
use crate::core::Core;
use crate::decimal;
use crate::ledger::{ConfirmationReceived, Ledger};
use crate::purchase_order::PurchaseOrder;
use crate::receiving::{Reply, authenticate, not_acceptable};
use crate::wire::answer::CxmlStatus;
use crate::wire::confirmation::{self, Confirmation, ConfirmedItem};
use crate::wire::{invoice, mask_secret};
use crate::xml;

/// Takes one confirmation document.
pub(crate) fn receive(core: &Core, document: &str) -> Reply {
    let tree = match xml::parse(document) {
        Ok(tree) => tree,
        Err(why) => return Reply::new(not_acceptable(why), None),
    };
    let buyer = match authenticate(&core.config.buyers, invoice::parties(tree.root_element())) {
        Ok(buyer) => buyer,
        Err(refusal) => return Reply::new(refusal, None),
    };
    let taken = confirmation::read(tree.root_element())
        .map_err(not_acceptable)
        .and_then(|confirmation| take(core, buyer, confirmation, document));
    core.changed();
    let status = taken.map_or_else(|refusal| refusal, |id| buyer.dialect.habits().accepted("confirmation", id));
    tracing::info!(code = status.code, "confirmation answered");
    Reply::new(status, Some(buyer))
}

/// Judges and remembers; the number is its own here.
fn take(core: &Core, buyer: &BuyerConfig, confirmation: Confirmation, document: &str) -> Result<u64, CxmlStatus> {
    let received_at = core.now();
    let mut ledger = core.ledger();
    let order = find_order(buyer, &ledger, &confirmation)?;
    let po_number = order.po_number.clone();
    judge_type(buyer, &confirmation)?;
    if buyer.dialect.habits().confirmation.checks_content {
        judge_content(buyer, order, &confirmation)?;
    }
    let id = ledger.next_id();
    if let Some(order) = ledger.order_mut(&po_number) {
        order.confirmation = Some(confirmation.clone());
    }
    ledger.confirmations.push(ConfirmationReceived {
        id,
        buyer_key: buyer.key.clone(),
        po_number,
        received_at,
        confirmation,
        raw: mask_secret(document),
    });
    Ok(id)
}

fn find_order<'a>(
    buyer: &BuyerConfig,
    ledger: &'a Ledger,
    confirmation: &Confirmation,
) -> Result<&'a PurchaseOrder, CxmlStatus> {
    let named = confirmation.po_number.as_deref().or(confirmation.order_payload_id.as_deref()).unwrap_or_default();
    let names = |order: &&PurchaseOrder| {
        order.buyer_key == buyer.key
            && (order.po_number == named || order.attempts.iter().any(|attempt| attempt.payload_id == named))
    };
    let refusal = buyer.dialect.habits().confirmation.bad_reference;
    ledger.orders.iter().find(names).ok_or_else(|| refusal.because(format!("Unable to find order {named}")))
}

fn judge_type(buyer: &BuyerConfig, confirmation: &Confirmation) -> Result<(), CxmlStatus> {
    let habits = &buyer.dialect.habits().confirmation;
    let enhanced = buyer.network.as_ref().is_some_and(|network| network.enhanced_confirmations);
    let types = if enhanced { habits.enhanced_types } else { habits.types };
    if types.contains(&confirmation.kind.as_str()) {
        return Ok(());
    }
    let why = format!(
        "A confirmation of type {} is not allowed for this customer, it takes {}",
        confirmation.kind,
        types.join(", ")
    );
    Err(habits.bad_content.because(why))
}

/// Version, control keys, lines and quantities.
fn judge_content(buyer: &BuyerConfig, order: &PurchaseOrder, confirmation: &Confirmation) -> Result<(), CxmlStatus> {
    let habits = &buyer.dialect.habits().confirmation;
    let payload_id = confirmation.order_payload_id.as_deref().unwrap_or_default();
    if !order.trail.is_latest(payload_id) {
        let known = if order.trail.is_replaced(payload_id) { "was replaced by a later one" } else { "is unknown" };
        let why = format!("The version {payload_id:?} of order {} {known}", order.po_number);
        return Err(habits.bad_reference.because(why));
    }
    if order.is_cancelled() {
        return Err(habits.bad_reference.because(format!("Order {} is cancelled", order.po_number)));
    }
    if order.forbids_confirmation() {
        return Err(habits.bad_content.because("The order's ControlKeys do not allow a confirmation"));
    }
    judge_items(order, confirmation).map_err(|why| habits.bad_content.because(why))
}

fn judge_items(order: &PurchaseOrder, confirmation: &Confirmation) -> Result<(), String> {
    let kind = confirmation.kind.as_str();
    let rules = rules_of(kind);
    if !rules.may_have_items && !confirmation.items.is_empty() {
        return Err(format!("A confirmation of type {kind} must not have items"));
    }
    if rules.needs_items && confirmation.items.is_empty() {
        return Err(format!("A confirmation of type {kind} needs items"));
    }
    let mut seen: Vec<u32> = Vec::new();
    for item in &confirmation.items {
        let line = item.line_number;
        if seen.contains(&line) {
            return Err(format!("Line {line} stands there twice"));
        }
        seen.push(line);
        judge_item(order, item, &rules).map_err(|why| format!("Line {line}: {why}"))?;
    }
    Ok(())
}

fn judge_item(order: &PurchaseOrder, item: &ConfirmedItem, rules: &TypeRules) -> Result<(), String> {
    let ordered = order.lines.iter().find(|line| line.line_number == item.line_number);
    let ordered = ordered.ok_or_else(|| format!("order {} has no such line", order.po_number))?;
    if item.quantity > ordered.quantity {
        return Err(format!("{} are confirmed, {} were ordered", item.quantity, ordered.quantity));
    }
    if let Some(part) = item.statuses.iter().find(|part| !(rules.allows)(&part.kind)) {
        return Err(format!("a status of type {} is not allowed here", part.kind));
    }
    if item.statuses.iter().any(|part| part.kind == "detail" && !part.says_what_differs) {
        return Err("a status of type detail must say what differs".to_owned());
    }
    let parts: Option<Decimal> = decimal::sum(item.statuses.iter().map(|part| part.quantity));
    if item.statuses.is_empty() || parts != Some(item.quantity) {
        return Err("the quantities of its statuses do not add up to its quantity".to_owned());
    }
    Ok(())
}

/// What a header type allows below it.
struct TypeRules {
    may_have_items: bool,
    needs_items: bool,
    allows: fn(&str) -> bool,
}

fn rules_of(kind: &str) -> TypeRules {
    let rules = |may_have_items, needs_items, allows| TypeRules { may_have_items, needs_items, allows };
    match kind {
        "accept" => rules(true, false, |status| status == "accept"),
        "reject" => rules(false, false, |_| false),
        "allDetail" => rules(true, true, |status| matches!(status, "allDetail" | "reject" | "unknown")),
        _ => rules(true, true, |status| status != "allDetail"),
    }
}
