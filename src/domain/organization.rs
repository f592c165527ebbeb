//! A buying organization and its accounts, the units that subscribe.

use serde::{Deserialize, Serialize};

use crate::address::PostalAddress;
use crate::email::EmailAddress;
use crate::id::{AccountId, OrganizationId};

/// A buying company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Identifier.
    pub id: OrganizationId,
    /// Legal name, as printed on invoices.
    pub name: String,
    /// Where it is billed.
    pub address: PostalAddress,
    /// Who is told about refused orders and the like, besides the requester.
    pub admins: Vec<EmailAddress>,
    /// Its accounts, at least one.
    pub accounts: Vec<Account>,
    /// What needs nobody's approval.
    #[serde(default, skip_serializing_if = "AutomaticApproval::is_off")]
    pub automatic_approval: AutomaticApproval,
}

/// What an organization lets its people subscribe to without a round trip through its procurement system (P7, N1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AutomaticApproval {
    /// Offers that cost nothing: free ones and trials.
    pub free: bool,
    /// Offers that need a licence of one's own.
    pub byol: bool,
}

impl AutomaticApproval {
    /// Whether everything needs approval.
    pub fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

impl Organization {
    /// One of its accounts.
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }
}

/// A unit of an organization that subscribes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Name inside the organization.
    pub name: String,
    /// Who is told what happens to the account's agreements.
    pub contact: EmailAddress,
}
