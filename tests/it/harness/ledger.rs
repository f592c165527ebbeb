//! What a marketplace holds, as text that people compare: everything that counts, nothing that differs from run to run.
//!
//! Orders are called PO-1, PO-2 in the order in which they came; identifiers, moments of wall time and addresses are left out.

use std::fmt::Write as _;

use marketgate::demo::seed::CONNECTIONS;
use marketgate::flow::Error;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::day;
use marketgate_domain::event::{Actor, OutboxMessage, Payload};
use marketgate_domain::id::OrganizationId;
use marketgate_domain::invoice::Invoice;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::purchase_order::{OrderOutcome, OrderVersion, PurchaseOrder};
use marketgate_store::{
    Reader, Snapshot, StoreError, agreements, audit, catalog, invoices, orders, organizations, requests,
};

use super::{Market, outbox};

const ALL: usize = 1000;

/// The text.
pub fn text(market: &Market) -> String {
    let mut text = market.read(|snapshot| {
        let mut text = String::new();
        for fixed in &CONNECTIONS {
            organization(&mut text, snapshot, fixed.organization_id())?;
        }
        Ok(text)
    });
    heading(&mut text, "outbox");
    market.outbox().iter().for_each(|message| outbox_line(&mut text, message));
    heading(&mut text, "audit");
    text.push_str(&market.read(audit_trail));
    named_orders(market, text)
}

/// Requests, orders, agreements and invoices of one organization; nothing where there are none.
fn organization(text: &mut String, snapshot: &Snapshot, id: OrganizationId) -> Result<(), Error> {
    let mut requests = requests::newest(snapshot, id, None, ALL)?;
    let mut orders = orders::newest(snapshot, id, None, ALL)?;
    let mut tests = orders::newest_tests(snapshot, id, None, ALL)?;
    let mut agreements = agreements::newest(snapshot, id, None, ALL)?;
    let mut invoices = invoices::newest(snapshot, id, None, ALL)?;
    requests.reverse();
    orders.reverse();
    tests.reverse();
    agreements.reverse();
    invoices.reverse();
    if requests.is_empty() && orders.is_empty() && tests.is_empty() && agreements.is_empty() {
        return Ok(());
    }
    heading(text, &organizations::require(snapshot, id)?.name);
    for request in &requests {
        request_line(text, request);
    }
    for order in &orders {
        order_lines(text, "order", order);
    }
    for order in &tests {
        order_lines(text, "test order", order);
    }
    for agreement in &agreements {
        agreement_line(text, snapshot, agreement)?;
        for charge in agreements::charges(snapshot, id, agreement.id)? {
            charge_line(text, snapshot, &charge)?;
        }
    }
    for invoice in &invoices {
        invoice_lines(text, invoice);
    }
    Ok(())
}

fn heading(text: &mut String, title: &str) {
    writeln!(text, "{}{title}", if text.is_empty() { "" } else { "\n" }).unwrap();
}

fn request_line(text: &mut String, request: &ProcurementRequest) {
    let line = &request.quote.line;
    let status = match &request.status {
        RequestStatus::Fulfilled { purchase_order, .. } => format!("FULFILLED by {purchase_order}"),
        RequestStatus::Refused { reason, purchase_order } => format!("REFUSED {} in {purchase_order}", reason.code()),
        other => other.word().to_owned(),
    };
    let email = request.requester_email.as_ref().map_or("nobody", |email| email.as_str());
    writeln!(
        text,
        "  request  {} / {} revision {}: {} x {} = {}, {} for {email}: {status}",
        line.part_id,
        request.offer_name,
        request.revision,
        line.quantity,
        line.unit_price,
        request.quote.amount,
        line.kind.word(),
    )
    .unwrap();
}

fn order_lines(text: &mut String, word: &str, order: &PurchaseOrder) {
    for OrderVersion { version, lines, outcome, .. } in &order.versions {
        let outcome = match outcome {
            OrderOutcome::Accepted { agreements } => format!("accepted, {} agreements", agreements.len()),
            OrderOutcome::Refused { lines } => {
                let refused = lines.iter().map(|line| format!("line {} {}", line.line, line.refusal.code()));
                format!("refused, {}", refused.collect::<Vec<_>>().join(", "))
            }
        };
        writeln!(text, "  {word}    {} version {version}, {} lines: {outcome}", order.number, lines.len()).unwrap();
    }
}

