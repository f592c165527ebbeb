//! Procurement requests. The key begins with the organization: a reference from an order of another organization finds
//! nothing.

use marketgate_domain::id::{OrganizationId, RequestId};
use marketgate_domain::procurement_request::ProcurementRequest;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::REQUESTS;
use crate::tx::Tx;

/// Stores a request.
pub fn put(tx: &mut Tx<'_>, request: &ProcurementRequest) -> Result<(), StoreError> {
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

/// The newest requests of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<RequestId>,
    limit: usize,
) -> Result<Vec<ProcurementRequest>, StoreError> {
    let scan = Scan::prefix(&organization, limit).backward();
    let rows =
        reader.scan(&REQUESTS, &before.iter().fold(scan, |scan, before| scan.before(&(organization, *before))))?;
    Ok(rows.into_iter().map(|(_, request)| request).collect())
}
