//! Agreements and their charges; planned charges are found by the moment they fall due.

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::agreement::{Agreement, AgreementStatus};
use marketgate_domain::charge::{Charge, ChargeId, ChargeState};
use marketgate_domain::id::{AccountId, AgreementId, OfferId, OrganizationId, ProductId};

use crate::error::StoreError;
use crate::owners;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{
    AGREEMENT_OWNERS, AGREEMENTS, AGREEMENTS_BY_DAY, AGREEMENTS_OF_OFFER, AGREEMENTS_OF_PRODUCT, CHARGES, CHARGES_DUE,
};
use crate::tx::Tx;

/// Stores an agreement; it is found by its account, product, offer and last day.
pub fn put(tx: &mut Tx<'_>, agreement: &Agreement) -> Result<(), StoreError> {
    let Agreement { id, organization, account, product, offer, .. } = *agreement;
    if let Some(before) = find(tx, organization, id)? {
        let last = last_day(&before);
        tx.delete(&AGREEMENTS_OF_PRODUCT, &(organization, before.account, before.product, last, id))?;
        tx.delete(&AGREEMENTS_OF_OFFER, &(organization, before.account, before.offer, last, id))?;
        let count = tx.get(&AGREEMENTS_BY_DAY, &last)?.unwrap_or(0);
        tx.put(&AGREEMENTS_BY_DAY, &last, &count.saturating_sub(1))?;
    }
    let last = last_day(agreement);
    tx.put(&AGREEMENTS_OF_PRODUCT, &(organization, account, product, last, id), &())?;
    tx.put(&AGREEMENTS_OF_OFFER, &(organization, account, offer, last, id), &())?;
    let count = tx.get(&AGREEMENTS_BY_DAY, &last)?.unwrap_or(0);
    tx.put(&AGREEMENTS_BY_DAY, &last, &(count + 1))?;
    owners::note(tx, &AGREEMENT_OWNERS, &id, organization)?;
    tx.put(&AGREEMENTS, &(organization, id), agreement)
}

/// The last day as the indexes have it.
fn last_day(agreement: &Agreement) -> Date {
    match agreement.status {
        AgreementStatus::Active => agreement.end_date.unwrap_or(Date::MAX),
    }
}

/// The agreement that an account has for a product and that runs on that day; of several the one that runs longest.
pub fn running_for_product(
    reader: &impl Reader,
    organization: OrganizationId,
    (account, product): (AccountId, ProductId),
    today: Date,
) -> Result<Option<AgreementId>, StoreError> {
    let scan = Scan::prefix(&(organization, account, product), 1).backward();
    let last = reader.scan_keys(&AGREEMENTS_OF_PRODUCT, &scan)?.pop();
    Ok(last.filter(|(.., last_day, _)| *last_day >= today).map(|(.., id)| id))
}

/// [`running_for_product`] under one offer.
pub fn running_under_offer(
    reader: &impl Reader,
    organization: OrganizationId,
    (account, offer): (AccountId, OfferId),
    today: Date,
) -> Result<Option<AgreementId>, StoreError> {
    let scan = Scan::prefix(&(organization, account, offer), 1).backward();
    let last = reader.scan_keys(&AGREEMENTS_OF_OFFER, &scan)?.pop();
    Ok(last.filter(|(.., last_day, _)| *last_day >= today).map(|(.., id)| id))
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

/// Whose an agreement is.
pub fn owner(reader: &impl Reader, id: AgreementId) -> Result<Option<OrganizationId>, StoreError> {
    reader.get(&AGREEMENT_OWNERS, &id)
}

/// The newest agreements of all organizations, or the next older page: those before one.
pub fn newest_of_all(
    reader: &impl Reader,
    before: Option<AgreementId>,
    limit: usize,
) -> Result<Vec<Agreement>, StoreError> {
    owners::newest(reader, &AGREEMENT_OWNERS, &AGREEMENTS, before, limit)
}

/// How many agreements run on that day. Reads a row for each day on which one ends.
pub fn count_running(reader: &impl Reader, today: Date) -> Result<usize, StoreError> {
    let days = reader.scan(&AGREEMENTS_BY_DAY, &Scan::all(usize::MAX).from(&today))?;
    let count: u64 = days.into_iter().map(|(_, count)| count).sum();
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
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

/// The charge of an agreement behind a number, or its first one.
pub fn charge_after(
    reader: &impl Reader,
    organization: OrganizationId,
    agreement: AgreementId,
    number: Option<u32>,
) -> Result<Option<Charge>, StoreError> {
    let mut scan = Scan::prefix(&(organization, agreement), 1);
    if let Some(number) = number {
        scan = scan.after(&(organization, agreement, number));
    }
    Ok(reader.scan(&CHARGES, &scan)?.pop().map(|(_, charge)| charge))
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

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::testing::{agreement, store};

    const ORGANIZATION: OrganizationId = OrganizationId::from_value(1);

    fn ending(id: u128, end_date: Option<Date>) -> Agreement {
        Agreement { end_date, ..agreement(ORGANIZATION, AgreementId::from_value(id)) }
    }

    #[test]
    fn the_agreement_that_runs_is_found_by_product_and_by_offer_until_its_last_day_is_over() {
        let store = store();
        let first = ending(1, Some(date(2026, 5, 31)));
        let (account, product, offer) = (first.account, first.product, first.offer);
        let put = |agreement: Agreement| store.transact(move |tx| put(tx, &agreement)).unwrap();
        let running = |today| {
            let look = |reader: &crate::Snapshot| {
                let by_product = running_for_product(reader, ORGANIZATION, (account, product), today)?;
                let by_offer = running_under_offer(reader, ORGANIZATION, (account, offer), today)?;
                assert_eq!(by_product, by_offer);
                Ok::<_, StoreError>((by_product, count_running(reader, today)?))
            };
            store.read(look).unwrap()
        };
        put(first.clone());
        assert_eq!(running(date(2026, 5, 31)), (Some(first.id), 1));
        assert_eq!(running(date(2026, 6, 1)), (None, 0));
        put(ending(2, None));
        assert_eq!(running(date(2030, 1, 1)), (Some(AgreementId::from_value(2)), 1));
        // An agreement whose last day moved is found by the new one only.
        put(ending(2, Some(date(2026, 1, 1))));
        assert_eq!(running(date(2026, 5, 1)), (Some(first.id), 1));
    }

    #[test]
    fn a_page_over_all_organizations_is_newest_first_and_a_changed_record_is_counted_once() {
        let store = store();
        for id in [3, 1, 2, 3] {
            let mut one = agreement(OrganizationId::from_value(id), AgreementId::from_value(id));
            one.end_date = Some(date(2026, 5, 31));
            store.transact(move |tx| put(tx, &one)).unwrap();
        }
        let ids = |before: Option<u128>, limit| {
            let page = store.read(|reader| newest_of_all(reader, before.map(AgreementId::from_value), limit)).unwrap();
            page.iter().map(|agreement| agreement.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(None, 2), [3, 2].map(AgreementId::from_value));
        assert_eq!(ids(Some(2), 2), [1].map(AgreementId::from_value));
        assert_eq!(store.read(|reader| owners::count(reader, &AGREEMENT_OWNERS)).unwrap(), 3);
    }
}
