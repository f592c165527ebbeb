//! An accepted order as a transaction that can be run again and again.

use anyhow::Context as _;
use marketgate_domain::agreement::Origin;
use marketgate_domain::event::{Actor, AuditRecord, OutboxIntent, OutboxMessage};
use marketgate_domain::id::{AgreementId, MessageId, OutboxId, PurchaseOrderId, RequestId};
use marketgate_store::inbox::{self, InboxRequest, OrderIdentity, StoredAnswer};
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::{Store, StoreError, Tx, agreements, audit, orders, outbox, requests};

use crate::market::Market;
use crate::records::{self, Accepted};
use crate::{rows, texts};

/// Orders in one transaction of many.
const AT_ONCE: usize = 250;

/// An accepted order with all its records, to be stored again and again under identifiers of its own.
#[derive(Clone)]
pub struct Template {
    accepted: Accepted,
    mail: OutboxMessage,
    summary: MessageSummary,
    answer: StoredAnswer,
}

impl Template {
    /// Mail and summary are those of an order that went through the program's own flow.
    ///
    /// # Errors
    /// What cannot be stored.
    pub async fn new(market: &Market, lines: u32) -> anyhow::Result<Self> {
        let request = market.stored_requests(1).await?;
        rows::accept(market, &texts::order("TEMPLATE-1", &request)).await?;
        let found = market.context.read(|snapshot| {
            let mail = outbox::newest(snapshot, None, 1)?.pop();
            Ok::<_, StoreError>(mail.zip(messages::newest(snapshot, None, 1)?.pop()))
        });
        let (mail, summary) =
            found.await?.context("an accepted order leaves a mail and an entry of the message log")?;
        let accepted = records::accepted(market, lines)?;
        let content = summary.diagnosis.clone();
        let answer = StoredAnswer { status: 200, text: "OK".to_owned(), content, refused: false };
        Ok(Self { accepted, mail, summary, answer })
    }

    /// What the flow of an order records, in one transaction.
    ///
    /// # Errors
    /// The store's.
    pub fn store(&self, store: &Store, n: u64) -> anyhow::Result<()> {
        let this = self.clone();
        Ok(store.transact::<(), StoreError, _>(move |tx| this.put(tx, n))?)
    }

    /// [`Self::store`] of many, some hundred in each transaction.
    ///
    /// # Errors
    /// The store's.
    pub fn store_all(&self, store: &Store, numbers: std::ops::Range<u64>) -> anyhow::Result<()> {
        for first in numbers.clone().step_by(AT_ONCE) {
            let this = self.clone();
            let chunk = first..numbers.end.min(first + AT_ONCE as u64);
            store.transact::<(), StoreError, _>(move |tx| chunk.clone().try_for_each(|n| this.put(tx, n)))?;
        }
        Ok(())
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
            agreement.id = agreement_id;
            if let Origin::Ordered(link) = &mut agreement.origin {
                link.order = id;
            }
            agreements::put(tx, &agreement)?;
        }
        for charge in charges {
            let mut charge = charge.clone();
            (charge.id.agreement, charge.order) = (agreement_id, Some(id));
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
