//! Owns `Comments` with their attachments, as they stand on orders, lines, confirmations and invoices.

use crate::money::some_text;
use crate::read::Cursor;
use crate::unknown::Keep;
use crate::write::Element;

/// `Comments`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comments {
    /// The text.
    pub text: String,
    /// `@xml:lang`.
    pub lang: Option<String>,
    /// `Attachment/URL`: `cid:` of a part of the same multipart body, or an address.
    pub attachments: Vec<String>,
}

impl Comments {
    /// A comment in English.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), lang: Some("en".to_owned()), attachments: Vec::new() }
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut comments = Self { text: at.trimmed_text(), ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "lang" => comments.lang = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            if child.name() == "Attachment" {
                let url = unknown.within(child, "URL");
                comments.attachments.extend(url.and_then(|url| {
                    unknown.beyond_text(url, &[]);
                    some_text(&url.text())
                }));
            } else {
                unknown.element(child);
            }
        }
        comments
    }

    /// Whether it says nothing.
    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attachments.is_empty()
    }

    /// Reads one of several comments; an empty one is skipped.
    pub(crate) fn push(all: &mut Vec<Self>, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        all.extend(Some(Self::read(at, unknown)).filter(|comments| !comments.is_empty()));
    }

    /// Reads the only comment of an element; a second one is kept.
    pub(crate) fn once(slot: &mut Option<Self>, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        if slot.is_some() {
            unknown.element(at);
        } else {
            *slot = Some(Self::read(at, unknown)).filter(|comments| !comments.is_empty());
        }
    }

    pub(crate) fn element(&self) -> Element {
        let attachment = |url: &String| Element::new("Attachment").child(Element::with_text("URL", url));
        Element::new("Comments")
            .attr_opt("xml:lang", self.lang.as_deref())
            .mixed(&self.text, self.attachments.iter().map(attachment))
    }
}
