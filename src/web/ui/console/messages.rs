//! The message log: every cXML document in and out (N5). Texts arrive here already masked.

use jiff::Timestamp;
use marketgate_domain::id::{MessageId, PunchoutSessionId, RequestId};
use maud::{Markup, html};

use super::super::components::{Column, Pager, Tone, badge, breadcrumb, code, definitions, notice, page_head};
use super::super::context::{Head, PageContext};
use super::super::format;
use super::super::layout::document;
use super::{Listing, link, list_page};

/// A document of the log.
#[derive(Debug, Clone, Copy)]
pub struct MessageView<'a> {
    /// Identifier.
    pub id: MessageId,
    /// When it came or went, wall time.
    pub at: Timestamp,
    /// Whether it came in.
    pub inbound: bool,
    /// What it is, for example `OrderRequest`; a word such as `unreadable` where it could not be parsed.
    pub kind: &'a str,
    /// Name of the connection; none for an unknown sender.
    pub connection: Option<&'a str>,
    /// `cXML/@payloadID`, where it has one.
    pub payload_id: Option<&'a str>,
    /// cXML status of the answer.
    pub cxml_status: Option<u16>,
    /// HTTP status of the answer.
    pub http_status: Option<u16>,
    /// How long the answer took.
    pub duration_ms: u64,
    /// What was found, in words.
    pub diagnosis: &'a str,
    /// Whether the buyer's browser carries it: then no answer comes here.
    pub by_browser: bool,
    /// What it answers, if it is an answer.
    pub answers: Option<MessageId>,
    /// The PunchOut session that it opened or ended.
    pub session: Option<PunchoutSessionId>,
    /// The procurement requests in a cart.
    pub requests: &'a [RequestId],
}

/// The list, newest first: all documents, or those that fit what was searched for.
pub fn list(context: &PageContext<'_>, query: &str, messages: &[MessageView<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Messages",
        lead: "Every cXML document in and out, each with the answer to it; secrets are masked.",
        path: "messages",
        empty: if query.is_empty() {
            "A document appears when a procurement system calls or is called."
        } else {
            "No document fits: search for a whole order number, payloadID, e-mail address, session or request."
        },
        new: None,
        search: Some(("Order, payloadID, e-mail, session or request", query)),
    };
    let columns = [
        Column::Text("Document"),
        Column::Text("Connection"),
        Column::Text("When"),
        Column::Text("Status"),
        Column::Number("Took"),
        Column::Text("Diagnosis"),
    ];
    let rows = messages
        .iter()
        .map(|message| {
            vec![
                html! { div.stack { (link(context, "messages", message.id, message.kind)) span.muted { (direction(message)) } } },
                html! { (message.connection.unwrap_or("unknown sender")) },
                format::moment(message.at),
                outcome(message),
                html! { (message.duration_ms) " ms" },
                html! { (message.diagnosis) },
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

fn direction(message: &MessageView<'_>) -> &'static str {
    match (message.inbound, message.by_browser) {
        (true, _) => "received",
        (false, false) => "sent",
        (false, true) => "sent by the browser",
    }
}

fn outcome(message: &MessageView<'_>) -> Markup {
    match message.cxml_status.or(message.http_status) {
        Some(status @ 200..=299) => badge(Tone::Good, &status.to_string()),
        Some(status @ 300..=499) => badge(Tone::Bad, &status.to_string()),
        Some(status) => badge(Tone::Warn, &status.to_string()),
        None if message.by_browser => badge(Tone::Plain, "handed over"),
        None => badge(Tone::Plain, "no answer"),
    }
}

/// One document with its masked text, and the answer to it where there is one.
pub fn one(context: &PageContext<'_>, message: &MessageView<'_>, text: &str, answer: Option<&str>) -> Markup {
    let title = format!("{} {}", message.kind, direction(message));
    let is_good = message.by_browser || matches!(message.cxml_status.or(message.http_status), Some(200..=299));
    let tone = if is_good { Tone::Good } else { Tone::Warn };
    let content = html! {
        (breadcrumb(&[(format!("{}/messages", context.base), "Messages"), (String::new(), message.kind)]))
        (page_head(&title, None, outcome(message)))
        (notice(tone, "Diagnosis", message.diagnosis))
        (definitions(&[
            ("Connection", Some(html! { (message.connection.unwrap_or("unknown sender")) })),
            ("When", Some(format::moment(message.at))),
            ("HTTP status", message.http_status.map(|status| html! { (status) })),
            ("cXML status", message.cxml_status.map(|status| html! { (status) })),
            ("Took", Some(html! { (message.duration_ms) " ms" })),
            ("payloadID", message.payload_id.map(code)),
            ("Reference", Some(code(message.id))),
            ("Answers", message.answers.map(|id| link(context, "messages", id, "the document that it answers"))),
            ("Session", message.session.map(|id| html! {
                a href={ (context.base) "/messages?q=" (id.to_string()) } { "All documents of the session" }
            })),
            ("Requests", (!message.requests.is_empty()).then(|| html! {
                @for (position, id) in message.requests.iter().enumerate() {
                    @if position > 0 { ", " }
                    (link(context, "requests", id, &format::short_id(*id)))
                }
            })),
        ]))
        section { h2 { "Document" } pre.source role="group" tabindex="0" aria-label="Document" { (text) } }
        @if let Some(answer) = answer { section { h2 { "Answer" } pre.source role="group" tabindex="0" aria-label="Answer" { (answer) } } }
    };
    document(context, Head { title: &title, current: "messages" }, content)
}
