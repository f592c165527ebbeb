//! Pages about one thing: a cart, an invoice, a confirmation, a told status, a mail, a failed PunchOut.

use maud::{Markup, html};
use rust_decimal::Decimal;

use super::home::{decisions, told};
use super::{action, layout, problem, scroll, time};
use crate::SetupFailure;
use crate::config::BuyerConfig;
use crate::ledger::{Cart, CartState, ConfirmationReceived, InvoiceReceived, StatusPush};
use crate::mail::Mail;
use crate::purchase_order::{OrderAttempt, PurchaseOrder};
use crate::wire::cart::{CartLine, LineKind};
use crate::wire::status_update::InvoiceStatusKind;
use crate::wire::{invoice::InvoiceLine, mask_secret};

/// Whose it is, and which system that buyer runs.
pub(super) fn owner(buyer: Option<&BuyerConfig>) -> Markup {
    html! { @if let Some(buyer) = buyer { p { (buyer.title) ", " (buyer.dialect.label()) } } }
}

/// A cart with its lines, and the order that it became.
pub(crate) fn cart(cart: &Cart, buyer: Option<&BuyerConfig>, order: Option<&PurchaseOrder>) -> Markup {
    let lines = html! { table {
        thead { tr {
            th { "Line" } th { "Item" } th { "Kind" } th.amount { "Quantity" } th.amount { "Unit price" } th.amount { "Amount" }
            th { "Unit" } th { "Class" }
        } }
        tbody { @for line in &cart.lines { (cart_line(line)) } }
        tfoot { tr { th colspan="5" { "Total" } td.amount { (total(cart.lines.iter().map(|line| (line.amount(), line.currency.as_str())))) } td colspan="2" {} } }
    } };
    layout(
        &format!("Cart {}", cart.id),
        &html! {
            (owner(buyer))
            p { "Came back " (time(cart.received_at)) " in the form field " code { (cart.form_field) } ": " (state(cart, order)) "." }
            @match cart.state {
                CartState::Waiting => p.buttons { (decisions(cart)) },
                CartState::Rejected => p { "A rejected requisition stays rejected. Open the marketplace again to make another one." },
                _ => {},
            }
            @if !cart.lines.is_empty() { (scroll("Lines of the cart", &lines)) }
            h2 { "Document as posted" }
            pre { (mask_secret(&cart.cxml)) }
        },
    )
}

/// What became of a cart; an order that was refused says so.
pub(super) fn state(cart: &Cart, order: Option<&PurchaseOrder>) -> Markup {
    html! {
        @match order {
            None => strong { (cart.state.label()) },
            Some(order) => {
                "approved, " a href=(format!("/orders/{}", order.po_number)) { "order " (order.po_number) } " "
                strong { (order.last_attempt().map_or("is being sent", OrderAttempt::verdict)) }
            },
        }
    }
}

/// The amounts added up in their one currency.
pub(super) fn total<'a>(amounts: impl Iterator<Item = (Option<Decimal>, &'a str)>) -> Markup {
    let (mut sum, mut currency) = (Some(Decimal::ZERO), None);
    for (amount, of) in amounts {
        let fits = currency.is_none_or(|known| known == of);
        sum = sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount)).filter(|_| fits);
        currency = Some(of);
    }
    sum.map_or_else(|| html! { "cannot be added up" }, |sum| money(sum, currency.unwrap_or_default()))
}

/// An amount without the zeros that a multiplication leaves behind.
pub(super) fn money(amount: Decimal, currency: &str) -> Markup {
    let mut shown = amount.normalize();
    if shown.scale() < 2 {
        shown.rescale(2);
    }
    html! { (shown) " " (currency) }
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
        td.amount { @if let Some(amount) = line.amount() { (money(amount, &line.currency)) } }
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
                (scroll("Lines of the invoice", &html! { table {
                    thead { tr { th { "Line" } th { "Order" } th { "Item" } th.amount { "Quantity" } th.amount { "Unit price" } th.amount { "Subtotal" } } }
                    tbody { @for line in &invoice.lines { (invoice_line(line)) } }
                    tfoot {
                        tr { th colspan="5" { "Subtotal" } td.amount { (invoice.subtotal) " " (invoice.currency) } }
                        tr { th colspan="5" { "Tax" } td.amount { (invoice.tax) " " (invoice.currency) } }
                        tr { th colspan="5" { "Net amount" } td.amount { (invoice.net) " " (invoice.currency) } }
                    }
                } }))
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
                (scroll("Mails", &html! { table {
                    thead { tr { th { "Subject" } th { "To" } } }
                    tbody { @for mail in mails.iter().rev() { tr {
                        td { a href=(format!("/mail/{}", mail.id)) { (subject(mail)) } }
                        td { (mail.to.join(", ")) }
                    } } }
                } }))
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

pub(super) fn subject(mail: &Mail) -> &str {
    if mail.subject.is_empty() { "(no subject)" } else { &mail.subject }
}

/// A PunchOut that did not start, with both documents.
pub(crate) fn setup_failed(failure: &SetupFailure) -> Markup {
    let documents = format!("{}\n\n--- the answer ---\n\n{}", failure.request_xml, failure.response_body);
    problem("The marketplace could not be opened", &failure.explanation, Some(&documents))
}
