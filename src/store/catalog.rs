//! Sellers, products and offers with all their revisions: the only place that reads and writes their tables.
//!
//! While an import is live but not yet in its place, what it staged lies over the stored rows (`shelf`, `staging`).

mod shelf;
mod staging;

#[cfg(test)]
mod model_tests;

use jiff::civil::Date;
use marketgate_domain::id::{OfferId, ProductId, SellerId};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::keys::{Prefix, StoreKey};
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{
    INVOICE_PREFIXES, OFFER_REVISIONS, OFFERS, OFFERS_BY_PRODUCT, OFFERS_BY_SELLER, OFFERS_ENDING, PRODUCTS,
    PRODUCTS_BY_CODE, PRODUCTS_BY_SELLER, SELLERS,
};
use crate::table::Table;
use crate::tx::Tx;

use self::shelf::{Shelf, View};
pub use self::staging::{
    CatalogState, Moved, Staged, begin, changed, discard, end, flip, fold, stage, state, superseded, superseding,
};

/// Stores a seller; its invoice prefix must not belong to another one ([`StoreError::Exists`]).
pub fn put_seller(tx: &mut Tx<'_>, seller: &Seller) -> Result<(), StoreError> {
    write_seller(&mut Shelf::open(tx)?, seller)
}

fn write_seller(shelf: &mut Shelf<'_, '_>, seller: &Seller) -> Result<(), StoreError> {
    match shelf.get(&INVOICE_PREFIXES, &seller.invoice_prefix)? {
        Some(owner) if owner != seller.id => {
            return Err(StoreError::Exists { table: INVOICE_PREFIXES.name(), key: seller.invoice_prefix.clone() });
        }
        _ => shelf.put(&INVOICE_PREFIXES, &seller.invoice_prefix, &seller.id)?,
    }
    shelf.put(&SELLERS, &seller.id, seller)
}

/// A seller that a record refers to.
pub fn require_seller(reader: &impl Reader, id: SellerId) -> Result<Seller, StoreError> {
    View::open(reader)?.require(&SELLERS, &id)
}

/// All sellers, at most so many.
pub fn sellers(reader: &impl Reader, limit: usize) -> Result<Vec<Seller>, StoreError> {
    Ok(View::open(reader)?.scan(&SELLERS, &Scan::all(limit))?.into_iter().map(|(_, seller)| seller).collect())
}

/// A seller.
pub fn seller(reader: &impl Reader, id: SellerId) -> Result<Option<Seller>, StoreError> {
    View::open(reader)?.get(&SELLERS, &id)
}

/// The seller that has an invoice prefix.
pub fn seller_by_prefix(reader: &impl Reader, prefix: &str) -> Result<Option<Seller>, StoreError> {
    let view = View::open(reader)?;
    let id = view.get(&INVOICE_PREFIXES, &prefix.to_owned())?;
    id.map(|id| view.require(&SELLERS, &id)).transpose()
}

/// [`seller_by_prefix`], by its identifier alone.
pub fn seller_id(reader: &impl Reader, prefix: &str) -> Result<Option<SellerId>, StoreError> {
    View::open(reader)?.get(&INVOICE_PREFIXES, &prefix.to_owned())
}

/// The newest sellers, or the next older page: those before one.
pub fn newest_sellers(reader: &impl Reader, before: Option<SellerId>, limit: usize) -> Result<Vec<Seller>, StoreError> {
    let scan = Scan::all(limit).newest_first(before);
    Ok(View::open(reader)?.scan(&SELLERS, &scan)?.into_iter().map(|(_, seller)| seller).collect())
}

/// Stores a product; its code must not belong to another one ([`StoreError::Exists`]).
pub fn put_product(tx: &mut Tx<'_>, product: &Product) -> Result<(), StoreError> {
    write_product(&mut Shelf::open(tx)?, product)
}

fn write_product(shelf: &mut Shelf<'_, '_>, product: &Product) -> Result<(), StoreError> {
    let code = code_key(&product.code);
    match shelf.get(&PRODUCTS_BY_CODE, &code)? {
        Some(owner) if owner != product.id => {
            return Err(StoreError::Exists { table: PRODUCTS_BY_CODE.name(), key: code });
        }
        _ => shelf.put(&PRODUCTS_BY_CODE, &code, &product.id)?,
    }
    // Whose it is never changes (C1).
    shelf.put(&PRODUCTS_BY_SELLER, &(product.seller, product.id), &())?;
    shelf.put(&PRODUCTS, &product.id, product)
}

/// A product.
pub fn product(reader: &impl Reader, id: ProductId) -> Result<Option<Product>, StoreError> {
    View::open(reader)?.get(&PRODUCTS, &id)
}

/// A product that a record refers to.
pub fn require_product(reader: &impl Reader, id: ProductId) -> Result<Product, StoreError> {
    View::open(reader)?.require(&PRODUCTS, &id)
}

/// The product that a SupplierPartID names, whatever its case.
pub fn product_by_code(reader: &impl Reader, code: &str) -> Result<Option<Product>, StoreError> {
    let view = View::open(reader)?;
    let id = view.get(&PRODUCTS_BY_CODE, &code_key(code))?;
    id.map(|id| view.require(&PRODUCTS, &id)).transpose()
}

/// [`product_by_code`], by its identifier alone.
pub fn product_id(reader: &impl Reader, code: &str) -> Result<Option<ProductId>, StoreError> {
    View::open(reader)?.get(&PRODUCTS_BY_CODE, &code_key(code))
}

/// All products, at most so many.
pub fn products(reader: &impl Reader, limit: usize) -> Result<Vec<Product>, StoreError> {
    Ok(View::open(reader)?.scan(&PRODUCTS, &Scan::all(limit))?.into_iter().map(|(_, product)| product).collect())
}

