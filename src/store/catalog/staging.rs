//! The road of an import through the store: begin, stage, flip, fold; or begin, stage, discard.
//!
//! What is staged is seen by nobody. [`flip`] writes one small row, and from that commit on every reader sees the whole new
//! catalogue. [`fold`] then moves the staged rows into their places, some at a time, which no reader notices; a process that dies
//! in between goes on from the state that it finds. Anybody else's write while an import stages marks it as disturbed: it was
//! decided on what is no longer so, and does not become live.

use std::ops::Bound;

use marketgate_domain::id::OfferId;
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use serde::{Deserialize, Serialize};

use super::shelf::{Shelf, TABLES, unstaged};
use super::{write_offer, write_product, write_seller};
use crate::error::StoreError;
use crate::reader::{ReadBytes, Reader};
use crate::scan::{RawScan, Scan};
use crate::schema::{CATALOG_CHANGED, CATALOG_STATE, OFFERS, OFFERS_TO_SUPERSEDE, PRODUCTS, SELLERS};
use crate::tx::Tx;

const STATE: &str = "import";

const LAST: &str = "last";

/// Where an import stands. No row: none is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum CatalogState {
    /// Rows are being staged, and nobody sees them.
    Staging {
        /// Of this generation.
        generation: u64,
        /// Whether somebody else has changed the catalogue since it began.
        disturbed: bool,
    },
    /// Everybody sees the staged rows; they are being moved to their places.
    Live {
        /// Of this generation.
        generation: u64,
    },
}

impl CatalogState {
    /// The generation.
    pub fn generation(self) -> u64 {
        match self {
            Self::Staging { generation, .. } | Self::Live { generation } => generation,
        }
    }

    /// The generation, if everybody sees it.
    pub fn live(self) -> Option<u64> {
        match self {
            Self::Live { generation } => Some(generation),
            Self::Staging { .. } => None,
        }
    }
}

/// What an import stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Staged {
    /// A seller.
    Seller(Seller),
    /// A product.
    Product(Product),
    /// An offer in its newest revision.
    Offer {
        /// The offer.
        offer: Offer,
        /// Whether requests may wait on an older revision.
        supersedes: bool,
    },
}

/// Where an import stands, if one is under way.
pub fn state(reader: &impl Reader) -> Result<Option<CatalogState>, StoreError> {
    reader.get(&CATALOG_STATE, &STATE.to_owned())
}

/// The number of the last transaction that changed what readers see of the catalogue; 0 if none did. While it stays the same, so does the
/// catalogue.
pub fn changed(reader: &impl Reader) -> Result<u64, StoreError> {
    Ok(reader.get(&CATALOG_CHANGED, &LAST.to_owned())?.unwrap_or(0))
}

pub(super) fn note_change(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    let number = tx.commit_seq().0;
    tx.put(&CATALOG_CHANGED, &LAST.to_owned(), &number)
}

pub(super) fn put_state(tx: &mut Tx<'_>, state: &CatalogState) -> Result<(), StoreError> {
    tx.put(&CATALOG_STATE, &STATE.to_owned(), state)
}

/// Begins an import and gives it its generation; [`StoreError::Exists`] while another one is under way.
pub fn begin(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    let generation = tx.commit_seq().0;
    let state = CatalogState::Staging { generation, disturbed: false };
    tx.insert_new(&CATALOG_STATE, &STATE.to_owned(), &state)?;
    Ok(generation)
}

/// Stages records until about so many bytes are written, one at least; answers how many it took. [`StoreError::Missing`] if the
/// generation is not the one that is being staged.
pub fn stage(tx: &mut Tx<'_>, generation: u64, records: &[Staged], bytes: usize) -> Result<usize, StoreError> {
    require_staging(tx, generation)?;
    for (before, record) in records.iter().enumerate() {
        if before > 0 && tx.changed_bytes() >= bytes {
            return Ok(before);
        }
        let mut shelf = Shelf::staging(tx, generation);
        match record {
            Staged::Seller(seller) => write_seller(&mut shelf, seller)?,
            Staged::Product(product) => write_product(&mut shelf, product)?,
            Staged::Offer { offer, supersedes } => {
                write_offer(&mut shelf, offer)?;
                if *supersedes {
                    tx.put(&OFFERS_TO_SUPERSEDE, &(generation, offer.id), &())?;
                }
            }
        }
    }
    Ok(records.len())
}

