//! The verb *take an invoice*: judges an `InvoiceDetailRequest` by the buyer's habits and remembers it with its answer.
//! Faults for tests are injected by the caller, never in the judgement.
//!
//! Source of codes and texts: Coupa's supplier documentation on cXML invoices and their errors, and SAP Ariba's support
//! notes on invoice failures.

use rust_decimal::Decimal;

use crate::config::BuyerConfig;
use crate::core::Core;
use crate::decimal;
use crate::dialect::{Habits, InvoiceHabits, OrderLinkStyle};
use crate::ledger::{InvoiceReceived, Ledger};
use crate::purchase_order::PurchaseOrder;
use crate::receiving::{Reply, authenticate, not_acceptable};
use crate::wire::answer::CxmlStatus;
use crate::wire::cart::LineKind;
use crate::wire::invoice::{self, Invoice, InvoiceLine, OrderLink};
use crate::wire::mask_secret;
use crate::wire::order::OrderLine;
use crate::xml;

/// What goes wrong with the next invoice, for tests and rehearsals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Takes the invoice, then drops the connection without an answer: the sender cannot know.
    Close,
    /// Drops the connection without looking at the document.
    CloseUnread,
    /// Answers with this HTTP status and a page that is not cXML, without looking at the document.
    Http(u16),
    /// Takes the invoice, then answers after this many milliseconds (at most a minute).
    SlowMs(u64),
    /// Answers with this cXML status, without looking at the document.
    Status {
        /// `Status@code`.
        code: u16,
        /// `Status@text`.
        text: String,
    },
}

/// Takes one invoice document: judges it, remembers it with the answer, returns the answer.
pub(crate) fn receive(core: &Core, document: &str, multipart: bool) -> Reply {
    let mut ledger = core.ledger();
    let Judged { buyer, invoice, outcome } = judge(&core.config.buyers, &ledger, document);
    let id = ledger.next_id();
    let answer = match outcome {
        Ok(habits) => habits.accepted("invoice", id),
        Err(refusal) => refusal,
    };
    tracing::info!(code = answer.code, "invoice answered");
    ledger.invoices.push(InvoiceReceived {
        id,
        buyer_key: buyer.map(|buyer| buyer.key.clone()),
        received_at: core.now(),
        invoice,
        answer: answer.clone(),
        multipart,
        raw: mask_secret(document),
    });
    drop(ledger);
    core.changed();
    Reply::new(answer, buyer)
}

/// What is known about a document, as far as judging it went.
struct Judged<'a> {
    buyer: Option<&'a BuyerConfig>,
    invoice: Option<Invoice>,
    outcome: Result<&'static Habits, CxmlStatus>,
}

/// Parse, version, credentials, content: in this order, as far as it goes.
fn judge<'a>(buyers: &'a [BuyerConfig], ledger: &Ledger, document: &str) -> Judged<'a> {
    let nobodys = |refusal| Judged { buyer: None, invoice: None, outcome: Err(refusal) };
    let tree = match xml::parse(document) {
        Ok(tree) => tree,
        Err(why) => return nobodys(not_acceptable(why)),
    };
    let root = tree.root_element();
    if let Some(version) = invoice::declared_version(document).filter(|version| !version.starts_with("1.2.")) {
        let why = format!("cXML version {version} is not supported, 1.2.x is");
        return nobodys(CxmlStatus::new(450, "Not Implemented", why));
    }
    let buyer = match authenticate(buyers, invoice::parties(root)) {
        Ok(buyer) => buyer,
        Err(refusal) => return nobodys(refusal),
    };
    let habits = buyer.dialect.habits();
    match invoice::read(root, habits.invoice.order_link) {
        Ok(invoice) => {
            let outcome = Judge { buyer, habits: &habits.invoice, ledger }.content(&invoice).map(|()| habits);
            Judged { buyer: Some(buyer), invoice: Some(invoice), outcome }
        }
        Err(why) => Judged { buyer: Some(buyer), invoice: None, outcome: Err(not_acceptable(why)) },
    }
}

