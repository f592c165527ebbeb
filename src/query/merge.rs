//! Several lists that are sorted alike, read as one.

use std::collections::BTreeMap;

use marketgate_store::StoreError;

/// The rows of several sources, greatest place first, all before the given place. `newest` answers the row of a source with
/// the greatest place below the given one.
///
/// The newest row of each source is looked at, and only the one that is taken is followed by the next of its source, so
/// whoever stops early has read little. Identifiers sort by creation, so the greatest one is the newest.
pub(super) fn newest_first<S, T, I: Copy + Ord>(
    sources: impl IntoIterator<Item = S>,
    before: Option<I>,
    place: impl Fn(&T) -> I,
    newest: impl Fn(&S, Option<I>) -> Result<Option<T>, StoreError>,
) -> Result<impl Iterator<Item = Result<T, StoreError>>, StoreError> {
    let mut heads = BTreeMap::new();
    for source in sources {
        if let Some(row) = newest(&source, before)? {
            heads.insert(place(&row), (source, row));
        }
    }
    Ok(std::iter::from_fn(move || {
        let (taken, (source, row)) = heads.pop_last()?;
        match newest(&source, Some(taken)) {
            Ok(next) => heads.extend(next.map(|next| (place(&next), (source, next)))),
            Err(error) => return Some(Err(error)),
        }
        Some(Ok(row))
    }))
}
