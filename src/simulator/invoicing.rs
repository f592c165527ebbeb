//! The verb *take an invoice*: judges an `InvoiceDetailRequest` the way Coupa does and remembers it with its answer.
//! Also takes confirmations. Faults for tests are injected here, never in the judgement.
//!
//! Source of codes and texts: Coupa's supplier documentation on cXML invoices and their errors.

use ring::digest;
use rust_decimal::Decimal;

use crate::config::BuyerConfig;
use crate::core::Core;
use crate::decimal;
use crate::ledger::{ConfirmationReceived, InvoiceReceived, Ledger, PurchaseOrder};
use crate::wire::answer::CxmlStatus;
use crate::wire::cart::LineKind;
use crate::wire::invoice::{self, Invoice, InvoiceLine, Parties};
use crate::wire::order::OrderLine;
use crate::wire::{confirmation, mask_secret};
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

/// Takes one invoice document: judges it, remembers it with the answer, returns the answer and whose it is.
pub(crate) fn receive(core: &Core, document: &str, multipart: bool) -> CxmlStatus {
    let mut ledger = core.ledger();
    let (buyer_key, invoice, outcome) = judge(&core.config.buyers, &ledger, document);
    let id = ledger.next_id();
    let answer = outcome.err().unwrap_or_else(|| CxmlStatus::new(200, "OK", format!("Successful - invoice id: {id}")));
    tracing::info!(code = answer.code, "invoice answered");
    ledger.invoices.push(InvoiceReceived {
        id,
        buyer_key,
        received_at: core.now(),
        invoice,
        answer: answer.clone(),
        multipart,
        raw: mask_secret(document),
    });
    drop(ledger);
    core.changed();
    answer
}

/// Takes one confirmation document.
pub(crate) fn receive_confirmation(core: &Core, document: &str) -> CxmlStatus {
    let taken = read_confirmation(core, document);
    core.changed();
    taken.err().unwrap_or_else(|| CxmlStatus::new(200, "OK", ""))
}

fn read_confirmation(core: &Core, document: &str) -> Result<(), CxmlStatus> {
    let tree = xml::parse(document).map_err(not_acceptable)?;
    let buyer = authenticate(&core.config.buyers, invoice::parties(tree.root_element()))?;
    if !buyer.dialect.habits().takes_confirmations {
        return Err(CxmlStatus::new(403, "Forbidden", "Confirmations are not enabled for this supplier"));
    }
    let confirmation = confirmation::read(tree.root_element()).map_err(not_acceptable)?;
    let mut ledger = core.ledger();
    let po_number = confirmation.po_number.as_deref().or(confirmation.order_payload_id.as_deref()).unwrap_or_default();
    let known = ledger.orders.iter().any(|order| {
        order.buyer_key == buyer.key
            && (order.po_number == po_number || order.attempts.iter().any(|attempt| attempt.payload_id == po_number))
    });
    if !known {
        return Err(invalid_reference(format!("Unable to find order {po_number}")));
    }
    let id = ledger.next_id();
    ledger.confirmations.push(ConfirmationReceived {
        id,
        buyer_key: buyer.key.clone(),
        received_at: core.now(),
        confirmation,
        raw: mask_secret(document),
    });
    Ok(())
}

type Judged = (Option<String>, Option<Invoice>, Result<(), CxmlStatus>);

/// Parse, version, credentials, content: in this order, as far as it goes.
fn judge(buyers: &[BuyerConfig], ledger: &Ledger, document: &str) -> Judged {
    let tree = match xml::parse(document) {
        Ok(tree) => tree,
        Err(why) => return (None, None, Err(not_acceptable(why))),
    };
    let root = tree.root_element();
    if let Some(version) = invoice::declared_version(document).filter(|version| !version.starts_with("1.2.")) {
        let why = format!("cXML version {version} is not supported, 1.2.x is");
        return (None, None, Err(CxmlStatus::new(450, "Not Implemented", why)));
    }
    let buyer = match authenticate(buyers, invoice::parties(root)) {
        Ok(buyer) => buyer,
        Err(refusal) => return (None, None, Err(refusal)),
    };
    let key = Some(buyer.key.clone());
    match invoice::read(root) {
        Ok(invoice) => {
            let outcome = judge_content(buyer, ledger, &invoice);
            (key, Some(invoice), outcome)
        }
        Err(why) => (key, None, Err(not_acceptable(why))),
    }
}

/// The buyer whose supplier sent the document; the roles are turned round compared with an order.
fn authenticate(buyers: &[BuyerConfig], parties: Option<Parties>) -> Result<&BuyerConfig, CxmlStatus> {
    let refusal = || CxmlStatus::new(401, "Unauthorized", "Invalid credentials");
    let parties = parties.ok_or_else(refusal)?;
    let names = |party: &[(String, String)], domain: &str, identity: &str| {
        party.iter().any(|(d, i)| d.eq_ignore_ascii_case(domain) && i == identity)
    };
    buyers
        .iter()
        .find(|buyer| {
            names(&parties.from, &buyer.supplier_domain, &buyer.supplier_identity)
                && names(&parties.sender, &buyer.supplier_domain, &buyer.supplier_identity)
                && names(&parties.to, &buyer.buyer_domain, &buyer.buyer_identity)
                && same_secret(&parties.shared_secret, buyer.shared_secret.expose())
        })
        .ok_or_else(refusal)
}

/// Compares digests, so that the time taken tells nothing about the secret.
fn same_secret(given: &str, expected: &str) -> bool {
    let digest_of = |secret: &str| digest::digest(&digest::SHA256, secret.as_bytes());
    digest_of(given).as_ref() == digest_of(expected).as_ref()
}

