//! Purchase orders: what came back approved, and the decision what becomes of it.
//!
//! [`decide`] is the one place where an order is accepted or refused. Its checks run line by line in the order in which
//! `check_line` lists them, so that the same order always gives the same reason. All lines pass or the whole order is
//! refused; only the failing lines' requests change state (O3).

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::agreement::{Agreement, AgreementStatus, OrderLink, Origin};
use crate::charge::{self, Charge};
use crate::connection::Connection;
use crate::day;
use crate::id::{AgreementId, ConnectionId, MessageId, OrganizationId, PurchaseOrderId, RequestId};
use crate::money::Money;
use crate::offer::{Offer, OfferState};
pub use crate::ordered_price::{OrderedPrice, PriceBasis};
use crate::procurement_request::{ProcurementRequest, RequestStatus};
use crate::product::Product;
use crate::refusal::{PriceKind, Refusal};
use crate::terms::PricingModel;

/// A part id that an order states may be cut off after so many characters.
const SHORTEST_CUT_PART: usize = 8;

/// A purchase order, over all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseOrder {
    /// Identifier.
    pub id: PurchaseOrderId,
    /// The organization.
    pub organization: OrganizationId,
    /// The connection it came over.
    pub connection: ConnectionId,
    /// The buyer's number (`OrderRequestHeader/@orderID`).
    pub number: String,
    /// Every version received, refused ones too, oldest first; never empty.
    pub versions: Vec<OrderVersion>,
}

impl PurchaseOrder {
    /// The version that documents of ours refer to: the latest received (O6).
    pub fn latest(&self) -> Option<&OrderVersion> {
        self.versions.last()
    }

    /// The version that says what became of the order: the newest accepted one, else the latest. An accepted order never turns
    /// refused.
    pub fn standing(&self) -> Option<&OrderVersion> {
        let accepted = self.versions.iter().filter(|version| version.outcome.is_accepted());
        accepted.max_by_key(|version| version.version).or(self.latest())
    }

    /// Keeps a received version. A repetition with the same outcome is counted and moves to the end; beyond [`MOST_VERSIONS`] the
    /// oldest refused ones go, which the message log still has.
    pub fn record(&mut self, received: OrderVersion) {
        let earlier = self.versions.iter().position(|known| known.is_repeated_by(&received));
        let received = match earlier.map(|position| self.versions.remove(position)) {
            Some(known) => OrderVersion {
                repetitions: known.repetitions.saturating_add(1),
                last_received_at: Some(received.decided_at),
                decided_at: known.decided_at,
                ..received
            },
            None => received,
        };
        self.versions.push(received);
        let oldest = self.versions.iter().position(|version| !version.outcome.is_accepted());
        if let Some(oldest) = oldest.filter(|_| self.versions.len() > MOST_VERSIONS) {
            self.versions.remove(oldest);
        }
    }
}

/// One received OrderRequest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderVersion {
    /// `orderVersion`, 1 where it was missing.
    pub version: u32,
    /// `cXML/@payloadID`.
    pub payload_id: String,
    /// `orderDate`, as written.
    pub order_date: String,
    /// The document in the message log.
    pub message: MessageId,
    /// When it was decided, business time.
    pub decided_at: Timestamp,
    /// Its lines.
    pub lines: Vec<OrderedLine>,
    /// What became of it.
    pub outcome: OrderOutcome,
    /// What was odd about it without being a reason to refuse it (O3c).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// How often it came again with the same outcome.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repetitions: u32,
    /// When it came last, business time; `None` while it came once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_received_at: Option<Timestamp>,
}

/// An order keeps so many versions: a system that sends a refused order for days must not make its record grow.
pub const MOST_VERSIONS: usize = 100;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl OrderVersion {
    fn is_repeated_by(&self, other: &Self) -> bool {
        self.version == other.version && self.lines == other.lines && self.outcome == other.outcome
    }
}

/// What became of an order version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum OrderOutcome {
    /// Agreements exist.
    Accepted {
        /// One for each line; empty for a test order, of which nothing results.
        agreements: Vec<AgreementId>,
    },
    /// Nothing exists.
    Refused {
        /// The failing lines.
        lines: Vec<LineRefusal>,
    },
}

impl OrderOutcome {
    /// Whether agreements exist, or would exist outside of test mode.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }
}

