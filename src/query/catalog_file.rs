//! The whole catalogue as a file in JSON, piece by piece, each from a snapshot of its own: a large catalogue holds nothing up.
//!
//! What is entered while the file is written is left out with all that refers to it, so that the file can always be imported: whatever
//! a record in it names is in it too. Identifiers are drawn in order, so the newest ones at the start are the bound.

use std::collections::HashMap;

use marketgate_domain::id::{OfferId, ProductId, SellerId};
use marketgate_store::{Reader, StoreError, catalog};
use serde::Serialize;

use crate::interchange::catalog::offer::OfferRecord;
use crate::interchange::catalog::product::ProductRecord;
use crate::interchange::catalog::seller::SellerRecord;

/// Records of one piece.
const PIECE: usize = 500;

/// How far an export is. Newest records come first, each on a line of its own.
#[derive(Debug, Clone, Default)]
pub struct Export {
    stage: Stage,
    /// The newest seller and the newest product when the export began.
    bounds: (Option<SellerId>, Option<ProductId>),
    /// Invoice prefixes by seller, once they are known.
    prefixes: HashMap<SellerId, String>,
    /// Whether the list has a record already.
    is_begun: bool,
}

#[derive(Debug, Clone, Copy, Default)]
enum Stage {
    #[default]
    Start,
    Sellers(Option<SellerId>),
    Products(Option<ProductId>),
    Offers(Option<OfferId>),
    Done,
}

/// A piece of the file.
#[derive(Debug)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// What follows.
    pub rest: Export,
}

impl Export {
    /// The next piece; nothing at the end.
    ///
    /// # Errors
    /// The store's.
    pub fn next(mut self, reader: &impl Reader) -> Result<Option<Piece>, StoreError> {
        let mut text = String::new();
        let (newest_seller, newest_product) = self.bounds;
        self.stage = match self.stage {
            Stage::Start => {
                text.push_str("{\n\"sellers\": [");
                let newest_seller = catalog::newest_sellers(reader, None, 1)?.pop().map(|seller| seller.id);
                let newest_product = catalog::newest_products(reader, None, 1)?.pop().map(|product| product.id);
                self.bounds = (newest_seller, newest_product);
                Stage::Sellers(None)
            }
            Stage::Sellers(before) => {
                let sellers = catalog::newest_sellers(reader, before, PIECE)?;
                for seller in sellers.iter().filter(|seller| Some(seller.id) <= newest_seller) {
                    self.line(&mut text, &SellerRecord::from(seller));
                    self.prefixes.insert(seller.id, seller.invoice_prefix.clone());
                }
                match sellers.last().map(|seller| seller.id) {
                    Some(last) => Stage::Sellers(Some(last)),
                    None => self.list(&mut text, "products", Stage::Products(None)),
                }
            }
            Stage::Products(before) => {
                let products = catalog::newest_products(reader, before, PIECE)?;
                for product in products.iter().filter(|product| Some(product.id) <= newest_product) {
                    let prefix = self.prefix(reader, product.seller)?;
                    self.line(&mut text, &ProductRecord::new(product, &prefix));
                }
                match products.last().map(|product| product.id) {
                    Some(last) => Stage::Products(Some(last)),
                    None => self.list(&mut text, "offers", Stage::Offers(None)),
                }
            }
            Stage::Offers(before) => {
                let offers = catalog::newest_offers(reader, before, PIECE)?;
                for offer in offers.iter().filter(|offer| Some(offer.product) <= newest_product) {
                    let product = catalog::require_product(reader, offer.product)?;
                    self.line(&mut text, &OfferRecord::new(offer, &product.code));
                }
                if let Some(last) = offers.last().map(|offer| offer.id) {
                    Stage::Offers(Some(last))
                } else {
                    text.push_str("\n]\n}\n");
                    Stage::Done
                }
            }
            Stage::Done => return Ok(None),
        };
        Ok(Some(Piece { text, rest: self }))
    }

    fn line(&mut self, text: &mut String, record: &impl Serialize) {
        text.push_str(if self.is_begun { ",\n  " } else { "\n  " });
        // Records have a JSON form: everything in them is text and numbers.
        text.push_str(&serde_json::to_string(record).unwrap_or_default());
        self.is_begun = true;
    }

    fn list(&mut self, text: &mut String, name: &str, stage: Stage) -> Stage {
        text.push_str(&format!("\n],\n\"{name}\": ["));
        self.is_begun = false;
        stage
    }

