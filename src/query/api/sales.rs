//! Requests, orders, agreements, charges and invoices of every organization.

use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeId};
use marketgate_domain::event::OutboxMessage;
use marketgate_domain::id::{
    AgreementId, ConnectionId, IdError, InvoiceId, OrganizationId, PurchaseOrderId, RequestId,
};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::{OrderOutcome, PurchaseOrder};
use marketgate_store::{OrgView, Reader, StoreError};
use marketgate_store::{agreements as stored_agreements, invoices as stored_invoices, orders as stored_orders};
use marketgate_store::{outbox, requests as stored_requests};

use crate::query::life::{self, AgreementLife};

use super::{Page, Window, fits, gather};

/// Which requests are wanted.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// In that status, by its word.
    pub status: Option<&'static str>,
}

/// Which orders are wanted.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// With that number of the buyer.
    pub number: Option<String>,
    /// Whether the latest version was accepted.
    pub accepted: Option<bool>,
}

/// Which agreements are wanted.
#[derive(Debug, Clone, Default)]
pub struct AgreementFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// In that status, by its word.
    pub status: Option<&'static str>,
}

/// Which charges are wanted.
#[derive(Debug, Clone, Default)]
pub struct ChargeFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Under that agreement.
    pub agreement: Option<AgreementId>,
    /// Whether they are on an invoice.
    pub invoiced: Option<bool>,
}

/// Which invoices are wanted.
#[derive(Debug, Clone, Default)]
pub struct InvoiceFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// With that number.
    pub number: Option<String>,
}

/// An order, and whether it was received in test mode.
#[derive(Debug, Clone)]
pub struct ReceivedOrder {
    /// The order.
    pub order: PurchaseOrder,
    /// Nothing came of it (N3).
    pub is_test: bool,
}

/// An invoice, and the message that carries it.
#[derive(Debug, Clone)]
pub struct DeliveredInvoice {
    /// The invoice.
    pub invoice: Invoice,
    /// The outbox message; none where the connection takes no invoices.
    pub delivery: Option<OutboxMessage>,
}

/// The place of a charge in the list: newest agreement first, its charges by number. In text as its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChargePlace {
    agreement: AgreementId,
    number: Reverse<u32>,
}

impl ChargePlace {
    /// The charge.
    pub fn id(self) -> ChargeId {
        ChargeId { agreement: self.agreement, number: self.number.0 }
    }
}

impl From<ChargeId> for ChargePlace {
    fn from(id: ChargeId) -> Self {
        Self { agreement: id.agreement, number: Reverse(id.number) }
    }
}

impl fmt::Display for ChargePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id().fmt(f)
    }
}

impl FromStr for ChargePlace {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let parts = text.split_once('/').and_then(|(id, number)| Some((id.parse().ok()?, number.parse().ok()?)));
        let refused =
            || IdError { text: text.chars().take(80).collect(), kind: "a charge", prefix: AgreementId::PREFIX };
        parts.map(|(agreement, number)| ChargeId { agreement, number }.into()).ok_or_else(refused)
    }
}

