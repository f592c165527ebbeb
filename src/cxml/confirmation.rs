//! Owns `ConfirmationRequest` (Fulfill.dtd): a supplier's answer to an order.
//!
//! A new confirmation replaces the earlier one. Only elements that have stood at their place since 1.2.036 are written.

use crate::comments::Comments;
use crate::error::WireError;
use crate::extrinsic::Extrinsic;
use crate::money::{Money, Number, required_number};
use crate::read::Cursor;
use crate::time::WireTime;
use crate::write::Element;

/// `ConfirmationHeader/@type` and `ConfirmationStatus/@type`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationKind {
    /// As ordered.
    Accept,
    /// The whole order, or the line, is refused. A header of this kind has no items.
    Reject,
    /// Header only: lines not named are accepted as ordered.
    Except,
    /// Changes are described; lines not named keep their state.
    Detail,
    /// The complete state of every line; only for buyers that ask for it.
    AllDetail,
    /// Later.
    Backordered,
    /// Any other, such as `requestToPay`. Read only.
    Other(String),
}

/// `ConfirmationRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationRequest {
    /// `@confirmID`: our number.
    pub confirm_id: String,
    /// `@type`.
    pub kind: ConfirmationKind,
    /// `@noticeDate`.
    pub notice_date: WireTime,
    /// The payloadID of the confirmation that this one updates (`operation="update"`).
    pub updates: Option<String>,
    /// `Total`.
    pub total: Option<Money>,
    /// `Comments`: the reason of a refusal.
    pub comments: Option<Comments>,
    /// `Extrinsic` of the header.
    pub extrinsics: Vec<Extrinsic>,
    /// `OrderReference/@orderID`, copied literally.
    pub order_id: String,
    /// `OrderReference/@orderDate`, copied literally.
    pub order_date: Option<WireTime>,
    /// `OrderReference/DocumentReference/@payloadID`: of the order.
    pub order_payload_id: String,
    /// `ConfirmationItem`.
    pub items: Vec<ConfirmationItem>,
}

/// `ConfirmationItem`. The quantities of its statuses add up to its quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationItem {
    /// `@lineNumber` of the order.
    pub line_number: u32,
    /// `@quantity` of the order line.
    pub quantity: Number,
    /// `UnitOfMeasure` of the order line.
    pub unit_of_measure: String,
    /// `ConfirmationStatus`.
    pub statuses: Vec<ConfirmationStatus>,
}

/// `ConfirmationStatus`, in the unit of its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationStatus {
    /// `@type`.
    pub kind: ConfirmationKind,
    /// `@quantity`.
    pub quantity: Number,
    /// `@deliveryDate`.
    pub delivery_date: Option<WireTime>,
    /// `UnitPrice`, if it differs.
    pub unit_price: Option<Money>,
    /// `Comments`.
    pub comments: Option<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl ConfirmationKind {
    /// The attribute value.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Except => "except",
            Self::Detail => "detail",
            Self::AllDetail => "allDetail",
            Self::Backordered => "backordered",
            Self::Other(other) => other,
        }
    }

    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(match at.required_attr("type")?.trim() {
            "accept" => Self::Accept,
            "reject" => Self::Reject,
            "except" => Self::Except,
            "detail" => Self::Detail,
            "allDetail" => Self::AllDetail,
            "backordered" => Self::Backordered,
            other => Self::Other(other.to_owned()),
        })
    }
}

impl ConfirmationRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let header = at.required("ConfirmationHeader")?;
        let order = at.required("OrderReference")?;
        Ok(Self {
            confirm_id: header.attr_text("confirmID").unwrap_or_default(),
            kind: ConfirmationKind::read(header)?,
            notice_date: WireTime::read(header.attr("noticeDate").unwrap_or_default()),
            updates: header.child("DocumentReference").and_then(|r| r.attr_text("payloadID")),
            total: Money::inside(header, "Total"),
            comments: Comments::read_all(header).into_iter().next(),
            extrinsics: Extrinsic::read_all(header),
            order_id: order.attr_text("orderID").unwrap_or_default(),
            order_date: order.attr_text("orderDate").map(|text| WireTime::read(&text)),
            order_payload_id: order
                .child("DocumentReference")
                .and_then(|r| r.attr_text("payloadID"))
                .unwrap_or_default(),
            items: at.children("ConfirmationItem").map(ConfirmationItem::read).collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn element(&self) -> Element {
        let header = Element::new("ConfirmationHeader")
            .attr_opt("confirmID", Some(self.confirm_id.as_str()).filter(|id| !id.is_empty()))
            .attr("operation", if self.updates.is_some() { "update" } else { "new" })
            .attr("type", self.kind.as_str())
            .attr("noticeDate", &self.notice_date.text)
            .child_opt(self.updates.as_deref().map(document_reference))
            .child_opt(self.total.as_ref().map(|total| total.wrapped("Total")))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element));
        let order = Element::new("OrderReference")
            .attr("orderID", &self.order_id)
            .attr_opt("orderDate", self.order_date.as_ref().map(|date| date.text.as_str()))
            .child(document_reference(&self.order_payload_id));
        Element::new("ConfirmationRequest")
            .child(header)
            .child(order)
            .children(self.items.iter().map(ConfirmationItem::element))
    }
}

impl ConfirmationItem {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let line_number = at.required_attr("lineNumber")?;
        Ok(Self {
            line_number: line_number.trim().parse().map_err(|_| at.invalid("a line number", line_number))?,
            quantity: required_number(at, "quantity")?,
            unit_of_measure: at.child_text("UnitOfMeasure").unwrap_or_default(),
            statuses: at.children("ConfirmationStatus").map(ConfirmationStatus::read).collect::<Result<_, _>>()?,
        })
    }

    fn element(&self) -> Element {
        Element::new("ConfirmationItem")
            .attr("quantity", &self.quantity.text)
            .attr("lineNumber", &self.line_number.to_string())
            .child(Element::with_text("UnitOfMeasure", &self.unit_of_measure))
            .children(self.statuses.iter().map(|status| status.element(&self.unit_of_measure)))
    }
}

impl ConfirmationStatus {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(Self {
            kind: ConfirmationKind::read(at)?,
            quantity: required_number(at, "quantity")?,
            delivery_date: at.attr_text("deliveryDate").map(|text| WireTime::read(&text)),
            unit_price: Money::inside(at, "UnitPrice"),
            comments: Comments::read_all(at).into_iter().next(),
            extrinsics: Extrinsic::read_all(at),
        })
    }

    fn element(&self, unit_of_measure: &str) -> Element {
        Element::new("ConfirmationStatus")
            .attr("quantity", &self.quantity.text)
            .attr("type", self.kind.as_str())
            .attr_opt("deliveryDate", self.delivery_date.as_ref().map(|date| date.text.as_str()))
            .child(Element::with_text("UnitOfMeasure", unit_of_measure))
            .child_opt(self.unit_price.as_ref().map(|price| price.wrapped("UnitPrice")))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

pub(crate) fn document_reference(payload_id: &str) -> Element {
    Element::new("DocumentReference").attr("payloadID", payload_id)
}