/// One buyer's judgement of an invoice.
struct Judge<'a> {
    buyer: &'a BuyerConfig,
    habits: &'static InvoiceHabits,
    ledger: &'a Ledger,
}

impl Judge<'_> {
    fn content(&self, invoice: &Invoice) -> Result<(), CxmlStatus> {
        let number = &invoice.invoice_number;
        if self.knows_number(number) {
            return Err(self.habits.duplicate.because(format!("Invoice number {number} is already used")));
        }
        if number.chars().count() > 40 {
            return Err(self.bad_content("The invoice number is longer than 40 characters"));
        }
        if invoice.is_header_invoice {
            return Err(self.bad_content("SUMMARY_AND_DETAIL: a header invoice has no lines"));
        }
        for line in &invoice.lines {
            self.line(self.order(&line.po_number)?, line)?;
        }
        for (po_number, link) in invoice.po_numbers.iter().zip(&invoice.order_links) {
            self.link(self.order(po_number)?, link)?;
        }
        self.credit(invoice)?;
        sums(invoice).map_err(|why| self.bad_content(why))
    }

    fn bad_content(&self, why: impl AsRef<str>) -> CxmlStatus {
        self.habits.bad_content.because(why)
    }

    fn knows_number(&self, number: &str) -> bool {
        self.taken().any(|known| known.invoice_number == number)
    }

    /// What was taken from this buyer's supplier so far.
    fn taken(&self) -> impl Iterator<Item = &Invoice> {
        let mine =
            |known: &&InvoiceReceived| known.buyer_key.as_deref() == Some(&self.buyer.key) && known.answer.is_success();
        self.ledger.invoices.iter().filter(mine).filter_map(|known| known.invoice.as_ref())
    }

    fn order(&self, po_number: &str) -> Result<&PurchaseOrder, CxmlStatus> {
        let refusal = self.habits.bad_reference;
        if po_number.is_empty() {
            return Err(refusal.because("The invoice does not say the number of its order"));
        }
        let order = self
            .ledger
            .order(po_number)
            .ok_or_else(|| refusal.because(format!("Unable to find order header {po_number}")))?;
        if order.buyer_key == self.buyer.key {
            return Ok(order);
        }
        let supplier = &self.buyer.supplier_identity;
        Err(refusal.because(format!("Order header {po_number} does not belong to supplier {supplier}")))
    }

    /// Which version of the order is meant, where that matters.
    fn link(&self, order: &PurchaseOrder, link: &OrderLink) -> Result<(), CxmlStatus> {
        if self.habits.order_link == OrderLinkStyle::NumberAsPayloadId {
            return Ok(());
        }
        let po_number = &order.po_number;
        if order.is_cancelled() {
            return Err(self.habits.replaced_order.because(format!("Order {po_number} was cancelled")));
        }
        let trail = &order.trail;
        match (&link.payload_id, &link.order_date) {
            (Some(payload_id), _) if trail.is_latest(payload_id) => Ok(()),
            (Some(payload_id), _) if trail.is_replaced(payload_id) => Err(self
                .habits
                .replaced_order
                .because(format!("The version {payload_id} of order {po_number} was replaced by a later one"))),
            (None, Some(order_date)) if trail.is_dated(order_date) => Ok(()),
            _ => Err(self.habits.bad_reference.because(format!(
                "The document referenced for order {po_number} cannot be found: the payloadID of the order's latest \
                 version is needed, or its number and exact date"
            ))),
        }
    }

    fn line(&self, order: &PurchaseOrder, line: &InvoiceLine) -> Result<(), CxmlStatus> {
        let at = |what: &str| format!("Line {} of the invoice: {what}", line.line_number);
        let po_line = self.po_line(order, line).ok_or_else(|| {
            let number = line.po_line_number.map_or_else(|| "of that part and unit".to_owned(), |n| n.to_string());
            self.habits.bad_reference.because(at(&format!("order {} has no line {number}", order.po_number)))
        })?;
        if self.habits.services_need_entry_sheet && po_line.kind == LineKind::Amount {
            return Err(self.bad_content(at("a service line needs an approved service entry sheet first")));
        }
        misfit(po_line, line).map_or(Ok(()), |why| Err(self.bad_content(at(why))))
    }

    /// By line number; where the system does so, without one by part number and unit.
    fn po_line<'a>(&self, order: &'a PurchaseOrder, line: &InvoiceLine) -> Option<&'a OrderLine> {
        order.lines.iter().find(|po_line| match line.po_line_number {
            Some(number) => po_line.line_number == number,
            None => {
                self.habits.finds_lines_by_part
                    && line.supplier_part_id.as_deref() == Some(&po_line.supplier_part_id)
                    && line.unit_of_measure.as_deref() == Some(&po_line.unit_of_measure)
            }
        })
    }

    fn credit(&self, invoice: &Invoice) -> Result<(), CxmlStatus> {
        let purpose = invoice.purpose.as_str();
        if purpose == "standard" {
            return Ok(());
        }
        if purpose != self.habits.credit_purpose {
            let why = format!("The purpose {purpose} is not supported");
            return Err(CxmlStatus::new(450, "Not Implemented", why));
        }
        let Some(original) = invoice.original_invoice.as_deref() else {
            let why = "a credit needs the number of the original invoice";
            return Err(self.habits.credit_without_original.because(why));
        };
        // Coupa takes the original's number in the place of its payload id, a network its payload id.
        let known = self.taken().any(|known| match self.habits.order_link {
            OrderLinkStyle::NumberAsPayloadId => known.invoice_number == original,
            OrderLinkStyle::OrderIdAndPayloadId => known.payload_id == original,
        });
        if known {
            return Ok(());
        }
        Err(self.habits.bad_reference.because(format!("Unable to find the original invoice {original}")))
    }
}

