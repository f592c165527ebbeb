//! Purchase orders of every organization, those received in test mode among them (N3).

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::PurchaseOrderId;

use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::query::console::{self, OrderEntry};
use crate::web::pages::PageError;
use crate::web::ui::console::orders::{self, OrderRow};

/// The newest orders, or the next older page.
#[get("/console/orders")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadAgreements).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::orders(snapshot, before)).await?;
    let names: Vec<String> = found.rows.iter().map(connection).collect();
    let rows: Vec<OrderRow<'_>> = found.rows.iter().zip(&names).map(|(entry, name)| row(entry, name)).collect();
    let next = next("orders", &found);
    Ok(answer(orders::list(&operator.page(&context), &rows, &pager(next.as_ref()))))
}

/// One order with all its versions.
#[get("/console/orders/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadAgreements).await?;
    let id: PurchaseOrderId = id(&context, &path)?;
    let (entry, agreements) = look_for(&context, move |snapshot| console::order(snapshot, id)).await?;
    let agreements: Vec<_> = agreements.iter().collect();
    Ok(answer(orders::one(&operator.page(&context), &row(&entry, &connection(&entry)), &agreements)))
}

/// The connection as people call it. A test order looks like a real one everywhere else.
fn connection(entry: &OrderEntry) -> String {
    if entry.is_test { format!("{} (test mode)", entry.connection) } else { entry.connection.clone() }
}

fn row<'a>(entry: &'a OrderEntry, connection: &'a str) -> OrderRow<'a> {
    OrderRow { order: &entry.order, organization: &entry.organization, connection }
}
