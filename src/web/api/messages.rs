//! The message log: every cXML document in and out (N5). Secrets were masked before anything was stored.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::id::MessageId;
use marketgate_store::messages::{Direction, MessageField};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::optional;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api::{self, LoggedMessage, MessageFilter};

const WORDS: [(&str, MessageField); 5] = [
    ("order", MessageField::OrderId),
    ("payload_id", MessageField::PayloadId),
    ("user", MessageField::User),
    ("session", MessageField::Session),
    ("request", MessageField::Request),
];

const DIRECTIONS: [(&str, Direction); 2] = [("in", Direction::In), ("out", Direction::Out)];

/// What is known about a document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    id: String,
    /// Wall time.
    at: Timestamp,
    /// `in` or `out`.
    direction: &'static str,
    connection: Option<String>,
    organization: Option<String>,
    /// Name of the cXML document; `unknown` if it could not be parsed.
    document_type: String,
    /// Empty if there is none.
    payload_id: String,
    /// The buyer's number of the order that it is about.
    order_number: Option<String>,
    user_email: Option<String>,
    /// HTTP status of the answer; null if none came.
    http_status: Option<u16>,
    /// cXML status of the answer; null if it was not cXML.
    cxml_status: Option<u16>,
    duration_ms: u64,
    /// What happened, for a person.
    diagnosis: String,
    size_bytes: u64,
    /// The logged answer to it, whose document is under `/messages/{answer}/document`; null if there is none.
    answer: Option<String>,
    /// What it answers; null unless it is an answer. Lists do not show answers.
    answers: Option<String>,
    /// The PunchOut session that it opened or ended.
    session: Option<String>,
    /// The procurement requests in a cart.
    requests: Vec<String>,
}

impl From<&LoggedMessage> for MessageView {
    fn from((summary, answer): &LoggedMessage) -> Self {
        Self {
            id: summary.id.to_string(),
            at: summary.at,
            direction: match summary.direction {
                Direction::In => "in",
                Direction::Out => "out",
            },
            connection: optional(summary.connection),
            organization: optional(summary.organization),
            document_type: summary.document_type.clone(),
            payload_id: summary.payload_id.clone(),
            order_number: summary.order_id.clone(),
            user_email: summary.user_email.clone(),
            http_status: summary.http_status,
            cxml_status: summary.cxml_status,
            duration_ms: summary.duration_ms,
            diagnosis: summary.diagnosis.clone(),
            size_bytes: summary.size_bytes,
            answer: optional(*answer),
            answers: optional(summary.reply_to),
            session: optional(summary.session),
            requests: summary.requests.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Lists documents, each with the answer to it.
#[utoipa::path(
    tag = "messages",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("connection" = Option<String>, Query, description = "Only those over this connection."),
        ("direction" = Option<String>, Query, description = "`in` or `out`."),
        ("order" = Option<String>, Query, description = "Only those about the order with this number of the buyer. Of `order`, `payload_id`, `user`, `session` and `request` one at a time."),
        ("payload_id" = Option<String>, Query, description = "Only those with this payloadID, or with an answer that has it."),
        ("user" = Option<String>, Query, description = "Only those that name this e-mail address."),
        ("session" = Option<String>, Query, description = "Only those of this PunchOut session."),
        ("request" = Option<String>, Query, description = "Only those about this procurement request."),
    ),
    responses((status = 200, description = "A page", body = List<MessageView>))
)]
#[get("/messages")]
pub async fn list_messages(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadMessages)?;
    let mut query = ListQuery::of(&request);
    let filter = MessageFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        direction: query.one_of("direction", &DIRECTIONS),
        word: one_word(&mut query),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::messages(snapshot, &filter, window)).await?;
    Ok(list::<MessageView, _, _>(page))
}

/// The one word that documents are looked for by; a second one is an error.
fn one_word(query: &mut ListQuery) -> Option<(MessageField, String)> {
    let mut wanted = None;
    for (name, field) in WORDS {
        let Some(text) = query.text(name) else { continue };
        if wanted.is_some() {
            query.blame(name, "only one of order, payload_id, user, session and request at a time".to_owned());
        }
        wanted = Some((field, text));
    }
    wanted
}

/// Reads what is known about a document.
#[utoipa::path(tag = "messages", params(("id" = String, Path)), responses((status = 200, description = "What is known", body = MessageView)))]
#[get("/messages/{id}")]
pub async fn read_message(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadMessages)?;
    let id: MessageId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::message(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(MessageView::from(&found)))
}

/// Downloads a document as it was received or sent, with its secrets masked.
#[utoipa::path(
    tag = "messages",
    params(("id" = String, Path)),
    responses((status = 200, description = "The document", content((String = "text/xml"), (String = "text/plain"))))
)]
#[get("/messages/{id}/document")]
pub async fn download_document(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadMessages)?;
    let id: MessageId = id(&path)?;
    let store = context.store.clone();
    let bytes = look_for(&context, move |_| store.messages().read(id)).await?;
    let (media_type, suffix) = if is_xml(&bytes) { ("text/xml", "xml") } else { ("text/plain", "txt") };
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.{suffix}\"")))
        .body(bytes))
}

/// Multipart documents and what could not be read are plain text. XML in UTF-16 begins with a byte order mark.
fn is_xml(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<") || text.starts_with(b"\xFE\xFF\0<") || text.starts_with(b"\xFF\xFE<\0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_told_apart_by_their_beginning() {
        for xml in ["<cXML/>", "\u{feff}<cXML/>", "\r\n <?xml version=\"1.0\"?>"] {
            assert!(is_xml(xml.as_bytes()), "{xml:?}");
        }
        assert!(is_xml(b"\xFF\xFE<\0c\0"));
        for other in ["--boundary\r\nContent-Type: text/xml\r\n\r\n<cXML/>", "", "cxml-urlencoded=%3C"] {
            assert!(!is_xml(other.as_bytes()), "{other:?}");
        }
    }
}
