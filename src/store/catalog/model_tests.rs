//! An import among other writes, against a second store in which the same import happens at once: whatever the order of staging,
//! flip, moving to the places, restarts and writes of others, every read says the same in both.

use jiff::civil::{Date, date};
use marketgate_domain::address::{CountryCode, PostalAddress};
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::terms::{Term, Terms};
use proptest::prelude::*;

use super::*;
use crate::dump::DumpOptions;
use crate::faulty::FaultyDisk;
use crate::testing::{moment, store, store_on};
use crate::{Store, StoreError};

/// The row of the last change: numbers of transactions differ where the transactions do.
const CHANGED: &str = "last = ";

#[derive(Debug, Clone)]
enum Record {
    Seller { id: u128, name: u8 },
    Product { id: u128, code: u8, name: u8 },
    Offer { id: u128, product: u128, revision: u32, day: Option<i8>, released: bool },
}

#[derive(Debug, Clone)]
enum Operation {
    /// Somebody else writes.
    Put(Record),
    Begin,
    Stage(Vec<Record>),
    Flip,
    Fold(usize),
    Supersede,
    Discard(usize),
    End,
    Restart,
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        (0_u128..3, 0_u8..3).prop_map(|(id, name)| Record::Seller { id, name }),
        (0_u128..4, 0_u8..5, 0_u8..3).prop_map(|(id, code, name)| Record::Product { id, code, name }),
        (0_u128..5, 0_u128..4, 1_u32..4, prop::option::of(1_i8..5), any::<bool>())
            .prop_map(|(id, product, revision, day, released)| Record::Offer { id, product, revision, day, released }),
    ]
}

fn bytes() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0_usize), 1 => Just(600), 1 => Just(100_000)]
}

/// Whatever comes, in any order.
fn anything() -> impl Strategy<Value = Operation> {
    use Operation::*;
    prop_oneof![
        record().prop_map(Put),
        Just(Begin),
        prop::collection::vec(record(), 1..5).prop_map(Stage),
        Just(Flip),
        bytes().prop_map(Fold),
        Just(Supersede),
        bytes().prop_map(Discard),
        Just(End),
        Just(Restart),
    ]
}

/// What comes while an import goes its road.
fn live() -> impl Strategy<Value = Operation> {
    use Operation::*;
    prop_oneof![
        4 => record().prop_map(Put),
        4 => bytes().prop_map(Fold),
        1 => Just(Supersede),
        1 => Just(End),
        1 => Just(Restart),
        1 => Just(Begin),
    ]
}

/// An import on its way, with what comes between its steps.
fn import() -> impl Strategy<Value = Vec<Operation>> {
    let stage = prop::collection::vec(record(), 1..8).prop_map(Operation::Stage);
    let stray = prop::collection::vec(anything(), 0..2);
    let lived = prop::collection::vec(live(), 0..10);
    (prop::collection::vec(stage, 1..3), stray, lived).prop_map(|(stages, stray, lived)| {
        [vec![Operation::Begin], stages, stray, vec![Operation::Flip], lived].concat()
    })
}

fn staged(record: &Record) -> Staged {
    match *record {
        Record::Seller { id, name } => Staged::Seller(seller(id, name)),
        Record::Product { id, code, name } => Staged::Product(Product {
            id: ProductId::from_value(id),
            code: format!("Code-{code}"),
            name: format!("product {name}"),
            summary: "s".to_owned(),
            description: String::new(),
            category: "c".to_owned(),
            product_type: ProductType::SaaS,
            seller: seller_of(id),
            setup: String::new(),
        }),
        Record::Offer { id, product, revision, day, released } => Staged::Offer {
            offer: Offer {
                id: OfferId::from_value(id),
                product: ProductId::from_value(product),
                seller: seller_of(id),
                name: "o".to_owned(),
                visibility: Visibility::Private { accounts: vec![AccountId::from_value(1)] },
                revision,
                availability_end_date: day.map(last_day),
                terms: Terms::new(vec![Term::Byol]).unwrap(),
                state: if released { OfferState::Released } else { OfferState::Draft },
                released_at: moment(0),
            },
            supersedes: revision > 1,
        },
    }
}

