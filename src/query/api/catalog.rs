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
    let newest = |(): &(), before| {
        let found = match seller {
            Some(seller) => catalog::newest_products_of(reader, seller, before, 1)?,
            None => catalog::newest_products(reader, before, 1)?,
        };
        Ok(found.into_iter().next())
    };
    gather([()], window, |row: &Product| row.id, |_| true, newest)
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
    let newest = |(): &(), before| {
        let found = match (filter.product, filter.seller) {
            (Some(product), _) => catalog::newest_offers_of(reader, product, before, 1)?,
            (None, Some(seller)) => catalog::newest_offers_by(reader, seller, before, 1)?,
            (None, None) => catalog::newest_offers(reader, before, 1)?,
        };
        Ok(found.into_iter().next())
    };
    gather([()], window, |row| row.id, keep, newest)
}

/// One offer in its newest revision.
pub fn offer(reader: &impl Reader, id: OfferId) -> Result<Option<Offer>, StoreError> {
    catalog::offer(reader, id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::api::MOST_LOOKED_AT;
    use crate::web::api::site::Site;

    #[actix_web::test]
    async fn a_page_of_a_seller_or_a_product_holds_what_there_is_however_much_newer_there_is_of_others() {
        let site = Site::furnished().await;
        let (product, offer) = (site.world.product.clone(), site.world.private_offer.clone());
        let crowded = site.context.store.transact(move |tx| -> Result<(), StoreError> {
            for number in 0..=MOST_LOOKED_AT as u128 {
                // The newest ones there are, of somebody else.
                let (id, seller) = (u128::MAX - number, SellerId::from_value(77));
                let product_id = ProductId::from_value(id);
                let code = format!("crowd-{number}");
                catalog::put_product(tx, &Product { id: product_id, code, seller, ..product.clone() })?;
                let id = OfferId::from_value(id);
                catalog::put_offer(tx, &Offer { id, seller, product: product_id, ..offer.clone() })?;
            }
            Ok(())
        });
        crowded.unwrap();
        let (product, offer) = (site.world.product.clone(), site.world.private_offer.clone());
        let read = site.context.store.read(move |snapshot| -> Result<_, StoreError> {
            let by_product = OfferFilter { product: Some(product.id), ..OfferFilter::default() };
            let by_seller = OfferFilter { seller: Some(offer.seller), ..OfferFilter::default() };
            let window = Window { after: None, limit: 200 };
            Ok((
                products(snapshot, Some(product.seller), Window { after: None, limit: 200 })?.rows.contains(&product),
                offers(snapshot, &by_product, window)?.rows.contains(&offer),
                offers(snapshot, &by_seller, window)?.rows.contains(&offer),
            ))
        });
        assert_eq!(read, Ok((true, true, true)));
    }
}
