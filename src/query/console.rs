//! What the operator sees: every list across all organizations, newest first, page by page.
//!
//! Only for whoever may read the whole installation: nothing here asks for a scope. A page costs the same however much
//! there is: some fifty rows, and what they name.

mod catalog;
mod overview;
mod paging;
mod sales;
mod traffic;

pub use catalog::{
    OfferEntry, ProductEntry, accounts_to_choose, offer, offers, product, products, seller, seller_by_prefix, sellers,
    sellers_to_choose,
};
pub use overview::{Overview, overview};
pub use paging::{Page, ROWS, parse_place, place_text};
pub use sales::{
    AgreementEntry, InvoiceEntry, OrderEntry, RequestEntry, agreement, agreements, invoice, invoices, order, orders,
    request, requests,
};
pub use traffic::{
    ConnectionEntry, MessageEntry, OutboxEntry, audit, connection, connections, message, messages, outbox,
    outbox_message,
};

use marketgate_domain::id::{ConnectionId, OrganizationId, ProductId};
use marketgate_domain::organization::Organization;
use marketgate_store::{Reader, StoreError};

/// What its owner's view finds, and the owner; none where there is no owner.
fn owned<T>(
    reader: &impl Reader,
    owner: Option<OrganizationId>,
    find: impl FnOnce(OrganizationId) -> Result<Option<T>, StoreError>,
) -> Result<Option<(Organization, T)>, StoreError> {
    let Some(owner) = owner else { return Ok(None) };
    let Some(found) = find(owner)? else { return Ok(None) };
    Ok(Some((marketgate_store::organizations::require(reader, owner)?, found)))
}

fn organization_name(reader: &impl Reader, id: OrganizationId) -> Result<String, StoreError> {
    Ok(marketgate_store::organizations::require(reader, id)?.name)
}

/// Products and connections may be gone from the catalogue; what was bought over them stays and is called by the id.
fn product_name(reader: &impl Reader, id: ProductId) -> Result<String, StoreError> {
    Ok(marketgate_store::catalog::product(reader, id)?.map_or_else(|| id.to_string(), |product| product.name))
}

fn connection_name(reader: &impl Reader, id: ConnectionId) -> Result<String, StoreError> {
    Ok(marketgate_store::connections::by_id(reader, id)?.map_or_else(|| id.to_string(), |connection| connection.name))
}
