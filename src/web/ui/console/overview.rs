//! The overview: how much there is, and what needs a person.

use marketgate_domain::connection::Connection;
use marketgate_domain::event::AuditRecord;
use marketgate_domain::purchase_order::{OrderOutcome, PurchaseOrder};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::super::components::{Tone, badge, page_head};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, status};
use super::audit;
use super::outbox::{self, OutboxRow};

/// The overview.
#[derive(Debug)]
pub struct OverviewView<'a> {
    /// How much there is.
    pub counts: Counts,
    /// Outbox messages that are parked, held or to be verified.
    pub stuck: Vec<OutboxRow<'a>>,
    /// Orders whose latest version was refused.
    pub refused: Vec<&'a PurchaseOrder>,
    /// Connections in test mode.
    pub testing: Vec<&'a Connection>,
    /// The newest audit records.
    pub recent: &'a [AuditRecord],
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Requests that wait for an order.
    pub waiting_requests: usize,
    /// Orders.
    pub orders: usize,
    /// Active agreements.
    pub agreements: usize,
    /// Issued invoices.
    pub invoices: usize,
    /// Outbox messages that wait for their time.
    pub waiting_messages: usize,
    /// Connections.
    pub connections: usize,
}

/// The overview.
pub fn page(context: &PageContext<'_>, view: &OverviewView<'_>) -> Markup {
    let content = html! {
        (page_head("Overview", Some("What needs a person, and what happened last."), html! {}))
        (counts(context, view.counts))
        section {
            h2 { "Needs a person" }
            @if view.stuck.is_empty() && view.refused.is_empty() && view.testing.is_empty() {
                p.all-clear { (super::super::icons::check()) "Nothing. Deliveries go through and no order is refused." }
            } @else {
                ul.todo {
                    @for row in &view.stuck { (stuck(context, row)) }
                    @for order in &view.refused { (refused(context, order)) }
                    @for connection in &view.testing { (testing(context, connection)) }
                }
            }
        }
        section {
            h2 { "Latest events" }
            (audit::entries(view.recent))
            p { a href={ (context.base) "/audit" } { "The whole audit trail" } }
        }
    };
    document(context, Head { title: "Overview", current: "home" }, content)
}

fn counts(context: &PageContext<'_>, counts: Counts) -> Markup {
    let tiles = [
        ("requests", "Requests waiting for an order", counts.waiting_requests),
        ("orders", "Purchase orders", counts.orders),
        ("agreements", "Active agreements", counts.agreements),
        ("invoices", "Invoices issued", counts.invoices),
        ("outbox", "Messages waiting to leave", counts.waiting_messages),
        ("connections", "Connections", counts.connections),
    ];
    html! {
        ul.tiles {
            @for (path, label, count) in tiles {
                li { a href={ (context.base) "/" (path) } { span.tile-number { (format::number(Decimal::from(count))) } span { (label) } } }
            }
        }
    }
}

fn stuck(context: &PageContext<'_>, row: &OutboxRow<'_>) -> Markup {
    let message = row.message;
    html! {
        li {
            (status::outbox(message.state))
            div {
                p { a.strong href={ (context.base) "/outbox/" (message.intent.id) } { (outbox::title(row)) } }
                p.muted { (message.reason.as_deref().unwrap_or("No reason was recorded.")) }
            }
        }
    }
}

fn refused(context: &PageContext<'_>, order: &PurchaseOrder) -> Markup {
    let reasons = match order.standing().map(|version| &version.outcome) {
        Some(OrderOutcome::Refused { lines }) => lines.as_slice(),
        _ => &[],
    };
    html! {
        li {
            (badge(Tone::Bad, "Refused"))
            div {
                p { a.strong href={ (context.base) "/orders/" (order.id) } { "Purchase order " (order.number) } }
                @for reason in reasons { p.muted { "Line " (reason.line) ": " (reason.refusal) } }
            }
        }
    }
}

fn testing(context: &PageContext<'_>, connection: &Connection) -> Markup {
    html! {
        li {
            (badge(Tone::Warn, "Test mode"))
            div {
                p { a.strong href={ (context.base) "/connections/" (connection.id) } { (connection.name) } }
                p.muted { "Orders over this connection create no agreement and no invoice." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn what_needs_a_person_is_listed_with_its_reason_and_nothing_is_said_when_all_is_well() {
        let world = World::new("");
        let html = page(&world.console(), &world.overview()).into_string();
        assert!(html.contains("403") && html.contains("Purchase order PO-4500018") && html.contains("Test mode"));
        let calm = OverviewView { stuck: vec![], refused: vec![], testing: vec![], ..world.overview() };
        assert!(page(&world.console(), &calm).into_string().contains("Nothing. Deliveries go through"));
    }
}
