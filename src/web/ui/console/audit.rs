//! The audit trail: who did what to what, when, and how it ended (A2).

use marketgate_domain::event::{Actor, AuditRecord};
use maud::{Markup, html};

use super::super::components::{Column, Pager, page_head, pager, table};
use super::super::context::{Head, PageContext};
use super::super::format;
use super::super::layout::document;

/// The list, newest first.
pub fn list(context: &PageContext<'_>, records: &[AuditRecord], pages: &Pager<'_>) -> Markup {
    let content = html! {
        (page_head("Audit", Some("Who did what, when, and how it ended."), html! {}))
        (entries(records))
        (pager(pages))
    };
    document(context, Head { title: "Audit", current: "audit" }, content)
}

/// The records as a table.
pub fn entries(records: &[AuditRecord]) -> Markup {
    let columns = [
        Column::Text("When"),
        Column::Text("Who"),
        Column::Text("What"),
        Column::Text("Subject"),
        Column::Text("Detail"),
    ];
    let rows = records
        .iter()
        .map(|record| {
            vec![
                format::moment(record.at),
                html! { (who(&record.actor)) },
                html! { code { (record.action) } },
                html! { code.subject title=(record.subject) { (format::short_id(&record.subject)) } },
                html! { (record.detail) },
            ]
        })
        .collect();
    html! { @if records.is_empty() { p.muted { "Nothing happened yet." } } @else { (table("Audit trail", &columns, rows)) } }
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::System { part } => format!("system, {part}"),
        Actor::Connection { connection } => format!("connection {}", format::short_id(connection)),
        Actor::PunchoutUser { user, .. } => format!("buyer {}", format::short_id(user)),
        Actor::Operator { user } => format!("operator {}", format::short_id(user)),
        Actor::Anonymous => "anonymous".to_owned(),
    }
}
