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
pub fn find(reader: &impl Reader, organization: OrganizationId, id: RequestId) -> Result<Option<ProcurementRequest>, StoreError> {
    reader.get(&REQUESTS, &(organization, id))
}

/// The newest requests of an organization, at most so many.
pub fn newest(reader: &impl Reader, organization: OrganizationId, limit: usize) -> Result<Vec<ProcurementRequest>, StoreError> {
    let rows = reader.scan(&REQUESTS, &Scan::prefix(&organization, limit).backward())?;
    Ok(rows.into_iter().map(|(_, request)| request).collect())
}
