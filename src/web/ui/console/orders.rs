//! Purchase orders: every version received, its lines, and what became of it (O4).

use marketgate_domain::agreement::Agreement;
use marketgate_domain::purchase_order::{OrderOutcome, OrderVersion, OrderedLine, PurchaseOrder};
use maud::{Markup, html};

use super::super::components::{Column, Pager, Tone, breadcrumb, code, definitions, money, notice, page_head, table};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, status};
use super::{Listing, link, list_page};

/// An order in the list.
#[derive(Debug)]
pub struct OrderRow<'a> {
    /// The order.
    pub order: &'a PurchaseOrder,
    /// Name of the organization.
    pub organization: &'a str,
    /// Name of the connection.
    pub connection: &'a str,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, orders: &[OrderRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Orders",
        lead: "Purchase orders received, refused ones too.",
        path: "orders",
        empty: "An order appears when a procurement system sends one.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Number"),
        Column::Text("Organization"),
        Column::Text("Connection"),
        Column::Text("Latest version"),
        Column::Text("Outcome"),
    ];
    let rows = orders
        .iter()
        .map(|row| {
            let latest = row.order.latest();
            vec![
                link(context, "orders", row.order.id, &row.order.number),
                html! { (row.organization) },
                html! { (row.connection) },
                html! { @if let Some(version) = latest { (version.version) ", " (format::moment(version.decided_at)) } },
                status::order(row.order.standing().map(|version| &version.outcome)),
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

/// One order; `agreements` are those of any of its versions.
pub fn one(context: &PageContext<'_>, row: &OrderRow<'_>, agreements: &[&Agreement]) -> Markup {
    let order = row.order;
    let title = format!("Purchase order {}", order.number);
    let badge = status::order(order.standing().map(|version| &version.outcome));
    let content = html! {
        (breadcrumb(&[(format!("{}/orders", context.base), "Orders"), (String::new(), &order.number)]))
        (page_head(&title, Some(row.organization), badge))
        (definitions(&[
            ("Connection", Some(link(context, "connections", order.connection, row.connection))),
            ("Versions received", Some(html! { (order.versions.len()) })),
            ("Reference", Some(code(order.id))),
        ]))
        @for version in order.versions.iter().rev() { (one_version(context, version, agreements)) }
    };
    document(context, Head { title: &title, current: "orders" }, content)
}

fn one_version(context: &PageContext<'_>, version: &OrderVersion, agreements: &[&Agreement]) -> Markup {
    html! {
        section {
            h2 { "Version " (version.version) " " (status::order(Some(&version.outcome))) }
            @if let Some(last) = version.last_received_at {
                p.muted { "Received " (version.repetitions.saturating_add(1)) " times, the last time " (format::moment(last)) "." }
            }
            @match &version.outcome {
                OrderOutcome::Refused { lines } => {
                    @for refused in lines {
                        @let text = html! { (refused.refusal) " " span.code-note { (refused.refusal.code()) } };
                        (notice(Tone::Bad, &format!("Line {} does not pass", refused.line), text))
                    }
                }
                OrderOutcome::Accepted { agreements: created } => {
                    ul.plain-list {
                        @for agreement in agreements.iter().filter(|agreement| created.contains(&agreement.id)) {
                            li {
                                @if let Some(link) = agreement.ordered() { "Line " (link.order_line) ": " }
                                (link(context, "agreements", agreement.id, &format!("agreement {}", format::short_id(agreement.id))))
                                ", " (money(agreement.value))
                            }
                        }
                    }
                }
            }
            @for warning in &version.warnings { (notice(Tone::Warn, "Worth a look", html! { (warning) })) }
            (lines(&version.lines))
            (definitions(&[
                ("Decided", Some(format::moment(version.decided_at))),
                ("Order date", Some(html! { (version.order_date) })),
                ("payloadID", Some(code(&version.payload_id))),
                ("Document", Some(link(context, "messages", version.message, "Open in the message log"))),
            ]))
        }
    }
}

fn lines(lines: &[OrderedLine]) -> Markup {
    let columns = [
        Column::Number("Line"),
        Column::Text("SupplierPartID"),
        Column::Text("SupplierPartAuxiliaryID"),
        Column::Number("Quantity"),
        Column::Number("Unit price"),
        Column::Text("Accounting"),
    ];
    let rows = lines.iter().map(line_cells).collect();
    table("Lines of the order", &columns, rows)
}

fn line_cells(line: &OrderedLine) -> Vec<Markup> {
    vec![
        html! { (line.number) },
        html! { (line.part_id) },
        html! { @if line.reference.is_empty() { span.muted { "missing" } } @else { code { (line.reference) } } },
        html! { (format::number(line.quantity)) " " (line.unit) },
        html! { @match &line.price { Some(price) => { (format::number(price.amount)) " " (price.currency) @if let Some(basis) = price.basis { span.muted { " " (basis) } } } None => span.muted { "hidden" } } },
        html! { @for segment in &line.accounting { span.segment { (segment.name) " " (segment.value) } " " } },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn a_refused_version_names_the_line_the_reason_and_the_code() {
        let world = World::new("");
        let row = OrderRow { order: &world.refused_order, organization: "Acme", connection: "Acme / Coupa" };
        let html = one(&world.console(), &row, &[]).into_string();
        assert!(html.contains("Line 1 does not pass") && html.contains("SUPERSEDED_AGREEMENT_PROPOSAL"));
    }

    #[test]
    fn an_accepted_version_leads_to_its_agreement_and_its_document() {
        let world = World::new("");
        let row = OrderRow { order: &world.order, organization: "Acme", connection: "Acme / Coupa" };
        let html = one(&world.console(), &row, &[&world.agreement]).into_string();
        assert!(html.contains(&format!("/console/agreements/{}", world.agreement.id)));
        assert!(html.contains("/console/messages/msg-"));
        assert!(html.contains("Cost center CC-100"));
    }

    #[test]
    fn a_version_shows_its_warnings() {
        let world = World::new("");
        let mut order = world.order.clone();
        order.versions[0].warnings = vec!["The Total 1 USD differs from the sum of the lines, 2 USD.".to_owned()];
        let row = OrderRow { order: &order, organization: "Acme", connection: "Acme / Coupa" };
        assert!(one(&world.console(), &row, &[]).into_string().contains("The Total 1 USD differs"));
    }
}
