//! Owns `Comments` with their attachments, as they stand on orders, lines, confirmations and invoices.

use crate::read::Cursor;
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

    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            text: at.trimmed_text(),
            lang: at.lang().map(str::to_owned),
            attachments: at.children("Attachment").filter_map(|attachment| attachment.child_text("URL")).collect(),
        }
    }

    /// All comments among the children of an element; empty ones are skipped.
    pub(crate) fn read_all(parent: Cursor<'_, '_>) -> Vec<Self> {
        let comments = parent.children("Comments").map(Self::read);
        comments.filter(|comment| !comment.text.is_empty() || !comment.attachments.is_empty()).collect()
    }

    pub(crate) fn element(&self) -> Element {
        let attachment = |url: &String| Element::new("Attachment").child(Element::with_text("URL", url));
        Element::new("Comments")
            .attr_opt("xml:lang", self.lang.as_deref())
            .mixed(&self.text, self.attachments.iter().map(attachment))
    }
}
