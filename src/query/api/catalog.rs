//! Organizations, sellers, products and offers.

use marketgate_domain::id::{OfferId, OrganizationId, ProductId, SellerId};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::organization::Organization;
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use marketgate_store::{Reader, StoreError, catalog, organizations as stored_organizations};

use super::{Page, Window, fits, gather};

/// Which offers are wanted.
#[derive(Debug, Clone, Default)]
pub struct OfferFilter {
    /// Of that product.
    pub product: Option<ProductId>,
    /// Of that seller.
    pub seller: Option<SellerId>,
    /// In that state.
    pub state: Option<OfferState>,
}

/// Organizations.
pub fn organizations(
    reader: &impl Reader,
    window: Window<OrganizationId>,
) -> Result<Page<Organization, OrganizationId>, StoreError> {
    let all = stored_organizations::all(reader, usize::MAX)?;
    let newest = |all: &Vec<Organization>, before: Option<OrganizationId>| {
        Ok(all.iter().rev().find(|row| before.is_none_or(|before| row.id < before)).cloned())
    };
    gather([all], window, |row| row.id, |_| true, newest)
}

/// One organization.
pub fn organization(reader: &impl Reader, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
    Ok(stored_organizations::all(reader, usize::MAX)?.into_iter().find(|row| row.id == id))
}

/// Sellers.
pub fn sellers(reader: &impl Reader, window: Window<SellerId>) -> Result<Page<Seller, SellerId>, StoreError> {
    let newest = |(): &(), before| Ok(catalog::newest_sellers(reader, before, 1)?.pop());
    gather([()], window, |row: &Seller| row.id, |_| true, newest)
}

/// One seller.
pub fn seller(reader: &impl Reader, id: SellerId) -> Result<Option<Seller>, StoreError> {
    catalog::seller(reader, id)
}

/// Products, of one seller or of all.
pub fn products(
    reader: &impl Reader,
    seller: Option<SellerId>,
    window: Window<ProductId>,
) -> Result<Page<Product, ProductId>, StoreError> {
    let newest = |(): &(), before| Ok(catalog::newest_products(reader, before, 1)?.pop());
    gather([()], window, |row: &Product| row.id, |row| fits(seller.as_ref(), &row.seller), newest)
}

/// One product.
pub fn product(reader: &impl Reader, id: ProductId) -> Result<Option<Product>, StoreError> {
    catalog::product(reader, id)
}

/// Offers in their newest revisions.
pub fn offers(
    reader: &impl Reader,
    filter: &OfferFilter,
    window: Window<OfferId>,
) -> Result<Page<Offer, OfferId>, StoreError> {
    let keep = |row: &Offer| {
        fits(filter.product.as_ref(), &row.product)
            && fits(filter.seller.as_ref(), &row.seller)
            && fits(filter.state.as_ref(), &row.state)
    };
    let newest = |(): &(), before| Ok(catalog::newest_offers(reader, before, 1)?.pop());
    gather([()], window, |row| row.id, keep, newest)
}

/// One offer in its newest revision.
pub fn offer(reader: &impl Reader, id: OfferId) -> Result<Option<Offer>, StoreError> {
    catalog::offer(reader, id)
}