/// Requests.
pub fn requests(
    reader: &impl Reader,
    filter: &RequestFilter,
    window: Window<RequestId>,
) -> Result<Page<ProcurementRequest, RequestId>, StoreError> {
    let keep = |row: &ProcurementRequest| {
        fits(filter.connection.as_ref(), &row.connection) && fits(filter.status, row.status.word())
    };
    let newest = |owner: &Option<OrganizationId>, before| {
        let mut found = match owner {
            Some(owner) => stored_requests::newest(reader, *owner, before, 1)?,
            None => stored_requests::newest_of_all(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    gather([filter.organization], window, |row| row.id, keep, newest)
}

/// One request.
pub fn request(reader: &impl Reader, id: RequestId) -> Result<Option<ProcurementRequest>, StoreError> {
    match stored_requests::owner(reader, id)? {
        Some(owner) => stored_requests::find(reader, owner, id),
        None => Ok(None),
    }
}

/// Orders, those in test mode among them.
pub fn orders(
    reader: &impl Reader,
    filter: &OrderFilter,
    window: Window<PurchaseOrderId>,
) -> Result<Page<ReceivedOrder, PurchaseOrderId>, StoreError> {
    let keep = |row: &ReceivedOrder| {
        fits(filter.connection.as_ref(), &row.order.connection)
            && fits(filter.number.as_deref(), row.order.number.as_str())
            && fits(filter.accepted.as_ref(), &is_accepted(&row.order))
    };
    let newest = |is_test: &bool, before| {
        let mut found = match (filter.organization, is_test) {
            (Some(owner), false) => stored_orders::newest(reader, owner, before, 1)?,
            (Some(owner), true) => stored_orders::newest_tests(reader, owner, before, 1)?,
            (None, false) => stored_orders::newest_of_all(reader, before, 1)?,
            (None, true) => stored_orders::newest_tests_of_all(reader, before, 1)?,
        };
        Ok(found.pop().map(|order| ReceivedOrder { order, is_test: *is_test }))
    };
    gather([false, true], window, |row| row.order.id, keep, newest)
}

/// Whether the latest version of an order was accepted.
fn is_accepted(order: &PurchaseOrder) -> bool {
    order.standing().is_some_and(|version| matches!(version.outcome, OrderOutcome::Accepted { .. }))
}

/// One order.
pub fn order(reader: &impl Reader, id: PurchaseOrderId) -> Result<Option<ReceivedOrder>, StoreError> {
    if let Some(owner) = stored_orders::owner(reader, id)? {
        let order = stored_orders::find(reader, owner, id)?;
        return Ok(order.map(|order| ReceivedOrder { order, is_test: false }));
    }
    let Some(owner) = stored_orders::owner_of_test(reader, id)? else { return Ok(None) };
    Ok(stored_orders::find_test(reader, owner, id)?.map(|order| ReceivedOrder { order, is_test: true }))
}

/// Agreements.
pub fn agreements(
    reader: &impl Reader,
    filter: &AgreementFilter,
    window: Window<AgreementId>,
) -> Result<Page<Agreement, AgreementId>, StoreError> {
    let keep = |row: &Agreement| {
        let connection = row.ordered().map(|link| &link.connection);
        fits(filter.connection.as_ref(), connection) && fits(filter.status, row.status.word())
    };
    let newest = |owner: &Option<OrganizationId>, before| {
        let mut found = match owner {
            Some(owner) => stored_agreements::newest(reader, *owner, before, 1)?,
            None => stored_agreements::newest_of_all(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    gather([filter.organization], window, |row| row.id, keep, newest)
}

/// One agreement.
pub fn agreement(reader: &impl Reader, id: AgreementId) -> Result<Option<Agreement>, StoreError> {
    match stored_agreements::owner(reader, id)? {
        Some(owner) => stored_agreements::find(reader, owner, id),
        None => Ok(None),
    }
}

/// One agreement with everything about it.
pub fn agreement_life(reader: &impl Reader, id: AgreementId) -> Result<Option<AgreementLife>, StoreError> {
    match stored_agreements::owner(reader, id)? {
        Some(owner) => life::agreement(&OrgView::vouched(reader, owner), id),
        None => Ok(None),
    }
}

/// Charges: newest agreement first, its charges by number.
pub fn charges(
    reader: &impl Reader,
    filter: &ChargeFilter,
    window: Window<ChargePlace>,
) -> Result<Page<Charge, ChargePlace>, StoreError> {
    use marketgate_domain::charge::ChargeState::Invoiced;
    let keep = |row: &Charge| fits(filter.invoiced.as_ref(), &matches!(row.state, Invoiced { .. }));
    let place = |row: &Charge| ChargePlace::from(row.id);
    if let Some(agreement) = filter.agreement {
        let owner = stored_agreements::owner(reader, agreement)?;
        let owner = owner.filter(|owner| fits(filter.organization.as_ref(), owner));
        let newest = |owner: &OrganizationId, before| charge_after(reader, *owner, agreement, before);
        return gather(owner, window, place, keep, newest);
    }
    gather([filter.organization], window, place, keep, |owner, before| newest_charge(reader, *owner, before))
}

/// The next charge of one agreement.
fn charge_after(
    reader: &impl Reader,
    owner: OrganizationId,
    agreement: AgreementId,
    before: Option<ChargePlace>,
) -> Result<Option<Charge>, StoreError> {
    match before.map(ChargePlace::id) {
        None => stored_agreements::charge_after(reader, owner, agreement, None),
        Some(id) if id.agreement == agreement => {
            stored_agreements::charge_after(reader, owner, agreement, Some(id.number))
        }
        // Another agreement's place: all of this one's charges come before it, or all behind it.
        Some(id) if id.agreement < agreement => Ok(None),
        Some(_) => stored_agreements::charge_after(reader, owner, agreement, None),
    }
}

/// The next charge of an organization, or of all.
fn newest_charge(
    reader: &impl Reader,
    owner: Option<OrganizationId>,
    before: Option<ChargePlace>,
) -> Result<Option<Charge>, StoreError> {
    let mut agreement = before.map(|before| before.agreement);
    if let Some(same) = agreement
        && let Some(owner) = stored_agreements::owner(reader, same)?
        && let Some(found) = charge_after(reader, owner, same, before)?
    {
        return Ok(Some(found));
    }
    loop {
        let older = match owner {
            Some(owner) => stored_agreements::newest(reader, owner, agreement, 1)?.pop(),
            None => stored_agreements::newest_of_all(reader, agreement, 1)?.pop(),
        };
        let Some(older) = older else { return Ok(None) };
        if let Some(first) = charge_after(reader, older.organization, older.id, None)? {
            return Ok(Some(first));
        }
        agreement = Some(older.id);
    }
}

/// One charge.
pub fn charge(reader: &impl Reader, id: ChargeId) -> Result<Option<Charge>, StoreError> {
    match stored_agreements::owner(reader, id.agreement)? {
        Some(owner) => stored_agreements::charge(reader, owner, id),
        None => Ok(None),
    }
}

/// Invoices.
pub fn invoices(
    reader: &impl Reader,
    filter: &InvoiceFilter,
    window: Window<InvoiceId>,
) -> Result<Page<DeliveredInvoice, InvoiceId>, StoreError> {
    let keep = |row: &Invoice| {
        let connection = row.order.as_ref().map(|order| &order.connection);
        fits(filter.connection.as_ref(), connection) && fits(filter.number.as_deref(), row.number.as_str())
    };
    let newest = |owner: &Option<OrganizationId>, before| {
        let mut found = match owner {
            Some(owner) => stored_invoices::newest(reader, *owner, before, 1)?,
            None => stored_invoices::newest_of_all(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    let Page { rows, next } = gather([filter.organization], window, |row| row.id, keep, newest)?;
    let rows = rows.into_iter().map(|invoice| delivered(reader, invoice)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next })
}

/// One invoice.
pub fn invoice(reader: &impl Reader, id: InvoiceId) -> Result<Option<DeliveredInvoice>, StoreError> {
    stored_invoices::by_id(reader, id)?.map(|invoice| delivered(reader, invoice)).transpose()
}

fn delivered(reader: &impl Reader, invoice: Invoice) -> Result<DeliveredInvoice, StoreError> {
    let delivery = match stored_invoices::delivery(reader, invoice.id)? {
        Some(message) => outbox::find(reader, message)?,
        None => None,
    };
    Ok(DeliveredInvoice { invoice, delivery })
}
