//! Owns walking over a parsed document: elements by local name and not by position, text that comments and CDATA have split,
//! and the path and place for errors.
//!
//! A cursor borrows everything; only the typed documents own strings. Prefixed element names are read like plain ones.

use std::borrow::Cow;
use std::ops::Range;

use roxmltree::{Attribute, Document, Node};

use crate::envelope::Envelope;
use crate::error::{WireError, WireErrorKind};
use crate::guard::Admitted;

/// Reads an admitted document in one go. Callers that need more than the envelope (a fingerprint) call
/// [`Admitted::parse`] themselves, then [`read_document`], and parse only once.
///
/// # Errors
/// What the parser says, or the first element that makes the envelope unusable.
pub fn read(admitted: &Admitted) -> Result<Envelope, WireError> {
    read_document(&admitted.parse()?)
}

/// Reads a parsed document.
///
/// # Errors
/// The first element that makes the envelope unusable.
pub fn read_document(document: &Document<'_>) -> Result<Envelope, WireError> {
    Envelope::read(Cursor::root(document), None)
}

/// Reads a parsed document for a server that takes the requests named and no others. Of another request only the name and the
/// markup are read, so that a value in it that no reader would take cannot hide that the request itself is not offered.
///
/// # Errors
/// The first element that makes the envelope unusable.
pub fn read_document_of(document: &Document<'_>, requests: &[&str]) -> Result<Envelope, WireError> {
    Envelope::read(Cursor::root(document), Some(requests))
}

/// Adds to a list that mostly holds one: room for four, as a vector makes it, is what a long order would waste most on.
pub(crate) fn push_one<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}

/// Whether an attribute belongs to a namespace, as those of cXML do not, except for `xml:lang`.
#[inline]
fn is_foreign(attribute: &Attribute<'_, '_>) -> bool {
    attribute.namespace().is_some() && attribute.name() != "lang"
}

/// A position in a document: one element.
#[derive(Clone, Copy)]
pub struct Cursor<'a, 'i> {
    node: Node<'a, 'i>,
}

