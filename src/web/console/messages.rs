//! The message log: every cXML document in and out (N5). What is stored holds no secret, so nothing is hidden here.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::MessageId;
use marketgate_store::messages::Direction;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use super::{Older, Operator, answer, id, look, look_for, next, pager, pretty};
use crate::context::Context;
use crate::flow::return_cart::CART;
use crate::query::console::{self, MessageEntry};
use crate::web::pages::PageError;
use crate::web::ui::console::messages::{self, MessageView};

/// Stands for a document that the log does not keep any more.
const GONE: &str = "The document is not kept any more.";

/// What documents are looked for by.
#[derive(Debug, Default, Deserialize)]
pub struct About {
    /// An order, a payloadID, an e-mail address, a session or a request; empty for all.
    #[serde(default)]
    q: String,
}

/// The newest documents, or the next older page.
#[get("/console/messages")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
    about: Query<About>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadMessages).await?;
    let before = Older::before(&older, &context)?;
    let wanted = about.q.clone();
    let found = look(&context, move |snapshot| console::messages(snapshot, &wanted, before)).await?;
    let rows: Vec<MessageView<'_>> = found.rows.iter().map(view).collect();
    let next = next("messages", &found).map(|next| match about.q.as_str() {
        "" => next,
        q => format!("{next}&{}", Serializer::new(String::new()).append_pair("q", q).finish()),
    });
    Ok(answer(messages::list(&operator.page(&context), &about.q, &rows, &pager(next.as_ref()))))
}

/// One document with its text, and the answer that it got. Indenting costs processor time, so it is done where reading is.
#[get("/console/messages/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadMessages).await?;
    let id: MessageId = id(&context, &path)?;
    let store = context.store.clone();
    let (entry, text, reply) = look_for(&context, move |snapshot| {
        let Some(entry) = console::message(snapshot, id)? else { return Ok(None) };
        let text = store.messages().read(id)?.map_or_else(|| GONE.to_owned(), |bytes| pretty::text(&bytes));
        let reply = match entry.reply {
            Some(reply) => store.messages().read(reply)?.map(|bytes| pretty::text(&bytes)),
            None => None,
        };
        Ok(Some((entry, text, reply)))
    })
    .await?;
    Ok(answer(messages::one(&operator.page(&context), &view(&entry), &text, reply.as_deref())))
}

fn view(entry: &MessageEntry) -> MessageView<'_> {
    let summary = &entry.summary;
    MessageView {
        id: summary.id,
        at: summary.at,
        inbound: summary.direction == Direction::In,
        kind: &summary.document_type,
        connection: entry.connection.as_deref(),
        payload_id: Some(summary.payload_id.as_str()).filter(|text| !text.is_empty()),
        cxml_status: summary.cxml_status,
        http_status: summary.http_status,
        duration_ms: summary.duration_ms,
        diagnosis: &summary.diagnosis,
        by_browser: summary.document_type == CART,
        answers: summary.reply_to,
        session: summary.session,
        requests: &summary.requests,
    }
}