/// Lets everybody see what was staged. False, and nothing is changed, if somebody else has changed the catalogue meanwhile.
pub fn flip(tx: &mut Tx<'_>, generation: u64) -> Result<bool, StoreError> {
    let disturbed = require_staging(tx, generation)?;
    if !disturbed {
        put_state(tx, &CatalogState::Live { generation })?;
        note_change(tx)?;
    }
    Ok(!disturbed)
}

/// Whether the generation that is being staged was disturbed.
fn require_staging(reader: &impl Reader, generation: u64) -> Result<bool, StoreError> {
    match state(reader)? {
        Some(CatalogState::Staging { generation: staging, disturbed }) if staging == generation => Ok(disturbed),
        _ => Err(StoreError::Missing { table: CATALOG_STATE.name(), key: format!("generation {generation}") }),
    }
}

/// What [`fold`] has moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// Rows of all tables.
    pub rows: usize,
    /// Sellers, products and offers among them.
    pub records: usize,
}

/// Moves staged rows of the live generation to their places until about so many bytes are written. None left: [`superseding`], then
/// [`end`].
pub fn fold(tx: &mut Tx<'_>, bytes: usize) -> Result<Moved, StoreError> {
    let Some(generation) = state(tx)?.and_then(CatalogState::live) else { return Ok(Moved::default()) };
    let mut records = 0;
    let rows = each_staged(tx, generation, bytes, |tx, base, key, staged| {
        records += usize::from([SELLERS.name(), PRODUCTS.name(), OFFERS.name()].contains(&base));
        let own = key.get(size_of::<u64>()..).unwrap_or_default();
        match staged {
            Some(row) => tx.put_bytes(base, own, row),
            None => tx.delete_bytes(base, own),
        }
    })?;
    Ok(Moved { rows, records })
}

/// Deletes staged rows of the generation that is being staged until about so many bytes are written; answers how many it deleted.
/// It cannot become live any more. None left: [`end`].
pub fn discard(tx: &mut Tx<'_>, bytes: usize) -> Result<usize, StoreError> {
    let Some(CatalogState::Staging { generation, disturbed }) = state(tx)? else { return Ok(0) };
    if !disturbed {
        put_state(tx, &CatalogState::Staging { generation, disturbed: true })?;
    }
    let rows = each_staged(tx, generation, bytes, |_, _, _, _| {})?;
    let offers = superseding(tx, generation, PAGE)?;
    for offer in &offers {
        superseded(tx, generation, *offer)?;
    }
    Ok(rows + offers.len())
}

/// Rows that are looked at together.
const PAGE: usize = 64;

/// Rows that one transaction moves at most: small ones cost time as well.
const MOST_ROWS: usize = 512;

/// Takes staged rows away, and hands each to `act`.
fn each_staged(
    tx: &mut Tx<'_>,
    generation: u64,
    bytes: usize,
    mut act: impl FnMut(&mut Tx<'_>, &'static str, &[u8], Option<Vec<u8>>),
) -> Result<usize, StoreError> {
    let mut done = 0;
    for (base, staged) in TABLES {
        let mut scan = rows_of(generation, PAGE);
        loop {
            let rows = tx.scan_bytes(staged, &scan)?;
            let Some((last, _)) = rows.last() else { break };
            scan.lower = Bound::Excluded(last.clone());
            for (key, value) in rows {
                if done > 0 && (tx.changed_bytes() >= bytes || done >= MOST_ROWS) {
                    return Ok(done);
                }
                let row = unstaged(staged, &key, &value)?;
                act(tx, base, &key, row);
                tx.delete_bytes(staged, &key);
                done += 1;
            }
        }
    }
    Ok(done)
}

