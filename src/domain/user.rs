//! People, identified by organization and e-mail, so that no buyer can assert somebody else's user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::{AccountId, OrganizationId, UserId};

/// A person of a buying organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// The organization that vouches for the person.
    pub organization: OrganizationId,
    /// The account the person subscribes for.
    pub account: AccountId,
    /// The address that identifies the person inside the organization; none for a guest whose system names nobody.
    pub email: Option<EmailAddress>,
    /// How the procurement system calls the person: e-mail, UniqueName or User. A guest has a login of its own for each visit.
    pub login: String,
    /// Name for pages and mails.
    pub display_name: String,
    /// First seen.
    pub created_at: Timestamp,
}

impl User {
    /// The name to greet with.
    pub fn name(&self) -> &str {
        if self.display_name.is_empty() { &self.login } else { &self.display_name }
    }
}

/// Somebody who runs the appliance, signing in with a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorUser {
    /// Identifier.
    pub id: UserId,
    /// Sign-in name.
    pub email: EmailAddress,
    /// argon2id, in the PHC string format; never shown.
    pub password_hash: String,
    /// When the user was created.
    pub created_at: Timestamp,
}