/// What of a line does not fit its order line.
fn misfit(po_line: &OrderLine, line: &InvoiceLine) -> Option<&'static str> {
    let both_negative = line.quantity.zip(line.unit_price).is_some_and(|(q, p)| q < Decimal::ZERO && p < Decimal::ZERO);
    let rules = [
        (po_line.kind != line.kind, "PO line must be the same type as invoice line"),
        (
            line.unit_of_measure.as_deref().is_some_and(|unit| unit != po_line.unit_of_measure),
            "the unit of measure differs from the order",
        ),
        (line.kind == LineKind::Quantity && line.unit_of_measure.is_none(), "the unit of measure is missing"),
        (line.currency != po_line.currency, "the currency differs from the order"),
        (both_negative, "quantity and price are both negative"),
    ];
    rules.into_iter().find_map(|(broken, why)| broken.then_some(why))
}

fn sums(invoice: &Invoice) -> Result<(), String> {
    if !invoice.charges.is_zero() {
        return Err("Shipping and handling charges are not permitted".to_owned());
    }
    if let Some(line) = invoice.lines.iter().find(|line| line.currency != invoice.currency) {
        return Err(format!("Line {}: the currency differs from the summary", line.line_number));
    }
    if let Some(line) = invoice.lines.iter().find(|line| !multiplies_out(line)) {
        return Err(format!("Line {}: the subtotal is not quantity times unit price", line.line_number));
    }
    if decimal::sum(invoice.lines.iter().map(|line| line.subtotal)) != Some(invoice.subtotal) {
        return Err("The lines do not add up to the subtotal".to_owned());
    }
    if decimal::sum([invoice.subtotal, invoice.tax, -invoice.discount]) != Some(invoice.net) {
        return Err("Subtotal and tax do not add up to the net amount".to_owned());
    }
    Ok(())
}

/// A subtotal may be rounded to the smallest unit of its currency, but not further.
fn multiplies_out(line: &InvoiceLine) -> bool {
    let Some((quantity, price)) = line.quantity.zip(line.unit_price) else { return true };
    let Some(product) = quantity.checked_mul(price) else { return false };
    product.checked_sub(line.subtotal).is_some_and(|difference| difference.abs() < Decimal::new(1, 2))
}
