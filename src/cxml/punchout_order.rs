//! Owns `PunchOutOrderMessage`: the cart that the browser carries to the buyer.
//!
//! It is written with what the declared version knows; what we fill ourselves is known since 1.2.014. It passes through a browser, so
//! it never carries a secret (see `outgoing`).

use crate::buyer_cookie::BuyerCookie;
use crate::comments::Comments;
use crate::distribution::Distribution;
use crate::error::WireError;
use crate::invoice_tax::InvoiceTax;
use crate::item::{ItemDetail, ItemId};
use crate::money::{Money, Number, required_number};
use crate::party::Contact;
use crate::read::Cursor;
use crate::shipping::Shipping;
use crate::unknown::{Keep, Unknown};
use crate::write::{DtdVersion, Element};

/// `@operationAllowed`: what the buyer may do with the cart later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OperationAllowed {
    /// Neither look at it nor change it.
    #[default]
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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PunchOutOrderMessage {
    /// `BuyerCookie`, exactly as the setup request had it.
    pub buyer_cookie: BuyerCookie,
    /// `@operationAllowed`.
    pub operation_allowed: OperationAllowed,
    /// `@quoteStatus`.
    pub quote_status: QuoteStatus,
    /// `Total`, without tax and shipping.
    pub total: Money,
    /// `ShipTo`.
    pub ship_to: Option<Contact>,
    /// `Shipping`.
    pub shipping: Option<Shipping>,
    /// `Tax`.
    pub tax: Option<InvoiceTax>,
    /// `ItemIn`.
    pub items: Vec<ItemIn>,
    /// What else the cart says, its items included. Not written.
    pub unknown: Vec<Unknown>,
}

/// `ItemIn`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemIn {
    /// `@quantity`, fractions allowed.
    pub quantity: Number,
    /// `@lineNumber`.
    pub line_number: Option<u32>,
    /// `ItemID`.
    pub item_id: ItemId,
    /// `ItemDetail`.
    pub detail: ItemDetail,
    /// `Shipping`.
    pub shipping: Option<Shipping>,
    /// `Tax`.
    pub tax: Option<InvoiceTax>,
    /// `Distribution`, left out for DTD versions that do not know it here.
    pub distributions: Vec<Distribution>,
    /// `Comments`, left out for DTD versions that do not know it here.
    pub comments: Option<Comments>,
}

/// The oldest DTD at hand that knows `Distribution` and `Comments` in a cart; 1.2.020 does not.
const ITEM_ACCOUNTING: DtdVersion = DtdVersion(1, 2, 36);

impl PunchOutOrderMessage {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&["BuyerCookie", "PunchOutOrderMessageHeader"])?;
        let header = at.required("PunchOutOrderMessageHeader")?;
        let mut message = Self {
            operation_allowed: OperationAllowed::read(header)?,
            quote_status: QuoteStatus::read(header),
            ..Self::default()
        };
        let mut unknown = Vec::new();
        unknown.attributes(at);
        message.read_header(header, &mut unknown)?;
        for child in at.elements() {
            match child.name() {
                "PunchOutOrderMessageHeader" if child.range() == header.range() => {}
                "BuyerCookie" => {
                    unknown.attributes(child);
                    message.buyer_cookie = BuyerCookie::read(child)?;
                }
                "ItemIn" => message.items.push(ItemIn::read(child, &mut unknown)?),
                _ => unknown.element(child),
            }
        }
        message.unknown = unknown;
        Ok(message)
    }

    fn read_header(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<(), WireError> {
        let mut total = None;
        unknown.other_attributes(at, &["operationAllowed", "quoteStatus"]);
        for child in at.elements() {
            match child.name() {
                "Total" => Money::once(&mut total, child, unknown),
                "ShipTo" => Contact::once(&mut self.ship_to, child, unknown),
                "Shipping" => unknown.once(&mut self.shipping, child, Shipping::read),
                "Tax" => unknown.once(&mut self.tax, child, InvoiceTax::read),
                _ => unknown.element(child),
            }
        }
        self.total = total.ok_or_else(|| at.missing("element Total/Money"))?;
        Ok(())
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let header = Element::new("PunchOutOrderMessageHeader")
            .attr("operationAllowed", self.operation_allowed.as_str())
            .attr("quoteStatus", self.quote_status.as_str())
            .child(self.total.wrapped("Total"))
            .child_opt(self.ship_to.as_ref().map(|address| address.address_element("ShipTo", version)))
            .child_opt(self.shipping.as_ref().map(Shipping::element))
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)));
        Element::new("PunchOutOrderMessage")
            .child(self.buyer_cookie.element())
            .child(header)
            .children(self.items.iter().map(|item| item.element(version)))
    }
}

impl ItemIn {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Result<Self, WireError> {
        let mut item = Self { quantity: required_number(at, "quantity")?, ..Self::default() };
        for (name, value) in at.attributes() {
            match name {
                "quantity" => {}
                "lineNumber" if !value.trim().is_empty() && value.trim().parse::<u32>().is_ok() => {
                    item.line_number = value.trim().parse().ok();
                }
                _ => unknown.attribute(at, name, value),
            }
        }
        let (mut item_id, mut detail) = (None, None);
        for child in at.elements() {
            match child.name() {
                "ItemID" => unknown.once(&mut item_id, child, ItemId::read),
                "ItemDetail" => unknown.once(&mut detail, child, ItemDetail::read),
                "Shipping" => unknown.once(&mut item.shipping, child, Shipping::read),
                "Tax" => unknown.once(&mut item.tax, child, InvoiceTax::read),
                "Distribution" => item.distributions.push(Distribution::read(child, unknown)),
                "Comments" => Comments::once(&mut item.comments, child, unknown),
                _ => unknown.element(child),
            }
        }
        item.item_id = item_id.ok_or_else(|| at.missing("element ItemID"))?;
        item.detail = detail.ok_or_else(|| at.missing("element ItemDetail"))?;
        Ok(item)
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("ItemIn")
            .attr("quantity", &self.quantity.text)
            .attr_opt("lineNumber", self.line_number.map(|number| number.to_string()).as_deref())
            .child(self.item_id.element(version))
            .child(self.detail.element(version))
            .child_opt(self.shipping.as_ref().map(Shipping::element))
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .children(self.distributions.iter().filter(|_| version >= ITEM_ACCOUNTING).map(Distribution::element))
            .child_opt(self.comments.as_ref().filter(|_| version >= ITEM_ACCOUNTING).map(Comments::element))
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
