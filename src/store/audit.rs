//! The audit trail: who did what, in the order of commits (A2).
//!
//! Records are only ever added, in the transaction of what they tell about; an action and its record stand or fall
//! together.

use marketgate_domain::event::AuditRecord;
use marketgate_domain::id::OrganizationId;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{AUDIT, AUDIT_BY_ORGANIZATION};
use crate::tx::Tx;

/// The place of a record in the trail: the number of its commit, and its place therein.
pub type AuditPlace = (u64, u32);

/// Adds a record at the end of the trail.
pub fn append(tx: &mut Tx<'_>, record: &AuditRecord) -> Result<AuditPlace, StoreError> {
    let place = (tx.commit_seq().0, tx.next_ordinal());
    tx.put(&AUDIT, &place, record)?;
    if let Some(organization) = record.organization {
        tx.put(&AUDIT_BY_ORGANIZATION, &(organization, place.0, place.1), &())?;
    }
    Ok(place)
}

/// The newest records, or the next older page: those before a place.
pub fn newest(
    reader: &impl Reader,
    before: Option<AuditPlace>,
    limit: usize,
) -> Result<Vec<(AuditPlace, AuditRecord)>, StoreError> {
    reader.scan(&AUDIT, &Scan::all(limit).newest_first(before))
}

/// [`newest`] of one organization.
pub fn newest_of(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<AuditPlace>,
    limit: usize,
) -> Result<Vec<(AuditPlace, AuditRecord)>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before.0, before.1)));
    let places = reader.scan_keys(&AUDIT_BY_ORGANIZATION, &scan)?;
    places.into_iter().map(|(_, seq, ordinal)| Ok(((seq, ordinal), reader.require(&AUDIT, &(seq, ordinal))?))).collect()
}

#[cfg(test)]
mod tests {
    use marketgate_domain::event::Actor;

    use super::*;
    use crate::testing::{golden, moment, store};

    fn record(action: &str, organization: Option<u128>) -> AuditRecord {
        AuditRecord {
            at: moment(1),
            actor: Actor::System { part: "demo".to_owned() },
            action: action.to_owned(),
            subject: "agr-1".to_owned(),
            organization: organization.map(OrganizationId::from_value),
            detail: "An agreement began.".to_owned(),
        }
    }

    fn actions(records: &[(AuditPlace, AuditRecord)]) -> Vec<&str> {
        records.iter().map(|(_, record)| record.action.as_str()).collect()
    }

    #[test]
    fn the_trail_is_read_newest_first_page_by_page() {
        let store = store();
        for pair in [["a", "b"], ["c", "d"]] {
            let added =
                store.transact(move |tx| pair.map(|action| append(tx, &record(action, None))).into_iter().collect());
            let _: Vec<AuditPlace> = added.unwrap();
        }
        let first = store.read(|snapshot| newest(snapshot, None, 3)).unwrap();
        assert_eq!(actions(&first), ["d", "c", "b"]);
        let second = store.read(|snapshot| newest(snapshot, Some(first[2].0), 3)).unwrap();
        assert_eq!(actions(&second), ["a"]);
    }

    #[test]
    fn an_organization_sees_its_own_records_only() {
        let store = store();
        for (action, organization) in [("a", Some(1)), ("b", Some(2)), ("c", None), ("d", Some(1))] {
            store.transact(move |tx| append(tx, &record(action, organization))).unwrap();
        }
        let own = |before| {
            let organization = OrganizationId::from_value(1);
            store.read(|snapshot| newest_of(snapshot, organization, before, 1)).unwrap()
        };
        let newest = own(None);
        assert_eq!(actions(&newest), ["d"]);
        assert_eq!(actions(&own(Some(newest[0].0))), ["a"]);
    }

    #[test]
    fn the_stored_form_is_as_it_was() {
        golden(
            &AUDIT,
            (3, 1),
            &record("agreement.began", Some(1)),
            r#"{"at":"2026-01-01T00:00:01Z","actor":{"kind":"system","part":"demo"},"action":"agreement.began","subject":"agr-1","organization":"org-00000000000000000000000000000001","detail":"An agreement began."}"#,
        );
    }
}
