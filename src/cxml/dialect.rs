//! Owns the habits of buyer systems, as data. Nothing else in the project asks which system a buyer uses.
//!
//! Every value is a default for a connection and can be set otherwise there.

use crate::invoice::OrderLink;
use crate::time::WireTime;
use crate::write::DtdVersion;

/// The kinds of buyer systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialectKind {
    /// Coupa.
    Coupa,
    /// SAP Ariba over SAP Business Network.
    SapBusinessNetwork,
    /// Any other that speaks cXML.
    Generic,
}

/// How an invoice points at its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderReferenceStyle {
    /// The purchase order number in the place of the payloadID.
    PurchaseOrderNumber,
    /// orderID and the payloadID of the order.
    OrderIdAndPayloadId,
}

/// How a credit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditStyle {
    /// `creditMemo` with lines, positive quantities and prices, and the original's number.
    PositiveLines,
    /// `lineLevelCreditMemo` with negative quantities, or a header credit with negative amounts.
    NegativeAmounts,
}

/// When a `ConfirmationRequest` is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfirmationStyle {
    /// Never.
    Never,
    /// When the order's `ControlKeys` allow it.
    WhenAllowed,
    /// Always, unless the order forbids it.
    Always,
}

/// The form field that carries the cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartField {
    /// `cXML-urlencoded`: ASCII, every buyer takes it.
    UrlEncoded,
    /// `cXML-base64`: any characters, not every buyer takes it.
    Base64,
}

/// What a line of the cart should look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStyle {
    /// Service lines by amount, and material lines by quantity at one minor unit of the currency.
    Classified,
    /// Quantity 1 at the amount.
    Natural,
}

/// How a refused order is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalStyle {
    /// A 4xx status.
    Status,
    /// 200, and a confirmation of type reject.
    Confirmation,
}

/// The habits of one buyer system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// Which system.
    pub kind: DialectKind,
    /// DTD version of responses and carts.
    pub punchout_version: DtdVersion,
    /// DTD version of invoices.
    pub invoice_version: DtdVersion,
    /// DTD version of confirmations.
    pub confirmation_version: DtdVersion,
    /// How an invoice points at its order.
    pub order_reference: OrderReferenceStyle,
    /// How a credit is written.
    pub credit: CreditStyle,
    /// When a confirmation is sent.
    pub confirmation: ConfirmationStyle,
    /// How the cart travels.
    pub cart_field: CartField,
    /// What lines look like.
    pub line_style: LineStyle,
    /// How a refused order is answered.
    pub refusal: RefusalStyle,
    /// Whether the bill-to is left out of invoices, since the buyer takes it from its order.
    pub omits_bill_to: bool,
    /// Whether the sender of a request is the buyer itself; otherwise a network stands between, with the supplier's own secret.
    pub is_direct: bool,
    /// Whether the buyer tells later statuses by `StatusUpdateRequest`.
    pub sends_status_updates: bool,
}

impl DialectKind {
    /// The name used in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coupa => "coupa",
            Self::SapBusinessNetwork => "sap_business_network",
            Self::Generic => "generic",
        }
    }

    /// The kind with this name in settings.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Coupa, Self::SapBusinessNetwork, Self::Generic].into_iter().find(|kind| kind.as_str() == name)
    }

    /// The habits of the system.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Coupa => COUPA,
            Self::SapBusinessNetwork => SAP_BUSINESS_NETWORK,
            Self::Generic => GENERIC,
        }
    }
}

const GENERIC: Dialect = Dialect {
    kind: DialectKind::Generic,
    punchout_version: DtdVersion::PUNCHOUT,
    invoice_version: DtdVersion::INVOICE,
    confirmation_version: DtdVersion::CONFIRMATION,
    order_reference: OrderReferenceStyle::OrderIdAndPayloadId,
    credit: CreditStyle::NegativeAmounts,
    confirmation: ConfirmationStyle::Never,
    cart_field: CartField::UrlEncoded,
    line_style: LineStyle::Natural,
    refusal: RefusalStyle::Status,
    omits_bill_to: false,
    is_direct: true,
    sends_status_updates: false,
};

/// Coupa finds the order by its number, takes confirmations only where the order allows them, and tells no status by cXML.
const COUPA: Dialect = Dialect {
    kind: DialectKind::Coupa,
    order_reference: OrderReferenceStyle::PurchaseOrderNumber,
    credit: CreditStyle::PositiveLines,
    confirmation: ConfirmationStyle::WhenAllowed,
    line_style: LineStyle::Classified,
    omits_bill_to: true,
    ..GENERIC
};

/// SAP Business Network stands between buyer and supplier, wants confirmations, and pushes statuses.
const SAP_BUSINESS_NETWORK: Dialect = Dialect {
    kind: DialectKind::SapBusinessNetwork,
    confirmation: ConfirmationStyle::Always,
    line_style: LineStyle::Classified,
    refusal: RefusalStyle::Confirmation,
    is_direct: false,
    sends_status_updates: true,
    ..GENERIC
};

impl OrderReferenceStyle {
    /// The link of an invoice to an order. An order whose payloadID was empty is found by number and exact date.
    pub fn link(self, order_id: &str, order_date: Option<&WireTime>, payload_id: &str) -> OrderLink {
        let order_date = order_date.filter(|date| !date.text.is_empty()).cloned();
        match self {
            Self::PurchaseOrderNumber => OrderLink::PurchaseOrderNumber(order_id.to_owned()),
            Self::OrderIdAndPayloadId if payload_id.is_empty() => {
                OrderLink::OrderId { order_id: order_id.to_owned(), order_date }
            }
            Self::OrderIdAndPayloadId => {
                OrderLink::Document { order_id: order_id.to_owned(), order_date, payload_id: payload_id.to_owned() }
            }
        }
    }
}

impl CartField {
    /// The name of the form field.
    pub fn name(self) -> &'static str {
        match self {
            Self::UrlEncoded => "cXML-urlencoded",
            Self::Base64 => "cXML-base64",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coupa_finds_an_order_by_its_number_and_the_network_by_payload_id() {
        let link = |kind: DialectKind, payload_id| kind.dialect().order_reference.link("PO1", None, payload_id);
        assert_eq!(link(DialectKind::Coupa, "p@x"), OrderLink::PurchaseOrderNumber("PO1".into()));
        assert!(
            matches!(link(DialectKind::SapBusinessNetwork, "p@x"), OrderLink::Document { payload_id, .. } if payload_id == "p@x")
        );
    }

    #[test]
    fn an_order_without_payload_id_is_found_by_number_and_date() {
        let date = WireTime::read("2026-01-31T09:05:00+01:00");
        let link = OrderReferenceStyle::OrderIdAndPayloadId.link("PO1", Some(&date), "");
        assert_eq!(link, OrderLink::OrderId { order_id: "PO1".into(), order_date: Some(date) });
    }

    #[test]
    fn every_kind_has_the_dialect_of_its_name() {
        for kind in [DialectKind::Coupa, DialectKind::SapBusinessNetwork, DialectKind::Generic] {
            assert_eq!(kind.dialect().kind, kind);
            assert_eq!(DialectKind::from_name(kind.as_str()), Some(kind));
        }
    }
}