/// One line of an order, as far as the marketplace cares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedLine {
    /// `ItemOut/@lineNumber`, the lowest free number where that is missing; each number stands once.
    pub number: u32,
    /// `SupplierPartID`.
    pub part_id: String,
    /// `SupplierPartAuxiliaryID`, empty where it is missing.
    pub reference: String,
    /// `@quantity`.
    pub quantity: Decimal,
    /// `UnitPrice/Money`; none where the buyer hides prices.
    pub price: Option<OrderedPrice>,
    /// `UnitOfMeasure`, as the order spells it: invoices send it back.
    pub unit: String,
    /// Accounting of the line, echoed on invoices.
    pub accounting: Vec<AccountingSegment>,
}

/// One segment of an accounting distribution, texts kept as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountingSegment {
    /// Name of the distribution's Accounting element.
    pub accounting: String,
    /// Type or name of the segment, for example `Department`.
    pub name: String,
    /// Value, for example `CC-100`.
    pub value: String,
    /// Description.
    pub description: String,
}

/// Everything the decision needs to know about one line.
#[derive(Debug, Clone)]
pub struct LineFacts {
    /// The line.
    pub line: OrderedLine,
    /// The request that the line names, if this organization has it, with the offer and the product as they are now.
    pub matched: Option<MatchedRequest>,
    /// Identifier for the agreement, should there be one.
    pub new_agreement: AgreementId,
}

/// A request and what it refers to.
#[derive(Debug, Clone)]
pub struct MatchedRequest {
    /// The request.
    pub request: ProcurementRequest,
    /// Its offer in the newest revision.
    pub offer: Offer,
    /// Its product.
    pub product: Product,
}

/// The order to decide.
#[derive(Debug)]
pub struct OrderFacts<'a> {
    /// Identifier of the order.
    pub order: PurchaseOrderId,
    /// The buyer's number.
    pub number: &'a str,
    /// The connection it came over.
    pub connection: &'a Connection,
    /// Its lines.
    pub lines: &'a [LineFacts],
    /// `OrderRequestHeader/Total`, where it states an amount.
    pub total: Option<&'a OrderedPrice>,
    /// Received in test mode.
    pub test: bool,
}

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderDecision {
    /// The order is taken.
    Accepted {
        /// One for each line, in the order of the lines.
        agreements: Vec<Agreement>,
        /// All charges of all agreements.
        charges: Vec<Charge>,
        /// The requests with their new status.
        requests: Vec<ProcurementRequest>,
    },
    /// The order is refused.
    Refused {
        /// The failing lines, never empty.
        lines: Vec<LineRefusal>,
        /// The failing lines' requests with their new status.
        requests: Vec<ProcurementRequest>,
    },
}

/// A line that does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRefusal {
    /// The line's number.
    pub line: u32,
    /// The request it names, if there is one.
    pub request: Option<RequestId>,
    /// Why.
    pub refusal: Refusal,
}

/// Decides a new order (O3 to O5).
pub fn decide(facts: &OrderFacts<'_>, now: Timestamp) -> OrderDecision {
    let mut taken: Vec<RequestId> = Vec::new();
    let mut refused = Vec::new();
    for line in facts.lines {
        match check_line(facts, line, &taken, now) {
            Ok(request) => taken.push(request),
            Err(refusal) => refused.push((line, refusal)),
        }
    }
    if refused.is_empty() {
        refused = check_total(facts);
    }
    if refused.is_empty() { accept(facts, now) } else { refuse(facts, &refused, now) }
}

/// The checks of one line, in their documented order.
fn check_line(
    facts: &OrderFacts<'_>,
    line: &LineFacts,
    taken: &[RequestId],
    now: Timestamp,
) -> Result<RequestId, Refusal> {
    let unknown = || Refusal::UnknownProcurementRequest { reference: line.line.reference.clone() };
    let MatchedRequest { request, offer, product } = line.matched.as_ref().ok_or_else(unknown)?;
    if request.connection != facts.connection.id {
        return Err(unknown());
    }
    if taken.contains(&request.id) {
        return Err(Refusal::AlreadyOrdered { purchase_order: facts.number.to_owned() });
    }
    if request.made_in_test && !facts.test {
        return Err(Refusal::TestRequest { offer: request.offer_name.clone() });
    }
    check_request(request, offer, product, now)?;
    check_part(&line.line, request)?;
    check_commercial(&line.line, request)?;
    Ok(request.id)
}

