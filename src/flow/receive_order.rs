//! An OrderRequest arrives: decided once, recorded with everything it causes in one commit, answered afterwards (O1 to O7).

use jiff::Timestamp;
use marketgate_cxml::content::Fingerprint;
use marketgate_cxml::control_keys::ConfirmationInstruction;
use marketgate_cxml::order::{OrderKind, OrderRequest, OrderType};
use marketgate_domain::connection::Connection;
use marketgate_domain::event::{Actor, OutboxIntent, Payload};
use marketgate_domain::id::{AgreementId, OutboxId, PurchaseOrderId, RequestId};
use marketgate_domain::order_receipt::{self, Receipt, Received};
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::{
    self, LineFacts, LineRefusal, MatchedRequest, OrderDecision, OrderFacts, OrderOutcome, OrderVersion, OrderedLine,
    OrderedPrice, PurchaseOrder,
};
use marketgate_domain::refusal_summary::summary_text;
use marketgate_store::inbox::{self, Consulted, InboxKey, InboxRequest, OrderIdentity, StoredAnswer};
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::{Reader, StoreError, Tx, agreements, catalog, orders, outbox, requests};

use super::order_lines;
use super::order_mail::{self, OrderMail};
use super::supersede_requests::as_kept;
use super::{Error, audit};
use crate::context::Context;

/// An authenticated order.
#[derive(Debug)]
pub struct ReceivedOrder {
    /// The connection it came over.
    pub connection: Connection,
    /// The document.
    pub order: Box<OrderRequest>,
    /// `payloadID` of the envelope.
    pub payload_id: String,
    /// `deploymentMode="test"`.
    pub test: bool,
    /// Hash of its content.
    pub fingerprint: Fingerprint,
    /// The entry of the message log, recorded with the order.
    pub summary: MessageSummary,
}

/// Decides an order, or gives the answer that it got before.
///
/// # Errors
/// [`Error::NotImplemented`] for kinds of orders that are not taken, [`Error::BadRequest`] for a line that cannot be
/// understood, [`Error::Conflict`] for other content under a known number. A refusal is an answer, not an error.
pub async fn receive_order(context: &Context, received: ReceivedOrder) -> Result<StoredAnswer, Error> {
    let deciding = Deciding::new(context, received)?;
    let answer = context.store.transact_async(move |tx| deciding.run(tx)).await?;
    context.outbox_bell.notify_one();
    context.billing_bell.notify_one();
    Ok(answer)
}

/// Everything that one decision needs, so that it can be run again.
struct Deciding {
    /// For the addresses in mails.
    context: Context,
    connection: Connection,
    number: String,
    inbox: InboxRequest,
    version: OrderVersionDraft,
    lines: Vec<OrderedLine>,
    total: Option<OrderedPrice>,
    /// What is odd about the order, for people to see.
    warning: Option<String>,
    confirmation_allowed: bool,
    test: bool,
    summary: MessageSummary,
    new_order: PurchaseOrderId,
    new_agreements: Vec<AgreementId>,
    new_messages: [OutboxId; 2],
    now: Timestamp,
    wall_now: Timestamp,
}

struct OrderVersionDraft {
    version: u32,
    is_internal: bool,
    payload_id: String,
    order_date: String,
}

impl Deciding {
    fn new(context: &Context, received: ReceivedOrder) -> Result<Self, Error> {
        let ReceivedOrder { connection, order, payload_id, test, fingerprint, summary } = received;
        if !order.header.is_internal_version {
            check_kind(&order)?;
        }
        let header = &order.header;
        let lines = order_lines::lines(&order)?;
        let (total, warning) = order_lines::total(&order, &lines)?;
        let version = header.order_version.unwrap_or(1);
        let identity =
            OrderIdentity { order_id: header.order_id.clone(), version, kind: header.kind.as_str().to_owned() };
        Ok(Self {
            context: context.clone(),
            number: header.order_id.clone(),
            inbox: InboxRequest {
                connection: connection.id,
                payload_id: payload_id.clone(),
                order: Some(identity),
                content_hash: fingerprint.digest,
                hash_version: fingerprint.rule,
            },
            version: OrderVersionDraft {
                version,
                is_internal: header.is_internal_version,
                payload_id,
                order_date: header.order_date.text.clone(),
            },
            confirmation_allowed: allows_confirmation(&order),
            test: test || connection.test_mode,
            summary,
            new_order: PurchaseOrderId::new(context.random.uuid()),
            new_agreements: lines.iter().map(|_| AgreementId::new(context.random.uuid())).collect(),
            new_messages: [OutboxId::new(context.random.uuid()), OutboxId::new(context.random.uuid())],
            now: context.clock.business(),
            wall_now: context.clock.wall(),
            connection,
            lines,
            total,
            warning,
        })
    }

