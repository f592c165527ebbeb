//! The work of a marketplace on a bad disk: orders that come more than once, each with its document, its record, its audit
//! record, its memory and an invoice on its way, all in one commit.

use std::collections::BTreeMap;

use marketgate_domain::event::{Actor, Attempt, AuditRecord, OutboxIntent, OutboxState, Payload};
use marketgate_domain::id::{ConnectionId, InvoiceId, MessageId, OrganizationId, OutboxId, PurchaseOrderId};
use marketgate_domain::purchase_order::PurchaseOrder;

use super::seeds;
use crate::faulty::{Dice, FaultyDisk};
use crate::inbox::{self, Consulted, InboxRequest, OrderIdentity, StoredAnswer};
use crate::reader::Reader;
use crate::schema::{AUDIT, INBOX_ORDERS, ORDERS, OUTBOX};
use crate::testing::moment;
use crate::{Scan, Store, StoreError, StoreKind, StoreOptions, Tx, audit, orders, outbox};

const ORGANIZATION: OrganizationId = OrganizationId::from_value(1);
const CONNECTION: ConnectionId = ConnectionId::from_value(2);

/// The world outside: what it was promised, what it received.
#[derive(Default)]
struct World {
    /// The answers to each order.
    answers: BTreeMap<u64, Vec<String>>,
    /// How often the invoice of each order left.
    invoices: BTreeMap<u64, u32>,
    orders: u64,
    refused: u32,
}

impl World {
    /// An order comes, often not for the first time.
    fn send_order(&mut self, store: &Store, dice: &mut Dice) {
        let is_new = self.orders == 0 || dice.roll(3) > 0;
        self.orders += u64::from(is_new);
        let number = if is_new { self.orders } else { 1 + dice.roll(self.orders) };
        let payload_id = format!("{number}.{}@buyer", dice.roll(2));
        let filling = usize::try_from(dice.roll(3000)).unwrap();
        let document = document(number);
        let kept = store.messages().append(document, &vec![7; 500]);
        let answered =
            kept.and_then(|()| store.transact(move |tx| receive(tx, number, &payload_id, document, filling)));
        match answered {
            Ok(answer) => self.answers.entry(number).or_default().push(answer),
            Err(_) => self.refused += 1,
        }
    }

    /// The worker takes what is due; once that is committed the bytes leave.
    fn deliver(&mut self, store: &Store) {
        let Ok(claimed) = store.transact(|tx| outbox::claim_due(tx, moment(9), 3, 3)) else { return };
        for message in claimed {
            let id = message.intent.id;
            *self.invoices.entry(u64::try_from(id.value()).unwrap()).or_default() += 1;
            let (at, answer) = (moment(9), "OK".to_owned());
            let attempt = Attempt {
                at,
                duration_ms: 1,
                transport_status: Some(200),
                cxml_status: Some(200),
                answer,
                in_doubt: false,
            };
            // Where this fails the message stays as it is, until somebody finds out.
            drop(store.transact(move |tx| outbox::delivered(tx, id, attempt.clone())));
        }
    }

    /// Every order is there with everything or not at all, the promised ones are, and no invoice left twice.
    fn compare(&self, store: &Store, seed: u64) {
        let problems = store.check().problems;
        assert!(problems.is_empty(), "seed {seed}: {problems:?}");
        let all = Scan::all(100_000);
        let found = store.read(|snapshot| -> Result<_, StoreError> {
            let audited = snapshot.scan(&AUDIT, &Scan::all(100_000))?.into_iter().map(|(_, row)| row.subject);
            let remembered = snapshot.scan(&INBOX_ORDERS, &Scan::all(100_000))?;
            let leaving = snapshot.scan(&OUTBOX, &Scan::all(100_000))?;
            Ok((snapshot.scan(&ORDERS, &all)?, audited.collect::<Vec<_>>(), remembered, leaving))
        });
        let (orders, audited, remembered, leaving) = found.unwrap();
        let numbers: Vec<u64> = orders.iter().map(|(_, order)| order.number.trim_end().parse().unwrap()).collect();
        let in_order = |mut numbers: Vec<u64>| {
            numbers.sort_unstable();
            numbers
        };
        let whole = in_order(numbers);
        assert_eq!(in_order(audited.iter().map(|subject| subject.parse().unwrap()).collect()), whole, "seed {seed}");
        let answered: BTreeMap<u64, String> = remembered
            .into_iter()
            .map(|((_, number, _, _), row)| (number.parse().unwrap(), row.answer.content))
            .collect();
        assert_eq!(answered.keys().copied().collect::<Vec<_>>(), whole, "seed {seed}: remembered");
        assert_eq!(leaving.iter().map(|(id, _)| u64::try_from(id.value()).unwrap()).collect::<Vec<_>>(), whole);
        for number in &whole {
            assert!(store.messages().read(document(*number)).unwrap().is_some(), "seed {seed}: document of {number}");
        }
        for (number, answers) in &self.answers {
            let recorded = answered.get(number).unwrap_or_else(|| panic!("seed {seed}: order {number} is gone"));
            assert!(answers.iter().all(|answer| answer == recorded), "seed {seed}: {answers:?}, {recorded}");
        }
        for (id, row) in &leaving {
            let left = self.invoices.get(&u64::try_from(id.value()).unwrap()).copied().unwrap_or(0);
            let fits = match row.message.state {
                OutboxState::Waiting => left == 0,
                OutboxState::Delivered => left == 1,
                _ => left <= 1,
            };
            assert!(fits, "seed {seed}: invoice {id} left {left} times and is {:?}", row.message.state);
        }
    }
}