/// Whether an order for a request would be taken at that moment, whatever its lines say about quantity and price.
///
/// # Errors
/// The refusal that such an order would get.
pub fn check_request(
    request: &ProcurementRequest,
    offer: &Offer,
    product: &Product,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let RequestStatus::Fulfilled { purchase_order, .. } = &request.status {
        return Err(Refusal::AlreadyOrdered { purchase_order: purchase_order.clone() });
    }
    if request.status == RequestStatus::Withdrawn {
        return Err(Refusal::WithdrawnRequest { offer: request.offer_name.clone() });
    }
    // A public price holds for as long as its quote says, whatever it is by now; a private proposal is what it was or nothing (C5).
    let is_superseded = offer.is_private() || offer.state == OfferState::Withdrawn;
    if offer.revision != request.revision && is_superseded {
        return Err(Refusal::SupersededAgreementProposal {
            offer: request.offer_name.clone(),
            requested: request.revision,
            current: offer.revision,
        });
    }
    offer.requestable_as(request.quote.pricing_model, product, now)?;
    if day::is_over(request.quote.valid_until, now) {
        return Err(Refusal::ExpiredQuote { offer: offer.name.clone(), valid_until: request.quote.valid_until });
    }
    if !offer.is_visible_to(request.account) {
        return Err(Refusal::AccountNotTargeted { offer: offer.name.clone() });
    }
    Ok(())
}

/// The part, where the line states one: compared without case and white space, and cut off at the earliest after
/// [`SHORTEST_CUT_PART`] characters, as some procurement systems do.
fn check_part(line: &OrderedLine, request: &ProcurementRequest) -> Result<(), Refusal> {
    let folded = |text: &str| -> String {
        text.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
    };
    let (stated, quoted) = (folded(&line.part_id), folded(&request.quote.line.part_id));
    let is_cut = quoted.starts_with(&stated) && stated.chars().count() >= SHORTEST_CUT_PART;
    if stated.is_empty() || stated == quoted || is_cut {
        return Ok(());
    }
    Err(Refusal::PartMismatch { quoted: request.quote.line.part_id.clone(), ordered: line.part_id.clone() })
}

/// Currency, quantity and price against the quote. Pay-as-you-go takes any positive amount as the approved budget; a
/// hidden price falls back to the quote.
fn check_commercial(line: &OrderedLine, request: &ProcurementRequest) -> Result<(), Refusal> {
    let quoted = &request.quote.line;
    let wrong_quantity = || Refusal::QuantityMismatch { quoted: quoted.quantity, ordered: line.quantity };
    let wrong_price = |price: &OrderedPrice| Refusal::PriceMismatch {
        quoted: quoted.unit_price,
        ordered: price.times(Decimal::ONE).unwrap_or(price.amount),
        of: PriceKind::Unit,
    };
    if let Some(price) = &line.price {
        let currency = quoted.unit_price.currency().code();
        let is_blank = hides_price(line, request) && price.currency.trim().is_empty();
        if !price.is_in(currency) && !is_blank {
            return Err(Refusal::CurrencyMismatch { quoted: currency.to_owned(), ordered: price.currency.clone() });
        }
    }
    let price = line.price.as_ref().filter(|price| !price.is(quoted.unit_price.amount()));
    let price = price.filter(|_| !hides_price(line, request));
    if request.quote.pricing_model == PricingModel::Usage {
        // Two negatives multiply to a positive amount, which is no budget all the same.
        if line.quantity <= Decimal::ZERO {
            return Err(wrong_quantity());
        }
        // At the quoted price, it is the quantity that makes no amount of money.
        return match ordered_amount(line, request) {
            Some(_) => Ok(()),
            None => Err(price.map_or_else(wrong_quantity, wrong_price)),
        };
    }
    if line.quantity != quoted.quantity {
        return Err(wrong_quantity());
    }
    price.map_or(Ok(()), |price| Err(wrong_price(price)))
}

/// Whether the line states no price, or 0 for what is not free: procurement systems that hide prices write either (O3c).
fn hides_price(line: &OrderedLine, request: &ProcurementRequest) -> bool {
    line.price.as_ref().is_none_or(|price| price.amount.is_zero() && !request.quote.line.unit_price.is_zero())
}