    fn run(&self, tx: &mut Tx<'_>) -> Result<StoredAnswer, Error> {
        if self.test {
            return self.rehearse(tx);
        }
        let earlier_refusal = match inbox::consult(tx, &self.inbox)? {
            Consulted::Conflict { which } => return Err(self.conflict(which)),
            Consulted::Replay(row) => return self.repeat(tx, row.answer),
            Consulted::Fresh { earlier_refusal } => earlier_refusal,
        };
        let (organization, connection) = (self.connection.organization, self.connection.id);
        let existing = orders::by_number(tx, organization, connection, &self.number)?;
        let received = Received {
            version: self.version.version,
            is_internal: self.version.is_internal,
            lines: &self.lines,
            was_refused: earlier_refusal.is_some(),
        };
        let stored = existing.as_ref().map_or([].as_slice(), |order| &order.versions);
        match (order_receipt::judge(stored, &received), earlier_refusal) {
            (Receipt::Internal, _) => self.note_internal(tx),
            (Receipt::Repeat, Some(earlier)) => self.repeat(tx, earlier),
            (Receipt::Outdated { accepted }, _) => Err(self.outdated(accepted)),
            (Receipt::Changed { accepted }, _) => Err(self.changed(accepted)),
            (Receipt::Renewed { agreements }, _) => {
                let outcome = OrderOutcome::Accepted { agreements: agreements.to_vec() };
                self.renew(tx, existing, outcome)
            }
            (Receipt::Decide | Receipt::Repeat, earlier_refusal) => self.decide(tx, existing, earlier_refusal.as_ref()),
        }
    }

    fn decide(
        &self,
        tx: &mut Tx<'_>,
        existing: Option<PurchaseOrder>,
        earlier_refusal: Option<&StoredAnswer>,
    ) -> Result<StoredAnswer, Error> {
        let id = existing.as_ref().map_or(self.new_order, |order| order.id);
        let facts = self.facts(tx)?;
        let order_facts = self.order_facts(id, &facts);
        let decision = purchase_order::decide(&order_facts, self.now);
        let answer = self.answer(&decision);
        let order = self.order(id, existing, outcome(&decision));
        let news = News { earlier_refusal, answer: &answer, facts: &facts };
        self.record(tx, &order, decision, &news)?;
        inbox::record(tx, &self.inbox, &answer, Some(id), self.now)?;
        self.log(tx, &answer, &answer.content)?;
        Ok(answer)
    }

    /// Test mode: the order is decided and kept apart from live ones, and nothing results (O7). It has an identity of its own, so a live
    /// order with the same number is another order.
    fn rehearse(&self, tx: &mut Tx<'_>) -> Result<StoredAnswer, Error> {
        let (organization, connection) = (self.connection.organization, self.connection.id);
        let existing = orders::test_by_number(tx, organization, connection, &self.number)?;
        let id = existing.as_ref().map_or(self.new_order, |order| order.id);
        let facts = self.facts(tx)?;
        let order_facts = self.order_facts(id, &facts);
        let decision = purchase_order::decide(&order_facts, self.now);
        let answer = self.test_answer(&decision);
        let outcome = match outcome(&decision) {
            OrderOutcome::Accepted { .. } => OrderOutcome::Accepted { agreements: Vec::new() },
            refused @ OrderOutcome::Refused { .. } => refused,
        };
        let order = self.order(id, existing, outcome);
        orders::put_test(tx, &order)?;
        self.audit(tx, &order, "order.test", &answer.content)?;
        self.log(tx, &answer, "Test mode: recorded, no agreement and no invoice results.")?;
        Ok(answer)
    }

