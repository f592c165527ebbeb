//! What the JSON API reads: every list across all organizations, newest first, in windows of the caller's size.
//!
//! Only for whoever may read the whole installation. A window is named by the last row that was looked at, so rows that
//! arrive meanwhile move nothing. A filter that fits few rows does not read the whole table at once: after
//! [`MOST_LOOKED_AT`] rows the window ends, possibly empty, and says where to go on.

mod catalog;
mod sales;
mod traffic;
mod work;

pub use catalog::{OfferFilter, offer, offers, organization, organizations, product, products, seller, sellers};
pub use sales::{
    AgreementFilter, ChargeFilter, ChargePlace, DeliveredInvoice, InvoiceFilter, OrderFilter, ReceivedOrder,
    RequestFilter, agreement, agreement_life, agreements, charge, charges, invoice, invoices, order, orders, request,
    requests,
};
pub use traffic::{
    AuditFilter, AuditPlace, AuditRow, ConnectionState, LoggedMessage, MessageFilter, OutboxFilter, audit,
    audit_record, connection, connections, message, messages, outbox, outbox_message,
};
pub use work::{JobHistory, job, jobs, tokens};

use marketgate_store::StoreError;

use super::merge::newest_first;

/// So many rows are looked at for one window.
pub const MOST_LOOKED_AT: usize = 5_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window<I> {
    /// The last row of the window before; none for the first one.
    pub after: Option<I>,
    /// At most so many rows.
    pub limit: usize,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, I> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Where the next window begins; none at the end of the list.
    pub next: Option<I>,
}

/// Gathers the next rows of several sources that are kept by a filter. Greater places come first; `newest` answers the row of
/// a source with the greatest place below the given one.
fn gather<S, T, I: Copy + Ord>(
    sources: impl IntoIterator<Item = S>,
    window: Window<I>,
    place: impl Fn(&T) -> I,
    keep: impl Fn(&T) -> bool,
    newest: impl Fn(&S, Option<I>) -> Result<Option<T>, StoreError>,
) -> Result<Page<T, I>, StoreError> {
    let (mut rows, mut last, mut looked_at) = (Vec::new(), None, 0);
    for row in newest_first(sources, window.after, &place, newest)? {
        if rows.len() >= window.limit || looked_at == MOST_LOOKED_AT {
            return Ok(Page { rows, next: last });
        }
        let row = row?;
        looked_at += 1;
        last = Some(place(&row));
        if keep(&row) {
            rows.push(row);
        }
    }
    Ok(Page { rows, next: None })
}

/// Whether a filter lets a value pass: one that is not set does.
fn fits<'a, T: PartialEq + ?Sized + 'a>(wanted: Option<&T>, value: impl Into<Option<&'a T>>) -> bool {
    wanted.is_none_or(|wanted| value.into() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn newest(source: &BTreeSet<u16>, before: Option<u16>) -> Option<u16> {
        match before {
            Some(before) => source.range(..before).next_back().copied(),
            None => source.last().copied(),
        }
    }

    proptest! {
        #[test]
        fn the_windows_of_a_filtered_list_meet_every_fitting_row_once_and_newest_first(
            owners in proptest::collection::btree_map(any::<u16>(), 0..5_usize, 0..300),
            limit in 1..9_usize,
            divisor in 1..4_u16,
        ) {
            let mut sources = vec![BTreeSet::new(); 5];
            for (id, owner) in &owners {
                sources[*owner].insert(*id);
            }
            let keep = |row: &u16| row.is_multiple_of(divisor);
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = gather(&sources, Window { after, limit }, |row| *row, keep, |rows, before| Ok(newest(rows, before))).unwrap();
                prop_assert!(page.rows.len() <= limit);
                seen.extend(page.rows);
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let expected: Vec<u16> = owners.keys().rev().copied().filter(keep).collect();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn a_filter_that_nothing_fits_reads_a_bounded_number_of_rows_and_says_where_to_go_on() {
        let rows: BTreeSet<u16> = (0..6_000).collect();
        let first = Window { after: None, limit: 10 };
        let page = gather([&rows], first, |row| *row, |_| false, |rows, before| Ok(newest(rows, before))).unwrap();
        assert_eq!(page, Page { rows: vec![], next: Some(1_000) });
        let rest = Window { after: page.next, limit: 10 };
        let page = gather([&rows], rest, |row| *row, |row| *row == 3, |rows, before| Ok(newest(rows, before))).unwrap();
        assert_eq!(page, Page { rows: vec![3], next: None });
    }
}
