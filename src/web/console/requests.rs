//! Procurement requests of every organization.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::RequestId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::storefront::requests::view;
use crate::web::ui::console::requests::{self, RequestRow};

/// The newest requests, or the next older page.
#[get("/console/requests")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadRequests).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::requests(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| RequestRow {
        request: &entry.request,
        product: &entry.product,
        organization: &entry.organization,
    });
    let next = next("requests", &found);
    Ok(answer(requests::list(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One request with its life.
#[get("/console/requests/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadRequests).await?;
    let id: RequestId = id(&context, &path)?;
    let (organization, life) = look_for(&context, move |snapshot| console::request(snapshot, id)).await?;
    Ok(answer(requests::one(&operator.page(&context), &view(&life, context.clock.business()), &organization.name)))
}
