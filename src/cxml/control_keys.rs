//! Owns `ControlKeys`: what the buyer will accept next for an order or a line.

use crate::read::Cursor;

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
    /// Reads the `ControlKeys` child of an element.
    pub(crate) fn inside(parent: Cursor<'_, '_>) -> Option<Self> {
        let at = parent.child("ControlKeys")?;
        let value = |name: &str| at.child(name).and_then(|instruction| instruction.attr_text("value"));
        Some(Self {
            confirmation: value("OCInstruction").as_deref().and_then(ConfirmationInstruction::parse),
            ship_notice: value("ASNInstruction"),
            invoice: value("InvoiceInstruction"),
            service_entry_sheet: value("SESInstruction"),
        })
    }
}

impl ConfirmationInstruction {
    fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_lowercase().as_str() {
            "allowed" => Some(Self::Allowed),
            "notallowed" => Some(Self::NotAllowed),
            "requiredbeforeasn" => Some(Self::RequiredBeforeShipNotice),
            _ => None,
        }
    }
}