/// Staged rows of a generation, in any of their tables.
fn rows_of(generation: u64, limit: usize) -> RawScan {
    RawScan::prefix(generation.to_be_bytes().to_vec(), limit)
}

/// Offers of which requests on older revisions are still to be superseded, at most so many.
pub fn superseding(reader: &impl Reader, generation: u64, limit: usize) -> Result<Vec<OfferId>, StoreError> {
    let keys = reader.scan_keys(&OFFERS_TO_SUPERSEDE, &Scan::prefix(&generation, limit))?;
    Ok(keys.into_iter().map(|(_, offer)| offer).collect())
}

/// Notes that the requests on older revisions of an offer are superseded.
pub fn superseded(tx: &mut Tx<'_>, generation: u64, offer: OfferId) -> Result<(), StoreError> {
    tx.delete(&OFFERS_TO_SUPERSEDE, &(generation, offer)).map(drop)
}

/// Ends the import once nothing staged is left of it; false if something is.
pub fn end(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let Some(generation) = state(tx)?.map(CatalogState::generation) else { return Ok(true) };
    for (_, staged) in TABLES {
        if !tx.scan_bytes(staged, &rows_of(generation, 1))?.is_empty() {
            return Ok(false);
        }
    }
    if !superseding(tx, generation, 1)?.is_empty() {
        return Ok(false);
    }
    tx.delete(&CATALOG_STATE, &STATE.to_owned())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use marketgate_domain::id::ProductId;

    use super::*;
    use crate::reader::ReadBytes;
    use crate::schema::{CATALOG_STATE, PRODUCTS_BY_CODE, STAGED_OFFERS_ENDING, STAGED_PRODUCTS_BY_CODE};
    use crate::testing::{golden, store};

    #[test]
    fn the_stored_form_is_as_it_was() {
        let state = CatalogState::Staging { generation: 7, disturbed: true };
        golden(&CATALOG_STATE, STATE.to_owned(), &state, r#"{"phase":"staging","generation":7,"disturbed":true}"#);
        let state = CatalogState::Live { generation: 7 };
        golden(&CATALOG_STATE, STATE.to_owned(), &state, r#"{"phase":"live","generation":7}"#);
        let id = ProductId::from_value(9);
        let key = (7, "code".to_owned());
        golden(&STAGED_PRODUCTS_BY_CODE, key, &vec![id], r#"["prd-00000000000000000000000000000009"]"#);
    }

    #[test]
    fn a_staged_row_is_a_list_of_the_record_that_it_will_be() {
        let staged = store().transact(|tx| {
            let mut shelf = Shelf::staging(tx, 7);
            shelf.put(&PRODUCTS_BY_CODE, &"code".to_owned(), &ProductId::from_value(9))?;
            let gone = (jiff::civil::date(2026, 1, 1), OfferId::from_value(1));
            shelf.delete(&crate::schema::OFFERS_ENDING, &gone)?;
            assert!(tx.read_bytes(PRODUCTS_BY_CODE.name(), b"code\0\x01")?.is_none());
            Ok::<_, StoreError>((
                tx.get(&STAGED_PRODUCTS_BY_CODE, &(7, "code".to_owned()))?,
                tx.get(&STAGED_OFFERS_ENDING, &(7, gone))?,
            ))
        });
        assert_eq!(staged, Ok((Some(vec![ProductId::from_value(9)]), Some(Vec::new()))));
    }

    #[test]
    fn one_import_at_a_time_and_only_the_one_that_stages() {
        let store = store();
        let generation = store.transact(begin).unwrap();
        assert!(matches!(store.transact(begin), Err(StoreError::Exists { .. })));
        let stray = store.transact(move |tx| stage(tx, generation + 1, &[], 0));
        assert!(matches!(stray, Err(StoreError::Missing { .. })));
        assert_eq!(store.transact(move |tx| flip(tx, generation)), Ok(true));
        assert!(
            store.transact(move |tx| stage(tx, generation, &[], 0)).is_err(),
            "what is live is not staged any more"
        );
        assert_eq!(store.transact(end), Ok(true));
        assert!(store.transact(begin).unwrap() > generation);
    }
}
