//! Owns when and how exactly a line is to be delivered: `ScheduleLine` and `Tolerances`.

use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::money::{Money, Number, required_number, some_text};
use crate::order_write::SEVERAL_COMMENTS;
use crate::party::Contact;
use crate::read::Cursor;
use crate::time::WireTime;
use crate::unknown::Keep;
use crate::write::{DtdVersion, Element};

/// `ScheduleLine`: a part of a line's quantity for one date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScheduleLine {
    /// `@quantity`.
    pub quantity: Number,
    /// `@requestedDeliveryDate`.
    pub requested_delivery_date: WireTime,
    /// `@lineNumber` of the schedule line, as sent.
    pub line_number: Option<String>,
    /// `@requestedShipmentDate`.
    pub requested_shipment_date: Option<WireTime>,
    /// `UnitOfMeasure`.
    pub unit_of_measure: String,
    /// `ShipTo`.
    pub ship_to: Option<Contact>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

/// `Tolerances`: how far the delivery may differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tolerances {
    /// `QuantityTolerance`.
    pub quantity: Option<Tolerance>,
    /// `PriceTolerance`.
    pub price: Option<Tolerance>,
    /// `TimeTolerance/@limit`.
    pub time_limit: Option<Number>,
    /// `TimeTolerance/@type`: minutes, hours, days (the default) or weeks.
    pub time_unit: Option<String>,
}

/// The content of a quantity or price tolerance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// `Percentage/@percent`; `2` means 2 %.
    Percentage(Number),
    /// `Value/@value`, in units of the line.
    Value(Number),
    /// `Money`.
    Money(Money),
}

impl ScheduleLine {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Result<Self, WireError> {
        let mut line = Self { quantity: required_number(at, "quantity")?, ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "quantity" => {}
                "requestedDeliveryDate" => line.requested_delivery_date = WireTime::read(value),
                "requestedShipmentDate" => line.requested_shipment_date = some_time(value),
                "lineNumber" => line.line_number = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "UnitOfMeasure" => unknown.plain_text(&mut line.unit_of_measure, child),
                "ShipTo" => Contact::once(&mut line.ship_to, child, unknown),
                "Extrinsic" => line.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        Ok(line)
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let text = |time: &WireTime| time.text.clone();
        let ship_to = self.ship_to.as_ref().filter(|_| version >= SEVERAL_COMMENTS);
        Element::new("ScheduleLine")
            .attr("quantity", &self.quantity.text)
            .attr("requestedDeliveryDate", &self.requested_delivery_date.text)
            .attr_opt("lineNumber", self.line_number.as_deref())
            .attr_opt("requestedShipmentDate", self.requested_shipment_date.as_ref().map(text).as_deref())
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .child_opt(ship_to.map(|address| address.address_element("ShipTo", version)))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

impl Tolerances {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut tolerances = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "QuantityTolerance" if tolerances.quantity.is_none() => {
                    tolerances.quantity = Tolerance::within(child, unknown);
                }
                "PriceTolerance" if tolerances.price.is_none() => {
                    tolerances.price = Tolerance::within(child, unknown);
                }
                "TimeTolerance" if tolerances.time_limit.is_none() => {
                    unknown.beyond_text(child, &["limit", "type"]);
                    tolerances.time_limit = child.attr("limit").map(Number::read);
                    tolerances.time_unit = child.attr_text("type");
                }
                _ => unknown.element(child),
            }
        }
        tolerances
    }

    pub(crate) fn element(&self) -> Element {
        let time = self.time_limit.as_ref().map(|limit| {
            Element::new("TimeTolerance").attr("limit", &limit.text).attr_opt("type", self.time_unit.as_deref())
        });
        let wrapped = |name, tolerance: &Tolerance| Element::new(name).child(tolerance.element());
        Element::new("Tolerances")
            .child_opt(self.quantity.as_ref().map(|tolerance| wrapped("QuantityTolerance", tolerance)))
            .child_opt(self.price.as_ref().map(|tolerance| wrapped("PriceTolerance", tolerance)))
            .child_opt(time)
    }
}

impl Tolerance {
    fn within(wrapper: Cursor<'_, '_>, unknown: &mut impl Keep) -> Option<Self> {
        let mut found = None;
        unknown.attributes(wrapper);
        for child in wrapper.elements() {
            let number = |name| Number::read(child.attr(name).unwrap_or_default());
            let tolerance = match child.name() {
                "Percentage" if found.is_none() => {
                    unknown.beyond_text(child, &["percent"]);
                    Self::Percentage(number("percent"))
                }
                "Value" if found.is_none() => {
                    unknown.beyond_text(child, &["value"]);
                    Self::Value(number("value"))
                }
                "Money" if found.is_none() => Self::Money(Money::read(child, unknown)),
                _ => {
                    unknown.element(child);
                    continue;
                }
            };
            found = Some(tolerance);
        }
        found
    }

    fn element(&self) -> Element {
        match self {
            Self::Percentage(percent) => Element::new("Percentage").attr("percent", &percent.text),
            Self::Value(value) => Element::new("Value").attr("value", &value.text),
            Self::Money(money) => money.element(),
        }
    }
}

/// A time that is not blank.
pub(crate) fn some_time(text: &str) -> Option<WireTime> {
    Some(WireTime::read(text)).filter(|time| !time.text.is_empty())
}
