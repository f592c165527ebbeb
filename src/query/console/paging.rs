//! Pages by key: a page is named by the last row of the page before it, so rows that arrive meanwhile move nothing.

use std::fmt::Display;

use marketgate_store::StoreError;
use marketgate_store::audit::AuditPlace;

use crate::query::merge::newest_first;

/// Rows of a page.
pub const ROWS: usize = 50;

/// One more than a page shows: it tells whether there is a next page.
pub(super) const LOOK: usize = ROWS + 1;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// Its rows, newest first.
    pub rows: Vec<T>,
    /// The place before which the next page begins; none on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts a page out of up to [`LOOK`] rows.
    pub(super) fn cut<I: Display>(mut rows: Vec<T>, place: impl Fn(&T) -> I) -> Self {
        let has_more = rows.len() > ROWS;
        rows.truncate(ROWS);
        let next = rows.last().filter(|_| has_more).map(|row| place(row).to_string());
        Self { rows, next }
    }

    /// The same page with more about each row.
    pub(super) fn with<U>(self, more: impl FnMut(T) -> Result<U, StoreError>) -> Result<Page<U>, StoreError> {
        let rows = self.rows.into_iter().map(more).collect::<Result<_, _>>()?;
        Ok(Page { rows, next: self.next })
    }
}

/// The newest rows of several sources in one list, at most `limit`, all before the given id. `newest` answers the newest row
/// of a source before an id.
pub(super) fn merged<S, T, I>(
    sources: impl IntoIterator<Item = S>,
    before: Option<I>,
    limit: usize,
    id: impl Fn(&T) -> I,
    newest: impl Fn(&S, Option<I>) -> Result<Option<T>, StoreError>,
) -> Result<Vec<T>, StoreError>
where
    I: Copy + Ord,
{
    newest_first(sources, before, id, newest)?.take(limit).collect()
}

/// A place in the audit trail as addresses carry it.
pub fn place_text(place: AuditPlace) -> String {
    format!("{}-{}", place.0, place.1)
}

/// The inverse of [`place_text`].
pub fn parse_place(text: &str) -> Option<AuditPlace> {
    let (seq, ordinal) = text.split_once('-')?;
    Some((seq.parse().ok()?, ordinal.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The newest row of a source before an id, as a store would answer.
    fn newest(source: &BTreeSet<u16>, before: Option<u16>) -> Option<u16> {
        match before {
            Some(before) => source.range(..before).next_back().copied(),
            None => source.last().copied(),
        }
    }

    proptest! {
        #[test]
        fn paging_over_all_sources_meets_every_row_once_and_newest_first(
            owners in proptest::collection::btree_map(any::<u16>(), 0..7_usize, 0..400)
        ) {
            let mut sources = vec![BTreeSet::new(); 7];
            for (id, owner) in &owners {
                sources[*owner].insert(*id);
            }
            let (mut seen, mut before) = (Vec::new(), None);
            loop {
                let rows = merged(&sources, before, LOOK, |row| *row, |source, before| Ok(newest(source, before)));
                let page = Page::cut(rows.unwrap(), |row| *row);
                prop_assert!(page.rows.len() <= ROWS);
                seen.extend(page.rows);
                match page.next {
                    Some(next) => before = Some(next.parse().unwrap()),
                    None => break,
                }
            }
            let expected: Vec<u16> = owners.keys().rev().copied().collect();
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn a_full_page_without_a_row_behind_it_is_the_last_one() {
        let page = |count| Page::cut((0..count).collect(), |row: &usize| *row);
        assert_eq!(page(ROWS).next, None);
        assert_eq!(page(ROWS + 1).next, Some((ROWS - 1).to_string()));
        assert_eq!(page(ROWS + 1).rows.len(), ROWS);
    }

    #[test]
    fn a_place_survives_its_text_form_and_nothing_else_is_one() {
        assert_eq!(parse_place(&place_text((12, 3))), Some((12, 3)));
        for text in ["", "12", "12-", "-3", "12-3-4", "a-b"] {
            assert_eq!(parse_place(text), None, "{text:?}");
        }
    }
}
