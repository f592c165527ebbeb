//! Charges that fell due become invoices: one for each order, or direct subscription, and each seller and currency (B1, S2).
//!
//! Safe to run at any time and as often as one likes: a charge is planned or on an invoice, never both, and its invoice, the
//! seller's count and the wish to deliver it are one commit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use marketgate_domain::agreement::Origin;
use marketgate_domain::charge::{Charge, ChargeId, ChargeState};
use marketgate_domain::event::{OutboxIntent, Payload};
use marketgate_domain::id::{AgreementId, InvoiceId, OrganizationId, OutboxId, PurchaseOrderId, SellerId};
use marketgate_domain::invoice::{self, Bills, DueCharge, Invoice, InvoiceFacts};
use marketgate_domain::purchase_order::PurchaseOrder;
use marketgate_store::{
    Reader, Tx, agreements, catalog, connections, invoices, orders, organizations, outbox, requests,
};

use super::{Error, audit};
use crate::context::Context;

/// So many charges are looked at in one round; there is another one if there are more.
const ROUND: usize = 500;

/// What goes on one invoice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    organization: OrganizationId,
    bills: Billed,
    seller: SellerId,
    currency: &'static str,
}

/// What an invoice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Billed {
    Order(PurchaseOrderId),
    Direct(AgreementId),
}

/// Issues every invoice that is due; the new invoices come back.
///
/// # Errors
/// The first failure; what was issued before it stays issued.
pub async fn bill_due_charges(context: &Context) -> Result<Vec<InvoiceId>, Error> {
    let mut issued = Vec::new();
    loop {
        let now = context.clock.business();
        let groups = context.read(move |snapshot| due(snapshot, now)).await?;
        if groups.is_empty() {
            return Ok(issued);
        }
        for (group, charges) in groups {
            let billing = Billing {
                group,
                charges,
                invoice: InvoiceId::new(context.random.uuid()),
                message: OutboxId::new(context.random.uuid()),
                now,
                wall_now: context.clock.wall(),
            };
            issued.extend(context.store.transact_async(move |tx| billing.run(tx)).await?);
            context.outbox_bell.notify_one();
        }
    }
}

fn due(reader: &impl Reader, now: Timestamp) -> Result<Vec<(Group, Vec<ChargeId>)>, Error> {
    let mut groups: BTreeMap<Group, Vec<ChargeId>> = BTreeMap::new();
    for charge in agreements::due(reader, now, ROUND)? {
        let agreement = agreements::require(reader, charge.organization, charge.id.agreement)?;
        let group = Group {
            organization: charge.organization,
            bills: charge.order.map_or(Billed::Direct(charge.id.agreement), Billed::Order),
            seller: agreement.seller,
            currency: charge.amount.currency().code(),
        };
        groups.entry(group).or_default().push(charge.id);
    }
    Ok(groups.into_iter().collect())
}

struct Billing {
    group: Group,
    charges: Vec<ChargeId>,
    invoice: InvoiceId,
    message: OutboxId,
    now: Timestamp,
    wall_now: Timestamp,
}

impl Billing {
    fn run(&self, tx: &mut Tx<'_>) -> Result<Option<InvoiceId>, Error> {
        let due = self.still_due(tx)?;
        if due.is_empty() {
            return Ok(None);
        }
        let invoice = self.issue(tx, &due)?;
        invoices::insert(tx, &invoice)?;
        for DueCharge { charge, .. } in due {
            let state = ChargeState::Invoiced { invoice: invoice.id };
            agreements::put_charge(tx, &Charge { state, ..charge })?;
        }
        self.deliver(tx, &invoice)?;
        let purchase_order = invoice.purchase_order.as_ref();
        let about = purchase_order.map_or_else(String::new, |number| format!(" for purchase order {number}"));
        let detail = format!("invoice {} over {}{about}", invoice.number, invoice.total);
        let actor = audit::system("bill_due_charges");
        audit::record(
            tx,
            self.now,
            actor,
            Some(invoice.organization),
            "invoice.issued",
            &invoice.id.to_string(),
            &detail,
        )?;
        Ok(Some(invoice.id))
    }

