//! One order on its way through the decisions, without a store: facts, what was decided, what is billed.
//!
//! Every record comes out of the program's own decisions, so nothing is measured that could not happen.

use anyhow::bail;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::id::{AgreementId, InvoiceId, MessageId, PunchoutSessionId, PurchaseOrderId, UserId};
use marketgate_domain::invoice::{Bills, DueCharge, Invoice, InvoiceFacts, issue};
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::punchout::{PunchoutSession, SessionState};
use marketgate_domain::purchase_order::{
    AccountingSegment, LineFacts, MatchedRequest, OrderDecision, OrderFacts, OrderOutcome, OrderVersion, OrderedLine,
    OrderedPrice, PurchaseOrder, decide,
};

use super::market::Market;

/// The buyer's number of the order.
const NUMBER: &str = "PO-4711";

/// An accepted order with everything that came of it.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The order.
    pub order: PurchaseOrder,
    /// One for each line.
    pub agreements: Vec<Agreement>,
    /// One for each line.
    pub charges: Vec<Charge>,
    /// The fulfilled requests.
    pub requests: Vec<ProcurementRequest>,
}

/// Fresh requests with the lines that a well-behaved buyer sends for them.
///
/// # Errors
/// When the offer cannot be quoted.
pub fn line_facts(market: &Market, lines: u32) -> anyhow::Result<Vec<LineFacts>> {
    (1..=lines)
        .map(|number| {
            let request = market.request()?;
            Ok(LineFacts {
                line: ordered_line(number, &request),
                new_agreement: AgreementId::from_value(number.into()),
                matched: Some(MatchedRequest { request, offer: market.offer.clone(), product: market.product.clone() }),
            })
        })
        .collect()
}

fn ordered_line(number: u32, request: &ProcurementRequest) -> OrderedLine {
    let quoted = &request.quote.line;
    let currency = quoted.unit_price.currency().code().to_owned();
    OrderedLine {
        number,
        part_id: quoted.part_id.clone(),
        reference: request.reference(),
        quantity: quoted.quantity,
        price: Some(OrderedPrice { amount: quoted.unit_price.amount(), currency, basis: None }),
        unit: quoted.unit.as_str().to_owned(),
        accounting: vec![AccountingSegment {
            accounting: "DistributionCharge".to_owned(),
            name: "Cost Center".to_owned(),
            value: "CC-100".to_owned(),
            description: "Research".to_owned(),
        }],
    }
}

/// The order to decide.
pub fn order_facts<'a>(market: &'a Market, lines: &'a [LineFacts]) -> OrderFacts<'a> {
    OrderFacts {
        order: PurchaseOrderId::from_value(1),
        number: NUMBER,
        connection: &market.connection,
        lines,
        total: None,
        test: false,
    }
}

/// An order with so many lines, accepted.
///
/// # Errors
/// When it is refused.
pub fn accepted(market: &Market, lines: u32) -> anyhow::Result<Accepted> {
    let facts = line_facts(market, lines)?;
    let decision = decide(&order_facts(market, &facts), market.now);
    let OrderDecision::Accepted { agreements, charges, requests } = decision else {
        bail!("the order was refused: {decision:?}");
    };
    let order = PurchaseOrder {
        id: PurchaseOrderId::from_value(1),
        organization: market.connection.organization,
        connection: market.connection.id,
        number: NUMBER.to_owned(),
        versions: vec![OrderVersion {
            version: 1,
            payload_id: "order-1@acme.example".to_owned(),
            order_date: "2026-11-02T09:15:00+01:00".to_owned(),
            message: MessageId::from_value(1),
            decided_at: market.now,
            lines: facts.into_iter().map(|facts| facts.line).collect(),
            outcome: OrderOutcome::Accepted { agreements: agreements.iter().map(|agreement| agreement.id).collect() },
            warnings: Vec::new(),
            repetitions: 0,
            last_received_at: None,
        }],
    };
    Ok(Accepted { order, agreements, charges, requests })
}

impl Accepted {
    /// Its charges as if all had fallen due.
    pub fn due(&self) -> Vec<DueCharge> {
        let lines = self.order.versions.iter().flat_map(|version| &version.lines);
        let parts = self.charges.iter().zip(&self.requests).zip(lines);
        parts
            .map(|((charge, request), line)| DueCharge {
                charge: charge.clone(),
                quoted: request.quote.line.clone(),
                line: Some(line.clone()),
            })
            .collect()
    }

    /// What the invoice over those charges is made from.
    pub fn invoice_facts<'a>(&'a self, market: &'a Market, due: &'a [DueCharge]) -> InvoiceFacts<'a> {
        InvoiceFacts {
            id: InvoiceId::from_value(1),
            number: "BENCH-000001".to_owned(),
            seller: &market.seller,
            organization: &market.organization,
            bills: Bills::Order(&self.order),
            net_payment_days: None,
            charges: due,
        }
    }

    /// The invoice over all of it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn invoice(&self, market: &Market) -> anyhow::Result<Invoice> {
        Ok(issue(self.invoice_facts(market, &self.due()), market.now)?)
    }
}

/// A session whose cart is about to be returned.
pub fn session(market: &Market) -> PunchoutSession {
    PunchoutSession {
        id: PunchoutSessionId::from_value(1),
        organization: market.connection.organization,
        connection: market.connection.id,
        user: UserId::from_value(1),
        account: market.connection.default_account,
        buyer_cookie: "cookie-1".to_owned(),
        buyer_cookie_markup: None,
        browser_form_post: "https://acme.example/punchout/checkout".to_owned(),
        setup_payload_id: "setup-1@acme.example".to_owned(),
        test: false,
        selected: None,
        unknown_part: None,
        resume: None,
        cart: Vec::new(),
        state: SessionState::Open,
        opened_at: None,
        acted: false,
        created_at: market.now,
        expires_at: market.now,
    }
}
