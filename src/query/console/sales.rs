//! Requests, orders, agreements and invoices of every organization.

use marketgate_domain::agreement::Agreement;
use marketgate_domain::event::{OutboxMessage, OutboxState};
use marketgate_domain::id::{AgreementId, InvoiceId, PurchaseOrderId, RequestId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::{OrderOutcome, PurchaseOrder};
use marketgate_store::{OrgView, Reader, StoreError};
use marketgate_store::{agreements as stored_agreements, invoices as stored_invoices, orders as stored_orders};
use marketgate_store::{outbox, requests as stored_requests};

use super::paging::{LOOK, Page, merged};
use super::{connection_name, organization_name, owned, product_name};
use crate::query::life::{self, AgreementLife, RequestLife};

/// A request in the list.
#[derive(Debug, Clone)]
pub struct RequestEntry {
    /// The request.
    pub request: ProcurementRequest,
    /// Name of the product.
    pub product: String,
    /// Name of the organization.
    pub organization: String,
}

/// An order in the list, or on its page.
#[derive(Debug, Clone)]
pub struct OrderEntry {
    /// The order.
    pub order: PurchaseOrder,
    /// Whether it was received in test mode: nothing came of it (N3).
    pub is_test: bool,
    /// Name of the organization.
    pub organization: String,
    /// Name of the connection.
    pub connection: String,
}

/// An agreement in the list.
#[derive(Debug, Clone)]
pub struct AgreementEntry {
    /// The agreement.
    pub agreement: Agreement,
    /// Name of the product.
    pub product: String,
    /// Name of the organization.
    pub organization: String,
}

/// An invoice in the list.
#[derive(Debug, Clone)]
pub struct InvoiceEntry {
    /// The invoice.
    pub invoice: Invoice,
    /// State of its delivery; none where it is not sent by document.
    pub delivery: Option<OutboxState>,
}

/// The newest requests, or the next older page.
pub fn requests(reader: &impl Reader, before: Option<RequestId>) -> Result<Page<RequestEntry>, StoreError> {
    let rows = stored_requests::newest_of_all(reader, before, LOOK)?;
    Page::cut(rows, |request| request.id).with(|request| {
        let product = product_name(reader, request.product)?;
        let organization = organization_name(reader, request.organization)?;
        Ok(RequestEntry { request, product, organization })
    })
}

/// One request with its life, and whose it is.
pub fn request(reader: &impl Reader, id: RequestId) -> Result<Option<(Organization, RequestLife)>, StoreError> {
    let owner = stored_requests::owner(reader, id)?;
    owned(reader, owner, |organization| life::request(&OrgView::vouched(reader, organization), id))
}

/// The newest orders, those in test mode among them, or the next older page.
pub fn orders(reader: &impl Reader, before: Option<PurchaseOrderId>) -> Result<Page<OrderEntry>, StoreError> {
    let rows = newest_orders(reader, before, LOOK)?;
    Page::cut(rows, |(order, _)| order.id).with(|(order, is_test)| order_entry(reader, order, is_test))
}

/// The newest orders, each with whether it is a test.
fn newest_orders(
    reader: &impl Reader,
    before: Option<PurchaseOrderId>,
    limit: usize,
) -> Result<Vec<(PurchaseOrder, bool)>, StoreError> {
    merged(
        [false, true],
        before,
        limit,
        |(order, _): &(PurchaseOrder, bool)| order.id,
        |is_test, before| {
            let newest = if *is_test {
                stored_orders::newest_tests_of_all(reader, before, 1)?
            } else {
                stored_orders::newest_of_all(reader, before, 1)?
            };
            Ok(newest.into_iter().next().map(|order| (order, *is_test)))
        },
    )
}

/// One order, and the agreements that its versions created.
pub fn order(reader: &impl Reader, id: PurchaseOrderId) -> Result<Option<(OrderEntry, Vec<Agreement>)>, StoreError> {
    let found = match stored_orders::owner(reader, id)? {
        Some(organization) => stored_orders::find(reader, organization, id)?.map(|order| (order, false)),
        None => test_order(reader, id)?.map(|order| (order, true)),
    };
    let Some((order, is_test)) = found else { return Ok(None) };
    let accepted = order.versions.iter().filter_map(|version| match &version.outcome {
        OrderOutcome::Accepted { agreements } => Some(agreements),
        OrderOutcome::Refused { .. } => None,
    });
    let agreements = accepted.flatten().map(|id| stored_agreements::find(reader, order.organization, *id));
    let agreements = agreements.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    Ok(Some((order_entry(reader, order, is_test)?, agreements)))
}

fn test_order(reader: &impl Reader, id: PurchaseOrderId) -> Result<Option<PurchaseOrder>, StoreError> {
    match stored_orders::owner_of_test(reader, id)? {
        Some(organization) => stored_orders::find_test(reader, organization, id),
        None => Ok(None),
    }
}

fn order_entry(reader: &impl Reader, order: PurchaseOrder, is_test: bool) -> Result<OrderEntry, StoreError> {
    let organization = organization_name(reader, order.organization)?;
    let connection = connection_name(reader, order.connection)?;
    Ok(OrderEntry { order, is_test, organization, connection })
}

/// Orders whose latest version was refused, among the newest `look_at`; test orders need nobody.
pub(super) fn refused_orders(reader: &impl Reader, look_at: usize) -> Result<Vec<PurchaseOrder>, StoreError> {
    let is_refused = |order: &PurchaseOrder| {
        order.standing().is_some_and(|version| matches!(version.outcome, OrderOutcome::Refused { .. }))
    };
    let newest = newest_orders(reader, None, look_at)?.into_iter();
    Ok(newest.filter(|(order, is_test)| !is_test && is_refused(order)).map(|(order, _)| order).collect())
}

/// The newest agreements, or the next older page.
pub fn agreements(reader: &impl Reader, before: Option<AgreementId>) -> Result<Page<AgreementEntry>, StoreError> {
    let rows = stored_agreements::newest_of_all(reader, before, LOOK)?;
    Page::cut(rows, |agreement| agreement.id).with(|agreement| {
        let product = product_name(reader, agreement.product)?;
        let organization = organization_name(reader, agreement.organization)?;
        Ok(AgreementEntry { agreement, product, organization })
    })
}

/// One agreement with everything about it, and whose it is.
pub fn agreement(reader: &impl Reader, id: AgreementId) -> Result<Option<(Organization, AgreementLife)>, StoreError> {
    let owner = stored_agreements::owner(reader, id)?;
    owned(reader, owner, |organization| life::agreement(&OrgView::vouched(reader, organization), id))
}

/// The newest invoices, or the next older page.
pub fn invoices(reader: &impl Reader, before: Option<InvoiceId>) -> Result<Page<InvoiceEntry>, StoreError> {
    let rows = stored_invoices::newest_of_all(reader, before, LOOK)?;
    Page::cut(rows, |invoice| invoice.id).with(|invoice| {
        let delivery = delivery(reader, invoice.id)?.map(|message| message.state);
        Ok(InvoiceEntry { invoice, delivery })
    })
}

/// One invoice, and the outbox message that carries it.
pub fn invoice(reader: &impl Reader, id: InvoiceId) -> Result<Option<(Invoice, Option<OutboxMessage>)>, StoreError> {
    let Some(invoice) = stored_invoices::by_id(reader, id)? else { return Ok(None) };
    Ok(Some((invoice, delivery(reader, id)?)))
}

fn delivery(reader: &impl Reader, invoice: InvoiceId) -> Result<Option<OutboxMessage>, StoreError> {
    match stored_invoices::delivery(reader, invoice)? {
        Some(message) => outbox::find(reader, message),
        None => Ok(None),
    }
}
