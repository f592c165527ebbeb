//! Organizations with their accounts, and the people they vouch for.

use marketgate_domain::id::{AccountId, OrganizationId, UserId};
use marketgate_domain::organization::Organization;
use marketgate_domain::user::User;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{ORGANIZATIONS, USERS, USERS_BY_LOGIN};
use crate::tx::Tx;

/// Stores an organization.
pub fn put(tx: &mut Tx<'_>, organization: &Organization) -> Result<(), StoreError> {
    tx.put(&ORGANIZATIONS, &organization.id, organization)
}

/// An organization that a record refers to.
pub fn require(reader: &impl Reader, id: OrganizationId) -> Result<Organization, StoreError> {
    reader.require(&ORGANIZATIONS, &id)
}

/// An organization.
pub fn find(reader: &impl Reader, id: OrganizationId) -> Result<Option<Organization>, StoreError> {
    reader.get(&ORGANIZATIONS, &id)
}

/// The organization that has an account.
pub fn of_account(reader: &impl Reader, account: AccountId) -> Result<Option<Organization>, StoreError> {
    Ok(all(reader, usize::MAX)?.into_iter().find(|organization| organization.account(account).is_some()))
}

/// All organizations, at most so many.
pub fn all(reader: &impl Reader, limit: usize) -> Result<Vec<Organization>, StoreError> {
    Ok(reader.scan(&ORGANIZATIONS, &Scan::all(limit))?.into_iter().map(|(_, organization)| organization).collect())
}

/// Stores a new person, found again by e-mail and by login.
pub fn put_user(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    for name in logins(user) {
        tx.put(&USERS_BY_LOGIN, &(user.organization, name), &user.id)?;
    }
    tx.put(&USERS, &(user.organization, user.id), user)
}

/// A person of an organization.
pub fn user(reader: &impl Reader, organization: OrganizationId, id: UserId) -> Result<Option<User>, StoreError> {
    reader.get(&USERS, &(organization, id))
}

/// The person that an e-mail address or a login names, whatever its case.
pub fn user_by_login(
    reader: &impl Reader,
    organization: OrganizationId,
    login: &str,
) -> Result<Option<User>, StoreError> {
    match reader.get(&USERS_BY_LOGIN, &(organization, login.trim().to_lowercase()))? {
        Some(id) => user(reader, organization, id),
        None => Ok(None),
    }
}

fn logins(user: &User) -> Vec<String> {
    let mut names = vec![user.login.trim().to_lowercase()];
    names.extend(user.email.as_ref().map(marketgate_domain::email::EmailAddress::folded));
    names.dedup();
    names
}
