//! The outbox, and the decisions that only a person can make (B5).

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::OutboxId;
use marketgate_store::StoreError;

use super::{Older, Operator, Proof, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::operate_outbox::{Decision, operate};
use crate::query::console::{self, OutboxEntry};
use crate::web::pages::{PageError, see_other};
use crate::web::ui::console::outbox::{self, OutboxRow};

/// The newest messages, or the next older page.
#[get("/console/outbox")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::OperateOutbox).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::outbox(snapshot, before)).await?;
    let rows: Vec<OutboxRow<'_>> = found.rows.iter().map(row).collect();
    let next = next("outbox", &found);
    Ok(answer(outbox::list(&operator.page(&context), &rows, &pager(next.as_ref()))))
}

/// One message with every try.
#[get("/console/outbox/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::OperateOutbox).await?;
    let id: OutboxId = id(&context, &path)?;
    let entry = look_for(&context, move |snapshot| console::outbox_message(snapshot, id)).await?;
    Ok(answer(outbox::one(&operator.page(&context), &row(&entry))))
}

/// Sends a message (again).
#[post("/console/outbox/{id}/requeue")]
pub async fn requeue(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    decide(&context, &request, &path, &form, Decision::Requeue).await
}

/// Notes that a message arrived after all.
#[post("/console/outbox/{id}/found-delivered")]
pub async fn found_delivered(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    decide(&context, &request, &path, &form, Decision::FoundDelivered).await
}

/// Gives a message up.
#[post("/console/outbox/{id}/discard")]
pub async fn discard(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    decide(&context, &request, &path, &form, Decision::Discard).await
}

async fn decide(
    context: &Data<Context>,
    request: &HttpRequest,
    path: &str,
    form: &Proof,
    decision: Decision,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(context, request, Action::OperateOutbox).await?;
    operator.check_form(context, request, &form.csrf)?;
    let id: OutboxId = id(context, path)?;
    let done = operate(context, operator.user(), id, decision).await;
    done.map_err(|error| PageError::new(context, &in_words(error)))?;
    Ok(see_other(&format!("/console/outbox/{id}")))
}

/// A message that moved on while somebody was deciding is nobody's failure.
fn in_words(error: Error) -> Error {
    match error {
        Error::Store(StoreError::Missing { .. }) => Error::NotFound,
        Error::Store(StoreError::WrongState { state, .. }) => Error::Conflict(format!(
            "The message is {state} by now, so this cannot be decided any more. Look at it again."
        )),
        error => error,
    }
}

/// A message as pages show it.
pub fn row(entry: &OutboxEntry) -> OutboxRow<'_> {
    OutboxRow {
        message: &entry.message,
        organization: &entry.organization,
        connection: entry.connection.as_deref(),
        about: entry.about.as_deref(),
    }
}
