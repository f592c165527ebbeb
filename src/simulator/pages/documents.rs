//! Pages about one thing: a cart, an order with its documents, an invoice, a confirmation, a told status, a mail, a failed
//! PunchOut.

use maud::{Markup, html};

use super::home::{decisions, resend, told, transmission};
use super::{action, layout, problem, time};
use crate::SetupFailure;
use crate::config::BuyerConfig;
use crate::ledger::{Cart, ConfirmationReceived, InvoiceReceived, StatusPush};
use crate::mail::Mail;
use crate::purchase_order::{OrderAttempt, PurchaseOrder};
use crate::wire::cart::{CartLine, LineKind};
use crate::wire::status_update::InvoiceStatusKind;
use crate::wire::{invoice::InvoiceLine, mask_secret};

/// Whose it is, and which system that buyer runs.
fn owner(buyer: Option<&BuyerConfig>) -> Markup {
    html! { @if let Some(buyer) = buyer { p { (buyer.title) ", " (buyer.dialect.label()) } } }
}

/// A cart with its lines.
pub(crate) fn cart(cart: &Cart, buyer: Option<&BuyerConfig>) -> Markup {
    layout(
        &format!("Cart {}", cart.id),
        &html! {
            (owner(buyer))
            p { "Came back " (time(cart.received_at)) " in the form field " code { (cart.form_field) } ": " strong { (cart.state.label()) } "." }
            p { (decisions(cart)) }
            @if !cart.lines.is_empty() {
                div.scroll { table {
                    thead { tr { th { "Line" } th { "Item" } th { "Kind" } th.amount { "Quantity" } th.amount { "Unit price" } th { "Unit" } th { "Class" } } }
                    tbody { @for line in &cart.lines { (cart_line(line)) } }
                } }
            }
            h2 { "Document as posted" }
            pre { (mask_secret(&cart.cxml)) }
        },
    )
}

fn cart_line(line: &CartLine) -> Markup {
    let is_web_address = |url: &&str| url.starts_with("http://") || url.starts_with("https://");
    html! { tr {
        td { (line.line_number) }
        td {
            strong { (line.supplier_part_id) } " " (line.description)
            @if let Some(aux) = &line.supplier_part_auxiliary_id { br; small { "reference " (aux) } }
            @if let Some(url) = line.url.as_deref().filter(is_web_address) { br; a href=(url) rel="noreferrer" { "What is this? (supplier's page)" } }
            @for (name, value) in &line.extrinsics { br; small { (name) ": " (value) } }
        }
        td { (kind(line.kind)) }
        td.amount { (line.quantity) }
        td.amount { (line.unit_price) " " (line.currency) }
        td { (line.unit_of_measure) }
        td { (line.classification_domain) " " (line.classification) }
    } }
}

fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Quantity => "quantity",
        LineKind::Amount => "amount",
    }
}

/// An order with its confirmations and every attempt to send it.
pub(crate) fn order(
    order: &PurchaseOrder,
    buyer: Option<&BuyerConfig>,
    confirmations: &[ConfirmationReceived],
) -> Markup {
    layout(
        &format!("Order {}", order.po_number),
        &html! {
            (owner(buyer))
            p { "Transmission: " strong { (transmission(order)) } ". Supplier: " strong { (order.state().label()) } "." }
            p { (resend(order)) }
            @if let Some(cart) = order.cart_id { p { a href=(format!("/carts/{cart}")) { "Cart " (cart) } } }
            @if !confirmations.is_empty() {
                h2 { "Confirmations" }
                ul { @for received in confirmations.iter().rev() { (confirmation_row(received)) } }
            }
            @for (n, attempt) in (1..).zip(&order.attempts).collect::<Vec<_>>().into_iter().rev() { (order_attempt(n, attempt)) }
        },
    )
}

fn confirmation_row(received: &ConfirmationReceived) -> Markup {
    html! { li {
        a href=(format!("/confirmations/{}", received.id)) { (received.confirmation.kind) } " " (time(received.received_at))
        @if let Some(comments) = &received.confirmation.comments { ": " (comments) }
    } }
}

fn order_attempt(n: usize, attempt: &OrderAttempt) -> Markup {
    html! {
        h2 { "Attempt " (n) }
        p {
            @match attempt.http_status { Some(http) => { "HTTP " (http) ", " } None => { "no answer, " } }
            (attempt.status_text()) ", " (attempt.elapsed.as_millis()) " ms"
        }
        details open[n == 1] { summary { "Request (secret masked)" } pre { (attempt.request_xml) } }
        details open[n == 1] { summary { "Answer" } pre { (attempt.response_xml) } }
    }
}

