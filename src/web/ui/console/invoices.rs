//! Invoices as they were issued, and how their delivery goes. The detail is laid out for paper too.

use marketgate_domain::event::{OutboxMessage, OutboxState};
use marketgate_domain::id::PurchaseOrderId;
use marketgate_domain::invoice::{Invoice, Party};
use maud::{Markup, html};

use super::super::components::{Column, Pager, breadcrumb, definitions, money, page_head, table};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, status};
use super::{Listing, link, list_page, order_number, outbox};

/// An invoice in the list.
#[derive(Debug)]
pub struct InvoiceRow<'a> {
    /// The invoice.
    pub invoice: &'a Invoice,
    /// State of its delivery; none where it is not sent by document.
    pub delivery: Option<OutboxState>,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, invoices: &[InvoiceRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Invoices",
        lead: "Issued invoices and how their delivery goes.",
        path: "invoices",
        empty: "An invoice appears when a charge falls due.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Number"),
        Column::Text("Organization"),
        Column::Text("Seller"),
        Column::Text("Purchase order"),
        Column::Text("Issued"),
        Column::Text("Delivery"),
        Column::Number("Total"),
    ];
    let rows = invoices
        .iter()
        .map(|row| {
            let invoice = row.invoice;
            vec![
                link(context, "invoices", invoice.id, &invoice.number),
                html! { (invoice.bill_to.name) },
                html! { (invoice.from.name) },
                order_number(context, billed(invoice), invoice.purchase_order.as_deref()),
                format::moment(invoice.issued_at),
                delivery(row.delivery),
                money(invoice.total),
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

fn billed(invoice: &Invoice) -> Option<PurchaseOrderId> {
    invoice.order.as_ref().map(|order| order.id)
}

fn delivery(state: Option<OutboxState>) -> Markup {
    html! { @match state { Some(state) => { (status::outbox(state)) } None => span.muted { "Not sent by document" } } }
}

/// One invoice; `deliveries` are the outbox messages that carry it.
pub fn one(context: &PageContext<'_>, invoice: &Invoice, deliveries: &[&OutboxMessage]) -> Markup {
    let title = format!("Invoice {}", invoice.number);
    let content = html! {
        (breadcrumb(&[(format!("{}/invoices", context.base), "Invoices"), (String::new(), &invoice.number)]))
        article.sheet {
            (page_head(&title, None, delivery(deliveries.last().map(|message| message.state))))
            div.parties {
                (party("From", &invoice.from))
                (party("Bill to", &invoice.bill_to))
                (facts(context, invoice))
            }
            (lines(invoice))
            (totals(invoice))
        }
        section.no-print { h2 { "Delivery" } (attempts(context, deliveries)) }
    };
    document(context, Head { title: &title, current: "invoices" }, content)
}

fn party(label: &str, party: &Party) -> Markup {
    let address = &party.address;
    html! {
        div.party {
            h2 { (label) }
            address {
                strong { (party.name) } br;
                @for street in &address.street { (street) br; }
                @if let Some(code) = &address.postal_code { (code) " " } (address.city)
                @if let Some(state) = &address.state { ", " (state) }
                br; (address.country.as_str())
                @if let Some(tax_id) = &party.tax_id { br; span.muted { "Tax id " (tax_id) } }
            }
        }
    }
}

fn facts(context: &PageContext<'_>, invoice: &Invoice) -> Markup {
    let terms = format!("net {}", format::plural(invoice.payment_terms_days as usize, "day"));
    definitions(&[
        ("Purchase order", Some(order_number(context, billed(invoice), invoice.purchase_order.as_deref()))),
        ("Issued", Some(format::moment(invoice.issued_at))),
        ("Due", Some(html! { (format::date(invoice.due_date)) ", " (terms) })),
        ("Remit to", invoice.remit_to.bank_reference.as_ref().map(|reference| html! { (reference) })),
        ("Remit-to code", invoice.remit_to.code.as_ref().map(|code| html! { (code) })),
    ])
}

fn lines(invoice: &Invoice) -> Markup {
    let columns = [
        Column::Number("Line"),
        Column::Text("Description"),
        Column::Number("Quantity"),
        Column::Number("Unit price"),
        Column::Number("Tax"),
        Column::Number("Amount"),
    ];
    let rows = invoice
        .lines
        .iter()
        .map(|line| {
            vec![
                html! { (line.number) },
                html! {
                    div.stack {
                        span { (line.description) }
                        span.muted.small { @if let Some(number) = line.order_line { "Order line " (number) " · " } (line.part_id) " · " (line.kind.word()) }
                        @for segment in &line.accounting { span.small { (segment.name) " " (segment.value) } }
                    }
                },
                html! { (format::number(line.quantity)) " " (line.unit) },
                money(line.unit_price),
                money(line.tax),
                money(line.amount),
            ]
        })
        .collect();
    table("Lines of the invoice", &columns, rows)
}

fn totals(invoice: &Invoice) -> Markup {
    html! {
        dl.totals {
            div { dt { "Subtotal" } dd { (money(invoice.subtotal)) } }
            div {
                dt { @match &invoice.tax_rule { Some(rule) => { (rule.description) } None => "No tax due" } }
                dd { (money(invoice.tax)) }
            }
            div.totals-sum { dt { "Total" } dd { (money(invoice.total)) } }
        }
    }
}

fn attempts(context: &PageContext<'_>, deliveries: &[&OutboxMessage]) -> Markup {
    html! {
        @if deliveries.is_empty() { p.muted { "The connection takes no invoices by document." } }
        @for message in deliveries {
            p { (status::outbox(message.state)) " " (link(context, "outbox", message.intent.id, "Open in the outbox")) }
            @if let Some(reason) = &message.reason { p { (reason) } }
            (outbox::attempts(&message.attempts))
        }
    }
}

/// A short table for pages about something else.
pub fn short_table(context: &PageContext<'_>, invoices: &[&Invoice]) -> Markup {
    let columns = [Column::Text("Number"), Column::Text("Issued"), Column::Text("Due"), Column::Number("Total")];
    let rows = invoices
        .iter()
        .map(|invoice| {
            vec![
                link(context, "invoices", invoice.id, &invoice.number),
                format::moment(invoice.issued_at),
                format::date(invoice.due_date),
                money(invoice.total),
            ]
        })
        .collect();
    table("Invoices", &columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn an_invoice_shows_its_order_its_tax_and_every_attempt_to_deliver_it() {
        let world = World::new("");
        let html = one(&world.console(), &world.invoice, &[&world.parked]).into_string();
        for needed in ["PO-4500017", "VAT 19 %", "35,700.00 USD", "Net 30", "403"] {
            assert!(html.to_lowercase().contains(&needed.to_lowercase()), "{needed}");
        }
    }
}
