//! Owns `Extrinsic`: named values that every buyer system adds as it likes.
//!
//! Its content is ANY. Text is kept trimmed; markup is kept as sent beside it and never written into a document of ours.

use crate::read::Cursor;
use crate::unknown::{Keep, without_secrets};
use crate::write::Element;

/// A named value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extrinsic {
    /// `@name`, trimmed.
    pub name: String,
    /// All text inside, child elements included, trimmed.
    pub text: String,
    /// The content as sent, if it has child elements.
    pub inner_xml: Option<String>,
}

impl Extrinsic {
    /// A plain value.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), inner_xml: None }
    }

    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        let inner_xml = at.inner_xml().map(without_secrets);
        let text = if inner_xml.is_some() { at.deep_text() } else { at.trimmed_text() };
        Self { name: at.attr("name").unwrap_or_default().trim().to_owned(), text, inner_xml }
    }

    /// Reads an extrinsic; attributes beyond its name are kept.
    pub(crate) fn keeping(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        for (name, value) in at.attributes() {
            if name != "name" {
                unknown.attribute(at, name, value);
            }
        }
        Self::read(at)
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Extrinsic").attr("name", &self.name).text(&self.text)
    }
}

/// The first non-empty value with this name; names are compared without case, since buyer systems spell them as they like.
pub fn extrinsic<'e>(extrinsics: &'e [Extrinsic], name: &str) -> Option<&'e str> {
    extrinsics
        .iter()
        .find(|extrinsic| extrinsic.name.eq_ignore_ascii_case(name) && !extrinsic.text.is_empty())
        .map(|extrinsic| extrinsic.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_content_is_kept_beside_its_text() {
        let document =
            roxmltree::Document::parse("<Extrinsic name=' Limit '><Money currency='USD'>5</Money></Extrinsic>");
        let extrinsic = Extrinsic::read(Cursor::root(document.as_ref().unwrap()));
        assert_eq!((extrinsic.name.as_str(), extrinsic.text.as_str()), ("Limit", "5"));
        assert_eq!(extrinsic.inner_xml.as_deref(), Some("<Money currency='USD'>5</Money>"));
    }

    #[test]
    fn names_are_found_without_case_and_empty_values_are_not_found() {
        let extrinsics = [Extrinsic::new("UserEmail", ""), Extrinsic::new("useremail", "a@example.com")];
        assert_eq!(extrinsic(&extrinsics, "UserEmail"), Some("a@example.com"));
        assert_eq!(extrinsic(&extrinsics, "User"), None);
    }
}
