//! Issued invoices, and the gap-free count of each seller.

use marketgate_domain::id::{InvoiceId, OrganizationId, OutboxId, SellerId};
use marketgate_domain::invoice::Invoice;

use crate::error::StoreError;
use crate::owners;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{INVOICE_COUNTERS, INVOICE_DELIVERIES, INVOICE_OWNERS, INVOICES};
use crate::tx::Tx;

/// The next number of a seller's series. Taken in the transaction that stores the invoice: no gap, no number twice.
pub fn next_count(tx: &mut Tx<'_>, seller: SellerId) -> Result<u64, StoreError> {
    let count = tx.get(&INVOICE_COUNTERS, &seller)?.unwrap_or(0) + 1;
    tx.put(&INVOICE_COUNTERS, &seller, &count)?;
    Ok(count)
}

/// Stores a new invoice. It never changes afterwards: an invoice of that id must not exist ([`StoreError::Exists`]).
pub fn insert(tx: &mut Tx<'_>, invoice: &Invoice) -> Result<(), StoreError> {
    owners::note(tx, &INVOICE_OWNERS, &invoice.id, invoice.organization)?;
    tx.insert_new(&INVOICES, &(invoice.organization, invoice.id), invoice)
}

/// Notes the outbox message that delivers an invoice.
pub fn put_delivery(tx: &mut Tx<'_>, invoice: InvoiceId, message: OutboxId) -> Result<(), StoreError> {
    tx.put(&INVOICE_DELIVERIES, &invoice, &message)
}

/// The outbox message that delivers an invoice, if it is delivered by document.
pub fn delivery(reader: &impl Reader, invoice: InvoiceId) -> Result<Option<OutboxId>, StoreError> {
    reader.get(&INVOICE_DELIVERIES, &invoice)
}

/// An invoice of an organization.
pub fn find(reader: &impl Reader, organization: OrganizationId, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
    reader.get(&INVOICES, &(organization, id))
}

/// An invoice, whosever it is: for deliveries, which know only its id.
pub fn by_id(reader: &impl Reader, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
    match reader.get(&INVOICE_OWNERS, &id)? {
        Some(organization) => find(reader, organization, id),
        None => Ok(None),
    }
}

/// The newest invoices of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<InvoiceId>,
    limit: usize,
) -> Result<Vec<Invoice>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    Ok(reader.scan(&INVOICES, &scan)?.into_iter().map(|(_, invoice)| invoice).collect())
}

/// The newest invoices of all organizations, or the next older page: those before one.
pub fn newest_of_all(
    reader: &impl Reader,
    before: Option<InvoiceId>,
    limit: usize,
) -> Result<Vec<Invoice>, StoreError> {
    owners::newest(reader, &INVOICE_OWNERS, &INVOICES, before, limit)
}

/// How many invoices there are.
pub fn count(reader: &impl Reader) -> Result<usize, StoreError> {
    owners::count(reader, &INVOICE_OWNERS)
}
