//! The catalogue in memory, for those who look at all of it: a page of the store counts every facet over every product.
//!
//! Read once and kept until it changes; the number of the last transaction that changed it tells. So a look costs no reading and no
//! decoding, and nothing but the snapshot that somebody looks at decides what is seen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use marketgate_domain::id::{ProductId, SellerId};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use marketgate_store::{Reader, StoreError, catalog};

/// A product with everything that is sold of it, whoever may see it. Long texts are left out, or they would fill the memory: whoever
/// shows or agrees to something reads it from the store.
#[derive(Debug)]
pub struct Shelved {
    /// The product, without description and set-up.
    pub product: Product,
    /// Its seller.
    pub seller: Arc<Seller>,
    /// Its offers in their newest revisions, without the texts of documents; private ones first, then by name.
    pub offers: Vec<Offer>,
    /// All texts that are searched, in lower case.
    pub words: String,
}

/// The whole catalogue, by name.
pub type Shelf = Arc<Vec<Shelved>>;

/// Keeps the catalogue that was read last.
#[derive(Debug, Default)]
pub struct CatalogueKeeper {
    kept: Mutex<Option<(u64, Shelf)>>,
}

impl CatalogueKeeper {
    /// The catalogue as that reader sees it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn shelf(&self, reader: &impl Reader) -> Result<Shelf, StoreError> {
        let changed = catalog::changed(reader)?;
        // Held while it is read: who comes meanwhile wants the same, and reading it twice at once helps nobody.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, shelf)) = kept.as_ref()
            && *known == changed
        {
            return Ok(shelf.clone());
        }
        let shelf = Arc::new(read(reader)?);
        // A reader with an older snapshot takes away nothing that is newer.
        if kept.as_ref().is_none_or(|(known, _)| *known < changed) {
            *kept = Some((changed, shelf.clone()));
        }
        Ok(shelf)
    }
}

fn read(reader: &impl Reader) -> Result<Vec<Shelved>, StoreError> {
    let sellers = catalog::sellers(reader, usize::MAX)?.into_iter();
    let sellers: HashMap<SellerId, Arc<Seller>> = sellers.map(|seller| (seller.id, Arc::new(seller))).collect();
    let mut offers: HashMap<ProductId, Vec<Offer>> = HashMap::new();
    for offer in catalog::offers(reader, usize::MAX)? {
        let terms = offer.terms.without_document_texts();
        offers.entry(offer.product).or_default().push(Offer { terms, ..offer });
    }
    let mut shelf: Vec<Shelved> = catalog::products(reader, usize::MAX)?
        .into_iter()
        .filter_map(|product| {
            let seller = sellers.get(&product.seller)?.clone();
            let offers = sorted(offers.remove(&product.id)?);
            let Product { name, summary, description, category, code, .. } = &product;
            let words = [name, summary, description, category, code, &seller.name].map(|text| text.to_lowercase());
            let words = words.join("\n");
            let product = Product { description: String::new(), setup: String::new(), ..product };
            Some(Shelved { product, seller, offers, words })
        })
        .collect();
    shelf.sort_by(|a, b| a.product.name.cmp(&b.product.name));
    Ok(shelf)
}

/// Private ones first, then by name.
pub(super) fn sorted(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by(|a, b| b.is_private().cmp(&a.is_private()).then_with(|| a.name.cmp(&b.name)));
    offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::api::site::Site;

    fn look(keeper: &CatalogueKeeper, site: &Site) -> Shelf {
        site.context.store.read(|snapshot| keeper.shelf(snapshot)).unwrap()
    }

    #[actix_web::test]
    async fn it_is_read_once_until_it_changes() {
        let (site, keeper) = (Site::seeded().await, CatalogueKeeper::default());
        let first = look(&keeper, &site);
        assert!(Arc::ptr_eq(&first, &look(&keeper, &site)));
        let id = first[0].product.id;
        let mut product = site.context.store.read(|snapshot| catalog::require_product(snapshot, id)).unwrap();
        product.name = "0 renamed".to_owned();
        site.context.store.transact(move |tx| catalog::put_product(tx, &product)).unwrap();
        let second = look(&keeper, &site);
        assert_eq!(second[0].product.name, "0 renamed");
        assert!(second[0].words.starts_with("0 renamed\n"));
    }

    #[actix_web::test]
    async fn long_texts_are_searched_but_not_kept_twice_or_without_need() {
        let (site, keeper) = (Site::seeded().await, CatalogueKeeper::default());
        for shelved in look(&keeper, &site).iter() {
            let id = shelved.product.id;
            let stored = site.context.store.read(|snapshot| catalog::require_product(snapshot, id)).unwrap();
            assert!(shelved.words.contains(&stored.description.to_lowercase()));
            assert!(shelved.product.description.is_empty() && shelved.product.setup.is_empty());
            let documents = shelved.offers.iter().flat_map(|offer| offer.terms.legal_documents());
            assert!(documents.clone().all(|document| document.text.is_empty() && !document.title.is_empty()));
        }
    }

    #[actix_web::test]
    async fn who_looks_at_an_older_snapshot_sees_the_older_catalogue_and_takes_away_nothing() {
        let (site, keeper) = (Site::seeded().await, CatalogueKeeper::default());
        let before = look(&keeper, &site)[0].product.clone();
        let store = site.context.store.clone();
        let renamed = Product { name: "0 renamed".to_owned(), ..before.clone() };
        let seen = site.context.store.read(|snapshot| -> Result<_, StoreError> {
            let renamed = renamed.clone();
            store.transact(move |tx| catalog::put_product(tx, &renamed))?;
            let newest = store.read(|newer| keeper.shelf(newer))?;
            Ok((newest, keeper.shelf(snapshot)?))
        });
        let (newest, older) = seen.unwrap();
        assert_eq!((&*newest[0].product.name, &older[0].product), ("0 renamed", &before));
        assert!(Arc::ptr_eq(&newest, &look(&keeper, &site)));
    }
}