/// It never changes.
fn seller_of(id: u128) -> SellerId {
    SellerId::from_value(id % 2)
}

fn last_day(day: i8) -> Date {
    date(2026, 12, day)
}

fn seller(id: u128, name: u8) -> Seller {
    Seller {
        id: SellerId::from_value(id),
        name: format!("seller {name}"),
        legal_name: "l".to_owned(),
        address: PostalAddress {
            street: vec!["1 Street".to_owned()],
            city: "Town".to_owned(),
            state: None,
            postal_code: None,
            country: CountryCode::try_from("US".to_owned()).unwrap(),
        },
        tax_id: None,
        remit_to: RemitTo { code: None, bank_reference: None },
        invoice_prefix: format!("P{}-", id / 2 * 2),
        contact: "a@seller.example".parse().unwrap(),
        payment_terms_days: 30,
        tax_rules: Vec::new(),
    }
}

fn put(tx: &mut Tx<'_>, record: &Staged) -> Result<(), StoreError> {
    match record {
        Staged::Seller(seller) => put_seller(tx, seller),
        Staged::Product(product) => put_product(tx, product),
        Staged::Offer { offer, .. } => put_offer(tx, offer),
    }
}

/// Everything that can be asked of a catalogue.
fn seen(reader: &impl Reader) -> Result<Vec<String>, StoreError> {
    let mut seen = Vec::new();
    for limit in [1, 2, usize::MAX] {
        seen.push(format!("{:?}", sellers(reader, limit)?));
        seen.push(format!("{:?}", products(reader, limit)?));
        seen.push(format!("{:?}", offers(reader, limit)?));
        for id in [None, Some(0), Some(2), Some(9)] {
            seen.push(format!("{:?}", newest_sellers(reader, id.map(SellerId::from_value), limit)?));
            seen.push(format!("{:?}", newest_products(reader, id.map(ProductId::from_value), limit)?));
            seen.push(format!("{:?}", newest_offers(reader, id.map(OfferId::from_value), limit)?));
        }
        for product in (0..4).map(ProductId::from_value) {
            seen.push(format!("{:?}", offers_of(reader, product, limit)?));
            for id in [None, Some(0), Some(2), Some(9)] {
                seen.push(format!("{:?}", newest_offers_of(reader, product, id.map(OfferId::from_value), limit)?));
            }
        }
        for (seller, id) in [(0, None), (0, Some(2)), (1, None), (1, Some(3)), (2, None)] {
            let seller = SellerId::from_value(seller);
            seen.push(format!("{:?}", newest_products_of(reader, seller, id.map(ProductId::from_value), limit)?));
            seen.push(format!("{:?}", newest_offers_by(reader, seller, id.map(OfferId::from_value), limit)?));
        }
        for day in 1..5 {
            seen.push(format!("{:?}", offers_ended_by(reader, last_day(day), limit)?));
        }
    }
    for id in 0..5 {
        seen.push(format!("{:?}", super::seller(reader, SellerId::from_value(id))?));
        seen.push(format!("{:?}", seller_by_prefix(reader, &format!("P{id}-"))?));
        seen.push(format!("{:?}", product(reader, ProductId::from_value(id))?));
        seen.push(format!("{:?}", product_by_code(reader, &format!("cODE-{id}"))?));
        seen.push(format!("{:?}", offer(reader, OfferId::from_value(id))?));
        for revision in 1..4 {
            seen.push(format!("{:?}", offer_revision(reader, OfferId::from_value(id), revision)?));
        }
    }
    seen.push(format!("{:?}", next_end(reader)?));
    Ok(seen)
}

/// The store with imports, the one without, and what was staged.
struct World {
    disk: FaultyDisk,
    store: Option<Store>,
    plain: Store,
    staged: Vec<Staged>,
    /// When the catalogue had changed, and what was seen of it, when it was looked at last.
    known: (u64, Vec<String>),
}

