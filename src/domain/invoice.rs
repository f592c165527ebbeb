//! Invoices: frozen when issued, the same content for every delivery and every rendering (B3).
//!
//! Issuing is a pure step: charges that fell due, the order they belong to (none under a direct subscription), the seller and the buyer go in, the complete
//! invoice comes out. What an invoice says never depends on anything that may change later, so names and addresses are
//! copied into it.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::address::PostalAddress;
use crate::charge::{Charge, ChargeId};
use crate::day;
use crate::id::{ConnectionId, InvoiceId, OrganizationId, PurchaseOrderId, SellerId};
use crate::money::{Currency, Money, MoneyError};
use crate::organization::Organization;
use crate::purchase_order::{AccountingSegment, OrderedLine, PurchaseOrder};
use crate::quote::{LineKind, QuoteLine};
use crate::seller::{RemitTo, Seller};
use crate::tax::{self, TaxRule};

/// Coupa refuses longer numbers (`invoiceID`, B3).
pub const LONGEST_NUMBER: usize = 40;

/// An issued invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Identifier.
    pub id: InvoiceId,
    /// The number that people know: the seller's prefix and a gap-free count.
    pub number: String,
    /// When it was issued, business time.
    pub issued_at: Timestamp,
    /// The day by which it is to be paid.
    pub due_date: Date,
    /// Days between both.
    pub payment_terms_days: u32,
    /// The seller.
    pub seller: SellerId,
    /// The seller as printed.
    pub from: Party,
    /// Where the money goes.
    pub remit_to: RemitTo,
    /// The organization.
    pub organization: OrganizationId,
    /// The organization as printed.
    pub bill_to: Party,
    /// The order it bills; none where it bills a direct subscription. Stored flat, beside the other fields.
    #[serde(flatten)]
    pub order: Option<BilledOrder>,
    /// The buyer's number: that of the order, or the one given with a direct subscription (O8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    /// Lines, at least one.
    pub lines: Vec<InvoiceLine>,
    /// Sum of the lines, without tax.
    pub subtotal: Money,
    /// The tax rule that was applied, none where no tax is due.
    pub tax_rule: Option<TaxRule>,
    /// Tax on the subtotal.
    pub tax: Money,
    /// What is to be paid.
    pub total: Money,
}

/// The version of an order that an invoice refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledOrder {
    /// The connection the invoice is delivered over.
    pub connection: ConnectionId,
    /// The order.
    #[serde(rename = "order")]
    pub id: PurchaseOrderId,
    /// `payloadID` of the version.
    #[serde(rename = "order_payload_id")]
    pub payload_id: String,
    /// `orderDate` of the version, as written.
    #[serde(rename = "order_date")]
    pub date: String,
}

impl BilledOrder {
    /// The latest received version of an order; none of an order without versions.
    fn latest(order: &PurchaseOrder) -> Option<Self> {
        order.latest().map(|version| Self {
            connection: order.connection,
            id: order.id,
            payload_id: version.payload_id.clone(),
            date: version.order_date.clone(),
        })
    }
}

/// A legal entity as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name.
    pub name: String,
    /// Address.
    pub address: PostalAddress,
    /// Tax registration number with its country prefix.
    pub tax_id: Option<String>,
}

/// One line of an invoice: one charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Number on the invoice, from 1.
    pub number: u32,
    /// The charge.
    pub charge: ChargeId,
    /// The line of the order, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line: Option<u32>,
    /// Amount or quantity, as on the order.
    pub kind: LineKind,
    /// Quantity; exact, possibly a fraction where the order has natural lines.
    pub quantity: Decimal,
    /// Price of one, as on the order.
    pub unit_price: Money,
    /// The order's spelling of the unit of measure.
    pub unit: String,
    /// Without tax.
    pub amount: Money,
    /// Share of the tax.
    pub tax: Money,
    /// SupplierPartID, as on the order.
    pub part_id: String,
    /// SupplierPartAuxiliaryID, as on the order; the agreement where there is no order.
    pub reference: String,
    /// What for.
    pub description: String,
    /// Accounting of the order line, echoed.
    pub accounting: Vec<AccountingSegment>,
}

/// What an invoice is made from.
#[derive(Debug)]
pub struct InvoiceFacts<'a> {
    /// Identifier for the invoice.
    pub id: InvoiceId,
    /// The number that the seller's counter gave.
    pub number: String,
    /// The seller.
    pub seller: &'a Seller,
    /// The organization.
    pub organization: &'a Organization,
    /// What it bills.
    pub bills: Bills<'a>,
    /// Net payment days of the offer, where it has them.
    pub net_payment_days: Option<u32>,
    /// The charges that fell due, of one currency.
    pub charges: &'a [DueCharge],
}

/// What an invoice bills.
#[derive(Debug, Clone, Copy)]
pub enum Bills<'a> {
    /// Lines of an order.
    Order(&'a PurchaseOrder),
    /// A direct subscription.
    Direct {
        /// The number that the buyer wants on the invoice.
        purchase_order: Option<&'a str>,
    },
}

