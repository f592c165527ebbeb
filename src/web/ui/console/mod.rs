//! What the operator sees: plain lists and complete details of everything that happens (W3).
//!
//! | page | address below `base` | forms it posts |
//! |---|---|---|
//! | [`overview::page`] | (nothing) | |
//! | [`requests::list`], [`requests::one`] | `/requests`, `/requests/ID` | |
//! | [`orders::list`], [`orders::one`] | `/orders`, `/orders/ID` | |
//! | [`agreements::list`], [`agreements::one`] | `/agreements`, `/agreements/ID` | |
//! | [`invoices::list`], [`invoices::one`] | `/invoices`, `/invoices/ID` | |
//! | [`outbox::list`], [`outbox::one`] | `/outbox`, `/outbox/ID` | `/outbox/ID/requeue`, `/outbox/ID/discard` |
//! | [`messages::list`], [`messages::one`] | `/messages`, `/messages/ID` | |
//! | [`audit::list`] | `/audit` | |
//! | [`connections::list`], [`connections::one`] | `/connections`, `/connections/ID` | |
//! | [`catalog::products`], [`catalog::product`] | `/products`, `/products/ID` | |
//! | [`catalog::offers`], [`catalog::offer`] | `/offers`, `/offers/ID` | `/offers/ID/release`, `/offers/ID/withdraw` |
//! | [`catalog::sellers`], [`catalog::seller`] | `/sellers`, `/sellers/ID` | |
//! | [`editor::page`] | `/products/new`, `/products/ID/edit`, `/products/ID/offers/new`, `/offers/ID/edit`, `/sellers/new`, `/sellers/ID/edit` | itself |

use marketgate_domain::id::PurchaseOrderId;
use maud::{Markup, html};

use super::components::{Column, Pager, empty_state, page_head, pager, table};
use super::context::{Head, PageContext};
use super::icons;
use super::layout::document;

pub mod agreements;
pub mod audit;
pub mod catalog;
pub mod connections;
pub mod editor;
pub mod invoices;
pub mod messages;
pub mod orders;
pub mod outbox;
pub mod overview;
pub mod requests;

/// What a list says about itself.
struct Listing<'a> {
    title: &'a str,
    lead: &'a str,
    path: &'a str,
    empty: &'a str,
    /// What a new one is called, where it can be entered here.
    new: Option<&'a str>,
    /// What can be searched for here, and what is searched for now.
    search: Option<(&'a str, &'a str)>,
}

/// A page that is a list: every list of the console looks the same.
fn list_page(
    context: &PageContext<'_>,
    listing: &Listing<'_>,
    columns: &[Column<'_>],
    rows: Vec<Vec<Markup>>,
    pages: &Pager<'_>,
) -> Markup {
    let content = html! {
        (page_head(listing.title, Some(listing.lead), html! {}))
        @if let Some(new) = listing.new {
            div.buttons-row { a.button href={ (context.base) "/" (listing.path) "/new" } { (new) } }
        }
        @if let Some((label, query)) = listing.search {
            form.search method="get" action={ (context.base) "/" (listing.path) } role="search" {
                label.visually-hidden for="q" { (label) }
                div.search-box {
                    (icons::search())
                    input #q name="q" type="search" value=(query) placeholder=(label) autocomplete="off";
                }
                button.button.primary type="submit" { "Search" }
                @if !query.is_empty() { a.button href={ (context.base) "/" (listing.path) } { "Show everything" } }
            }
        }
        @if rows.is_empty() { (empty_state("Nothing here yet", listing.empty)) }
        @else { (table(listing.title, columns, rows)) (pager(pages)) }
    };
    document(context, Head { title: listing.title, current: listing.path }, content)
}

/// A link to the page of something.
/// The buyer's number of an order, which leads to the order where there is one.
fn order_number(context: &PageContext<'_>, order: Option<PurchaseOrderId>, number: Option<&str>) -> Markup {
    match (order, number) {
        (Some(order), number) => link(context, "orders", order, number.unwrap_or("order")),
        (None, Some(number)) => html! { (number) },
        (None, None) => html! { span.muted { "None" } },
    }
}

fn link(context: &PageContext<'_>, path: &str, id: impl ToString, label: &str) -> Markup {
    html! { a href={ (context.base) "/" (path) "/" (id.to_string()) } { (label) } }
}