/// Where lines hide their prices, a stated Total is the only price that was approved: it must be the sum of the quotes, or
/// 0 where a hidden unit price is written as 0 too (O3c).
fn check_total<'a>(facts: &OrderFacts<'a>) -> Vec<(&'a LineFacts, Refusal)> {
    let Some(total) = facts.total else { return Vec::new() };
    let mut expected = Some(Decimal::ZERO);
    let mut hidden = Vec::new();
    for line in facts.lines {
        let Some(MatchedRequest { request, .. }) = &line.matched else { continue };
        let amount = match request.quote.pricing_model {
            PricingModel::Usage => ordered_amount(&line.line, request),
            _ => Some(request.quote.amount),
        };
        expected = expected.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount.amount()));
        if hides_price(&line.line, request) {
            hidden.push((line, request));
        }
    }
    let hides_by_zero = hidden.iter().any(|(line, _)| line.line.price.is_some());
    let fits = Some(total.amount) == expected || (total.amount.is_zero() && hides_by_zero);
    let mismatch = |request: &ProcurementRequest| {
        let quoted = request.quote.amount;
        let currency = quoted.currency();
        if !total.is_in(currency.code()) {
            let (quoted, ordered) = (currency.code().to_owned(), total.currency.clone());
            return Some(Refusal::CurrencyMismatch { quoted, ordered });
        }
        let quoted = expected.and_then(|amount| Money::new(amount, currency).ok()).unwrap_or(quoted);
        (!fits).then_some(Refusal::PriceMismatch { quoted, ordered: total.amount, of: PriceKind::Total })
    };
    hidden.into_iter().filter_map(|(line, request)| mismatch(request).map(|refusal| (line, refusal))).collect()
}

/// Quantity times price as money, where that is positive.
fn ordered_amount(line: &OrderedLine, request: &ProcurementRequest) -> Option<Money> {
    let quoted = request.quote.line.unit_price;
    let amount = match &line.price {
        Some(price) if !hides_price(line, request) => price.times(line.quantity)?,
        _ => line.quantity.checked_mul(quoted.amount())?,
    };
    Money::new(amount, quoted.currency()).ok().filter(|money| !money.is_zero() && !money.is_negative())
}

fn accept(facts: &OrderFacts<'_>, now: Timestamp) -> OrderDecision {
    let (mut agreements, mut charges, mut requests) = (Vec::new(), Vec::new(), Vec::new());
    for line in facts.lines {
        let Some(MatchedRequest { request, .. }) = &line.matched else { continue };
        let agreement = agreement(facts, line, request, now);
        charges.extend(charge::plan(
            &request.quote.plan,
            agreement.id,
            agreement.organization,
            Some(facts.order),
            now,
            facts.connection.invoicing.hold_minutes,
        ));
        let status = RequestStatus::Fulfilled { agreement: agreement.id, purchase_order: facts.number.to_owned() };
        requests.push(request.clone().with_status(status, now));
        agreements.push(agreement);
    }
    OrderDecision::Accepted { agreements, charges, requests }
}

fn agreement(facts: &OrderFacts<'_>, line: &LineFacts, request: &ProcurementRequest, now: Timestamp) -> Agreement {
    let quote = &request.quote;
    let start_date = day::of(now);
    let budget = match (quote.pricing_model, quote.budget) {
        (PricingModel::Usage, Some(_)) => ordered_amount(&line.line, request),
        (_, budget) => budget,
    };
    Agreement {
        id: line.new_agreement,
        organization: request.organization,
        account: request.account,
        seller: request.seller,
        product: request.product,
        offer: request.offer,
        revision: request.revision,
        origin: Origin::Ordered(OrderLink {
            connection: request.connection,
            request: request.id,
            order: facts.order,
            purchase_order: facts.number.to_owned(),
            order_line: line.line.number,
        }),
        pricing_model: quote.pricing_model,
        value: quote.contract_value(),
        budget,
        requester_email: request.requester_email.clone(),
        start_date,
        end_date: quote.last_day(start_date),
        accepted_at: now,
        status: AgreementStatus::Active,
    }
}

fn refuse(facts: &OrderFacts<'_>, refused: &[(&LineFacts, Refusal)], now: Timestamp) -> OrderDecision {
    let mut requests: Vec<ProcurementRequest> = Vec::new();
    let mut lines = Vec::new();
    for (line, refusal) in refused {
        let request = line.matched.as_ref().map(|matched| &matched.request);
        lines.push(LineRefusal { line: line.line.number, request: request.map(|r| r.id), refusal: refusal.clone() });
        // Another connection's request, a fulfilled and a withdrawn one stay what they are.
        if let Some(request) = request
            && request.connection == facts.connection.id
            && request.awaits_order()
            && !requests.iter().any(|known| known.id == request.id)
        {
            let status = RequestStatus::Refused { reason: refusal.clone(), purchase_order: facts.number.to_owned() };
            requests.push(request.clone().with_status(status, now));
        }
    }
    OrderDecision::Refused { lines, requests }
}

#[cfg(test)]
#[path = "purchase_order_tests.rs"]
mod tests;
