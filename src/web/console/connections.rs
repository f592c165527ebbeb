//! Connections: their settings without secrets, and the way out where the receiver refused our credentials (N2, B5).

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::ConnectionId;

use super::{Older, Operator, Proof, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::flow::export_catalog::export_catalog;
use crate::flow::operate_outbox::release_connection;
use crate::query::console::{self, ConnectionEntry};
use crate::render::supplier_catalog::CatalogFormat;
use crate::web::download::attachment;
use crate::web::pages::{PageError, see_other};
use crate::web::ui::console::connections::{self, Block, ConnectionView};

/// The newest connections, or the next older page.
#[get("/console/connections")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadConnections).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::connections(snapshot, before)).await?;
    let endpoint = context.url("/cxml");
    let rows: Vec<ConnectionView<'_>> = found.rows.iter().map(|entry| view(entry, &endpoint)).collect();
    let next = next("connections", &found);
    Ok(answer(connections::list(&operator.page(&context), &rows, &pager(next.as_ref()))))
}

/// One connection with the values to enter.
#[get("/console/connections/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadConnections).await?;
    let id: ConnectionId = id(&context, &path)?;
    let entry = look_for(&context, move |snapshot| console::connection(snapshot, id)).await?;
    let (about, endpoint) = (operator.page(&context), context.url("/cxml"));
    let view = view(&entry, &endpoint);
    let markup = match &entry.block {
        Some(block) => {
            let block = Block { since: block.since, reason: &block.reason, message: block.message };
            connections::blocked(&about, &view, block)
        }
        None => connections::one(&about, &view),
    };
    Ok(answer(markup))
}

/// What the buyer may list of the marketplace, as cXML Index.
#[get("/console/connections/{id}/catalog.xml")]
pub async fn index(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, PageError> {
    catalog(&context, &request, &path, CatalogFormat::Index).await
}

/// The same as CIF.
#[get("/console/connections/{id}/catalog.cif")]
pub async fn cif(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    catalog(&context, &request, &path, CatalogFormat::Cif).await
}

/// Lets documents leave over a connection again.
#[post("/console/connections/{id}/release")]
pub async fn release(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::OperateOutbox).await?;
    operator.check_form(&context, &request, &form.csrf)?;
    let id: ConnectionId = id(&context, &path)?;
    look_for(&context, move |snapshot| console::connection(snapshot, id)).await?;
    let released = release_connection(&context, operator.user(), id).await;
    released.map_err(|error| PageError::new(&context, &error))?;
    Ok(see_other(&format!("/console/connections/{id}")))
}

async fn catalog(
    context: &Data<Context>,
    request: &HttpRequest,
    path: &str,
    format: CatalogFormat,
) -> Result<HttpResponse, PageError> {
    Operator::allowed(context, request, Action::ReadConnections).await?;
    let file = export_catalog(context, id(context, path)?, format).await;
    Ok(attachment(file.map_err(|error| PageError::new(context, &error))?))
}

fn view<'a>(entry: &'a ConnectionEntry, endpoint: &'a str) -> ConnectionView<'a> {
    ConnectionView {
        connection: &entry.connection,
        organization: &entry.organization,
        account: &entry.account,
        endpoint,
    }
}
