//! Purchase orders with all received versions, found by the buyer's number; test orders apart from them (a flag on live
//! rows would leak into everything that counts them).

use marketgate_domain::id::{ConnectionId, OrganizationId, PurchaseOrderId};
use marketgate_domain::purchase_order::PurchaseOrder;

use crate::error::StoreError;
use crate::owners;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{ORDER_OWNERS, ORDERS, ORDERS_BY_NUMBER, TEST_ORDER_OWNERS, TEST_ORDERS, TEST_ORDERS_BY_NUMBER};
use crate::tx::Tx;

/// Stores an order.
pub fn put(tx: &mut Tx<'_>, order: &PurchaseOrder) -> Result<(), StoreError> {
    tx.put(&ORDERS_BY_NUMBER, &(order.connection, order.number.clone()), &order.id)?;
    owners::note(tx, &ORDER_OWNERS, &order.id, order.organization)?;
    tx.put(&ORDERS, &(order.organization, order.id), order)
}

/// An order of an organization.
pub fn find(
    reader: &impl Reader,
    organization: OrganizationId,
    id: PurchaseOrderId,
) -> Result<Option<PurchaseOrder>, StoreError> {
    reader.get(&ORDERS, &(organization, id))
}

/// The order with that number over that connection.
pub fn by_number(
    reader: &impl Reader,
    organization: OrganizationId,
    connection: ConnectionId,
    number: &str,
) -> Result<Option<PurchaseOrder>, StoreError> {
    match reader.get(&ORDERS_BY_NUMBER, &(connection, number.to_owned()))? {
        Some(id) => find(reader, organization, id),
        None => Ok(None),
    }
}

/// The newest orders of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<PurchaseOrderId>,
    limit: usize,
) -> Result<Vec<PurchaseOrder>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    let rows = reader.scan(&ORDERS, &scan)?;
    Ok(rows.into_iter().map(|(_, order)| order).collect())
}

/// Whose an order is.
pub fn owner(reader: &impl Reader, id: PurchaseOrderId) -> Result<Option<OrganizationId>, StoreError> {
    reader.get(&ORDER_OWNERS, &id)
}

/// The newest orders of all organizations, or the next older page: those before one.
pub fn newest_of_all(
    reader: &impl Reader,
    before: Option<PurchaseOrderId>,
    limit: usize,
) -> Result<Vec<PurchaseOrder>, StoreError> {
    owners::newest(reader, &ORDER_OWNERS, &ORDERS, before, limit)
}

/// How many orders there are, test orders left out.
pub fn count(reader: &impl Reader) -> Result<usize, StoreError> {
    owners::count(reader, &ORDER_OWNERS)
}

/// Stores an order that was received in test mode.
pub fn put_test(tx: &mut Tx<'_>, order: &PurchaseOrder) -> Result<(), StoreError> {
    tx.put(&TEST_ORDERS_BY_NUMBER, &(order.connection, order.number.clone()), &order.id)?;
    owners::note(tx, &TEST_ORDER_OWNERS, &order.id, order.organization)?;
    tx.put(&TEST_ORDERS, &(order.organization, order.id), order)
}

/// The test order with that number over that connection. A live order with the number is another one.
pub fn test_by_number(
    reader: &impl Reader,
    organization: OrganizationId,
    connection: ConnectionId,
    number: &str,
) -> Result<Option<PurchaseOrder>, StoreError> {
    match reader.get(&TEST_ORDERS_BY_NUMBER, &(connection, number.to_owned()))? {
        Some(id) => find_test(reader, organization, id),
        None => Ok(None),
    }
}

/// A test order of an organization.
pub fn find_test(
    reader: &impl Reader,
    organization: OrganizationId,
    id: PurchaseOrderId,
) -> Result<Option<PurchaseOrder>, StoreError> {
    reader.get(&TEST_ORDERS, &(organization, id))
}

/// Whose a test order is.
pub fn owner_of_test(reader: &impl Reader, id: PurchaseOrderId) -> Result<Option<OrganizationId>, StoreError> {
    reader.get(&TEST_ORDER_OWNERS, &id)
}

/// The newest test orders of all organizations, or the next older page: those before one.
pub fn newest_tests_of_all(
    reader: &impl Reader,
    before: Option<PurchaseOrderId>,
    limit: usize,
) -> Result<Vec<PurchaseOrder>, StoreError> {
    owners::newest(reader, &TEST_ORDER_OWNERS, &TEST_ORDERS, before, limit)
}

/// [`newest`] of the test orders.
pub fn newest_tests(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<PurchaseOrderId>,
    limit: usize,
) -> Result<Vec<PurchaseOrder>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    let rows = reader.scan(&TEST_ORDERS, &scan)?;
    Ok(rows.into_iter().map(|(_, order)| order).collect())
}
