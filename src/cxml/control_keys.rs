//! Owns `ControlKeys`: what the buyer will accept next for an order or a line.

use crate::money::some_text;
use crate::read::Cursor;
use crate::unknown::Keep;
use crate::write::Element;

/// `OCInstruction/@value`: whether order confirmations are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationInstruction {
    /// `allowed`.
    Allowed,
    /// `notAllowed`.
    NotAllowed,
    /// `requiredBeforeASN`.
    RequiredBeforeShipNotice,
}

/// `ControlKeys`. On the header it speaks for the whole order, on a line for the line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ControlKeys {
    /// `OCInstruction`; `None` if missing or unknown.
    pub confirmation: Option<ConfirmationInstruction>,
    /// `ASNInstruction/@value`.
    pub ship_notice: Option<String>,
    /// `InvoiceInstruction/@value`.
    pub invoice: Option<String>,
    /// `SESInstruction/@value`.
    pub service_entry_sheet: Option<String>,
}

impl ControlKeys {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut keys = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            let value = child.attr("value").unwrap_or_default();
            match child.name() {
                "OCInstruction" if keys.confirmation.is_none() => match ConfirmationInstruction::parse(value.trim()) {
                    Some(instruction) => keys.confirmation = Some(instruction),
                    None => unknown.attribute(child, "value", value),
                },
                "ASNInstruction" if keys.ship_notice.is_none() => keys.ship_notice = some_text(value),
                "InvoiceInstruction" if keys.invoice.is_none() => keys.invoice = some_text(value),
                "SESInstruction" if keys.service_entry_sheet.is_none() => keys.service_entry_sheet = some_text(value),
                _ => {
                    unknown.element(child);
                    continue;
                }
            }
            unknown.beyond_text(child, &["value"]);
        }
        keys
    }

    pub(crate) fn element(&self) -> Element {
        let instruction = |name, value: Option<&str>| value.map(|value| Element::new(name).attr("value", value));
        Element::new("ControlKeys")
            .child_opt(instruction("OCInstruction", self.confirmation.map(ConfirmationInstruction::as_str)))
            .child_opt(instruction("ASNInstruction", self.ship_notice.as_deref()))
            .child_opt(instruction("InvoiceInstruction", self.invoice.as_deref()))
            .child_opt(instruction("SESInstruction", self.service_entry_sheet.as_deref()))
    }
}

impl ConfirmationInstruction {
    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::NotAllowed => "notAllowed",
            Self::RequiredBeforeShipNotice => "requiredBeforeASN",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "allowed" => Some(Self::Allowed),
            "notallowed" => Some(Self::NotAllowed),
            "requiredbeforeasn" => Some(Self::RequiredBeforeShipNotice),
            _ => None,
        }
    }
}
