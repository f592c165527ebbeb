//! Who may do what: one function answers every check (A2).
//!
//! A handler names the principal, the action and the organization it touches; the answer is yes or the reason why not. A
//! PunchOut session never carries more than `ManageSubscriptions`, whoever its setup request names (A1).

use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ConnectionId, OrganizationId, UserId};

/// A role inside one organization (A1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Users, roles, every request, order, agreement, invoice, spend.
    OrganizationAdmin,
    /// Reads and exports requests, orders, agreements and invoices.
    Finance,
    /// Reads and changes connections.
    ProcurementSystemAdmin,
    /// Experiences and product requests.
    PrivateMarketplaceAdmin,
    /// Requests approval, subscribes, sees the organization's agreements.
    ManageSubscriptions,
    /// Looks at the catalogue.
    ReadOnly,
}

/// Somebody who wants to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// Nobody that we know.
    Anonymous,
    /// The person that a connection's PunchOut session acts for.
    Punchout {
        /// The organization of the connection.
        organization: OrganizationId,
        /// The account the person subscribes for.
        account: AccountId,
        /// The connection.
        connection: ConnectionId,
        /// The person.
        user: UserId,
    },
    /// A member of an organization, signed in.
    Member {
        /// The organization.
        organization: OrganizationId,
        /// The account.
        account: AccountId,
        /// The person.
        user: UserId,
        /// Roles in that organization.
        roles: Vec<Role>,
    },
    /// The operator.
    Operator {
        /// The person.
        user: UserId,
    },
}

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Look at products and offers.
    BrowseCatalog,
    /// Put an offer into the cart.
    RequestApproval,
    /// Subscribe without a round trip through procurement, where that is open (C3b).
    Subscribe,
    /// See requests and their life.
    ReadRequests,
    /// Take back requests that other people made.
    WithdrawRequests,
    /// See purchase orders, agreements and charges.
    ReadAgreements,
    /// See invoices.
    ReadInvoices,
    /// See connections, without their secrets.
    ReadConnections,
    /// Change connections.
    ChangeConnections,
    /// Change what an organization lets its people do.
    ChangeOrganization,
    /// Change sellers, products and offers.
    ChangeCatalog,
    /// See the cXML message log.
    ReadMessages,
    /// See what leaves the house, and decide on parked messages.
    OperateOutbox,
    /// See the audit trail.
    ReadAudit,
}

/// What the action would touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Data of one organization.
    Organization(OrganizationId),
    /// The whole installation.
    Installation,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// Sign in first.
    #[error("sign in first")]
    NotSignedIn,
    /// Another organization's data: callers answer as if it did not exist (A4).
    #[error("the data belongs to another organization")]
    OtherOrganization,
    /// No role of the principal allows the action.
    #[error("no role of yours allows this ({0:?})")]
    MissingRole(Action),
}

/// Whether the principal may do the action to data of that scope.
///
/// # Errors
/// The reason why not.
pub fn authorize(principal: &Principal, action: Action, scope: Scope) -> Result<(), Denial> {
    let (home, roles) = match principal {
        Principal::Operator { .. } => return Ok(()),
        Principal::Anonymous => return Err(Denial::NotSignedIn),
        Principal::Punchout { organization, .. } => (*organization, [Role::ManageSubscriptions].as_slice()),
        Principal::Member { organization, roles, .. } => (*organization, roles.as_slice()),
    };
    if scope != Scope::Organization(home) {
        return Err(Denial::OtherOrganization);
    }
    if roles.iter().any(|role| allows(*role, action)) { Ok(()) } else { Err(Denial::MissingRole(action)) }
}

fn allows(role: Role, action: Action) -> bool {
    use Action::{
        BrowseCatalog, ChangeCatalog, ChangeConnections, OperateOutbox, ReadAgreements, ReadAudit, ReadConnections,
        ReadInvoices, ReadMessages, ReadRequests, RequestApproval, Subscribe,
    };
    match role {
        Role::OrganizationAdmin => !matches!(action, ChangeCatalog | ChangeConnections | OperateOutbox),
        Role::Finance => matches!(action, BrowseCatalog | ReadRequests | ReadAgreements | ReadInvoices),
        Role::ProcurementSystemAdmin => {
            matches!(action, BrowseCatalog | ReadConnections | ChangeConnections | ReadMessages | ReadAudit)
        }
        Role::PrivateMarketplaceAdmin => matches!(action, BrowseCatalog | ReadRequests),
        Role::ManageSubscriptions => {
            matches!(action, BrowseCatalog | RequestApproval | Subscribe | ReadRequests | ReadAgreements)
        }
        Role::ReadOnly => matches!(action, BrowseCatalog),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [Action; 14] = [
        Action::BrowseCatalog,
        Action::RequestApproval,
        Action::Subscribe,
        Action::ReadRequests,
        Action::WithdrawRequests,
        Action::ReadAgreements,
        Action::ReadInvoices,
        Action::ReadConnections,
        Action::ChangeConnections,
        Action::ChangeOrganization,
        Action::ChangeCatalog,
        Action::ReadMessages,
        Action::OperateOutbox,
        Action::ReadAudit,
    ];

    fn organization(n: u128) -> OrganizationId {
        OrganizationId::from_value(n)
    }

    fn member(roles: &[Role]) -> Principal {
        Principal::Member {
            organization: organization(1),
            account: AccountId::from_value(1),
            user: UserId::from_value(1),
            roles: roles.to_vec(),
        }
    }

    #[test]
    fn nobody_touches_another_organization_whatever_the_role() {
        let everything = [Role::OrganizationAdmin, Role::ProcurementSystemAdmin, Role::ManageSubscriptions];
        for action in ACTIONS {
            for scope in [Scope::Organization(organization(2)), Scope::Installation] {
                assert_eq!(authorize(&member(&everything), action, scope), Err(Denial::OtherOrganization));
            }
        }
    }

    #[test]
    fn a_punchout_session_manages_subscriptions_and_nothing_else() {
        let visitor = Principal::Punchout {
            organization: organization(1),
            account: AccountId::from_value(1),
            connection: ConnectionId::from_value(1),
            user: UserId::from_value(1),
        };
        let home = Scope::Organization(organization(1));
        for action in ACTIONS {
            let expected = authorize(&member(&[Role::ManageSubscriptions]), action, home);
            assert_eq!(authorize(&visitor, action, home), expected, "{action:?}");
        }
        assert!(authorize(&visitor, Action::RequestApproval, home).is_ok());
        assert!(authorize(&visitor, Action::ReadConnections, home).is_err());
    }

    #[test]
    fn the_operator_may_everything_and_the_anonymous_nothing() {
        let operator = Principal::Operator { user: UserId::from_value(9) };
        for action in ACTIONS {
            assert_eq!(authorize(&operator, action, Scope::Installation), Ok(()));
            assert_eq!(
                authorize(&Principal::Anonymous, action, Scope::Organization(organization(1))),
                Err(Denial::NotSignedIn)
            );
        }
    }

    #[test]
    fn only_the_procurement_system_admin_changes_connections() {
        let home = Scope::Organization(organization(1));
        for role in [
            Role::OrganizationAdmin,
            Role::Finance,
            Role::PrivateMarketplaceAdmin,
            Role::ManageSubscriptions,
            Role::ReadOnly,
        ] {
            assert_eq!(
                authorize(&member(&[role]), Action::ChangeConnections, home),
                Err(Denial::MissingRole(Action::ChangeConnections))
            );
        }
        assert!(authorize(&member(&[Role::ProcurementSystemAdmin]), Action::ChangeConnections, home).is_ok());
    }
}
