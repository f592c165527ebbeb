//! Agreements and their charges; planned charges are found by the moment they fall due.

use jiff::Timestamp;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeId, ChargeState};
use marketgate_domain::id::{AccountId, AgreementId, OrganizationId, ProductId};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{AGREEMENTS, AGREEMENTS_BY_PRODUCT, CHARGES, CHARGES_DUE};
use crate::tx::Tx;

/// Stores an agreement.
pub fn put(tx: &mut Tx<'_>, agreement: &Agreement) -> Result<(), StoreError> {
    let Agreement { id, organization, account, product, .. } = *agreement;
    tx.put(&AGREEMENTS_BY_PRODUCT, &(organization, account, product, id), &())?;
    tx.put(&AGREEMENTS, &(organization, id), agreement)
}

/// The agreements that an account has for a product, oldest first.
pub fn of_product(
    reader: &impl Reader,
    organization: OrganizationId,
    account: AccountId,
    product: ProductId,
) -> Result<Vec<Agreement>, StoreError> {
    let scan = Scan::prefix(&(organization, account, product), usize::MAX);
    let keys = reader.scan_keys(&AGREEMENTS_BY_PRODUCT, &scan)?;
    keys.into_iter().map(|(_, _, _, id)| require(reader, organization, id)).collect()
}

/// An agreement of an organization.
pub fn find(
    reader: &impl Reader,
    organization: OrganizationId,
    id: AgreementId,
) -> Result<Option<Agreement>, StoreError> {
    reader.get(&AGREEMENTS, &(organization, id))
}

/// An agreement that a record refers to.
pub fn require(reader: &impl Reader, organization: OrganizationId, id: AgreementId) -> Result<Agreement, StoreError> {
    reader.require(&AGREEMENTS, &(organization, id))
}

/// The newest agreements of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<AgreementId>,
    limit: usize,
) -> Result<Vec<Agreement>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    Ok(reader.scan(&AGREEMENTS, &scan)?.into_iter().map(|(_, agreement)| agreement).collect())
}

/// How many agreements there are; counted up to so many.
pub fn count(reader: &impl Reader, limit: usize) -> Result<usize, StoreError> {
    Ok(reader.scan_keys(&AGREEMENTS, &Scan::all(limit))?.len())
}

/// Stores a charge; it is due exactly while it is planned.
pub fn put_charge(tx: &mut Tx<'_>, charge: &Charge) -> Result<(), StoreError> {
    let ChargeId { agreement, number } = charge.id;
    let due = (charge.due_at, charge.organization, agreement, number);
    match charge.state {
        ChargeState::Planned => tx.put(&CHARGES_DUE, &due, &())?,
        ChargeState::Invoiced { .. } => drop(tx.delete(&CHARGES_DUE, &due)?),
    }
    tx.put(&CHARGES, &(charge.organization, agreement, number), charge)
}

/// A charge.
pub fn charge(reader: &impl Reader, organization: OrganizationId, id: ChargeId) -> Result<Option<Charge>, StoreError> {
    reader.get(&CHARGES, &(organization, id.agreement, id.number))
}

/// The charges of an agreement, in their order.
pub fn charges(
    reader: &impl Reader,
    organization: OrganizationId,
    agreement: AgreementId,
) -> Result<Vec<Charge>, StoreError> {
    let rows = reader.scan(&CHARGES, &Scan::prefix(&(organization, agreement), usize::MAX))?;
    Ok(rows.into_iter().map(|(_, charge)| charge).collect())
}

/// Planned charges that fell due by that moment, the longest overdue first, at most so many.
pub fn due(reader: &impl Reader, now: Timestamp, limit: usize) -> Result<Vec<Charge>, StoreError> {
    let keys = reader.scan_keys(&CHARGES_DUE, &Scan::all(limit).through(&now))?;
    keys.iter()
        .map(|(_, organization, agreement, number)| reader.require(&CHARGES, &(*organization, *agreement, *number)))
        .collect()
}

/// When the next planned charge falls due.
pub fn next_due(reader: &impl Reader) -> Result<Option<Timestamp>, StoreError> {
    Ok(reader.scan_keys(&CHARGES_DUE, &Scan::all(1))?.first().map(|(due_at, ..)| *due_at))
}
