//! Owns `Distribution`: the buyer's cost accounting of a line, kept to be echoed on the invoice.
//!
//! Segment ids are text (`CC-100`, `007`) and are echoed in the form, old or new, that the order used.

use crate::money::Money;
use crate::read::Cursor;
use crate::unknown::Keep;
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
    /// `@xml:lang` of both; `None` means `en`.
    pub lang: Option<String>,
}

impl Distribution {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut distribution = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Accounting" if distribution.segments.is_empty() => distribution.accounting(child, unknown),
                "Charge" => Money::once(&mut distribution.charge, child, unknown),
                _ => unknown.element(child),
            }
        }
        distribution
    }

    fn accounting(&mut self, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        for (name, value) in at.attributes() {
            match name {
                "name" => value.trim().clone_into(&mut self.name),
                _ => unknown.attribute(at, name, value),
            }
        }
        self.segments.reserve_exact(at.elements().count());
        for child in at.elements() {
            match child.name() {
                "Segment" | "AccountingSegment" => self.segments.push(AccountingSegment::read(child, unknown)),
                _ => unknown.element(child),
            }
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
    fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let form = if at.name() == "Segment" { SegmentForm::Segment } else { SegmentForm::AccountingSegment };
        let mut segment = Self { form, ..Self::default() };
        for (name, value) in at.attributes() {
            match (name, form) {
                ("id", _) => value.trim().clone_into(&mut segment.id),
                ("type", SegmentForm::Segment) => value.trim().clone_into(&mut segment.name),
                ("description", SegmentForm::Segment) => value.trim().clone_into(&mut segment.description),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "Name" => {
                    let is_taken = !segment.description.is_empty();
                    unknown.text_beside(is_taken, &mut segment.name, &mut segment.lang, child);
                }
                "Description" => {
                    let is_taken = !segment.name.is_empty();
                    unknown.text_beside(is_taken, &mut segment.description, &mut segment.lang, child);
                }
                _ => unknown.element(child),
            }
        }
        segment
    }

    fn element(&self) -> Element {
        let lang = self.lang.as_deref().unwrap_or("en");
        let text = |name, text: &str| Element::new(name).attr("xml:lang", lang).text(text);
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
