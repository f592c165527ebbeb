//! The page of an order: what was ordered, what the marketplace answered, and everything that came because of it.

use maud::{Markup, html};

use super::documents::{money, owner, subject, total};
use super::home::resend;
use super::{action, later, layout, scroll, time};
use crate::core::Core;
use crate::ledger::{ConfirmationReceived, InvoiceReceived};
use crate::mail::Mail;
use crate::marketplace::Place;
use crate::purchase_order::{OrderAttempt, PurchaseOrder, Transmission};
use crate::wire::order::OrderLine;

/// An order and everything that came because of it, the oldest first.
pub(crate) struct OrderDocuments {
    pub(crate) order: PurchaseOrder,
    pub(crate) confirmations: Vec<ConfirmationReceived>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) invoices: Vec<InvoiceReceived>,
}

/// The page. `places` are the marketplace's own pages about it.
pub(crate) fn order(core: &Core, documents: &OrderDocuments, places: &Result<Vec<Place>, String>) -> Markup {
    let OrderDocuments { order, confirmations, mails, invoices } = documents;
    let buyer = core.buyer(&order.buyer_key).ok();
    layout(
        &format!("Order {}", order.po_number),
        &html! {
            (owner(buyer))
            @if let Some(cart) = order.cart_id { p { "From " a href=(format!("/carts/{cart}")) { "cart " (cart) } "." } }
            (scroll("Lines of the order", &lines(order)))
            h2 { "Answer of the marketplace" }
            (answer(order))
            p.buttons { (resend(order)) }
            h2 { "Confirmation" }
            @if confirmations.is_empty() { p { "None has arrived. Not every connection sends one." } }
            @else {
                p { "The order is " strong { (order.state().label()) } "." }
                ul { @for received in confirmations.iter().rev() { (confirmation_row(received)) } }
            }
            h2 { "E-mail" }
            @if mails.is_empty() { p { "None has arrived." } }
            @for (n, mail) in mails.iter().rev().enumerate() {
                details open[n == 0] {
                    summary { strong { (subject(mail)) } " to " (mail.to.join(", ")) }
                    pre { (mail.body) }
                    p { a href=(format!("/mail/{}", mail.id)) { "This e-mail as received" } }
                }
            }
            h2 { "Invoices" }
            @if invoices.is_empty() { p { "None has arrived. An invoice comes when a charge falls due." } }
            @else { (scroll("Invoices of the order", &invoice_rows(invoices))) }
            p { a href=(format!("/orders/{}", order.po_number)) { "Look again" } " for what arrived meanwhile." }
            @if core.config.marketplace.is_some() {
                h2 { "Later" }
                (later(core, &format!("/orders/{}/", order.po_number)))
                h2 { "In the marketplace" }
                (links(places))
                (action(&format!("/buyers/{}/punchout", order.buyer_key), "Open the marketplace as the buyer", true))
            }
            @for (n, attempt) in (1..).zip(&order.attempts).collect::<Vec<_>>().into_iter().rev() { (order_attempt(n, attempt)) }
        },
    )
}

fn lines(order: &PurchaseOrder) -> Markup {
    let amount = |line: &OrderLine| line.quantity.checked_mul(line.unit_price);
    html! { table {
        thead { tr { th { "Line" } th { "Item" } th.amount { "Quantity" } th.amount { "Unit price" } th.amount { "Amount" } } }
        tbody { @for line in &order.lines { tr {
            td { (line.line_number) }
            td { strong { (line.supplier_part_id) } " " (line.description) }
            td.amount { (line.quantity) " " (line.unit_of_measure) }
            td.amount { (line.unit_price) " " (line.currency) }
            td.amount { @if let Some(amount) = amount(line) { (money(amount, &line.currency)) } }
        } } }
        tfoot { tr {
            th colspan="4" { "Total" }
            td.amount { (total(order.lines.iter().map(|line| (amount(line), line.currency.as_str())))) }
        } }
    } }
}

/// What became of the latest attempt, in a sentence.
fn answer(order: &PurchaseOrder) -> Markup {
    let Some(attempt) = order.last_attempt() else { return html! { p { "The order is being sent." } } };
    let (class, word) = match attempt.transmission {
        Transmission::Sent => ("note", "accepted"),
        Transmission::Failed { .. } => ("note bad", "refused"),
        Transmission::ToBeRetried { .. } => ("note bad", "not answered"),
    };
    html! {
        p class=(class) role="status" {
            "The order was " strong { (word) } ". "
            @match attempt.http_status { Some(http) => { "HTTP " (http) ", " } None => { "No answer, " } }
            (attempt.status_text())
        }
        @if matches!(attempt.transmission, Transmission::ToBeRetried { .. }) { p { "Resend the order." } }
    }
}

fn confirmation_row(received: &ConfirmationReceived) -> Markup {
    html! { li {
        a href=(format!("/confirmations/{}", received.id)) { (received.confirmation.kind) } " " (time(received.received_at))
        @if let Some(comments) = &received.confirmation.comments { ": " (comments) }
    } }
}

fn invoice_rows(invoices: &[InvoiceReceived]) -> Markup {
    html! { table {
        thead { tr { th { "Invoice" } th { "Received" } th.amount { "Net amount" } th { "Our answer" } } }
        tbody { @for received in invoices.iter().rev() { @if let Some(invoice) = &received.invoice { tr {
            td { a href=(format!("/invoices/{}", received.id)) { (invoice.invoice_number) } }
            td { (time(received.received_at)) }
            td.amount { (invoice.net) " " (invoice.currency) }
            td { (received.answer.code) " " (received.answer.message) }
        } } } }
    } }
}

fn links(places: &Result<Vec<Place>, String>) -> Markup {
    html! {
        @match places {
            Ok(places) if places.is_empty() => p { "The marketplace has no record of this order." },
            Ok(places) => {
                p { "The console's pages want the operator's sign-in, which the " a href="/" { "home page" } " names." }
                ul { @for place in places { li { a href=(place.url) { (place.name) } } } }
            },
            Err(why) => p { "The links are missing, because the marketplace's API did not answer: " (why) },
        }
    }
}

fn order_attempt(n: usize, attempt: &OrderAttempt) -> Markup {
    html! {
        h2 { "Attempt " (n) }
        p {
            @match attempt.http_status { Some(http) => { "HTTP " (http) ", " } None => { "no answer, " } }
            (attempt.status_text()) ", " (attempt.elapsed.as_millis()) " ms"
        }
        details { summary { "Request (secret masked)" } pre { (attempt.request_xml) } }
        details { summary { "Answer" } pre { (attempt.response_xml) } }
    }
}
