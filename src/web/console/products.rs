//! Products, whoever may buy them.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::ProductId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::ui::console::catalog::{self, ProductRow};

/// The newest products, or the next older page.
#[get("/console/products")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::products(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| ProductRow {
        product: &entry.product,
        seller: &entry.seller,
        offers: entry.offers,
    });
    let next = next("products", &found);
    Ok(answer(catalog::products(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One product with its offers.
#[get("/console/products/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, seller, offers) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    let offers: Vec<_> = offers.iter().collect();
    Ok(answer(catalog::product(&operator.page(&context), &product, &seller, &offers)))
}
