//! Charges that fell due become invoices: one for each order, seller and currency (B1, S2).
//!
//! Safe to run at any time and as often as one likes: a charge is planned or on an invoice, never both, and its invoice, the
//! seller's count and the wish to deliver it are one commit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use marketgate_domain::charge::{Charge, ChargeId, ChargeState};
use marketgate_domain::event::{OutboxIntent, Payload};
use marketgate_domain::id::{InvoiceId, OrganizationId, OutboxId, PurchaseOrderId, SellerId};
use marketgate_domain::invoice::{self, DueCharge, Invoice, InvoiceFacts};
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
    order: PurchaseOrderId,
    seller: SellerId,
    currency: &'static str,
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
            order: charge.order,
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
        let detail =
            format!("invoice {} over {} for purchase order {}", invoice.number, invoice.total, invoice.purchase_order);
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
        let order = orders::find(tx, organization, self.group.order)?.ok_or(Error::NotFound)?;
        let mut due = Vec::new();
        for id in &self.charges {
            let Some(charge) = agreements::charge(tx, organization, *id)? else { continue };
            if charge.state != ChargeState::Planned || charge.due_at > self.now {
                continue;
            }
            let agreement = agreements::require(tx, organization, id.agreement)?;
            let request = requests::find(tx, organization, agreement.request)?.ok_or(Error::NotFound)?;
            let reference = request.reference();
            // The latest received version that has the line: invoices refer to what the buyer knows now (O6).
            let line = order.versions.iter().rev().flat_map(|version| &version.lines);
            let line = line.clone().find(|line| line.reference == reference).cloned().ok_or(Error::NotFound)?;
            due.push(DueCharge { charge, request, line });
        }
        Ok(due)
    }

    fn issue(&self, tx: &mut Tx<'_>, due: &[DueCharge]) -> Result<Invoice, Error> {
        let Group { organization, order, seller, .. } = self.group;
        let order = orders::find(tx, organization, order)?.ok_or(Error::NotFound)?;
        let organization = organizations::require(tx, organization)?;
        let seller = catalog::require_seller(tx, seller)?;
        let count = invoices::next_count(tx, seller.id)?;
        let net_payment_days = match due.first() {
            Some(first) => catalog::offer_revision(tx, first.request.offer, first.request.revision)?
                .and_then(|offer| offer.terms.net_payment_days()),
            None => None,
        };
        let facts = InvoiceFacts {
            id: self.invoice,
            number: invoice::number(&seller.invoice_prefix, count),
            seller: &seller,
            organization: &organization,
            order: &order,
            net_payment_days,
            charges: due,
        };
        invoice::issue(facts, self.now).map_err(|error| Error::Conflict(error.to_string()))
    }

    /// By document where the connection takes invoices; behind earlier documents about the same order.
    fn deliver(&self, tx: &mut Tx<'_>, invoice: &Invoice) -> Result<(), Error> {
        let connection = connections::require(tx, invoice.organization, invoice.connection)?;
        if connection.invoicing.url.is_none() {
            return Ok(());
        }
        let intent = OutboxIntent {
            id: self.message,
            lane: format!("order {}", invoice.order),
            connection: Some(connection.id),
            organization: invoice.organization,
            payload: Payload::Invoice { invoice: invoice.id },
        };
        invoices::put_delivery(tx, invoice.id, self.message)?;
        Ok(outbox::enqueue(tx, intent, self.now, self.wall_now)?)
    }
}
