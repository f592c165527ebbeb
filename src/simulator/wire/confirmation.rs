//! Reads a `ConfirmationRequest`.

use roxmltree::Node;
use rust_decimal::Decimal;

use crate::decimal;
use crate::xml;

/// What the supplier confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// `ConfirmationHeader@type`: `accept`, `reject`, `detail` ...
    pub kind: String,
    /// `@confirmID`.
    pub confirm_id: Option<String>,
    /// `cXML@payloadID`.
    pub payload_id: String,
    /// `OrderReference@orderID`.
    pub po_number: Option<String>,
    /// `OrderReference/DocumentReference@payloadID`.
    pub order_payload_id: Option<String>,
    /// Header `Comments`.
    pub comments: Option<String>,
    /// `ConfirmationItem`.
    pub items: Vec<ConfirmedItem>,
}

/// What was confirmed about one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedItem {
    /// `@lineNumber`: the order line.
    pub line_number: u32,
    /// `@quantity`.
    pub quantity: Decimal,
    /// `ConfirmationStatus`, one for each part of the quantity.
    pub statuses: Vec<ConfirmedPart>,
}

/// What was confirmed about a part of a line's quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedPart {
    /// `ConfirmationStatus@type`.
    pub kind: String,
    /// `@quantity`.
    pub quantity: Decimal,
    /// Whether it says what differs: a price, tax, shipping, a substitute or a delivery date.
    pub says_what_differs: bool,
}

/// Reads a confirmation; the error says what is missing.
pub(crate) fn read(root: Node<'_, '_>) -> Result<Confirmation, String> {
    let request = xml::path(root, &["Request", "ConfirmationRequest"]).ok_or("there is no ConfirmationRequest")?;
    let header = xml::child(request, "ConfirmationHeader").ok_or("ConfirmationHeader is missing")?;
    let reference = xml::child(request, "OrderReference").ok_or("OrderReference is missing")?;
    Ok(Confirmation {
        kind: xml::attribute(header, "type").ok_or("ConfirmationHeader@type is missing")?,
        confirm_id: xml::attribute(header, "confirmID"),
        payload_id: xml::attribute(root, "payloadID").ok_or("payloadID is missing")?,
        po_number: xml::attribute(reference, "orderID"),
        order_payload_id: xml::child(reference, "DocumentReference").and_then(|node| xml::attribute(node, "payloadID")),
        comments: xml::text_at(header, &["Comments"]),
        items: xml::children(request, "ConfirmationItem").map(item).collect::<Result<_, _>>()?,
    })
}

fn item(node: Node<'_, '_>) -> Result<ConfirmedItem, String> {
    let line_number = xml::attribute(node, "lineNumber")
        .and_then(|number| number.parse().ok())
        .ok_or("ConfirmationItem@lineNumber is missing or not a number")?;
    let quantity =
        quantity(node).ok_or_else(|| format!("line {line_number}: the quantity is missing or no decimal"))?;
    let parts = xml::children(node, "ConfirmationStatus").map(|status| part(status, line_number));
    Ok(ConfirmedItem { line_number, quantity, statuses: parts.collect::<Result<_, _>>()? })
}

fn part(node: Node<'_, '_>, line_number: u32) -> Result<ConfirmedPart, String> {
    let at_line = |what: &str| format!("line {line_number}: {what} of ConfirmationStatus is missing or unreadable");
    let differs = |name: &&str| xml::child(node, name).is_some();
    Ok(ConfirmedPart {
        kind: xml::attribute(node, "type").ok_or_else(|| at_line("the type"))?,
        quantity: quantity(node).ok_or_else(|| at_line("the quantity"))?,
        says_what_differs: ["UnitPrice", "Shipping", "Tax", "ItemIn"].iter().any(differs)
            || xml::attribute(node, "deliveryDate").is_some(),
    })
}

fn quantity(node: Node<'_, '_>) -> Option<Decimal> {
    xml::attribute(node, "quantity").and_then(|text| decimal::parse(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_read_with_its_reason() {
        let text = "<cXML payloadID='c'><Request><ConfirmationRequest><ConfirmationHeader type='reject' noticeDate='x'>\
                    <Comments>EXPIRED_AGREEMENT_PROPOSAL</Comments></ConfirmationHeader>\
                    <OrderReference orderID='PO1'><DocumentReference payloadID='1@sim'/></OrderReference>\
                    </ConfirmationRequest></Request></cXML>";
        let document = xml::parse(text).unwrap();
        let confirmation = read(document.root_element()).unwrap();
        assert_eq!((confirmation.kind.as_str(), confirmation.po_number.as_deref()), ("reject", Some("PO1")));
        assert_eq!(confirmation.comments.as_deref(), Some("EXPIRED_AGREEMENT_PROPOSAL"));
    }

    #[test]
    fn the_parts_of_a_line_are_read_with_their_quantities() {
        let text = "<cXML payloadID='c'><Request><ConfirmationRequest><ConfirmationHeader type='detail'/>\
                    <OrderReference orderID='PO1'/><ConfirmationItem lineNumber='2' quantity='5'>\
                    <ConfirmationStatus type='accept' quantity='3'/>\
                    <ConfirmationStatus type='detail' quantity='2' deliveryDate='2026-12-01'/>\
                    </ConfirmationItem></ConfirmationRequest></Request></cXML>";
        let document = xml::parse(text).unwrap();
        let item = read(document.root_element()).unwrap().items.remove(0);
        assert_eq!((item.line_number, item.quantity, item.statuses.len()), (2, Decimal::from(5), 2));
        assert!(!item.statuses[0].says_what_differs && item.statuses[1].says_what_differs);
        let broken = text.replace("quantity='3'", "quantity='three'");
        let document = xml::parse(&broken).unwrap();
        assert!(read(document.root_element()).unwrap_err().contains("line 2"));
    }

    #[test]
    fn a_confirmation_without_an_order_is_refused() {
        let document = xml::parse("<cXML><Request><ConfirmationRequest><ConfirmationHeader type='accept'/></ConfirmationRequest></Request></cXML>").unwrap();
        assert!(read(document.root_element()).unwrap_err().contains("OrderReference"));
    }
}
