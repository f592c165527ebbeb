//! Validation against DTD files of the user's choice, without libxml2 and without any network.
//!
//! A [`Dtd`] is parsed and compiled once (content models become automata over interned names) and then judges documents in one pass.
//! [`DtdSet`] is a directory of DTD files: it chooses the file that a document belongs to, and [`DtdSet::lint`] checks the bytes of
//! a file from end to end. Findings ([`ValidationError`]) carry line, column, path, what was expected and a hint in words.
//!
//! The verdict is that of libxml2's `--dtdvalid`. It differs on purpose in a few places: documents that use general entities are
//! refused by the gate; an element matches by its name as written, never by its local name under another prefix; an empty
//! declaration such as `xmlns:x=""` is judged like any attribute, where libxml2 drops it with a warning; and IDs and name tokens may
//! have letters beyond ASCII, as XML says. `DEVIATIONS.md` has the list.
//!
//! ```
//! use marketgate_cxml::dtd::Dtd;
//! use roxmltree::Document;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let dtd = Dtd::parse("<!ELEMENT Total (Money)> <!ELEMENT Money (#PCDATA)> <!ATTLIST Money currency CDATA #REQUIRED>")?;
//! let document = Document::parse("<Total><Money>12.50</Money></Total>")?;
//! let findings = dtd.validate(&document);
//! assert_eq!(
//!     findings[0].to_string(),
//!     "expected attribute currency, found none in Total/Money at line 1, column 8; add currency=\"...\" to Money."
//! );
//! # Ok(())
//! # }
//! ```

mod attlist;
mod attribute;
mod automaton;
mod catalog;
mod check;
mod content;
mod cursor;
mod declaration;
mod diagnose;
mod document;
mod entity;
mod lexical;
mod lint;
mod model;
mod names;
mod order;
mod parse;
mod report;
#[cfg(test)]
mod tests;
mod tokens;
mod validate;
mod violation;

pub use catalog::{CatalogError, DtdName, DtdSet};
pub use check::MAX_FINDINGS;
pub use lint::Report;
pub use model::Dtd;
pub use parse::DtdError;
pub use report::{ValidationError, ValidationErrorKind};
