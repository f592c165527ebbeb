//! The console: what the operator sees. Every page asks the authorization function for the whole installation.
//!
//! Every handler goes the same road: who asks and whether that is allowed, one read, the page. Forms change things through
//! [`crate::flow`] and lead back to the page they stood on. Lists go on with `?before=` and the last row of the page before.

mod agreements;
mod audit;
mod connections;
mod form;
mod invoices;
mod messages;
mod offers;
mod operator;
mod orders;
mod outbox;
mod overview;
mod pretty;
mod products;
mod requests;
mod sellers;

pub use operator::{Operator, cookie_name};

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Query, ServiceConfig};
use marketgate_store::{Snapshot, StoreError};
use maud::Markup;
use serde::Deserialize;

use super::pages::{PageError, page};
use super::security::PagePolicy;
use super::ui::components::Pager;
use crate::context::Context;
use crate::flow::Error;
use crate::query::console::Page;

/// All routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(overview::show)
        .service(requests::list)
        .service(requests::show)
        .service(orders::list)
        .service(orders::show)
        .service(agreements::list)
        .service(agreements::show)
        .service(invoices::list)
        .service(invoices::show)
        .service(outbox::list)
        .service(outbox::show)
        .service(outbox::requeue)
        .service(outbox::found_delivered)
        .service(outbox::discard)
        .service(messages::list)
        .service(messages::show)
        .service(products::list)
        .service(products::enter)
        .service(products::list_new)
        .service(products::edit)
        .service(products::describe)
        .service(offers::enter)
        .service(offers::prepare)
        .service(products::show)
        .service(offers::list)
        .service(offers::edit)
        .service(offers::change)
        .service(offers::release)
        .service(offers::withdraw)
        .service(offers::show)
        .service(sellers::list)
        .service(sellers::enter)
        .service(sellers::register)
        .service(sellers::edit)
        .service(sellers::change)
        .service(sellers::show)
        .service(connections::list)
        .service(connections::index)
        .service(connections::cif)
        .service(connections::show)
        .service(connections::release)
        .service(audit::list);
}

/// A form with nothing but its proof of origin.
#[derive(Debug, Deserialize)]
pub struct Proof {
    #[serde(default)]
    csrf: String,
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct Older {
    before: Option<String>,
}

impl Older {
    /// The last row of the page before; what names no row is a page that does not exist.
    fn before<I: FromStr>(query: &Query<Self>, context: &Context) -> Result<Option<I>, PageError> {
        query.before.as_deref().map(|text| id(context, text)).transpose()
    }
}

/// The identifier in an address.
fn id<I: FromStr>(context: &Context, text: &str) -> Result<I, PageError> {
    text.parse().map_err(|_| PageError::new(context, &Error::NotFound))
}

/// Reads for a page.
async fn look<T, F>(context: &Context, look: F) -> Result<T, PageError>
where
    F: FnMut(&Snapshot) -> Result<T, StoreError> + Send + 'static,
    T: Send + 'static,
{
    context.read(look).await.map_err(|error| PageError::new(context, &error.into()))
}

/// Reads what a page is about; what is not there has no page.
async fn look_for<T, F>(context: &Context, find: F) -> Result<T, PageError>
where
    F: FnMut(&Snapshot) -> Result<Option<T>, StoreError> + Send + 'static,
    T: Send + 'static,
{
    look(context, find).await?.ok_or_else(|| PageError::new(context, &Error::NotFound))
}

/// A page of the console: nobody frames it, and its forms go nowhere else.
fn answer(markup: Markup) -> HttpResponse {
    page(StatusCode::OK, markup, &PagePolicy::default())
}

/// The address of the page after this one.
fn next<T>(list: &str, found: &Page<T>) -> Option<String> {
    found.next.as_ref().map(|last| format!("/console/{list}?before={last}"))
}

fn pager(next: Option<&String>) -> Pager<'_> {
    Pager { previous: None, next: next.map(String::as_str), summary: "" }
}

#[cfg(test)]
mod tests;
