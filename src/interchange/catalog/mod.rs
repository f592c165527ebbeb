//! The catalogue in JSON: one form for files that are imported and exported, for what the API answers and for what it is sent.
//!
//! The records here are written by `serde` and described by the schemas that are made from them; they are read by [`Members`], which
//! knows the place of every error. What the rules say about a record is said by the domain.
//!
//! [`Members`]: super::members::Members

pub mod csv;
pub mod file;
pub mod money;
pub mod offer;
pub mod product;
pub mod schema;
pub mod seller;
pub mod simple;
pub mod terms;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;

/// The records of a list.
pub fn records<T, R: for<'a> From<&'a T>>(all: &[T]) -> Vec<R> {
    all.iter().map(R::from).collect()
}

/// The word for a value, from a table of words.
pub fn word<T: PartialEq>(words: &[(&'static str, T)], value: T) -> &'static str {
    words.iter().find(|(_, meaning)| *meaning == value).map_or("unknown", |(word, _)| *word)
}
