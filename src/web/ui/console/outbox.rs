//! The outbox: what leaves, every try, and the decisions that only a person can make (B5).

use marketgate_domain::event::{Attempt, OutboxMessage, OutboxState, Payload};
use maud::{Markup, html};

use super::super::components::{
    Column, Pager, Tone, breadcrumb, code, definitions, notice, page_head, post_button, table,
};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, status};
use super::{Listing, link, list_page};

/// A message in the list.
#[derive(Debug)]
pub struct OutboxRow<'a> {
    /// The message.
    pub message: &'a OutboxMessage,
    /// Name of the organization.
    pub organization: &'a str,
    /// Name of the connection, where it goes over one.
    pub connection: Option<&'a str>,
    /// Number of the invoice or of the order that it is about, where it is about one.
    pub about: Option<&'a str>,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, messages: &[OutboxRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Outbox",
        lead: "Invoices, confirmations and e-mails on their way out.",
        path: "outbox",
        empty: "A message appears when an order is decided or an invoice is issued.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Message"),
        Column::Text("Organization"),
        Column::Text("Created"),
        Column::Number("Tries"),
        Column::Text("State"),
    ];
    let rows = messages
        .iter()
        .map(|row| {
            let message = row.message;
            vec![
                html! {
                    div.stack {
                        (link(context, "outbox", message.intent.id, &title(row)))
                        @if let Some(reason) = &message.reason { span.muted.small { (reason) } }
                    }
                },
                html! { div.stack { span { (row.organization) } @if let Some(name) = row.connection { span.muted { (name) } } } },
                format::moment(message.created_at),
                html! { (message.attempts.len()) },
                status::outbox(message.state),
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

/// What a message is, in few words.
pub fn title(row: &OutboxRow<'_>) -> String {
    let known = |id: String| row.about.map_or(id, ToOwned::to_owned);
    match &row.message.intent.payload {
        Payload::Email(email) => format!("E-mail: {}", email.subject),
        Payload::Invoice { invoice } => format!("Invoice {}", known(format::short_id(invoice))),
        Payload::Confirmation { order, version } => {
            format!("Confirmation of order {}, version {version}", known(format::short_id(order)))
        }
    }
}

/// One message.
pub fn one(context: &PageContext<'_>, row: &OutboxRow<'_>) -> Markup {
    let message = row.message;
    let title = title(row);
    let content = html! {
        (breadcrumb(&[(format!("{}/outbox", context.base), "Outbox"), (String::new(), &title)]))
        (page_head(&title, Some(row.organization), status::outbox(message.state)))
        @if let Some(reason) = &message.reason { (notice(Tone::Warn, why(message.state), reason.as_str())) }
        (decisions(context, message))
        div.columns {
            div {
                section { h2 { "Tries" } (attempts(&message.attempts)) }
                @if let Payload::Email(email) = &message.intent.payload { section { h2 { "Text" } pre.document-text role="group" aria-label="Text" tabindex="0" { (email.text) } } }
            }
            aside.panel { h2 { "Details" } (details(context, row)) }
        }
    };
    document(context, Head { title: &title, current: "outbox" }, content)
}

fn why(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Parked => "Parked: a person must decide",
        OutboxState::Verify => "It may have arrived: find out before you send it again",
        OutboxState::Held => "Held: the credentials of the connection were refused",
        _ => "Last result",
    }
}

/// What a person can decide, only where nothing else moves the message. What is held waits for its connection, not for a
/// decision of its own; a mail is sent again rather than searched for.
fn decisions(context: &PageContext<'_>, message: &OutboxMessage) -> Markup {
    let path = format!("{}/outbox/{}", context.base, message.intent.id);
    let stopped = matches!(message.state, OutboxState::Parked | OutboxState::Verify);
    let held = message.state == OutboxState::Held;
    let searchable = !message.intent.payload.may_be_repeated();
    html! {
        @if stopped || held {
            div.buttons-row {
                @if stopped {
                    (post_button(context, &format!("{path}/requeue"), "button primary", "Requeue"))
                    @if searchable {
                        (post_button(context, &format!("{path}/found-delivered"), "button", "It arrived"))
                    }
                }
                (post_button(context, &format!("{path}/discard"), "button danger", "Discard"))
                span.muted {
                    @if stopped { "Requeue sends the same bytes again. " }
                    @if stopped && searchable { "It arrived: the receiver has it, nothing is sent. " }
                    @if held { "It leaves when its connection is released. " }
                    "Discard frees the lane; the document is never sent."
                }
            }
        }
    }
}

fn details(context: &PageContext<'_>, row: &OutboxRow<'_>) -> Markup {
    let intent = &row.message.intent;
    let about = match &intent.payload {
        Payload::Email(email) => email.about.map(|request| link(context, "requests", request, "Open the request")),
        Payload::Invoice { invoice } => Some(link(context, "invoices", invoice, "Open the invoice")),
        Payload::Confirmation { order, .. } => Some(link(context, "orders", order, "Open the order")),
    };
    let receivers = match &intent.payload {
        Payload::Email(email) => Some(html! { @for to in &email.to { (to.as_str()) " " } }),
        _ => None,
    };
    let connection = intent.connection.zip(row.connection).map(|(id, name)| link(context, "connections", id, name));
    let waiting = row.message.state == OutboxState::Waiting;
    definitions(&[
        ("About", about),
        ("To", receivers),
        ("Connection", connection),
        ("Lane", Some(code(&intent.lane))),
        ("Created", Some(format::moment(row.message.created_at))),
        ("Next try", waiting.then(|| format::moment(row.message.due_at))),
        ("Document", row.message.document.map(|id| link(context, "messages", id, "Bytes first sent"))),
        ("Reference", Some(code(intent.id))),
    ])
}

/// Every try, newest last.
pub fn attempts(list: &[Attempt]) -> Markup {
    let columns = [
        Column::Text("When"),
        Column::Number("Took"),
        Column::Number("Transport"),
        Column::Number("cXML"),
        Column::Text("Answer"),
    ];
    let status = |status: Option<u16>| html! { @match status { Some(code) => { (code) } None => "none" } };
    let rows = list
        .iter()
        .map(|attempt| {
            vec![
                format::moment(attempt.at),
                html! { (attempt.duration_ms) " ms" },
                status(attempt.transport_status),
                status(attempt.cxml_status),
                html! { (attempt.answer) },
            ]
        })
        .collect();
    html! { @if list.is_empty() { p.muted { "Not tried yet." } } @else { (table("Tries", &columns, rows)) } }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn page_in(world: &World, message: &OutboxMessage, state: OutboxState) -> String {
        let message = OutboxMessage { state, ..message.clone() };
        let row = OutboxRow { message: &message, organization: "Acme", connection: Some("Acme / Coupa"), about: None };
        one(&world.console(), &row).into_string()
    }

    #[test]
    fn only_a_message_that_needs_a_person_has_buttons() {
        let world = World::new("");
        for (state, requeue, discard) in [
            (OutboxState::Waiting, false, false),
            (OutboxState::Sending, false, false),
            (OutboxState::Delivered, false, false),
            (OutboxState::Parked, true, true),
            (OutboxState::Verify, true, true),
            (OutboxState::Held, false, true),
            (OutboxState::Discarded, false, false),
        ] {
            let html = page_in(&world, &world.parked, state);
            assert_eq!((html.contains("/requeue"), html.contains("/discard")), (requeue, discard), "{state:?}");
            assert_eq!(html.contains("/found-delivered"), requeue, "{state:?}");
        }
    }

    #[test]
    fn a_mail_is_sent_again_rather_than_searched_for() {
        let world = World::new("");
        let html = page_in(&world, &world.mail, OutboxState::Parked);
        assert!(html.contains("/requeue") && !html.contains("/found-delivered"));
    }
}
