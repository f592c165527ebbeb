//! Short forms for audit records.

use jiff::Timestamp;
use marketgate_domain::event::{Actor, AuditRecord};
use marketgate_domain::id::OrganizationId;
use marketgate_store::StoreError;
use marketgate_store::Tx;
use marketgate_store::audit;

/// Records that somebody did something to something.
pub(super) fn record(
    tx: &mut Tx<'_>,
    at: Timestamp,
    actor: Actor,
    organization: Option<OrganizationId>,
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    let record = AuditRecord {
        at,
        actor,
        action: action.to_owned(),
        subject: subject.to_owned(),
        organization,
        detail: detail.to_owned(),
    };
    audit::append(tx, &record).map(drop)
}

/// The appliance itself, by the part that acted.
pub(super) fn system(part: &str) -> Actor {
    Actor::System { part: part.to_owned() }
}