/// The newest products, or the next older page: those before one.
pub fn newest_products(
    reader: &impl Reader,
    before: Option<ProductId>,
    limit: usize,
) -> Result<Vec<Product>, StoreError> {
    let scan = Scan::all(limit).newest_first(before);
    Ok(View::open(reader)?.scan(&PRODUCTS, &scan)?.into_iter().map(|(_, product)| product).collect())
}

/// The newest products of a seller, or the next older page: those before one.
pub fn newest_products_of(
    reader: &impl Reader,
    seller: SellerId,
    before: Option<ProductId>,
    limit: usize,
) -> Result<Vec<Product>, StoreError> {
    newest_of(reader, &PRODUCTS_BY_SELLER, &PRODUCTS, seller, before, limit)
}

/// The newest records that an index has under an owner, or the next older page: those before one.
fn newest_of<O, I, V>(
    reader: &impl Reader,
    index: &Table<(O, I), ()>,
    records: &Table<I, V>,
    owner: O,
    before: Option<I>,
    limit: usize,
) -> Result<Vec<V>, StoreError>
where
    O: StoreKey + Prefix<(O, I)>,
    I: StoreKey,
    V: DeserializeOwned,
{
    let view = View::open(reader)?;
    let scan = Scan::prefix(&owner, limit).newest_first(before.map(|before| (owner, before)));
    view.scan_keys(index, &scan)?.iter().map(|(_, id)| view.require(records, id)).collect()
}

/// Stores the newest revision of an offer, beside all earlier ones.
pub fn put_offer(tx: &mut Tx<'_>, offer: &Offer) -> Result<(), StoreError> {
    write_offer(&mut Shelf::open(tx)?, offer)
}

fn write_offer(shelf: &mut Shelf<'_, '_>, offer: &Offer) -> Result<(), StoreError> {
    if let Some(before) = shelf.get(&OFFERS, &offer.id)?
        && let Some(last) = before.availability_end_date
    {
        shelf.delete(&OFFERS_ENDING, &(last, offer.id))?;
    }
    if let Some(last) = offer.availability_end_date.filter(|_| offer.state == OfferState::Released) {
        shelf.put(&OFFERS_ENDING, &(last, offer.id), &())?;
    }
    shelf.put(&OFFERS_BY_PRODUCT, &(offer.product, offer.id), &())?;
    shelf.put(&OFFERS_BY_SELLER, &(offer.seller, offer.id), &())?;
    shelf.put(&OFFER_REVISIONS, &(offer.id, offer.revision), offer)?;
    shelf.put(&OFFERS, &offer.id, offer)
}

/// An offer in its newest revision.
pub fn offer(reader: &impl Reader, id: OfferId) -> Result<Option<Offer>, StoreError> {
    View::open(reader)?.get(&OFFERS, &id)
}

/// An offer as it was in one revision.
pub fn offer_revision(reader: &impl Reader, id: OfferId, revision: u32) -> Result<Option<Offer>, StoreError> {
    View::open(reader)?.get(&OFFER_REVISIONS, &(id, revision))
}

/// Released offers whose last day is that day or earlier, at most so many.
pub fn offers_ended_by(reader: &impl Reader, day: Date, limit: usize) -> Result<Vec<Offer>, StoreError> {
    let view = View::open(reader)?;
    let keys = view.scan_keys(&OFFERS_ENDING, &Scan::all(limit).through(&day))?;
    keys.iter().map(|(_, id)| view.require(&OFFERS, id)).collect()
}

/// The nearest last day of a released offer.
pub fn next_end(reader: &impl Reader) -> Result<Option<Date>, StoreError> {
    Ok(View::open(reader)?.scan_keys(&OFFERS_ENDING, &Scan::all(1))?.first().map(|(day, _)| *day))
}

/// All offers, at most so many.
pub fn offers(reader: &impl Reader, limit: usize) -> Result<Vec<Offer>, StoreError> {
    Ok(View::open(reader)?.scan(&OFFERS, &Scan::all(limit))?.into_iter().map(|(_, offer)| offer).collect())
}

/// The newest offers in their newest revisions, or the next older page: those before one.
pub fn newest_offers(reader: &impl Reader, before: Option<OfferId>, limit: usize) -> Result<Vec<Offer>, StoreError> {
    let scan = Scan::all(limit).newest_first(before);
    Ok(View::open(reader)?.scan(&OFFERS, &scan)?.into_iter().map(|(_, offer)| offer).collect())
}

/// [`newest_offers`] of a seller.
pub fn newest_offers_by(
    reader: &impl Reader,
    seller: SellerId,
    before: Option<OfferId>,
    limit: usize,
) -> Result<Vec<Offer>, StoreError> {
    newest_of(reader, &OFFERS_BY_SELLER, &OFFERS, seller, before, limit)
}

/// [`newest_offers`] of a product.
pub fn newest_offers_of(
    reader: &impl Reader,
    product: ProductId,
    before: Option<OfferId>,
    limit: usize,
) -> Result<Vec<Offer>, StoreError> {
    newest_of(reader, &OFFERS_BY_PRODUCT, &OFFERS, product, before, limit)
}

/// The offers of a product in their newest revisions, at most so many.
pub fn offers_of(reader: &impl Reader, product: ProductId, limit: usize) -> Result<Vec<Offer>, StoreError> {
    let view = View::open(reader)?;
    let keys = view.scan_keys(&OFFERS_BY_PRODUCT, &Scan::prefix(&product, limit))?;
    keys.iter().map(|(_, id)| view.require(&OFFERS, id)).collect()
}

/// Under which a product is found: codes that differ in case alone are the same.
pub fn code_key(code: &str) -> String {
    code.trim().to_lowercase()
}
