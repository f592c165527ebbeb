//! The home page: one box per buyer, then carts, orders, invoices, confirmations and told statuses, the newest first.

use maud::{Markup, html};

use super::documents::state;
use super::{action, later, layout, scroll, time};
use crate::core::Core;
use crate::ledger::{Cart, CartState, Ledger, StatusPush};
use crate::purchase_order::{OrderAttempt, PurchaseOrder};

/// The home page as things are now.
pub(crate) fn home(core: &Core) -> Markup {
    let mails = core.mails().len();
    let ledger = core.ledger();
    layout(
        "Procurement simulator",
        &html! {
            p.note {
                "This plays a buyer's procurement system: open the marketplace, send something for approval, approve it here, "
                "and watch order, confirmation, e-mail and invoice. It calls " code { (core.config.supplier_endpoint) } "."
            }
            @for note in &core.config.notes { p.note { (note) } }
            div.buyers {
                @for buyer in &core.config.buyers {
                    section {
                        h2 { (buyer.title) }
                        p { (buyer.user.first_name) " " (buyer.user.last_name) " (" (buyer.user.email) "), " (buyer.dialect.label()) }
                        @if let Some(network) = &buyer.network {
                            p { small { "Sent by " (network.sender.domain) " " (network.sender.identity) " for " (buyer.buyer_identity) } }
                        }
                        (action(&format!("/buyers/{}/punchout", buyer.key), "Open the marketplace", false))
                    }
                }
            }
            @if core.config.marketplace.is_some() { h2 { "Later" } (later(core, "/")) }
            h2 { "Carts" }
            (carts(&ledger))
            h2 { "Orders" }
            (orders(&ledger))
            h2 { "Invoices" }
            (invoices(&ledger))
            (confirmations(&ledger))
            (statuses(&ledger))
            h2 { "Mailbox" }
            p { a href="/mail" { (mails) @if mails == 1 { " e-mail" } @else { " e-mails" } } " received." }
        },
    )
}

fn carts(ledger: &Ledger) -> Markup {
    let rows: Vec<&Cart> = ledger.carts.iter().rev().collect();
    html! {
        @if rows.is_empty() { p { "No cart has come back yet." } } @else {
            (scroll("Carts", &html! { table {
                thead { tr { th { "Cart" } th { "Buyer" } th { "Received" } th.amount { "Total" } th { "State" } th { "Decide" } } }
                tbody { @for cart in rows { tr {
                    td { a href=(format!("/carts/{}", cart.id)) { "Cart " (cart.id) } }
                    td { (cart.buyer_key) }
                    td { (time(cart.received_at)) }
                    td.amount { @if let Some(total) = cart.total { (total) " " (cart.currency.as_deref().unwrap_or_default()) } }
                    td { (state(cart, cart.order_number().and_then(|number| ledger.order(number)))) }
                    td { (decisions(cart)) }
                } } }
            } }))
        }
    }
}

/// Approve and reject, while a decision is open.
pub(super) fn decisions(cart: &Cart) -> Markup {
    html! {
        @if cart.state == CartState::Waiting {
            (action(&format!("/carts/{}/approve", cart.id), "Approve", false)) " "
            (action(&format!("/carts/{}/reject", cart.id), "Reject", true))
        }
    }
}

fn orders(ledger: &Ledger) -> Markup {
    let rows: Vec<&PurchaseOrder> = ledger.orders.iter().rev().collect();
    html! {
        @if rows.is_empty() { p { "No order has been sent yet." } } @else {
            (scroll("Orders", &html! { table {
                thead { tr { th { "Order" } th { "Buyer" } th { "Marketplace" } th { "Answer" } th { "Confirmation" } th { "Again" } } }
                tbody { @for order in rows { tr {
                    td { a href=(format!("/orders/{}", order.po_number)) { (order.po_number) } }
                    td { (order.buyer_key) }
                    td { strong { (order.last_attempt().map_or("being sent", OrderAttempt::verdict)) } }
                    td { @if let Some(attempt) = order.last_attempt() { (attempt.status_text()) } }
                    td { (order.state().label()) }
                    td { (resend(order)) }
                } } }
            } }))
        }
    }
}

/// Both ways to send an order again.
pub(super) fn resend(order: &PurchaseOrder) -> Markup {
    html! {
        (action(&format!("/orders/{}/resend/same", order.po_number), "Resend", true)) " "
        (action(&format!("/orders/{}/resend/new", order.po_number), "Resend as new document", true))
    }
}

fn invoices(ledger: &Ledger) -> Markup {
    let rows: Vec<_> = ledger.invoices.iter().rev().collect();
    html! {
        @if rows.is_empty() { p { "No invoice has arrived yet." } } @else {
            (scroll("Invoices", &html! { table {
                thead { tr { th { "Invoice" } th { "Order" } th { "Received" } th.amount { "Net amount" } th { "Our answer" } } }
                tbody { @for received in rows { tr {
                    td { a href=(format!("/invoices/{}", received.id)) {
                        (received.invoice.as_ref().map_or("unreadable", |invoice| &invoice.invoice_number))
                    } }
                    td { @if let Some(invoice) = &received.invoice { (invoice.po_numbers.join(", ")) } }
                    td { (time(received.received_at)) }
                    td.amount { @if let Some(invoice) = &received.invoice { (invoice.net) " " (invoice.currency) } }
                    td { (received.answer.code) " " (received.answer.message) }
                } } }
            } }))
        }
    }
}

fn confirmations(ledger: &Ledger) -> Markup {
    let rows: Vec<_> = ledger.confirmations.iter().rev().collect();
    html! {
        @if !rows.is_empty() {
            h2 { "Confirmations" }
            ul { @for received in rows { li {
                a href=(format!("/confirmations/{}", received.id)) { (received.confirmation.kind) }
                " of order " (received.po_number)
            } } }
        }
    }
}

fn statuses(ledger: &Ledger) -> Markup {
    let rows: Vec<&StatusPush> = ledger.statuses.iter().rev().collect();
    html! {
        @if !rows.is_empty() {
            h2 { "Statuses told to the marketplace" }
            ul { @for push in rows { li { a href=(format!("/statuses/{}", push.id)) { (push.draft.summary()) } ", " (told(push)) } } }
        }
    }
}

/// How the marketplace took a status, in a line.
pub(super) fn told(push: &StatusPush) -> String {
    match (&push.answer, push.http_status) {
        (Ok(status), _) => format!("{} {} {}", status.code, status.text, status.message).trim_end().to_owned(),
        (Err(why), Some(http)) => format!("HTTP {http} without a cXML status: {why}"),
        (Err(why), None) => format!("not delivered: {why}"),
    }
}
