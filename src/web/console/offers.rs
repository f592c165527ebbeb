//! Offers, public and private.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::OfferId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::ui::console::catalog::{self, OfferRow};

/// The newest offers, or the next older page.
#[get("/console/offers")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::offers(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| OfferRow { offer: &entry.offer, product: &entry.product });
    let next = next("offers", &found);
    Ok(answer(catalog::offers(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One offer in its newest revision.
#[get("/console/offers/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: OfferId = id(&context, &path)?;
    let (offer, product) = look_for(&context, move |snapshot| console::offer(snapshot, id)).await?;
    Ok(answer(catalog::offer(&operator.page(&context), &offer, &product)))
}