fn judge_content(buyer: &BuyerConfig, ledger: &Ledger, invoice: &Invoice) -> Result<(), CxmlStatus> {
    let mine = || ledger.invoices.iter().filter(|known| known.buyer_key.as_deref() == Some(&buyer.key));
    let taken = |number: &str| {
        mine().any(|known| {
            known.answer.is_success() && known.invoice.as_ref().is_some_and(|known| known.invoice_number == number)
        })
    };
    if taken(&invoice.invoice_number) {
        return Err(invalid_attributes(format!("Invoice number {} is already used", invoice.invoice_number)));
    }
    if invoice.invoice_number.chars().count() > 40 {
        return Err(invalid_attributes("The invoice number is longer than 40 characters".to_owned()));
    }
    for line in &invoice.lines {
        let order = ledger
            .order(&line.po_number)
            .ok_or_else(|| invalid_reference(format!("Unable to find order header {}", line.po_number)))?;
        if order.buyer_key != buyer.key {
            let why =
                format!("Order header {} does not belong to supplier {}", line.po_number, buyer.supplier_identity);
            return Err(invalid_reference(why));
        }
        judge_line(order, line)?;
    }
    judge_credit(invoice, taken)?;
    judge_sums(invoice)
}

fn judge_line(order: &PurchaseOrder, line: &InvoiceLine) -> Result<(), CxmlStatus> {
    let at = |what: &str| format!("Line {} of the invoice: {what}", line.line_number);
    let po_line = find_po_line(order, line).ok_or_else(|| {
        let number = line.po_line_number.map_or_else(|| "of that part and unit".to_owned(), |n| n.to_string());
        invalid_reference(at(&format!("order {} has no line {number}", order.po_number)))
    })?;
    if po_line.kind != line.kind {
        return Err(invalid_attributes(at("PO line must be the same type as invoice line")));
    }
    if line.unit_of_measure.as_deref().is_some_and(|unit| unit != po_line.unit_of_measure) {
        return Err(invalid_attributes(at("the unit of measure differs from the order")));
    }
    if line.kind == LineKind::Quantity && line.unit_of_measure.is_none() {
        return Err(invalid_attributes(at("the unit of measure is missing")));
    }
    if line.currency != po_line.currency {
        return Err(invalid_attributes(at("the currency differs from the order")));
    }
    let both_negative = line.quantity.zip(line.unit_price).is_some_and(|(q, p)| q < Decimal::ZERO && p < Decimal::ZERO);
    if both_negative {
        return Err(invalid_attributes(at("quantity and price are both negative")));
    }
    Ok(())
}

/// By line number; without one by part number and unit, as Coupa documents.
fn find_po_line<'a>(order: &'a PurchaseOrder, line: &InvoiceLine) -> Option<&'a OrderLine> {
    order.lines.iter().find(|po_line| match line.po_line_number {
        Some(number) => po_line.line_number == number,
        None => {
            line.supplier_part_id.as_deref() == Some(&po_line.supplier_part_id)
                && line.unit_of_measure.as_deref() == Some(&po_line.unit_of_measure)
        }
    })
}

fn judge_credit(invoice: &Invoice, taken: impl Fn(&str) -> bool) -> Result<(), CxmlStatus> {
    match (invoice.purpose.as_str(), invoice.original_invoice.as_deref()) {
        ("creditMemo", None) => {
            Err(CxmlStatus::new(500, "Unexpected server error", "a credit needs the number of the original invoice"))
        }
        ("creditMemo", Some(original)) if !taken(original) => {
            Err(invalid_reference(format!("Unable to find the original invoice {original}")))
        }
        ("creditMemo" | "standard", _) => Ok(()),
        (other, _) => Err(CxmlStatus::new(450, "Not Implemented", format!("The purpose {other} is not supported"))),
    }
}

fn judge_sums(invoice: &Invoice) -> Result<(), CxmlStatus> {
    if !invoice.charges.is_zero() {
        return Err(invalid_attributes("Shipping and handling charges are not permitted".to_owned()));
    }
    if let Some(line) = invoice.lines.iter().find(|line| line.currency != invoice.currency) {
        return Err(invalid_attributes(format!("Line {}: the currency differs from the summary", line.line_number)));
    }
    if let Some(line) = invoice.lines.iter().find(|line| !multiplies_out(line)) {
        let why = format!("Line {}: the subtotal is not quantity times unit price", line.line_number);
        return Err(invalid_attributes(why));
    }
    if decimal::sum(invoice.lines.iter().map(|line| line.subtotal)) != Some(invoice.subtotal) {
        return Err(invalid_attributes("The lines do not add up to the subtotal".to_owned()));
    }
    if decimal::sum([invoice.subtotal, invoice.tax, -invoice.discount]) != Some(invoice.net) {
        return Err(invalid_attributes("Subtotal and tax do not add up to the net amount".to_owned()));
    }
    Ok(())
}

/// A subtotal may be rounded to the smallest unit of its currency, but not further.
fn multiplies_out(line: &InvoiceLine) -> bool {
    let Some((quantity, price)) = line.quantity.zip(line.unit_price) else { return true };
    let Some(product) = quantity.checked_mul(price) else { return false };
    product.checked_sub(line.subtotal).is_some_and(|difference| difference.abs() < Decimal::new(1, 2))
}

fn not_acceptable(why: impl Into<String>) -> CxmlStatus {
    CxmlStatus::new(406, "Not Acceptable", why)
}

fn invalid_reference(why: String) -> CxmlStatus {
    CxmlStatus::new(417, "Invalid order/document reference", why)
}

fn invalid_attributes(why: String) -> CxmlStatus {
    CxmlStatus::new(417, "Invalid attributes in document", why)
}
