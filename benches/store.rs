//! The store: transactions with the puts of one accepted order, beside redb alone committing as many rows of the same size.
//!
//! Both are measured in turns with 1, 16 and 64 callers; the share says how much of the bare engine's throughput is left
//! once records are encoded, indexed and serialised by the one writer. Not a criterion benchmark: throughput with many
//! callers is the question, and a share of two runs in turns is steadier than two times.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use marketgate_benches::bare::{Bare, renumbered};
use marketgate_benches::figures::{Spread, drive, per_second};
use marketgate_benches::market::Market;
use marketgate_benches::records::{self, Accepted};
use marketgate_benches::{rows, texts};
use marketgate_domain::event::{Actor, AuditRecord, OutboxIntent, OutboxMessage};
use marketgate_domain::id::{AgreementId, MessageId, OutboxId, PurchaseOrderId, RequestId};
use marketgate_store::inbox::{self, InboxRequest, OrderIdentity, StoredAnswer};
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::{Store, StoreError, Tx, agreements, audit, orders, outbox, requests};
use tempfile::TempDir;

const ROUNDS: usize = 9;
const LINES: u32 = 1;

/// Callers, and orders in a round.
const CALLERS: [(usize, usize); 3] = [(1, 200), (16, 1000), (64, 2000)];

fn main() -> anyhow::Result<()> {
    let dir = TempDir::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let puts = runtime.block_on(rows::of_one_order(dir.path(), usize::try_from(LINES)?))?;
    println!("one order of {LINES} line: {}", puts.describe());
    let market = runtime.block_on(Market::open(dir.path()))?;
    let template = runtime.block_on(Template::new(&market))?;
    let bare = Bare::create(&dir.path().join("bare.redb"))?;
    let numbers = AtomicU64::new(1);
    let store = &market.context.store;
    println!("callers | store: orders/s | bare redb: orders/s | share (each: median, quartiles)");
    for (callers, count) in CALLERS {
        let (mut ours, mut theirs, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let next = || numbers.fetch_add(1, Ordering::Relaxed);
            let stored = drive(callers, count, |_| Ok(()), |(), _| template.store(store, next()))?;
            let put = drive(callers, count, |_| Ok(()), |(), _| bare.commit(renumbered(&puts.order, next())))?;
            let (a, b) = (per_second(count, stored.elapsed), per_second(count, put.elapsed));
            ours.push(a);
            theirs.push(b);
            shares.push(a / b);
        }
        println!("{callers:>7} | {} | {} | {}", Spread::of(ours), Spread::of(theirs), Spread::of(shares));
    }
    market.close()?;
    sizes(dir.path())
}

fn sizes(dir: &Path) -> anyhow::Result<()> {
    for file in ["main.redb", "bare.redb"] {
        println!("{file}: {} MiB at the end", std::fs::metadata(dir.join(file))?.len() >> 20);
    }
    Ok(())
}

/// An accepted order with all its records, to be stored again and again under identifiers of its own.
#[derive(Clone)]
struct Template {
    accepted: Accepted,
    mail: OutboxMessage,
    summary: MessageSummary,
    answer: StoredAnswer,
}

impl Template {
    /// Mail and summary are those of an order that went through the program's own flow.
    async fn new(market: &Market) -> anyhow::Result<Self> {
        let request = market.stored_requests(1).await?;
        rows::accept(market, &texts::order("TEMPLATE-1", &request)).await?;
        let found = market.context.read(|snapshot| {
            let mail = outbox::newest(snapshot, None, 1)?.pop();
            Ok::<_, StoreError>(mail.zip(messages::newest(snapshot, None, 1)?.pop()))
        });
        let (mail, summary) =
            found.await?.context("an accepted order leaves a mail and an entry of the message log")?;
        let accepted = records::accepted(market, LINES)?;
        let content = summary.diagnosis.clone();
        let answer = StoredAnswer { status: 200, text: "OK".to_owned(), content, refused: false };
        Ok(Self { accepted, mail, summary, answer })
    }

    /// What the flow of an order records, in one transaction.
    fn store(&self, store: &Store, n: u64) -> anyhow::Result<()> {
        let this = self.clone();
        Ok(store.transact::<(), StoreError, _>(move |tx| this.put(tx, n))?)
    }

    fn put(&self, tx: &mut Tx<'_>, n: u64) -> Result<(), StoreError> {
        let Accepted { order, agreements, charges, requests } = &self.accepted;
        let (id, agreement_id) = (PurchaseOrderId::from_value(spread(n)), AgreementId::from_value(spread(n)));
        let mut order = order.clone();
        order.id = id;
        order.number = format!("PO-{n:08}");
        orders::put(tx, &order)?;
        for agreement in agreements {
            let mut agreement = agreement.clone();
            (agreement.id, agreement.order) = (agreement_id, id);
            agreements::put(tx, &agreement)?;
        }
        for charge in charges {
            let mut charge = charge.clone();
            (charge.id.agreement, charge.order) = (agreement_id, id);
            agreements::put_charge(tx, &charge)?;
        }
        for request in requests {
            let mut request = request.clone();
            request.id = RequestId::from_value(spread(n));
            requests::put(tx, &request)?;
        }
        self.put_what_is_told(tx, &order.number, n)
    }

    fn put_what_is_told(&self, tx: &mut Tx<'_>, number: &str, n: u64) -> Result<(), StoreError> {
        let now = self.summary.at;
        let (organization, connection) = (self.accepted.order.organization, self.accepted.order.connection);
        let record = AuditRecord {
            at: now,
            actor: Actor::Connection { connection },
            action: "order.accepted".to_owned(),
            subject: PurchaseOrderId::from_value(spread(n)).to_string(),
            organization: Some(organization),
            detail: self.answer.content.clone(),
        };
        audit::append(tx, &record)?;
        let mail = &self.mail.intent;
        let intent = OutboxIntent { id: OutboxId::from_value(spread(n)), lane: format!("mail {n}"), ..mail.clone() };
        outbox::enqueue(tx, intent, now, now)?;
        let request = InboxRequest {
            connection,
            payload_id: format!("order-{n:08}@acme.example"),
            order: Some(OrderIdentity { order_id: number.to_owned(), version: 1, kind: "new".to_owned() }),
            content_hash: [7; 32],
            hash_version: 1,
        };
        inbox::record(tx, &request, &self.answer, Some(PurchaseOrderId::from_value(spread(n))), now)?;
        let summary = MessageSummary {
            id: MessageId::from_value(self.summary.id.value() + u128::from(n)),
            payload_id: request.payload_id,
            order_id: Some(number.to_owned()),
            ..self.summary.clone()
        };
        messages::put(tx, &summary)
    }
}

/// Identifiers that sort by n, as those made one after the other do.
fn spread(n: u64) -> u128 {
    (0x019a << 112) | u128::from(n) << 32
}
