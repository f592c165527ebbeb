//! The JSON API (W5): what machines of the operator read and do.
//!
//! Every operation goes the same road: the guard has found out who calls, the handler asks the authorization function, reads
//! the query or the body (all errors at once), asks one query or one flow, and answers with a view. Views are types of their
//! own: a change of a stored record must not change the API unnoticed. No answer ever holds a secret, and no cookie counts.

mod agreements;
mod audit;
mod body;
mod caller;
mod catalog;
mod charges;
mod clock;
mod connections;
mod docs;
mod document;
mod guard;
mod idempotency;
mod imports;
mod invoices;
mod jobs;
mod list;
mod messages;
mod offers;
mod orders;
mod organizations;
mod outbox;
mod problem;
mod products;
mod requests;
mod sellers;
mod tokens;
mod view;

#[cfg(test)]
pub(crate) mod site;

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use marketgate_store::{Snapshot, StoreError};

use self::problem::Problem;
use crate::context::Context;
use crate::flow::Error;

/// Under this path are all operations.
pub const PREFIX: &str = "/api/v1";

/// What every handler answers.
type Answer = Result<HttpResponse, Problem>;

/// All routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(docs::show)
        .service(document::download)
        .service(
            web::scope(PREFIX)
                .wrap(from_fn(guard::guard))
                .configure(document::operations)
                .default_service(web::to(guard::nothing_here)),
        )
        .service(web::scope("/api").wrap(from_fn(guard::guard)).default_service(web::to(guard::nothing_here)));
}

/// The identifier in a path: what is not one names nothing.
fn id<I: FromStr>(text: &str) -> Result<I, Problem> {
    text.parse().map_err(|_| Error::NotFound.into())
}

/// Reads for an answer.
async fn look<T, F>(context: &Context, look: F) -> Result<T, Problem>
where
    F: FnMut(&Snapshot) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    Ok(context.read(look).await?)
}

/// Reads what an answer is about.
async fn look_for<T, F>(context: &Context, find: F) -> Result<T, Problem>
where
    F: FnMut(&Snapshot) -> Result<Option<T>, StoreError> + Send + 'static,
    T: Send + 'static,
{
    look(context, find).await?.ok_or_else(|| Error::NotFound.into())
}

#[cfg(test)]
mod tests;