    fn repeat(&self, tx: &mut Tx<'_>, first: StoredAnswer) -> Result<StoredAnswer, Error> {
        self.log(tx, &first, "The same order came before; the same answer was given again.")?;
        Ok(first)
    }

    /// The buyer's own change: 200, and nothing but the message log knows of it.
    fn note_internal(&self, tx: &mut Tx<'_>) -> Result<StoredAnswer, Error> {
        let content = format!(
            "Purchase order {}, version {}, is an internal version of the buyer: noted, nothing changes.",
            self.number, self.version.version
        );
        let answer = StoredAnswer { status: 200, text: "OK".to_owned(), content, refused: false };
        self.log(tx, &answer, &answer.content)?;
        Ok(answer)
    }

    /// A newer version that buys the same: agreements stay, and documents of ours refer to it from now on (O6).
    fn renew(
        &self,
        tx: &mut Tx<'_>,
        existing: Option<PurchaseOrder>,
        outcome: OrderOutcome,
    ) -> Result<StoredAnswer, Error> {
        let id = existing.as_ref().map_or(self.new_order, |order| order.id);
        let content = format!(
            "Purchase order {}, version {}, buys what was accepted before: its agreements stay as they are.",
            self.number, self.version.version
        );
        let answer = StoredAnswer { status: 200, text: "OK".to_owned(), content, refused: false };
        let order = self.order(id, existing, outcome);
        orders::put(tx, &order)?;
        self.audit(tx, &order, "order.renewed", &answer.content)?;
        self.confirm(tx, &order)?;
        inbox::record(tx, &self.inbox, &answer, Some(id), self.now)?;
        self.log(tx, &answer, &answer.content)?;
        Ok(answer)
    }

    fn outdated(&self, accepted: u32) -> Error {
        Error::Conflict(format!(
            "Order {number} was accepted in version {accepted}: version {version} is not newer and changes nothing. Send a change \
             under a newer version.",
            number = self.number,
            version = self.version.version
        ))
    }

    fn changed(&self, accepted: u32) -> Error {
        Error::Conflict(format!(
            "Order {number} was accepted in version {accepted}, and version {version} changes its lines: the accepted order stays as \
             it is. Order what is new under another number, or agree on the change with the seller.",
            number = self.number,
            version = self.version.version
        ))
    }

    fn order_facts<'a>(&'a self, order: PurchaseOrderId, lines: &'a [LineFacts]) -> OrderFacts<'a> {
        OrderFacts {
            order,
            number: &self.number,
            connection: &self.connection,
            lines,
            total: self.total.as_ref(),
            test: self.test,
        }
    }

    fn facts(&self, reader: &impl Reader) -> Result<Vec<LineFacts>, StoreError> {
        let lines = self.lines.iter().zip(&self.new_agreements);
        lines
            .map(|(line, new_agreement)| {
                let matched = self.matched(reader, &line.reference)?;
                Ok(LineFacts { line: line.clone(), matched, new_agreement: *new_agreement })
            })
            .collect()
    }

    /// The request that a line names. Only this organization's requests are looked at (A4).
    fn matched(&self, reader: &impl Reader, reference: &str) -> Result<Option<MatchedRequest>, StoreError> {
        let Ok(id) = reference.parse::<RequestId>() else { return Ok(None) };
        let Some(request) = requests::find(reader, self.connection.organization, id)? else { return Ok(None) };
        let Some(offer) = catalog::offer(reader, request.offer)? else { return Ok(None) };
        let Some(product) = catalog::product(reader, request.product)? else { return Ok(None) };
        let request = as_kept(&self.context, reader, request, &offer, self.now)?;
        Ok(Some(MatchedRequest { request, offer, product }))
    }

    fn order(&self, id: PurchaseOrderId, existing: Option<PurchaseOrder>, outcome: OrderOutcome) -> PurchaseOrder {
        let mut order = existing.unwrap_or_else(|| PurchaseOrder {
            id,
            organization: self.connection.organization,
            connection: self.connection.id,
            number: self.number.clone(),
            versions: Vec::new(),
        });
        order.record(OrderVersion {
            version: self.version.version,
            payload_id: self.version.payload_id.clone(),
            order_date: self.version.order_date.clone(),
            message: self.summary.id,
            decided_at: self.now,
            lines: self.lines.clone(),
            outcome,
            warnings: self.warning.iter().cloned().collect(),
            repetitions: 0,
            last_received_at: None,
        });
        order
    }

