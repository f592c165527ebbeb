//! An import on a bad disk: whenever the power goes, everybody sees the old catalogue or the new one, and what was acknowledged
//! as live is; the next process leads it to its end.

use marketgate_domain::id::{ProductId, SellerId};
use marketgate_domain::product::{Product, ProductType};

use super::seeds;
use crate::catalog::{self, CatalogState, Staged};
use crate::faulty::{Dice, FaultyDisk};
use crate::testing::store_on;
use crate::{Store, StoreError, StoreKind, StoreOptions};

const COUNT: u128 = 12;

fn product(id: u128, version: u64) -> Product {
    Product {
        id: ProductId::from_value(id),
        code: format!("P-{id}"),
        name: format!("version {version}"),
        summary: "s".to_owned(),
        description: "d".repeat(700),
        category: "c".to_owned(),
        product_type: ProductType::SaaS,
        seller: SellerId::from_value(1),
        setup: String::new(),
    }
}

/// The road up to the moment at which everybody sees the new version.
fn import(store: &Store, version: u64) -> Result<(), StoreError> {
    let generation = store.transact(catalog::begin)?;
    for id in 0..COUNT {
        let staged = [Staged::Product(product(id, version))];
        store.transact(move |tx| catalog::stage(tx, generation, &staged, 0))?;
    }
    store.transact(move |tx| catalog::flip(tx, generation)).map(|flipped| assert!(flipped))
}

/// What a start does: an import that is live is led to its end, another one is thrown away.
fn settle(store: &Store) -> Result<(), StoreError> {
    loop {
        let is_over = store.transact(|tx| {
            let rows = catalog::fold(tx, 1000)?.rows + catalog::discard(tx, 1000)?;
            if rows > 0 { Ok(false) } else { catalog::end(tx) }
        })?;
        if is_over {
            return Ok(());
        }
    }
}

/// The version that readers see: of all products the same.
fn seen(store: &Store, seed: u64) -> String {
    let products = store.read(|snapshot| catalog::products(snapshot, 1000)).unwrap();
    let first = products.first().map(|product| product.name.clone()).unwrap_or_default();
    assert!(products.iter().all(|product| product.name == first), "seed {seed}: an import is there by half");
    assert_eq!(products.len(), if first.is_empty() { 0 } else { 12 }, "seed {seed}");
    first
}

fn open(disk: &FaultyDisk) -> Result<Store, StoreError> {
    let options = StoreOptions { cache_bytes: 1 << 20, ..StoreOptions::new(StoreKind::Real) };
    Store::open_on(std::sync::Arc::new(disk.clone()), &options)
}

#[test]
fn an_import_is_seen_whole_or_not_at_all_whenever_the_power_goes() {
    let (mut lost, mut live) = (0, 0);
    for seed in seeds(40) {
        let mut dice = Dice::new(seed);
        let disk = FaultyDisk::default();
        drop(store_on(&disk));
        let (mut promised, mut tried) = (String::new(), Vec::new());
        for version in 1..5 {
            disk.cut_power_at_sync(dice.roll(70));
            if let Ok(store) = open(&disk)
                && settle(&store).is_ok()
            {
                tried.push(format!("version {version}"));
                if import(&store, version).is_ok() {
                    promised = format!("version {version}");
                    settle(&store).ok();
                }
            }
            disk.restart(&mut dice);
            let store = open(&disk).unwrap();
            let found = seen(&store, seed);
            assert!(found == promised || tried.last() == Some(&found), "seed {seed}: {found}, promised {promised}");
            match store.read(catalog::state).unwrap() {
                Some(CatalogState::Live { .. }) => live += 1,
                Some(CatalogState::Staging { .. }) => lost += 1,
                None => {}
            }
            settle(&store).unwrap();
            assert_eq!(seen(&store, seed), found);
            promised = found;
            let report = store.check();
            assert!(report.problems.is_empty(), "seed {seed}: {:?}", report.problems);
            let left = report.tables.iter().filter(|table| table.name.starts_with("staged_") && table.rows > 0);
            assert_eq!(left.count(), 0, "seed {seed}");
            store.close().ok();
            drop(store);
        }
    }
    assert!(lost > 0 && live > 0, "no power cut while staging ({lost}) or while moving ({live}): nothing is proven");
}