fn document(number: u64) -> MessageId {
    MessageId::from_value(number.into())
}

/// What receiving an order does, in small. The answer names the commit: given again, it must be the same.
fn receive(
    tx: &mut Tx<'_>,
    number: u64,
    payload_id: &str,
    document: MessageId,
    filling: usize,
) -> Result<String, StoreError> {
    let identity = OrderIdentity { order_id: number.to_string(), version: 1, kind: "new".to_owned() };
    let request = InboxRequest {
        connection: CONNECTION,
        payload_id: payload_id.to_owned(),
        order: Some(identity),
        content_hash: [u8::try_from(number % 251).unwrap(); 32],
        hash_version: 1,
    };
    match inbox::consult(tx, &request)? {
        Consulted::Replay(row) => return Ok(row.answer.content),
        Consulted::Conflict { which } => panic!("{which:?} of {number}"),
        Consulted::Fresh { .. } => {}
    }
    let id = PurchaseOrderId::from_value(document.value());
    let padded = format!("{number}{}", " ".repeat(filling));
    let order =
        PurchaseOrder { id, organization: ORGANIZATION, connection: CONNECTION, number: padded, versions: Vec::new() };
    orders::put(tx, &order)?;
    let content = format!("order {number} accepted in commit {}", tx.commit_seq().0);
    let answer = StoredAnswer { status: 200, text: "OK".to_owned(), content, refused: false };
    inbox::record(tx, &request, &answer, Some(id), moment(0))?;
    let (actor, action, subject) = (Actor::Anonymous, "order.accepted".to_owned(), number.to_string());
    let record =
        AuditRecord { at: moment(0), actor, action, subject, organization: Some(ORGANIZATION), detail: String::new() };
    audit::append(tx, &record)?;
    let intent = OutboxIntent {
        id: OutboxId::from_value(number.into()),
        lane: format!("order {number}"),
        connection: Some(CONNECTION),
        organization: ORGANIZATION,
        payload: Payload::Invoice { invoice: InvoiceId::from_value(number.into()) },
    };
    outbox::enqueue(tx, intent, moment(0), moment(1))?;
    Ok(answer.content)
}

fn open(disk: &FaultyDisk) -> Result<Store, StoreError> {
    let options =
        StoreOptions { cache_bytes: 1 << 20, message_cache_bytes: 1 << 20, ..StoreOptions::new(StoreKind::Real) };
    let store = Store::open_on(std::sync::Arc::new(disk.clone()), &options)?;
    store.transact(|tx| outbox::recover_after_start(tx, moment(2)))?;
    Ok(store)
}

fn work(world: &mut World, store: &Store, disk: &FaultyDisk, dice: &mut Dice, steps: u64) {
    for _ in (0..steps).take_while(|_| !disk.is_dead()) {
        match dice.roll(3) {
            0 => world.deliver(store),
            _ => world.send_order(store, dice),
        }
    }
}

#[test]
fn orders_survive_power_cuts_and_full_disks_whole_and_once() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in seeds(20) {
        let (mut dice, disk, mut world) = (Dice::new(seed), FaultyDisk::default(), World::default());
        drop(open(&disk).unwrap());
        for _ in 0..3 {
            disk.cut_power_at_sync(20 + dice.roll(60));
            if let Ok(store) = open(&disk) {
                work(&mut world, &store, &disk, &mut dice, 5);
                match dice.roll(3) {
                    0 => disk.fill_at_sync(dice.roll(6)),
                    1 => disk.limit_room(Some(usize::try_from(dice.roll(64 << 10)).unwrap()), 0),
                    _ => {}
                }
                work(&mut world, &store, &disk, &mut dice, 15);
                disk.limit_room(None, 0);
                work(&mut world, &store, &disk, &mut dice, 200);
            }
            assert!(disk.is_dead(), "seed {seed}: nothing was synced");
            disk.restart(&mut dice);
            world.compare(&open(&disk).unwrap(), seed);
            disk.restart(&mut dice);
        }
        accepted += world.answers.len();
        refused += world.refused;
    }
    assert!(accepted > 100 && refused > 20, "{accepted} accepted and {refused} refused prove little");
}