    fn record(
        &self,
        tx: &mut Tx<'_>,
        order: &PurchaseOrder,
        decision: OrderDecision,
        news: &News<'_>,
    ) -> Result<(), Error> {
        let answer = news.answer;
        orders::put(tx, order)?;
        match decision {
            OrderDecision::Accepted { agreements, charges, requests } => {
                for agreement in &agreements {
                    agreements::put(tx, agreement)?;
                }
                for charge in &charges {
                    agreements::put_charge(tx, charge)?;
                }
                for request in &requests {
                    requests::put(tx, request)?;
                }
                self.audit(tx, order, "order.accepted", &answer.content)?;
                self.mail(
                    tx,
                    order,
                    &OrderMail::Accepted { agreements: &agreements, charges: &charges, requests: &requests },
                )?;
                self.confirm(tx, order)?;
            }
            OrderDecision::Refused { lines, requests } => {
                for request in &requests {
                    requests::put(tx, request)?;
                }
                self.audit(tx, order, "order.refused", &answer.content)?;
                // The buyer's system may send the same order for hours; people are told when something changes.
                if news.earlier_refusal.is_none_or(|earlier| earlier.content != answer.content) {
                    self.mail(
                        tx,
                        order,
                        &OrderMail::Refused { lines: &lines, requests: &news.refused_requests(&lines) },
                    )?;
                    if self.connection.rejects_by_confirmation() {
                        self.send_confirmation(tx, order)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn mail(&self, tx: &mut Tx<'_>, order: &PurchaseOrder, mail: &OrderMail<'_>) -> Result<(), Error> {
        let Some(email) = order_mail::write(&self.context, tx, order, mail)? else { return Ok(()) };
        let [id, _] = self.new_messages;
        self.enqueue(tx, id, format!("mail {}", order.id), Payload::Email(email))
    }

    fn confirm(&self, tx: &mut Tx<'_>, order: &PurchaseOrder) -> Result<(), Error> {
        if !self.connection.confirmation.style.wants(self.confirmation_allowed) {
            return Ok(());
        }
        self.send_confirmation(tx, order)
    }

    fn send_confirmation(&self, tx: &mut Tx<'_>, order: &PurchaseOrder) -> Result<(), Error> {
        let [_, id] = self.new_messages;
        let payload = Payload::Confirmation { order: order.id, version: self.version.version };
        self.enqueue(tx, id, format!("order {}", order.id), payload)
    }

    fn enqueue(&self, tx: &mut Tx<'_>, id: OutboxId, lane: String, payload: Payload) -> Result<(), Error> {
        let connection = (!matches!(payload, Payload::Email(_))).then_some(self.connection.id);
        let organization = self.connection.organization;
        let intent = OutboxIntent { id, lane, connection, organization, payload };
        Ok(outbox::enqueue(tx, intent, self.now, self.wall_now)?)
    }

    fn audit(&self, tx: &mut Tx<'_>, order: &PurchaseOrder, action: &str, detail: &str) -> Result<(), Error> {
        let actor = Actor::Connection { connection: self.connection.id };
        Ok(audit::record(tx, self.now, actor, Some(order.organization), action, &order.id.to_string(), detail)?)
    }

    /// 200, or the status and the codes of the refusal (O4). Where refusals travel as ConfirmationRequest, 200 all the same:
    /// the network would mark the order as failed for good.
    fn answer(&self, decision: &OrderDecision) -> StoredAnswer {
        let number = &self.number;
        let (status, text, content, refused) = match decision {
            OrderDecision::Accepted { agreements, .. } => {
                let ids: Vec<String> = agreements.iter().map(|agreement| agreement.id.to_string()).collect();
                (200, "OK", format!("Purchase order {number} accepted: {}", ids.join(", ")), false)
            }
            OrderDecision::Refused { lines, .. } => {
                let reasons = summary_text(lines, " ");
                match lines.first() {
                    _ if self.connection.rejects_by_confirmation() => (
                        200,
                        "OK",
                        format!("Purchase order {number} received; a ConfirmationRequest rejects it. {reasons}"),
                        true,
                    ),
                    Some(first) => (first.refusal.cxml_status(), first.refusal.code(), reasons, false),
                    None => (400, "Bad Request", reasons, false),
                }
            }
        };
        StoredAnswer { status, text: text.to_owned(), content, refused }
    }

    /// The answer to a test order: what a live one would get, and that nothing results.
    fn test_answer(&self, decision: &OrderDecision) -> StoredAnswer {
        let number = &self.number;
        match decision {
            OrderDecision::Accepted { .. } => StoredAnswer {
                status: 200,
                text: "OK".to_owned(),
                content: format!(
                    "Test: purchase order {number} would be accepted. This was a test: no agreement, no confirmation and no invoice \
                     results."
                ),
                refused: false,
            },
            OrderDecision::Refused { .. } => {
                let answer = self.answer(decision);
                StoredAnswer {
                    content: format!("Test: {} This was a test: nothing else results.", answer.content),
                    ..answer
                }
            }
        }
    }

    fn log(&self, tx: &mut Tx<'_>, answer: &StoredAnswer, diagnosis: &str) -> Result<(), Error> {
        let cxml_status = Some(answer.status);
        // What the DTD said is in the summary already.
        let diagnosis = [diagnosis, self.warning.as_deref().unwrap_or_default(), &self.summary.diagnosis]
            .map(str::trim)
            .join(" ")
            .trim()
            .to_owned();
        let summary = MessageSummary { cxml_status, diagnosis, ..self.summary.clone() };
        Ok(messages::put(tx, &summary)?)
    }

    fn conflict(&self, which: InboxKey) -> Error {
        let number = &self.number;
        Error::Conflict(match which {
            InboxKey::PayloadId => format!(
                "The payloadID of this order {number} was used for another document: send it with a payloadID of its own."
            ),
            InboxKey::Order => format!(
                "Order {number}, version {}, was received before with other content: send a change under a new version.",
                self.version.version
            ),
        })
    }
}

fn outcome(decision: &OrderDecision) -> OrderOutcome {
    match decision {
        OrderDecision::Accepted { agreements, .. } => {
            OrderOutcome::Accepted { agreements: agreements.iter().map(|agreement| agreement.id).collect() }
        }
        OrderDecision::Refused { lines, .. } => OrderOutcome::Refused { lines: lines.clone() },
    }
}

/// What decides whether people are told of an order, and who they are.
struct News<'a> {
    earlier_refusal: Option<&'a StoredAnswer>,
    answer: &'a StoredAnswer,
    facts: &'a [LineFacts],
}

impl News<'_> {
    /// The requests of the refused lines, also those that the refusal does not change: their requesters are told all the same.
    fn refused_requests(&self, lines: &[LineRefusal]) -> Vec<ProcurementRequest> {
        let matched = self.facts.iter().filter_map(|line| line.matched.as_ref());
        let named = |request: &ProcurementRequest| lines.iter().any(|line| line.request == Some(request.id));
        matched.map(|matched| matched.request.clone()).filter(named).collect()
    }
}

fn check_kind(order: &OrderRequest) -> Result<(), Error> {
    if order.header.kind != OrderKind::New {
        return Err(Error::NotImplemented(format!(
            "Orders of type \"{}\" are not taken (ProfileResponse: changes=No). Cancel or change {} with the seller.",
            order.header.kind.as_str(),
            order.header.order_id
        )));
    }
    if order.header.order_type != OrderType::Regular {
        return Err(Error::NotImplemented(
            "Only regular orders are taken: blanket orders and releases are not.".to_owned(),
        ));
    }
    Ok(())
}

fn allows_confirmation(order: &OrderRequest) -> bool {
    let allows = |keys: Option<&marketgate_cxml::control_keys::ControlKeys>| {
        keys.and_then(|keys| keys.confirmation)
            .is_some_and(|instruction| instruction != ConfirmationInstruction::NotAllowed)
    };
    allows(order.header.control_keys.as_ref()) || order.items.iter().any(|item| allows(item.control_keys.as_deref()))
}