    /// The sellers come first, so it is known from their list.
    fn prefix(&self, reader: &impl Reader, id: SellerId) -> Result<String, StoreError> {
        match self.prefixes.get(&id) {
            Some(prefix) => Ok(prefix.clone()),
            None => Ok(catalog::require_seller(reader, id)?.invoice_prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interchange::catalog::file::{FileFault, Place, Record, Sink, read_json};
    use crate::web::api::site::Site;
    use marketgate_domain::offer::Offer;
    use marketgate_domain::product::Product;
    use marketgate_domain::seller::Seller;

    fn finish(site: &Site, mut walk: Export, mut text: String) -> String {
        while let Some(piece) = site.context.store.read(|snapshot| walk.clone().next(snapshot)).unwrap() {
            text.push_str(&piece.text);
            walk = piece.rest;
        }
        text
    }

    #[derive(Default)]
    struct Read {
        sellers: Vec<Seller>,
        products: Vec<Product>,
        offers: Vec<Offer>,
        stored: HashMap<OfferId, Offer>,
    }

    impl Read {
        fn of(site: &Site, text: &str) -> Self {
            let stored = site.context.store.read(|snapshot| catalog::offers(snapshot, 1000)).unwrap();
            let stored = stored.into_iter().map(|offer| (offer.id, offer)).collect();
            let mut read = Self { stored, ..Self::default() };
            read_json(text, &mut read);
            read
        }
    }

    impl Sink for Read {
        fn record(&mut self, _place: Place, record: Record) {
            match record {
                Record::Seller(seller) => self.sellers.push(*seller),
                Record::Product(product) => {
                    assert!(self.sellers.iter().any(|seller| seller.invoice_prefix == product.seller));
                    let (id, seller) = (ProductId::from_value(0), SellerId::from_value(0));
                    self.products.push((*product).identified(id, seller));
                }
                Record::Offer(offer) => {
                    assert!(self.products.iter().any(|product| product.code == offer.product), "{}", offer.product);
                    let was = self.stored[&offer.id].clone();
                    let (name, terms, state) = (offer.name, offer.terms, offer.state);
                    let (visibility, availability_end_date) = (offer.visibility, offer.availability_end_date);
                    self.offers.push(Offer { name, terms, state, visibility, availability_end_date, ..was });
                }
            }
        }

        fn fault(&mut self, fault: FileFault) {
            panic!("{fault}");
        }
    }

    #[actix_web::test]
    async fn what_is_exported_is_read_as_what_is_stored() {
        let site = Site::furnished().await;
        let read = Read::of(&site, &finish(&site, Export::default(), String::new()));
        let (sellers, products, offers) = site
            .context
            .store
            .read(|snapshot| {
                let products = catalog::newest_products(snapshot, None, 1000)?;
                Ok::<_, StoreError>((
                    catalog::newest_sellers(snapshot, None, 1000)?,
                    products,
                    catalog::newest_offers(snapshot, None, 1000)?,
                ))
            })
            .unwrap();
        let zero = SellerId::from_value(0);
        let sellers: Vec<Seller> = sellers.into_iter().map(|seller| Seller { id: zero, ..seller }).collect();
        let id = ProductId::from_value(0);
        let products: Vec<Product> = products.into_iter().map(|p| Product { id, seller: zero, ..p }).collect();
        assert_eq!((read.sellers, read.products), (sellers, products));
        assert!(read.offers == offers && offers.len() > 30);
    }

    #[actix_web::test]
    async fn what_is_entered_meanwhile_is_left_out_with_all_that_refers_to_it() {
        let site = Site::seeded().await;
        let before = finish(&site, Export::default(), String::new());
        let first = site.context.store.read(|snapshot| Export::default().next(snapshot)).unwrap().unwrap();
        let (seller, product, offer) = (
            SellerId::new(site.context.random.uuid()),
            ProductId::new(site.context.random.uuid()),
            OfferId::new(site.context.random.uuid()),
        );
        let entered = site.context.store.transact(move |tx| -> Result<(), StoreError> {
            let of = catalog::sellers(tx, 1)?.remove(0);
            catalog::put_seller(tx, &Seller { id: seller, invoice_prefix: "NEW-".into(), ..of })?;
            let of = catalog::products(tx, 1)?.remove(0);
            catalog::put_product(tx, &Product { id: product, seller, code: "new".into(), ..of })?;
            let of = catalog::offers(tx, 1)?.remove(0);
            catalog::put_offer(tx, &Offer { id: offer, product, seller, ..of })
        });
        entered.unwrap();
        assert_eq!(finish(&site, first.rest, first.text), before);
        let after = finish(&site, Export::default(), String::new());
        Read::of(&site, &after);
        assert!(after.contains("\"NEW-\"") && after.contains(&offer.to_string()));
    }
}
