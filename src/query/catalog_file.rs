//! The whole catalogue as a file in JSON, piece by piece, each from a snapshot of its own: a large catalogue holds nothing up.

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
        self.stage = match self.stage {
            Stage::Start => {
                text.push_str("{\n\"sellers\": [");
                Stage::Sellers(None)
            }
            Stage::Sellers(before) => {
                let sellers = catalog::newest_sellers(reader, before, PIECE)?;
                for seller in &sellers {
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
                for product in &products {
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
                for offer in &offers {
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

    /// A seller may have come after its page was written.
    fn prefix(&self, reader: &impl Reader, id: SellerId) -> Result<String, StoreError> {
        match self.prefixes.get(&id) {
            Some(prefix) => Ok(prefix.clone()),
            None => Ok(catalog::require_seller(reader, id)?.invoice_prefix),
        }
    }
}
