//! The books: everything that the database holds after an end, orderly or not, and the sentences that must be true of it.
//!
//! *Whole*: whatever is there is there completely, acknowledged or not. *Keeps*: whatever was acknowledged is there, once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use jiff::Timestamp;
use marketgate::clock::{Clock, SystemClock};
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeId, ChargeState};
use marketgate_domain::event::{AuditRecord, OutboxMessage, OutboxState, Payload};
use marketgate_domain::id::{AgreementId, InvoiceId, OutboxId, RequestId, SellerId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::purchase_order::{OrderOutcome, PurchaseOrder};
use marketgate_simulator::mask_secret;
use marketgate_store::inbox::InboxRow;
use marketgate_store::{Reader, Scan, Snapshot, Store, StoreError, StoreKey, StoreKind, StoreOptions, Table};
use marketgate_store::{invoices, outbox, schema};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::buyers::Promises;

/// What the database holds.
pub struct Books {
    orders: Vec<PurchaseOrder>,
    agreements: BTreeMap<AgreementId, Agreement>,
    charges: BTreeMap<ChargeId, Charge>,
    requests: BTreeMap<RequestId, ProcurementRequest>,
    answers: BTreeMap<String, Vec<InboxRow>>,
    audit: Vec<AuditRecord>,
    deliveries: BTreeMap<InvoiceId, OutboxId>,
    next_due: Option<Timestamp>,
    /// Orders whose document is not in the message log.
    without_document: Vec<String>,
    /// Every issued invoice.
    pub invoices: BTreeMap<InvoiceId, Invoice>,
    /// Everything that left or is to leave.
    pub outbox: Vec<OutboxMessage>,
    /// The documents that were made for the outbox, secrets masked as the simulator does it.
    pub documents: BTreeMap<OutboxId, String>,
}

impl Books {
    /// Reads a directory that nobody has open.
    pub fn of(dir: &Path) -> Self {
        let store = open(dir);
        let problems = store.check().problems;
        assert!(problems.is_empty(), "records cannot be read: {problems:#?}");
        let books = Self::read(&store);
        store.close().unwrap();
        books
    }

    /// Reads a copy, so that what a kill left is left to the program itself.
    pub fn of_copy(dir: &Path) -> Self {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "redb") {
                std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        Self::of(copy.path())
    }

    fn read(store: &Store) -> Self {
        let read = store.read(|snapshot| -> Result<_, StoreError> {
            let outbox = rows(snapshot, &schema::OUTBOX)?.into_iter().map(|(_, row)| row.message).collect();
            let mut answers: BTreeMap<String, Vec<InboxRow>> = BTreeMap::new();
            for ((_, number, _, _), row) in rows(snapshot, &schema::INBOX_ORDERS)? {
                answers.entry(number).or_default().push(row);
            }
            Ok(Self {
                orders: rows(snapshot, &schema::ORDERS)?.into_iter().map(|(_, order)| order).collect(),
                agreements: rows(snapshot, &schema::AGREEMENTS)?.into_iter().map(|((_, id), row)| (id, row)).collect(),
                charges: rows(snapshot, &schema::CHARGES)?.into_iter().map(|(_, row)| (row.id, row)).collect(),
                requests: rows(snapshot, &schema::REQUESTS)?.into_iter().map(|((_, id), row)| (id, row)).collect(),
                answers,
                audit: rows(snapshot, &schema::AUDIT)?.into_iter().map(|(_, record)| record).collect(),
                deliveries: rows(snapshot, &schema::INVOICE_DELIVERIES)?.into_iter().collect(),
                next_due: outbox::next_due(snapshot)?,
                without_document: Vec::new(),
                invoices: rows(snapshot, &schema::INVOICES)?.into_iter().map(|((_, id), row)| (id, row)).collect(),
                outbox,
                documents: BTreeMap::new(),
            })
        });
        let mut books = read.unwrap();
        for order in &books.orders {
            if order.versions.iter().any(|version| store.messages().read(version.message).unwrap().is_none()) {
                books.without_document.push(order.number.clone());
            }
        }
        for message in &books.outbox {
            let Some(document) = message.document else { continue };
            let bytes = store.messages().read(document).unwrap().expect("what is sent was kept before");
            books.documents.insert(message.intent.id, mask_secret(std::str::from_utf8(&bytes).unwrap()));
        }
        books
    }

    /// Nothing is left that the program could do by itself.
    pub fn has_nothing_to_do(&self) -> bool {
        let now = SystemClock.business();
        let is_due = |charge: &Charge| charge.state == ChargeState::Planned && charge.due_at <= now;
        self.next_due.is_none() && !self.charges.values().any(is_due)
    }

    /// Nothing is there by half, and nothing is there without its reason.
    pub fn assert_whole(&self) {
        self.orders.iter().for_each(|order| self.assert_order(order));
        self.agreements.values().for_each(|agreement| self.assert_agreement(agreement));
        self.assert_invoices();
        assert_eq!(self.without_document, [""; 0], "orders whose document is gone");
        let orders = self.orders.len();
        assert_eq!(self.audited("order.accepted").len(), orders, "audit records of accepted orders");
        assert_eq!(self.answers.len(), orders, "orders that are remembered");
        let in_orders: usize = self.orders.iter().map(|order| agreements_of(order).len()).sum();
        assert_eq!(self.agreements.len(), in_orders, "agreements without an order that made them");
        let fulfilled = |request: &&ProcurementRequest| matches!(request.status, RequestStatus::Fulfilled { .. });
        assert_eq!(self.requests.values().filter(fulfilled).count(), in_orders, "fulfilled requests");
        assert_eq!(self.mails().count(), orders, "mails about orders");
    }

    /// Accepted once, with its agreements, its audit record, its memory and its mail.
    fn assert_order(&self, order: &PurchaseOrder) {
        let number = &order.number;
        let [version] = order.versions.as_slice() else { panic!("{number} was decided more than once: {order:#?}") };
        let agreements = agreements_of(order);
        assert_eq!(agreements.len(), version.lines.len(), "{number}: an agreement for each line");
        for id in agreements {
            let agreement = self.agreements.get(&id).unwrap_or_else(|| panic!("{number}: no agreement {id}"));
            let link = agreement.ordered().unwrap();
            assert_eq!((link.order, &link.purchase_order), (order.id, number));
        }
        let audited = self.audited("order.accepted");
        assert_eq!(audited.iter().filter(|subject| **subject == order.id.to_string()).count(), 1, "{number}: audit");
        let [answer] = self.answers[number].as_slice() else { panic!("{number} is remembered more than once") };
        assert!(answer.answer.is_success() && answer.order == Some(order.id), "{number}: {answer:#?}");
        let lane = format!("mail {}", order.id);
        assert_eq!(self.mails().filter(|mail| mail.intent.lane == lane).count(), 1, "{number}: mails");
    }

    /// One for its request, with the charges that make up its value.
    fn assert_agreement(&self, agreement: &Agreement) {
        let id = agreement.id;
        let link = agreement.ordered().unwrap();
        let status = &self.requests[&link.request].status;
        let (by, purchase_order) = (id, link.purchase_order.clone());
        assert_eq!(status, &RequestStatus::Fulfilled { agreement: by, purchase_order }, "{id}: its request");
        let charges = self.charges.values().filter(|charge| charge.id.agreement == id);
        let charged: Decimal = charges.map(|charge| charge.amount.amount()).sum();
        assert_eq!(charged, agreement.value.amount(), "{id}: its charges");
    }

    /// Gap-free numbers; every charge on one invoice or planned; one delivery and one audit record for each invoice.
    fn assert_invoices(&self) {
        let mut series: BTreeMap<SellerId, BTreeSet<&str>> = BTreeMap::new();
        let mut on_invoices: BTreeMap<ChargeId, InvoiceId> = BTreeMap::new();
        let audited = self.audited("invoice.issued");
        for (id, invoice) in &self.invoices {
            assert!(series.entry(invoice.seller).or_default().insert(&invoice.number), "{} twice", invoice.number);
            for line in &invoice.lines {
                assert_eq!(on_invoices.insert(line.charge, *id), None, "charge {} on two invoices", line.charge);
            }
            assert_eq!(audited.iter().filter(|subject| **subject == id.to_string()).count(), 1, "{}", invoice.number);
            let deliveries: Vec<OutboxId> = self.deliveries_of(*id).map(|message| message.intent.id).collect();
            assert_eq!(deliveries, [self.deliveries[id]], "{}: deliveries", invoice.number);
        }
        assert_eq!((audited.len(), self.deliveries.len()), (self.invoices.len(), self.invoices.len()));
        for numbers in series.values() {
            let counted = |number: &&str| number.rsplit('-').next().unwrap().parse::<usize>().unwrap();
            let counts: Vec<usize> = numbers.iter().map(counted).collect();
            assert_eq!(counts, (1..=numbers.len()).collect::<Vec<_>>(), "a gap in {numbers:?}");
        }
        for charge in self.charges.values() {
            assert!(self.agreements.contains_key(&charge.id.agreement), "charge {} of no agreement", charge.id);
            let invoice = on_invoices.get(&charge.id).copied();
            let state = invoice.map_or(ChargeState::Planned, |invoice| ChargeState::Invoiced { invoice });
            assert_eq!(charge.state, state, "charge {}", charge.id);
        }
    }

    /// Every promise is kept once, and the same was answered every time.
    pub fn assert_keeps(&self, promises: &Promises) {
        for (number, sent) in promises.sent.iter().filter(|(_, sent)| !sent.acknowledged.is_empty()) {
            let found: Vec<_> = self.orders.iter().filter(|order| order.number == *number).collect();
            let [order] = found.as_slice() else {
                panic!("{number} was acknowledged and is there {} times", found.len())
            };
            let agreements = agreements_of(order);
            assert!(sent.lines == 0 || sent.lines == agreements.len(), "{number}: {sent:#?}, {agreements:?}");
            let said = &self.answers[number][0].answer.content;
            for answer in &sent.acknowledged {
                assert!(answer.ends_with(said.as_str()), "{number}: answered {answer:?} and recorded {said:?}");
                assert!(agreements.iter().all(|id| answer.contains(&id.to_string())), "{number}: {answer}");
            }
        }
    }

    /// Every mail to be sent.
    pub fn mails(&self) -> impl Iterator<Item = &OutboxMessage> {
        self.outbox.iter().filter(|message| matches!(message.intent.payload, Payload::Email(_)))
    }

    /// The one delivery of an invoice.
    pub fn delivery(&self, invoice: InvoiceId) -> &OutboxMessage {
        self.deliveries_of(invoice).next().unwrap()
    }

    fn deliveries_of(&self, id: InvoiceId) -> impl Iterator<Item = &OutboxMessage> {
        let delivers = move |message: &&OutboxMessage| message.intent.payload == Payload::Invoice { invoice: id };
        self.outbox.iter().filter(delivers)
    }

    fn audited(&self, action: &str) -> Vec<&str> {
        let records = self.audit.iter().filter(|record| record.action == action);
        records.map(|record| record.subject.as_str()).collect()
    }
}

/// Decides every invoice in doubt like a person who asked the buyer; how many there were.
pub fn settle_doubts(dir: &Path, mut is_there: impl FnMut(&str) -> bool) -> usize {
    let store = open(dir);
    let doubts = store.read(|snapshot| -> Result<_, StoreError> {
        outbox::newest_in_state(snapshot, OutboxState::Verify, None, usize::MAX)
    });
    let doubts = doubts.unwrap();
    for message in &doubts {
        let Payload::Invoice { invoice } = message.intent.payload else { panic!("{message:#?}") };
        let invoice = store.read(|snapshot| invoices::by_id(snapshot, invoice)).unwrap().unwrap();
        let (id, arrived, now) = (message.intent.id, is_there(&invoice.number), SystemClock.wall());
        let settled = store.transact(move |tx| {
            if arrived { outbox::found_delivered(tx, id, "The buyer has it.") } else { outbox::requeue(tx, id, now) }
        });
        settled.unwrap();
    }
    store.close().unwrap();
    doubts.len()
}

fn open(dir: &Path) -> Store {
    Store::open(dir, &StoreOptions { reserve_bytes: 0, ..StoreOptions::new(StoreKind::Real) }).unwrap()
}

fn rows<K: StoreKey, V: DeserializeOwned>(snapshot: &Snapshot, table: &Table<K, V>) -> Result<Vec<(K, V)>, StoreError> {
    snapshot.scan(table, &Scan::all(usize::MAX))
}

fn agreements_of(order: &PurchaseOrder) -> Vec<AgreementId> {
    let accepted = order.versions.iter().filter_map(|version| match &version.outcome {
        OrderOutcome::Accepted { agreements } => Some(agreements.clone()),
        OrderOutcome::Refused { .. } => None,
    });
    accepted.flatten().collect()
}

impl fmt::Display for Books {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (orders, agreements, invoices) = (self.orders.len(), self.agreements.len(), self.invoices.len());
        write!(f, "{orders} orders, {agreements} agreements, {} charges, {invoices} invoices", self.charges.len())
    }
}
