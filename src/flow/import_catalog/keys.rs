//! The first walk over a file: which records it has, and under which identifiers they are or will be stored.

use std::collections::HashMap;

use marketgate_domain::id::{OfferId, ProductId, SellerId};
use marketgate_store::{Reader, StoreError, catalog};

use super::plan::FaultList;
use crate::interchange::catalog::file::{FileFault, Place, Record, Sink};
use crate::random::Random;

/// What identifies the records of a file.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// By invoice prefix.
    sellers: HashMap<String, (SellerId, u64)>,
    /// Places in `listed`, by code in lower case.
    products: HashMap<String, usize>,
    listed: Vec<ProductKey>,
    /// The lines of offers.
    offers: HashMap<OfferId, u64>,
    /// How many records there are.
    pub(super) records: u64,
}

#[derive(Debug)]
struct ProductKey {
    code: String,
    prefix: String,
    line: u64,
    id: ProductId,
    seller: Option<SellerId>,
}

/// Takes the keys of what is read.
pub(super) struct KeySink<'a> {
    pub(super) text: &'a str,
    pub(super) keys: &'a mut Keys,
    pub(super) faults: &'a mut FaultList,
    /// Told how many bytes are read.
    pub(super) read: &'a dyn Fn(usize),
}

impl Sink for KeySink<'_> {
    fn record(&mut self, place: Place, record: Record) {
        (self.read)(place.offset);
        self.keys.records += 1;
        let twice = match &record {
            Record::Seller(seller) => {
                let entry = (SellerId::from_value(0), place.line);
                let before = self.keys.sellers.insert(seller.invoice_prefix.clone(), entry);
                before.map(|(_, line)| ("invoice_prefix", line))
            }
            Record::Product(product) => {
                self.keys.list(product.code(), &product.seller, &place).map(|line| ("code", line))
            }
            Record::Offer(offer) => self.keys.offers.insert(offer.id, place.line).map(|line| ("key", line)),
        };
        if let Some((field, line)) = twice {
            let detail = format!("the same stands on line {line} already");
            self.faults.add(place.fault(self.text, &record, field, detail));
        }
    }

    fn fault(&mut self, fault: FileFault) {
        self.faults.add(fault);
    }
}

/// Keys that are looked up in one snapshot.
const LOOKED_UP: usize = 512;

impl Keys {
    /// Lists a product; the line on which it stands already, if it does.
    fn list(&mut self, code: &str, prefix: &str, place: &Place) -> Option<u64> {
        let code = catalog::code_key(code);
        let before = self.products.insert(code.clone(), self.listed.len());
        let (id, seller) = (ProductId::from_value(0), None);
        self.listed.push(ProductKey { code, prefix: prefix.to_owned(), line: place.line, id, seller });
        before.and_then(|before| self.listed.get(before)).map(|before| before.line)
    }

    /// Gives every record the identifier that it is stored under, or a new one. `read` reads from a snapshot.
    pub(super) fn resolve(&mut self, store: &marketgate_store::Store, random: &Random) -> Result<(), StoreError> {
        let stored_seller = |prefix: &str| store.read(|snapshot| catalog::seller_id(snapshot, prefix));
        for (prefix, (id, _)) in &mut self.sellers {
            *id = stored_seller(prefix)?.unwrap_or_else(|| SellerId::new(random.uuid()));
        }
        let mut known: HashMap<String, Option<SellerId>> = HashMap::new();
        for part in self.listed.chunks_mut(LOOKED_UP) {
            let ids = store.read(|snapshot| {
                part.iter().map(|key| catalog::product_id(snapshot, &key.code)).collect::<Result<Vec<_>, StoreError>>()
            })?;
            for (key, id) in part.iter_mut().zip(ids) {
                key.id = id.unwrap_or_else(|| ProductId::new(random.uuid()));
                key.seller = match (self.sellers.get(&key.prefix), known.get(&key.prefix)) {
                    (Some((id, _)), _) => Some(*id),
                    (None, Some(known)) => *known,
                    (None, None) => *known.entry(key.prefix.clone()).or_insert(stored_seller(&key.prefix)?),
                };
            }
        }
        Ok(())
    }

    /// The identifier of a seller in the file.
    pub(super) fn seller(&self, prefix: &str) -> Option<SellerId> {
        self.sellers.get(prefix).map(|(id, _)| *id)
    }

    /// The identifier of a product in the file, and that of its seller.
    pub(super) fn product(&self, code: &str) -> Option<(ProductId, Option<SellerId>)> {
        let place = self.products.get(&catalog::code_key(code))?;
        self.listed.get(*place).map(|key| (key.id, key.seller))
    }

    /// The product of an offer, in the file or in the marketplace, and its seller.
    pub(super) fn sold(
        &self,
        reader: &impl Reader,
        code: &str,
    ) -> Result<Option<(ProductId, Option<SellerId>)>, StoreError> {
        match self.product(code) {
            Some(found) => Ok(Some(found)),
            None => Ok(catalog::product_by_code(reader, code)?.map(|product| (product.id, Some(product.seller)))),
        }
    }
}
