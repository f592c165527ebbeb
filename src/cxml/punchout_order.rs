//! Owns `PunchOutOrderMessage`: the cart that the browser carries to the buyer.
//!
//! It is written with the elements that 1.2.014 knows, which every later version takes as well. It passes through a browser, so
//! it never carries a secret (see `outgoing`).

use crate::error::WireError;
use crate::item::{ItemDetail, ItemId};
use crate::money::{Money, Number, required_number};
use crate::read::Cursor;
use crate::write::Element;

/// `@operationAllowed`: what the buyer may do with the cart later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationAllowed {
    /// Neither look at it nor change it.
    Create,
    /// Look at it.
    Inspect,
    /// Look at it and change it.
    Edit,
}

/// `@quoteStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QuoteStatus {
    /// The prices hold.
    #[default]
    Final,
    /// More will follow.
    Pending,
}

/// `PunchOutOrderMessage`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutOrderMessage {
    /// `BuyerCookie`, exactly as the setup request had it.
    pub buyer_cookie: String,
    /// `@operationAllowed`.
    pub operation_allowed: OperationAllowed,
    /// `@quoteStatus`.
    pub quote_status: QuoteStatus,
    /// `Total`, without tax and shipping.
    pub total: Money,
    /// `ItemIn`.
    pub items: Vec<ItemIn>,
}

/// `ItemIn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemIn {
    /// `@quantity`, fractions allowed.
    pub quantity: Number,
    /// `@lineNumber`.
    pub line_number: Option<u32>,
    /// `ItemID`.
    pub item_id: ItemId,
    /// `ItemDetail`.
    pub detail: ItemDetail,
}

impl PunchOutOrderMessage {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let header = at.required("PunchOutOrderMessageHeader")?;
        Ok(Self {
            buyer_cookie: at.child("BuyerCookie").map(|cookie| cookie.text().into_owned()).unwrap_or_default(),
            operation_allowed: OperationAllowed::read(header)?,
            quote_status: QuoteStatus::read(header),
            total: Money::inside(header, "Total").ok_or_else(|| header.missing("element Total/Money"))?,
            items: at.children("ItemIn").map(ItemIn::read).collect::<Result<_, _>>()?,
        })
    }

    pub(crate) fn element(&self) -> Element {
        let header = Element::new("PunchOutOrderMessageHeader")
            .attr("operationAllowed", self.operation_allowed.as_str())
            .attr("quoteStatus", self.quote_status.as_str())
            .child(self.total.wrapped("Total"));
        Element::new("PunchOutOrderMessage")
            .child(Element::with_text("BuyerCookie", &self.buyer_cookie))
            .child(header)
            .children(self.items.iter().map(ItemIn::element))
    }
}

impl ItemIn {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Ok(Self {
            quantity: required_number(at, "quantity")?,
            line_number: at.attr_text("lineNumber").and_then(|text| text.parse().ok()),
            item_id: ItemId::read(at.required("ItemID")?),
            detail: ItemDetail::read(at.required("ItemDetail")?),
        })
    }

    fn element(&self) -> Element {
        Element::new("ItemIn")
            .attr("quantity", &self.quantity.text)
            .attr_opt("lineNumber", self.line_number.map(|number| number.to_string()).as_deref())
            .child(self.item_id.element())
            .child(self.detail.element())
    }
}

impl OperationAllowed {
    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Inspect => "inspect",
            Self::Edit => "edit",
        }
    }

    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        match at.required_attr("operationAllowed")?.trim() {
            "create" => Ok(Self::Create),
            "inspect" => Ok(Self::Inspect),
            "edit" => Ok(Self::Edit),
            other => Err(at.invalid("operationAllowed create, inspect or edit", other)),
        }
    }
}

impl QuoteStatus {
    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Pending => "pending",
        }
    }

    fn read(at: Cursor<'_, '_>) -> Self {
        if at.attr("quoteStatus") == Some("pending") { Self::Pending } else { Self::Final }
    }
}
