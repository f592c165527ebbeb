//! Owns `Distribution`: the buyer's cost accounting of a line, kept to be echoed on the invoice.
//!
//! Segment ids are text (`CC-100`, `007`) and are echoed in the form, old or new, that the order used.

use crate::money::Money;
use crate::read::Cursor;
use crate::write::Element;

/// `Distribution`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Distribution {
    /// `Accounting/@name`.
    pub name: String,
    /// The segments.
    pub segments: Vec<AccountingSegment>,
    /// `Charge`.
    pub charge: Option<Money>,
}

/// The two forms of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SegmentForm {
    /// `AccountingSegment`, with names in elements.
    #[default]
    AccountingSegment,
    /// `Segment`, deprecated, with everything in attributes; Coupa sends it.
    Segment,
}

/// `AccountingSegment` or `Segment`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountingSegment {
    /// Which of the two.
    pub form: SegmentForm,
    /// `Name`, or `@type` of a `Segment`.
    pub name: String,
    /// `@id`.
    pub id: String,
    /// `Description`.
    pub description: String,
}

impl Distribution {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        let accounting = at.child("Accounting");
        Self {
            name: accounting.and_then(|a| a.attr_text("name")).unwrap_or_default(),
            segments: accounting
                .map(|a| a.elements().filter_map(AccountingSegment::read).collect())
                .unwrap_or_default(),
            charge: Money::inside(at, "Charge"),
        }
    }

    pub(crate) fn element(&self) -> Element {
        let segments = self.segments.iter().map(AccountingSegment::element);
        Element::new("Distribution")
            .child(Element::new("Accounting").attr("name", &self.name).children(segments))
            .child_opt(self.charge.as_ref().map(|charge| charge.wrapped("Charge")))
    }
}

impl AccountingSegment {
    fn read(at: Cursor<'_, '_>) -> Option<Self> {
        let attr = |name| at.attr_text(name).unwrap_or_default();
        match at.name() {
            "Segment" => Some(Self {
                form: SegmentForm::Segment,
                name: attr("type"),
                id: attr("id"),
                description: attr("description"),
            }),
            "AccountingSegment" => Some(Self {
                form: SegmentForm::AccountingSegment,
                name: at.child_text("Name").unwrap_or_default(),
                id: attr("id"),
                description: at.child_text("Description").unwrap_or_default(),
            }),
            _ => None,
        }
    }

    fn element(&self) -> Element {
        let text = |name, text: &str| Element::new(name).attr("xml:lang", "en").text(text);
        match self.form {
            SegmentForm::Segment => Element::new("Segment")
                .attr("type", &self.name)
                .attr("id", &self.id)
                .attr("description", &self.description),
            SegmentForm::AccountingSegment => Element::new("AccountingSegment")
                .attr("id", &self.id)
                .child(text("Name", &self.name))
                .child(text("Description", &self.description)),
        }
    }
}