impl<'a, 'i: 'a> Cursor<'a, 'i> {
    /// The root element.
    pub fn root(document: &'a Document<'i>) -> Self {
        Self { node: document.root_element() }
    }

    /// The local name of the element.
    pub fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    /// The element around this one.
    pub fn parent(self) -> Option<Self> {
        self.node.parent_element().map(|node| Self { node })
    }

    /// The element as sent, with its tags.
    pub fn outer_xml(self) -> &'a str {
        self.node.document().input_text().get(self.node.range()).unwrap_or_default()
    }

    /// Where the element stands in the text of the document, in bytes.
    pub fn range(self) -> Range<usize> {
        self.node.range()
    }

    /// Whether the element has neither attributes nor content.
    pub fn says_nothing(self) -> bool {
        let is_blank = |node: Node<'_, '_>| !node.is_element() && node.text().is_none_or(|text| text.trim().is_empty());
        self.node.attributes().len() == 0 && self.node.children().all(is_blank)
    }

    /// All attributes as name and value, in order: `lang` for `xml:lang`, and those of another namespace with their prefix, since
    /// an `xsi:type` is no `type`.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let text = self.node.document().input_text();
        self.node.attributes().map(move |attribute| {
            let qualified = || text.get(attribute.range_qname()).unwrap_or_default();
            (if is_foreign(&attribute) { qualified() } else { attribute.name() }, attribute.value())
        })
    }

    /// All child elements in order.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        self.node.children().filter(Node::is_element).map(|node| Self { node })
    }

    /// The child elements with this name, wherever they stand.
    pub fn children(self, name: &str) -> impl Iterator<Item = Self> {
        self.elements().filter(move |child| child.name() == name)
    }

    /// The first child element with this name.
    pub fn child(self, name: &str) -> Option<Self> {
        self.elements().find(|child| child.name() == name)
    }

    /// The element at the end of a chain of first children.
    pub fn descend(self, names: &[&str]) -> Option<Self> {
        names.iter().try_fold(self, |at, name| at.child(name))
    }

    /// The first child element with this name, or an error that names it.
    pub fn required(self, name: &str) -> Result<Self, WireError> {
        self.child(name).ok_or_else(|| self.missing(&format!("element {name}")))
    }

    /// Refuses a second child element of one of these names: a reader takes one of them, and the other would be lost.
    pub(crate) fn only_one_each(self, names: &[&str]) -> Result<(), WireError> {
        let mut seen = 0_u32;
        for child in self.elements() {
            let Some(index) = names.iter().position(|name| *name == child.name()) else { continue };
            if seen & (1 << index) != 0 {
                return Err(child.second(child.name()));
            }
            seen |= 1 << index;
        }
        Ok(())
    }

    /// An error that this element is one too many.
    pub(crate) fn second(self, what: &str) -> WireError {
        let error = WireError::new(WireErrorKind::Invalid, format!("one {what}"), "a second one");
        self.located(error.with_remedy("send exactly one; what the other one says goes into a document of its own"))
    }

    /// An attribute, by its name, and `xml:lang` as `lang`.
    pub fn attr(self, name: &str) -> Option<&'a str> {
        let is_meant = |attribute: &Attribute<'_, '_>| attribute.name() == name && !is_foreign(attribute);
        self.node.attributes().find(is_meant).map(|attribute| attribute.value())
    }

    /// An attribute that is neither missing nor blank, trimmed and owned.
    pub fn attr_text(self, name: &str) -> Option<String> {
        self.attr(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// An attribute, or an error that names it. It may be empty.
    pub fn required_attr(self, name: &str) -> Result<&'a str, WireError> {
        self.attr(name).ok_or_else(|| self.missing(&format!("attribute {name}")))
    }

    /// Whether a flag attribute says `yes` (the DTD knows no `no`).
    pub fn flag(self, name: &str) -> bool {
        self.attr(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("yes"))
    }

    /// `xml:lang`.
    pub fn lang(self) -> Option<&'a str> {
        self.attr("lang").map(str::trim).filter(|lang| !lang.is_empty())
    }

    /// The text of the element itself: all its text children joined, without the text of child elements, not trimmed.
    pub fn text(self) -> Cow<'a, str> {
        // The usual element holds one text and nothing else.
        if let Some(only) = self.node.first_child()
            && only.is_text()
            && only.next_sibling().is_none()
        {
            return Cow::Borrowed(only.text().unwrap_or_default());
        }
        let mut texts = self.node.children().filter(Node::is_text).filter_map(|node| node.text());
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        texts.fold(Cow::Borrowed(first), |joined, next| joined + next)
    }

    /// [`Self::text`], trimmed and owned.
    pub fn trimmed_text(self) -> String {
        self.text().trim().to_owned()
    }

    /// The text of a child element, if it is there and not blank.
    pub fn child_text(self, name: &str) -> Option<String> {
        self.child(name).map(Self::trimmed_text).filter(|text| !text.is_empty())
    }

    /// The text of all elements below, joined; for content that the DTD declares as ANY.
    pub fn deep_text(self) -> String {
        self.node
            .descendants()
            .filter(Node::is_text)
            .filter_map(|node| node.text())
            .collect::<String>()
            .trim()
            .to_owned()
    }

    /// The markup between the tags, exactly as sent, if the element has child elements.
    pub fn inner_xml(self) -> Option<&'a str> {
        self.elements().next()?;
        let (first, last) = (self.node.first_child()?, self.node.last_child()?);
        self.node.document().input_text().get(first.range().start..last.range().end)
    }

    /// An error that something is missing here.
    pub fn missing(self, what: &str) -> WireError {
        self.located(WireError::new(WireErrorKind::Missing, what, "none"))
    }

    /// An error that a value here is not one of those expected.
    pub fn invalid(self, expected: &str, found: &str) -> WireError {
        self.located(WireError::new(WireErrorKind::Invalid, expected, format!("`{found}`")))
    }

    /// Adds the path and the place of this element to an error.
    pub fn located(self, error: WireError) -> WireError {
        let mut names: Vec<&str> =
            self.node.ancestors().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
        names.reverse();
        let at = self.node.document().text_pos_at(self.node.range().start);
        error.in_element(names.join("/")).at(at.row, at.col)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_root(text: &str, check: impl FnOnce(Cursor<'_, '_>)) {
        let document = Document::parse(text).unwrap();
        check(Cursor::root(&document));
    }

    #[test]
    fn comments_and_cdata_do_not_cut_text_short() {
        with_root("<a> one<!-- no --> two<![CDATA[ <three>]]> </a>", |a| {
            assert_eq!(a.trimmed_text(), "one two <three>");
            assert_eq!(a.text(), " one two <three> ");
        });
    }

    #[test]
    fn elements_are_found_by_local_name_and_not_by_place() {
        with_root("<a xmlns:p='urn:p'><x/><p:Total>1</p:Total><x/></a>", |a| {
            assert_eq!(a.child_text("Total").as_deref(), Some("1"));
            assert_eq!(a.children("x").count(), 2);
            assert!(a.descend(&["Total", "Money"]).is_none());
        });
    }

    #[test]
    fn an_attribute_of_another_namespace_is_not_taken_for_one_of_cxml() {
        with_root("<a xmlns:xsi='urn:i' xsi:type='Order' type='new' xml:lang='de'/>", |a| {
            assert_eq!((a.attr("type"), a.attr("lang")), (Some("new"), Some("de")));
            let names: Vec<_> = a.attributes().map(|(name, _)| name).collect();
            assert_eq!(names, ["xsi:type", "type", "lang"]);
        });
    }

    #[test]
    fn text_of_children_is_not_text_of_the_parent() {
        with_root("<Description>long<ShortName>short</ShortName> text</Description>", |a| {
            assert_eq!(a.trimmed_text(), "long text");
            assert_eq!(a.deep_text(), "longshort text");
        });
    }

    #[test]
    fn inner_xml_is_kept_as_sent() {
        with_root("<e>a &amp; <M c='1'>2</M>\n</e>", |e| assert_eq!(e.inner_xml(), Some("a &amp; <M c='1'>2</M>\n")));
        with_root("<e>only text</e>", |e| assert_eq!(e.inner_xml(), None));
    }

    #[test]
    fn an_error_names_path_and_place() {
        with_root("<a>\n  <b><c/></b></a>", |a| {
            let error = a.descend(&["b", "c"]).unwrap().missing("attribute d");
            assert_eq!((&*error.path, error.line, error.column), ("a/b/c", 2, 6));
        });
    }
}
