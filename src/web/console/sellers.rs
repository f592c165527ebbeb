//! Sellers of record.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::SellerId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::ui::console::catalog;

/// The newest sellers, or the next older page.
#[get("/console/sellers")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::sellers(snapshot, before)).await?;
    let rows: Vec<_> = found.rows.iter().collect();
    let next = next("sellers", &found);
    Ok(answer(catalog::sellers(&operator.page(&context), &rows, &pager(next.as_ref()))))
}

/// One seller with its tax table.
#[get("/console/sellers/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: SellerId = id(&context, &path)?;
    let seller = look_for(&context, move |snapshot| console::seller(snapshot, id)).await?;
    Ok(answer(catalog::seller(&operator.page(&context), &seller)))
}
