//! Invoices of every organization, and how their delivery goes.

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::InvoiceId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::ui::console::invoices::{self, InvoiceRow};

/// The newest invoices, or the next older page.
#[get("/console/invoices")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadInvoices).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::invoices(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| InvoiceRow { invoice: &entry.invoice, delivery: entry.delivery });
    let next = next("invoices", &found);
    Ok(answer(invoices::list(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One invoice.
#[get("/console/invoices/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadInvoices).await?;
    let id: InvoiceId = id(&context, &path)?;
    let (invoice, delivery) = look_for(&context, move |snapshot| console::invoice(snapshot, id)).await?;
    let deliveries: Vec<_> = delivery.iter().collect();
    Ok(answer(invoices::one(&operator.page(&context), &invoice, &deliveries)))
}