/// A charge that fell due, with what its line is made from.
#[derive(Debug, Clone)]
pub struct DueCharge {
    /// The charge.
    pub charge: Charge,
    /// The line as it was quoted.
    pub quoted: QuoteLine,
    /// The line of the order; none under a direct subscription.
    pub line: Option<OrderedLine>,
}

/// Why an invoice cannot be made from those facts; each is a fault of the records, not of the buyer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// No charge, or an order without versions.
    #[error("an invoice needs at least one charge and a received order version")]
    Nothing,
    /// The number is longer than receivers take.
    #[error("the invoice number \"{0}\" is longer than {LONGEST_NUMBER} characters")]
    NumberTooLong(String),
    /// Amounts that do not fit together.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The number with that count in the seller's series.
pub fn number(prefix: &str, count: u64) -> String {
    format!("{prefix}-{count:06}")
}

/// Issues an invoice.
///
/// # Errors
/// See [`InvoiceError`].
pub fn issue(facts: InvoiceFacts<'_>, now: Timestamp) -> Result<Invoice, InvoiceError> {
    if facts.number.chars().count() > LONGEST_NUMBER {
        return Err(InvoiceError::NumberTooLong(facts.number));
    }
    let (order, purchase_order) = match facts.bills {
        Bills::Order(order) => {
            (Some(BilledOrder::latest(order).ok_or(InvoiceError::Nothing)?), Some(order.number.as_str()))
        }
        Bills::Direct { purchase_order } => (None, purchase_order),
    };
    let currency = facts.charges.first().map(|due| due.charge.amount.currency()).ok_or(InvoiceError::Nothing)?;
    let amounts: Vec<Money> = facts.charges.iter().map(|due| due.charge.amount).collect();
    let subtotal = Money::sum(currency, amounts.iter().copied())?;
    let assessment = tax::assess(&facts.seller.tax_rules, &facts.organization.address.country, currency, &amounts)?;
    let mut lines = Vec::with_capacity(facts.charges.len());
    for ((due, tax), number) in facts.charges.iter().zip(&assessment.lines).zip(1u32..) {
        lines.push(line(due, *tax, number)?);
    }
    let payment_terms_days = facts.net_payment_days.unwrap_or(facts.seller.payment_terms_days);
    Ok(Invoice {
        id: facts.id,
        number: facts.number,
        issued_at: now,
        due_date: day::plus_days(day::of(now), payment_terms_days),
        payment_terms_days,
        seller: facts.seller.id,
        from: Party {
            name: facts.seller.legal_name.clone(),
            address: facts.seller.address.clone(),
            tax_id: facts.seller.tax_id.clone(),
        },
        remit_to: facts.seller.remit_to.clone(),
        organization: facts.organization.id,
        bill_to: Party {
            name: facts.organization.name.clone(),
            address: facts.organization.address.clone(),
            tax_id: None,
        },
        order,
        purchase_order: purchase_order.map(str::to_owned),
        lines,
        subtotal,
        tax_rule: assessment.rule,
        tax: assessment.total,
        total: subtotal.plus(assessment.total)?,
    })
}

/// A service line bills its one charge whole; a material line bills so many of the order's units (a fraction of one where
/// the order has one piece at the whole amount).
fn line(due: &DueCharge, tax: Money, number: u32) -> Result<InvoiceLine, InvoiceError> {
    let DueCharge { charge, quoted, line } = due;
    let amount = charge.amount;
    let (quantity, unit_price) = billed(quoted.unit_price, amount)?;
    // As the order spells it where it does: that is what the buyer's system compares with.
    let (unit, part_id, reference, accounting) = match line.clone() {
        Some(OrderedLine { unit, part_id, reference, accounting, .. }) => {
            let or_quoted = |text: String, quoted: String| if text.trim().is_empty() { quoted } else { text };
            let (unit, part_id) =
                (or_quoted(unit, quoted.unit.to_string()), or_quoted(part_id, quoted.part_id.clone()));
            (unit, part_id, reference, accounting)
        }
        None => (quoted.unit.to_string(), quoted.part_id.clone(), charge.id.agreement.to_string(), Vec::new()),
    };
    Ok(InvoiceLine {
        number,
        charge: charge.id,
        order_line: line.as_ref().map(|line| line.number),
        kind: quoted.kind,
        quantity,
        unit_price,
        unit,
        amount,
        tax,
        part_id,
        reference,
        description: format!("{}. {}", charge.description, quoted.description).chars().take(255).collect(),
        accounting,
    })
}

/// Quantity and price of a partial bill: an exact fraction of the ordered piece where there is one, else (a third of the
/// whole has no end as a decimal) one piece at the charge.
fn billed(ordered_price: Money, amount: Money) -> Result<(Decimal, Money), MoneyError> {
    match amount.divided_by(ordered_price.amount()) {
        Ok(quantity) => Ok((quantity, ordered_price)),
        Err(MoneyError::Overflow) => Ok((Decimal::ONE, amount)),
        Err(other) => Err(other),
    }
}

/// The currency of an invoice.
impl Invoice {
    /// The one currency of all its amounts.
    pub fn currency(&self) -> Currency {
        self.total.currency()
    }
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
