//! What leaves the house, and the decisions that only a person can make (B5).
//!
//! The text of mails is not shown: it holds links that open pages without a sign-in.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::event::{Attempt, OutboxMessage, OutboxState, Payload};
use marketgate_domain::id::OutboxId;
use marketgate_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{optional, views, word};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::operate_outbox::{Decision, operate};
use crate::query::api::{self, OutboxFilter};

const STATES: [(&str, OutboxState); 7] = [
    ("waiting", OutboxState::Waiting),
    ("sending", OutboxState::Sending),
    ("delivered", OutboxState::Delivered),
    ("parked", OutboxState::Parked),
    ("verify", OutboxState::Verify),
    ("held", OutboxState::Held),
    ("discarded", OutboxState::Discarded),
];

/// Something that leaves, from its commit to its end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OutboxMessage)]
pub struct OutboxView {
    id: String,
    /// `email`, `invoice` or `confirmation`.
    kind: &'static str,
    /// Messages of one lane leave one after the other.
    lane: String,
    organization: String,
    /// Null for mail.
    connection: Option<String>,
    /// `waiting`, `sending`, `delivered`, `parked`, `verify`, `held` or `discarded`.
    state: &'static str,
    /// Why it is parked, held or to be verified.
    reason: Option<String>,
    /// The invoice that it carries.
    invoice: Option<String>,
    /// The order that it confirms.
    order: Option<String>,
    /// The mail that it is, without its text.
    mail: Option<MailView>,
    created_at: Timestamp,
    /// The next try of a waiting message, wall time.
    due_at: Option<Timestamp>,
    /// Every try so far, oldest first.
    attempts: Vec<AttemptView>,
    /// The bytes first sent, in the message log.
    document: Option<String>,
}

/// A mail without its text.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Mail)]
pub struct MailView {
    to: Vec<String>,
    subject: String,
}

/// One try to send something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptView {
    /// Wall time.
    at: Timestamp,
    duration_ms: u64,
    /// HTTP or SMTP status, if an answer came.
    transport_status: Option<u16>,
    cxml_status: Option<u16>,
    answer: String,
}

impl From<&OutboxMessage> for OutboxView {
    fn from(message: &OutboxMessage) -> Self {
        let payload = &message.intent.payload;
        Self {
            id: message.intent.id.to_string(),
            kind: payload.kind(),
            lane: message.intent.lane.clone(),
            organization: message.intent.organization.to_string(),
            connection: optional(message.intent.connection),
            state: state_word(message.state),
            reason: message.reason.clone(),
            invoice: if let Payload::Invoice { invoice } = payload { Some(invoice.to_string()) } else { None },
            order: if let Payload::Confirmation { order, .. } = payload { Some(order.to_string()) } else { None },
            mail: if let Payload::Email(email) = payload {
                let to = email.to.iter().map(|to| to.as_str().to_owned()).collect();
                Some(MailView { to, subject: email.subject.clone() })
            } else {
                None
            },
            created_at: message.created_at,
            due_at: (message.state == OutboxState::Waiting).then_some(message.due_at),
            attempts: views(&message.attempts),
            document: optional(message.document),
        }
    }
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> Self {
        Self {
            at: attempt.at,
            duration_ms: attempt.duration_ms,
            transport_status: attempt.transport_status,
            cxml_status: attempt.cxml_status,
            answer: attempt.answer.clone(),
        }
    }
}

/// The word for a state.
pub fn state_word(state: OutboxState) -> &'static str {
    word(&STATES, state)
}

/// Lists messages of the outbox.
#[utoipa::path(
    tag = "outbox",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those about this organization."),
        ("connection" = Option<String>, Query, description = "Only those over this connection."),
        ("state" = Option<String>, Query, description = "Only those in this state, for example `parked`."),
    ),
    responses((status = 200, description = "A page", body = List<OutboxView>))
)]
#[get("/outbox")]
pub async fn list_outbox(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::OperateOutbox)?;
    let mut query = ListQuery::of(&request);
    let filter = OutboxFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        state: query.one_of("state", &STATES),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::outbox(snapshot, &filter, window)).await?;
    Ok(list::<OutboxView, _, _>(page))
}

/// Reads a message of the outbox.
#[utoipa::path(tag = "outbox", params(("id" = String, Path)), responses((status = 200, description = "The message", body = OutboxView)))]
#[get("/outbox/{id}")]
pub async fn read_outbox_message(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::OperateOutbox)?;
    answer(&context, id(&path)?).await
}

/// Sends a parked message, or one to be verified, again.
#[utoipa::path(tag = "outbox", params(("id" = String, Path)), responses((status = 200, description = "The message as it is now", body = OutboxView)))]
#[post("/outbox/{id}/requeue")]
pub async fn requeue(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    decide(&context, &caller, &path, Decision::Requeue).await
}

/// Gives a message up.
#[utoipa::path(tag = "outbox", params(("id" = String, Path)), responses((status = 200, description = "The message as it is now", body = OutboxView)))]
#[post("/outbox/{id}/discard")]
pub async fn discard(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    decide(&context, &caller, &path, Decision::Discard).await
}

/// Notes that a message arrived after all.
#[utoipa::path(tag = "outbox", params(("id" = String, Path)), responses((status = 200, description = "The message as it is now", body = OutboxView)))]
#[post("/outbox/{id}/found-delivered")]
pub async fn found_delivered(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    decide(&context, &caller, &path, Decision::FoundDelivered).await
}

async fn decide(context: &Context, caller: &Caller, path: &str, decision: Decision) -> Answer {
    caller.may(Action::OperateOutbox)?;
    let id: OutboxId = id(path)?;
    operate(context, caller.user(), id, decision).await.map_err(in_words)?;
    answer(context, id).await
}

/// A message that is unknown, or that moved on meanwhile, is nobody's failure.
fn in_words(error: Error) -> Error {
    match error {
        Error::Store(StoreError::Missing { .. }) => Error::NotFound,
        Error::Store(StoreError::WrongState { state, step, .. }) => {
            Error::Conflict(format!("The message is {state}, so it cannot be {step}."))
        }
        error => error,
    }
}

async fn answer(context: &Context, id: OutboxId) -> Answer {
    let found = look_for(context, move |snapshot| api::outbox_message(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(OutboxView::from(&found)))
}
