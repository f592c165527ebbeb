//! Products, offers and sellers, whoever may buy them.

use marketgate_domain::id::{OfferId, ProductId, SellerId};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use marketgate_store::{Reader, StoreError, catalog, organizations};

use super::paging::{LOOK, Page};
use super::product_name;

/// A product in the list.
#[derive(Debug, Clone)]
pub struct ProductEntry {
    /// The product.
    pub product: Product,
    /// Name of the seller.
    pub seller: String,
    /// How many offers it has.
    pub offers: usize,
}

/// An offer in the list.
#[derive(Debug, Clone)]
pub struct OfferEntry {
    /// The offer.
    pub offer: Offer,
    /// Name of the product.
    pub product: String,
}

/// The newest products, or the next older page.
pub fn products(reader: &impl Reader, before: Option<ProductId>) -> Result<Page<ProductEntry>, StoreError> {
    let rows = catalog::newest_products(reader, before, LOOK)?;
    Page::cut(rows, |product| product.id).with(|product| {
        let seller = catalog::require_seller(reader, product.seller)?.name;
        let offers = catalog::offers_of(reader, product.id, usize::MAX)?.len();
        Ok(ProductEntry { product, seller, offers })
    })
}

/// One product, its seller and its offers.
pub fn product(reader: &impl Reader, id: ProductId) -> Result<Option<(Product, Seller, Vec<Offer>)>, StoreError> {
    let Some(product) = catalog::product(reader, id)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, product.seller)?;
    Ok(Some((product, seller, catalog::offers_of(reader, id, usize::MAX)?)))
}

/// The newest offers, or the next older page.
pub fn offers(reader: &impl Reader, before: Option<OfferId>) -> Result<Page<OfferEntry>, StoreError> {
    let rows = catalog::newest_offers(reader, before, LOOK)?;
    Page::cut(rows, |offer| offer.id).with(|offer| {
        let product = product_name(reader, offer.product)?;
        Ok(OfferEntry { offer, product })
    })
}

/// One offer with its product.
pub fn offer(reader: &impl Reader, id: OfferId) -> Result<Option<(Offer, Product)>, StoreError> {
    let Some(offer) = catalog::offer(reader, id)? else { return Ok(None) };
    Ok(catalog::product(reader, offer.product)?.map(|product| (offer, product)))
}

/// The newest sellers, or the next older page.
pub fn sellers(reader: &impl Reader, before: Option<SellerId>) -> Result<Page<Seller>, StoreError> {
    Ok(Page::cut(catalog::newest_sellers(reader, before, LOOK)?, |seller| seller.id))
}

/// One seller.
pub fn seller(reader: &impl Reader, id: SellerId) -> Result<Option<Seller>, StoreError> {
    catalog::seller(reader, id)
}

/// More sellers or organizations than this do not fit into a list to choose from.
const MOST_TO_CHOOSE: usize = 500;

/// Sellers to choose from, by what a product names them with.
pub fn sellers_to_choose(reader: &impl Reader) -> Result<Vec<(String, String)>, StoreError> {
    let sellers = catalog::sellers(reader, MOST_TO_CHOOSE)?;
    Ok(sellers.into_iter().map(|seller| (seller.invoice_prefix, seller.name)).collect())
}

/// The seller that has an invoice prefix.
pub fn seller_by_prefix(reader: &impl Reader, prefix: &str) -> Result<Option<Seller>, StoreError> {
    catalog::seller_by_prefix(reader, prefix)
}

/// Accounts to choose from, by their identifiers.
pub fn accounts_to_choose(reader: &impl Reader) -> Result<Vec<(String, String)>, StoreError> {
    let mut accounts = Vec::new();
    for organization in organizations::all(reader, MOST_TO_CHOOSE)? {
        let named = |name: &str| format!("{}, {name}", organization.name);
        accounts.extend(organization.accounts.iter().map(|account| (account.id.to_string(), named(&account.name))));
    }
    Ok(accounts)
}
