//! Owns what the validator finds, as data that is cheap to make: names, places and states, no sentences yet.

use super::automaton::StateId;
use super::declaration::AttributeKind;
use super::names::NameId;

/// One finding.
#[derive(Debug)]
pub(super) struct Violation<'a> {
    /// Where, in bytes of the document.
    pub at: usize,
    /// Where the element begins that is at fault (for a child that does not belong: its parent), in bytes.
    pub element_at: usize,
    /// The element names from the root to that element, as written.
    pub path: Vec<&'a str>,
    /// What is wrong.
    pub fault: Fault<'a>,
}

/// What is wrong. The element at fault is the last of the path.
#[derive(Debug)]
pub(super) enum Fault<'a> {
    /// An element that the DTD does not know.
    UndeclaredElement {
        /// Its parent's name and what the parent could take at this place.
        parent: Option<(&'a str, Vec<NameId>)>,
    },
    /// A child where the model has another one or none.
    UnexpectedChild { child: &'a str, child_id: NameId, state: StateId, missing: Option<Vec<NameId>> },
    /// The end, before everything required came.
    Incomplete { state: StateId },
    /// A child that mixed content does not list.
    NotInMixed { child: &'a str },
    /// A child that mixed content lists, but whose prefix the document never declares. libxml2 compares mixed content by
    /// declared prefix, other content by the name as written.
    UndeclaredPrefix { child: &'a str },
    /// Something in an element that is declared EMPTY.
    NotEmpty,
    /// Text between the children of an element that takes only elements.
    TextBetweenElements,
    /// The same for a CDATA section, blank or not.
    CDataBetweenElements,
    /// White space between elements in a document that calls itself standalone.
    BlankInStandalone,
    /// An attribute that the element does not have.
    UndeclaredAttribute { name: &'a str },
    /// A required attribute is not there.
    MissingAttribute { name: &'a str },
    /// A value that the type of the attribute does not allow.
    WrongType { name: &'a str, value: String, kind: &'a AttributeKind },
    /// A value that is not the fixed one.
    NotFixed { name: &'a str, value: String, fixed: &'a str },
    /// An ID that another element has.
    DuplicateId { name: &'a str, value: String },
    /// A reference to an ID that no element has.
    UnknownId { name: &'a str, value: String },
    /// The name of an entity that the DTD does not declare as unparsed.
    UnknownEntity { name: &'a str, value: String },
}