/// An invoice, taken or refused, and the statuses told about it.
pub(crate) fn invoice(received: &InvoiceReceived, buyer: Option<&BuyerConfig>, statuses: &[StatusPush]) -> Markup {
    let title = received
        .invoice
        .as_ref()
        .map_or("Unreadable invoice".to_owned(), |invoice| format!("Invoice {}", invoice.invoice_number));
    layout(
        &title,
        &html! {
            (owner(buyer))
            p { "Received " (time(received.received_at)) ". Our answer: " strong { (received.answer.code) " " (received.answer.text) } " " (received.answer.message) }
            @if let Some(invoice) = &received.invoice {
                div.scroll { table {
                    thead { tr { th { "Line" } th { "Order" } th { "Item" } th.amount { "Quantity" } th.amount { "Unit price" } th.amount { "Subtotal" } } }
                    tbody { @for line in &invoice.lines { (invoice_line(line)) } }
                    tfoot {
                        tr { th colspan="5" { "Subtotal" } td.amount { (invoice.subtotal) " " (invoice.currency) } }
                        tr { th colspan="5" { "Tax" } td.amount { (invoice.tax) " " (invoice.currency) } }
                        tr { th colspan="5" { "Net amount" } td.amount { (invoice.net) " " (invoice.currency) } }
                    }
                } }
            }
            @if received.answer.is_success() && buyer.is_some_and(|buyer| buyer.dialect.habits().pushes_statuses) {
                h2 { "Tell the marketplace" }
                p { @for kind in InvoiceStatusKind::ALL {
                    (action(&format!("/invoices/{}/status/{}", received.id, kind.as_str()), kind.as_str(), true)) " "
                } }
                ul { @for push in statuses.iter().rev() { li {
                    a href=(format!("/statuses/{}", push.id)) { (push.draft.summary()) } ", " (told(push))
                } } }
            }
            h2 { "Document (secret masked)" }
            pre { (received.raw) }
        },
    )
}

/// A status that was told, with both documents.
pub(crate) fn status(push: &StatusPush) -> Markup {
    layout(
        "Status update",
        &html! {
            p { "Sent " (time(push.sent_at)) ": " strong { (push.draft.summary()) } ". The answer: " (told(push)) ", " (push.elapsed.as_millis()) " ms" }
            h2 { "Request (secret masked)" }
            pre { (push.request_xml) }
            h2 { "Answer" }
            pre { (push.response_xml) }
        },
    )
}

fn invoice_line(line: &InvoiceLine) -> Markup {
    html! { tr {
        td { (line.line_number) }
        td { (line.po_number) @if let Some(number) = line.po_line_number { " line " (number) } }
        td { (line.description.as_deref().unwrap_or_default()) }
        td.amount { @if let Some(quantity) = line.quantity { (quantity) } }
        td.amount { @if let Some(price) = line.unit_price { (price) } }
        td.amount { (line.subtotal) " " (line.currency) }
    } }
}

/// A confirmation.
pub(crate) fn confirmation(received: &ConfirmationReceived) -> Markup {
    layout(
        "Confirmation",
        &html! {
            p {
                "Received " (time(received.received_at)) ": " strong { (received.confirmation.kind) } " of "
                a href=(format!("/orders/{}", received.po_number)) { "order " (received.po_number) }
            }
            @if !received.confirmation.items.is_empty() {
                ul { @for item in &received.confirmation.items { @for part in &item.statuses {
                    li { "Line " (item.line_number) ": " (part.quantity) " " (part.kind) }
                } } }
            }
            @if let Some(comments) = &received.confirmation.comments { p.note { (comments) } }
            pre { (received.raw) }
        },
    )
}

/// All mails, the newest first.
pub(crate) fn mailbox(mails: &[Mail]) -> Markup {
    layout(
        "Mailbox",
        &html! {
            @if mails.is_empty() { p { "No e-mail has arrived yet." } } @else {
                div.scroll { table {
                    thead { tr { th { "Subject" } th { "To" } } }
                    tbody { @for mail in mails.iter().rev() { tr {
                        td { a href=(format!("/mail/{}", mail.id)) { (subject(mail)) } }
                        td { (mail.to.join(", ")) }
                    } } }
                } }
            }
        },
    )
}

/// One mail, decoded and as received.
pub(crate) fn mail(mail: &Mail) -> Markup {
    layout(
        subject(mail),
        &html! {
            p { "From " (mail.from) " to " (mail.to.join(", ")) }
            pre { (mail.body) }
            details { summary { "As received" } pre { (mail.raw) } }
        },
    )
}

fn subject(mail: &Mail) -> &str {
    if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }
}

/// A PunchOut that did not start, with both documents.
pub(crate) fn setup_failed(failure: &SetupFailure) -> Markup {
    let documents = format!("{}\n\n--- the answer ---\n\n{}", failure.request_xml, failure.response_body);
    problem("The marketplace could not be opened", &failure.explanation, Some(&documents))
}
