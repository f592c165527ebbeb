//! Records of all organizations by their own id, and how many there are.
//!
//! Keys of a buyer's data begin with the organization. Lists across all of them, and links that carry an id alone, go through
//! a table of owners: a page costs the rows that it shows, however many organizations there are.

use serde::Serialize;
use serde::de::DeserializeOwned;

use marketgate_domain::id::OrganizationId;

use crate::error::StoreError;
use crate::keys::StoreKey;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::COUNTS;
use crate::table::Table;
use crate::tx::Tx;

/// Whose each record is, by the record's id.
type Owners<I> = Table<I, OrganizationId>;

/// Notes whose a record is; a new one is counted.
pub(crate) fn note<I: StoreKey>(
    tx: &mut Tx<'_>,
    owners: &Owners<I>,
    id: &I,
    organization: OrganizationId,
) -> Result<(), StoreError> {
    if tx.get(owners, id)?.is_some() {
        return Ok(());
    }
    let name = owners.name().to_owned();
    let count = tx.get(&COUNTS, &name)?.unwrap_or(0) + 1;
    tx.put(&COUNTS, &name, &count)?;
    tx.put(owners, id, &organization)
}

/// How many records were noted.
pub(crate) fn count<I: StoreKey>(reader: &impl Reader, owners: &Owners<I>) -> Result<usize, StoreError> {
    let count = reader.get(&COUNTS, &owners.name().to_owned())?.unwrap_or(0);
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The newest records of all organizations, or the next older page: those before one.
pub(crate) fn newest<I, V>(
    reader: &impl Reader,
    owners: &Owners<I>,
    records: &Table<(OrganizationId, I), V>,
    before: Option<I>,
    limit: usize,
) -> Result<Vec<V>, StoreError>
where
    I: StoreKey,
    V: Serialize + DeserializeOwned,
    (OrganizationId, I): StoreKey,
{
    let found = reader.scan(owners, &Scan::all(limit).newest_first(before))?;
    found.into_iter().map(|(id, organization)| reader.require(records, &(organization, id))).collect()
}