fn agreement_line(text: &mut String, reader: &impl Reader, agreement: &Agreement) -> Result<(), StoreError> {
    let product = catalog::product(reader, agreement.product)?.map(|product| product.code).unwrap_or_default();
    let end = agreement.end_date.map_or_else(|| "open".to_owned(), |end| end.to_string());
    let by = match agreement.ordered() {
        Some(link) => format!("{} line {}", link.purchase_order, link.order_line),
        None => format!("directly, {}", agreement.purchase_order().unwrap_or("no purchase order")),
    };
    let budget = agreement.budget.map_or_else(String::new, |budget| format!(", budget {budget}"));
    writeln!(
        text,
        "  agreement {product} revision {} {}, {} to {end}, {} in total{budget}, {by}",
        agreement.revision,
        agreement.status.word(),
        agreement.start_date,
        agreement.value,
    )
    .unwrap();
    Ok(())
}

fn charge_line(text: &mut String, reader: &impl Reader, charge: &Charge) -> Result<(), StoreError> {
    let state = match charge.state {
        ChargeState::Planned => "planned".to_owned(),
        ChargeState::Invoiced { invoice } => {
            let number = invoices::by_id(reader, invoice)?.map(|invoice| invoice.number).unwrap_or_default();
            format!("on invoice {number}")
        }
    };
    let due = day::of(charge.due_at);
    writeln!(text, "    charge {} {} due {due} ({}): {state}", charge.id.number, charge.amount, charge.description)
        .unwrap();
    Ok(())
}

fn invoice_lines(text: &mut String, invoice: &Invoice) {
    writeln!(
        text,
        "  invoice  {} of {} for {}: {} + tax {} = {}, to be paid by {}",
        invoice.number,
        day::of(invoice.issued_at),
        invoice.purchase_order.as_deref().unwrap_or("no purchase order"),
        invoice.subtotal,
        invoice.tax,
        invoice.total,
        invoice.due_date
    )
    .unwrap();
    for line in &invoice.lines {
        let billed = line.order_line.map_or_else(|| "directly".to_owned(), |number| format!("on order line {number}"));
        writeln!(
            text,
            "    {} {billed}: {} x {} = {} ({})",
            line.number,
            line.quantity,
            line.unit_price,
            line.amount,
            line.description.split(". ").next().unwrap_or_default()
        )
        .unwrap();
    }
}

fn outbox_line(text: &mut String, message: &OutboxMessage) {
    let what = match &message.intent.payload {
        Payload::Email(mail) => {
            let to: Vec<&str> = mail.to.iter().map(marketgate_domain::email::EmailAddress::as_str).collect();
            format!("\"{}\" to {}", mail.subject, to.join(", "))
        }
        other => other.kind().to_owned(),
    };
    writeln!(text, "  {what}: {} after {} tries", outbox::word(message.state), message.attempts.len()).unwrap();
}

fn audit_trail(snapshot: &Snapshot) -> Result<String, Error> {
    let mut records = audit::newest(snapshot, None, ALL)?;
    records.reverse();
    let actor = |actor: &Actor| match actor {
        Actor::System { part } => part.clone(),
        Actor::Connection { .. } => "connection".to_owned(),
        Actor::PunchoutUser { .. } => "employee".to_owned(),
        Actor::Operator { .. } => "operator".to_owned(),
        Actor::Anonymous => "somebody".to_owned(),
    };
    let lines = records
        .iter()
        .map(|(_, record)| format!("  {} {} by {}\n", day::of(record.at), record.action, actor(&record.actor)));
    Ok(lines.collect())
}

fn named_orders(market: &Market, text: String) -> String {
    let orders = market.simulator.orders();
    orders.iter().zip(1..).fold(text, |text, (order, number)| text.replace(&order.po_number, &format!("PO-{number}")))
}
