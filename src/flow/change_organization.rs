//! Changes what an organization lets its people do.

use marketgate_domain::event::Actor;
use marketgate_domain::id::OrganizationId;
use marketgate_domain::organization::{AutomaticApproval, Organization};
use marketgate_store::organizations;

use super::{Error, audit};
use crate::context::Context;

/// What is to change; what is not named stays as it is.
#[derive(Debug, Clone, Copy, Default)]
pub struct OrganizationChange {
    /// Whether free offers and trials need nobody's approval (P7).
    pub approve_free: Option<bool>,
    /// Whether offers that need a licence of one's own need nobody's approval (P7).
    pub approve_byol: Option<bool>,
}

impl OrganizationChange {
    fn applied(self, before: AutomaticApproval) -> AutomaticApproval {
        AutomaticApproval {
            free: self.approve_free.unwrap_or(before.free),
            byol: self.approve_byol.unwrap_or(before.byol),
        }
    }
}

/// Changes an organization. Setting what is set already changes nothing and leaves no record.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Store`].
pub async fn change_organization(
    context: &Context,
    actor: Actor,
    id: OrganizationId,
    change: OrganizationChange,
) -> Result<Organization, Error> {
    let now = context.clock.business();
    let changed = context.store.transact_async(move |tx| -> Result<Organization, Error> {
        let before = organizations::find(tx, id)?.ok_or(Error::NotFound)?;
        let automatic_approval = change.applied(before.automatic_approval);
        if automatic_approval == before.automatic_approval {
            return Ok(before);
        }
        let after = Organization { automatic_approval, ..before };
        organizations::put(tx, &after)?;
        let word = |on: bool| if on { "on" } else { "off" };
        let AutomaticApproval { free, byol } = automatic_approval;
        let detail = format!("automatic approval: free offers {}, own licences {}", word(free), word(byol));
        audit::record(tx, now, actor.clone(), Some(id), "organization.changed", &id.to_string(), &detail)?;
        Ok(after)
    });
    changed.await
}