    /// The charges of the group that nobody billed meanwhile, in their order.
    fn still_due(&self, tx: &Tx<'_>) -> Result<Vec<DueCharge>, Error> {
        let organization = self.group.organization;
        let order = self.order(tx)?;
        let mut due = Vec::new();
        for id in &self.charges {
            let Some(charge) = agreements::charge(tx, organization, *id)? else { continue };
            if charge.state != ChargeState::Planned || charge.due_at > self.now {
                continue;
            }
            let agreement = agreements::require(tx, organization, id.agreement)?;
            let (quoted, line) = match agreement.origin {
                Origin::Direct { direct } => (direct.quote.line, None),
                Origin::Ordered(link) => {
                    let request = requests::find(tx, organization, link.request)?.ok_or(Error::NotFound)?;
                    let reference = request.reference();
                    // The latest received version that has the line: invoices refer to what the buyer knows now (O6).
                    let mut lines = order.iter().flat_map(|order| order.versions.iter().rev()).flat_map(|v| &v.lines);
                    let line = lines.find(|line| line.reference == reference).cloned().ok_or(Error::NotFound)?;
                    (request.quote.line, Some(line))
                }
            };
            due.push(DueCharge { charge, quoted, line });
        }
        Ok(due)
    }

    /// The order that is billed, if it is one.
    fn order(&self, reader: &impl Reader) -> Result<Option<PurchaseOrder>, Error> {
        match self.group.bills {
            Billed::Order(id) => Ok(Some(orders::find(reader, self.group.organization, id)?.ok_or(Error::NotFound)?)),
            Billed::Direct(_) => Ok(None),
        }
    }

    fn issue(&self, tx: &mut Tx<'_>, due: &[DueCharge]) -> Result<Invoice, Error> {
        let Group { organization, seller, .. } = self.group;
        let order = self.order(tx)?;
        // Where the offers of an order's lines say different things about payment, the first one counts.
        let first = due.first().ok_or(Error::NotFound)?.charge.id.agreement;
        let agreement = agreements::require(tx, organization, first)?;
        let organization = organizations::require(tx, organization)?;
        let seller = catalog::require_seller(tx, seller)?;
        let count = invoices::next_count(tx, seller.id)?;
        let offer = catalog::offer_revision(tx, agreement.offer, agreement.revision)?;
        let net_payment_days = offer.and_then(|offer| offer.terms.net_payment_days());
        let facts = InvoiceFacts {
            id: self.invoice,
            number: invoice::number(&seller.invoice_prefix, count),
            seller: &seller,
            organization: &organization,
            bills: order.as_ref().map_or(Bills::Direct { purchase_order: agreement.purchase_order() }, Bills::Order),
            net_payment_days,
            charges: due,
        };
        invoice::issue(facts, self.now).map_err(|error| Error::Conflict(error.to_string()))
    }

    /// By document where there is an order and its connection takes invoices; behind earlier documents about the same order.
    fn deliver(&self, tx: &mut Tx<'_>, invoice: &Invoice) -> Result<(), Error> {
        let Some(order) = &invoice.order else { return Ok(()) };
        let connection = connections::require(tx, invoice.organization, order.connection)?;
        if connection.invoicing.url.is_none() {
            return Ok(());
        }
        let intent = OutboxIntent {
            id: self.message,
            lane: format!("order {}", order.id),
            connection: Some(connection.id),
            organization: invoice.organization,
            payload: Payload::Invoice { invoice: invoice.id },
        };
        invoices::put_delivery(tx, invoice.id, self.message)?;
        Ok(outbox::enqueue(tx, intent, self.now, self.wall_now)?)
    }
}