impl World {
    fn new() -> Self {
        let disk = FaultyDisk::default();
        Self { store: Some(store_on(&disk)), disk, plain: store(), staged: Vec::new(), known: (u64::MAX, Vec::new()) }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn state(&self) -> Option<CatalogState> {
        self.store().read(state).unwrap()
    }

    fn run(&mut self, operation: &Operation) {
        match operation {
            Operation::Put(record) => {
                let record = staged(record);
                let done = [self.store(), &self.plain].map(|store| {
                    let record = record.clone();
                    store.transact(move |tx| put(tx, &record))
                });
                assert_eq!(done[0], done[1], "{record:?}");
            }
            Operation::Begin => {
                let was_idle = self.state().is_none();
                assert_eq!(self.store().transact(begin).is_ok(), was_idle);
                if was_idle {
                    self.staged.clear();
                }
            }
            Operation::Stage(records) => self.stage(records.iter().map(staged).collect()),
            Operation::Flip => self.flip(),
            Operation::Fold(bytes) => {
                let bytes = *bytes;
                self.store().transact(move |tx| fold(tx, bytes)).unwrap();
            }
            Operation::Supersede => self.supersede(),
            Operation::Discard(bytes) => {
                let bytes = *bytes;
                self.store().transact(move |tx| discard(tx, bytes)).unwrap();
            }
            Operation::End => drop(self.store().transact(end).unwrap()),
            Operation::Restart => {
                drop(self.store.take());
                self.store = Some(store_on(&self.disk));
            }
        }
    }

    fn stage(&mut self, records: Vec<Staged>) {
        let Some(CatalogState::Staging { generation, .. }) = self.state() else { return };
        for record in records {
            let one = record.clone();
            if self.store().transact(move |tx| stage(tx, generation, std::slice::from_ref(&one), 0)).is_ok() {
                self.staged.push(record);
            }
        }
    }

    fn flip(&mut self) {
        let Some(CatalogState::Staging { generation, disturbed }) = self.state() else { return };
        assert_eq!(self.store().transact(move |tx| flip(tx, generation)), Ok(!disturbed));
        if !disturbed {
            let records = std::mem::take(&mut self.staged);
            self.plain.transact(move |tx| records.iter().try_for_each(|record| put(tx, record))).unwrap();
        }
    }

    fn supersede(&self) {
        let Some(generation) = self.state().and_then(CatalogState::live) else { return };
        let done = self.store().transact(move |tx| {
            let offers = superseding(tx, generation, 2)?;
            offers.into_iter().try_for_each(|offer| superseded(tx, generation, offer))
        });
        done.unwrap();
    }

    fn compare(&mut self) {
        let [real, plain] = [self.store(), &self.plain].map(|store| store.read(seen).unwrap());
        assert_eq!(real, plain, "state {:?}", self.state());
        let changed = self.store().read(changed).unwrap();
        assert!(changed != self.known.0 || real == self.known.1, "it is another catalogue, and nothing tells");
        self.known = (changed, real);
        let inside = self.store().transact(|tx| seen(tx)).unwrap();
        assert_eq!(inside, plain);
    }

    /// Goes the road to its end; then nothing tells that there was an import.
    fn finish(&mut self) {
        while self.state().is_some() {
            if self.store().transact(|tx| Ok::<_, StoreError>(fold(tx, 0)?.rows + discard(tx, 0)?)).unwrap() == 0 {
                self.supersede();
                self.store().transact(end).unwrap();
            }
        }
        self.compare();
        let dumps = [self.store(), &self.plain].map(|store| {
            let options = DumpOptions { skip_empty: true, ..DumpOptions::default() };
            let dump = store.dump(&options).unwrap();
            dump.lines()
                .filter(|line| !line.contains("created_at") && !line.starts_with(CHANGED))
                .collect::<Vec<_>>()
                .join("\n")
        });
        assert_eq!(dumps[0], dumps[1]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn an_import_among_other_writes_is_seen_as_one_that_happens_at_once(
        before in prop::collection::vec(record(), 0..10),
        imports in prop::collection::vec(import(), 1..3),
    ) {
        let mut world = World::new();
        for record in before {
            world.run(&Operation::Put(record));
        }
        for operation in imports.concat() {
            world.run(&operation);
            world.compare();
        }
        world.finish();
    }
}
