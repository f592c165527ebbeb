//! Agreements of every organization.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::AgreementId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::storefront::agreements::view;
use crate::web::ui::console::agreements::{self, AgreementRow};

/// The newest agreements, or the next older page.
#[get("/console/agreements")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadAgreements).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::agreements(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| AgreementRow {
        agreement: &entry.agreement,
        product: &entry.product,
        organization: &entry.organization,
    });
    let next = next("agreements", &found);
    Ok(answer(agreements::list(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One agreement with its charges and invoices.
#[get("/console/agreements/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadAgreements).await?;
    let id: AgreementId = id(&context, &path)?;
    let (organization, life) = look_for(&context, move |snapshot| console::agreement(snapshot, id)).await?;
    Ok(answer(agreements::one(
        &operator.page(&context),
        &view(&life, &organization, context.clock.business()),
        &organization.name,
    )))
}
