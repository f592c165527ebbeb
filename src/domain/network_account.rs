//! Our own account at a network that stands between buyers and us (SAP Business Network).
//!
//! The network signs every buyer's documents with *our* secret, which therefore belongs to the account and not to any one
//! buyer's connection; only the operator sees it (N1).

use serde::{Deserialize, Serialize};

use crate::connection::{Identity, SealedSecret};
use crate::id::NetworkAccountId;

/// A network account, used by every connection that comes over the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkAccount {
    /// Identifier.
    pub id: NetworkAccountId,
    /// Name for people.
    pub name: String,
    /// How the network names itself as Sender, for example `AribaNetworkUserId sysadmin@ariba.com`.
    pub sender_identities: Vec<Identity>,
    /// Our secret at the network.
    pub secret: SealedSecret,
    /// The coming secret while a rotation is open; both are accepted.
    pub next_secret: Option<SealedSecret>,
}
