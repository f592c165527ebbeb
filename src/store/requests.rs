//! Procurement requests. The key begins with the organization: a reference from an order of another organization finds
//! nothing.

use jiff::civil::Date;
use marketgate_domain::id::{OfferId, OrganizationId, RequestId, UserId};
use marketgate_domain::procurement_request::ProcurementRequest;

use crate::error::StoreError;
use crate::owners;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{REQUEST_OWNERS, REQUESTS, REQUESTS_BY_REQUESTER, REQUESTS_WAITING, REQUESTS_WAITING_BY_OFFER};
use crate::tx::Tx;

/// Stores a request; it is found by its offer and by the last day of its quote exactly while it waits.
pub fn put(tx: &mut Tx<'_>, request: &ProcurementRequest) -> Result<(), StoreError> {
    let by_day = |request: &ProcurementRequest| (request.quote.valid_until, request.organization, request.id);
    let by_offer = |request: &ProcurementRequest| (request.offer, request.organization, request.id);
    if let Some(before) = find(tx, request.organization, request.id)? {
        tx.delete(&REQUESTS_WAITING, &by_day(&before))?;
        tx.delete(&REQUESTS_WAITING_BY_OFFER, &by_offer(&before))?;
    }
    if request.is_waiting() {
        tx.put(&REQUESTS_WAITING, &by_day(request), &())?;
        tx.put(&REQUESTS_WAITING_BY_OFFER, &by_offer(request), &())?;
    }
    tx.put(&REQUESTS_BY_REQUESTER, &(request.organization, request.requester, request.id), &())?;
    owners::note(tx, &REQUEST_OWNERS, &request.id, request.organization)?;
    tx.put(&REQUESTS, &(request.organization, request.id), request)
}

/// A request of an organization.
pub fn find(
    reader: &impl Reader,
    organization: OrganizationId,
    id: RequestId,
) -> Result<Option<ProcurementRequest>, StoreError> {
    reader.get(&REQUESTS, &(organization, id))
}

/// The newest requests that one person made, at most so many.
pub fn newest_of_requester(
    reader: &impl Reader,
    organization: OrganizationId,
    requester: UserId,
    limit: usize,
) -> Result<Vec<ProcurementRequest>, StoreError> {
    let scan = Scan::prefix(&(organization, requester), limit).newest_first(None);
    let keys = reader.scan_keys(&REQUESTS_BY_REQUESTER, &scan)?;
    keys.iter().map(|(organization, _, id)| reader.require(&REQUESTS, &(*organization, *id))).collect()
}

/// The newest requests of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<RequestId>,
    limit: usize,
) -> Result<Vec<ProcurementRequest>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    let rows = reader.scan(&REQUESTS, &scan)?;
    Ok(rows.into_iter().map(|(_, request)| request).collect())
}

/// Whose a request is.
pub fn owner(reader: &impl Reader, id: RequestId) -> Result<Option<OrganizationId>, StoreError> {
    reader.get(&REQUEST_OWNERS, &id)
}

/// The newest requests of all organizations, or the next older page: those before one.
pub fn newest_of_all(
    reader: &impl Reader,
    before: Option<RequestId>,
    limit: usize,
) -> Result<Vec<ProcurementRequest>, StoreError> {
    owners::newest(reader, &REQUEST_OWNERS, &REQUESTS, before, limit)
}

/// How many requests wait for an order that would still be taken on that day; counted up to a limit.
pub fn count_waiting(reader: &impl Reader, today: Date, limit: usize) -> Result<usize, StoreError> {
    Ok(reader.scan_keys(&REQUESTS_WAITING, &Scan::all(limit).from_prefix(&today))?.len())
}

/// Waiting requests whose quote ends on that day or earlier, at most so many.
pub fn lapsed_by(reader: &impl Reader, day: Date, limit: usize) -> Result<Vec<ProcurementRequest>, StoreError> {
    let keys = reader.scan_keys(&REQUESTS_WAITING, &Scan::all(limit).through(&day))?;
    keys.iter().map(|(_, organization, id)| reader.require(&REQUESTS, &(*organization, *id))).collect()
}

/// The nearest last day of a waiting request's quote, from `earliest` on.
pub fn next_lapse(reader: &impl Reader, earliest: Date) -> Result<Option<Date>, StoreError> {
    Ok(reader.scan_keys(&REQUESTS_WAITING, &Scan::all(1).from_prefix(&earliest))?.first().map(|(day, _, _)| *day))
}

/// How many requests wait for an order on an offer, counted up to a limit.
pub fn number_waiting_on(reader: &impl Reader, offer: OfferId, limit: usize) -> Result<usize, StoreError> {
    Ok(reader.scan_keys(&REQUESTS_WAITING_BY_OFFER, &Scan::prefix(&offer, limit))?.len())
}

/// Requests that wait for an order on an offer, at most so many.
pub fn waiting_on(reader: &impl Reader, offer: OfferId, limit: usize) -> Result<Vec<ProcurementRequest>, StoreError> {
    let keys = reader.scan_keys(&REQUESTS_WAITING_BY_OFFER, &Scan::prefix(&offer, limit))?;
    keys.iter().map(|(_, organization, id)| reader.require(&REQUESTS, &(*organization, *id))).collect()
}
