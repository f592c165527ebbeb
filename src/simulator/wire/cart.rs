//! Reads a `PunchOutOrderMessage` and judges it the way the buyer's system does: one bad item loses the whole cart.

use roxmltree::Node;
use rust_decimal::Decimal;

use crate::decimal;
use crate::dialect::Habits;
use crate::xml;

/// How a line is invoiced later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// By quantity and unit price: invoiced with `InvoiceDetailItem`.
    Quantity,
    /// By amount (a service): invoiced with `InvoiceDetailServiceItem`.
    Amount,
}

/// One line of a cart.
#[derive(Debug, Clone, PartialEq)]
pub struct CartLine {
    /// Position in the cart, from 1; becomes the line number of the order.
    pub line_number: u32,
    /// `ItemIn@quantity`.
    pub quantity: Decimal,
    /// `SupplierPartID`.
    pub supplier_part_id: String,
    /// `SupplierPartAuxiliaryID`: the supplier's own reference, echoed in the order.
    pub supplier_part_auxiliary_id: Option<String>,
    /// `UnitPrice`, in `currency`.
    pub unit_price: Decimal,
    /// ISO 4217 code.
    pub currency: String,
    /// `UnitOfMeasure`, a UN/CEFACT code.
    pub unit_of_measure: String,
    /// `Classification@domain`.
    pub classification_domain: String,
    /// `Classification`.
    pub classification: String,
    /// `Description`.
    pub description: String,
    /// `ManufacturerName`.
    pub manufacturer_name: Option<String>,
    /// `ItemDetail/URL`.
    pub url: Option<String>,
    /// Every `Extrinsic` of the item and of its detail.
    pub extrinsics: Vec<(String, String)>,
    /// How the order line will be invoiced.
    pub kind: LineKind,
}

/// A cart as it came, before it is tied to a session.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CartMessage {
    pub(crate) buyer_cookie: String,
    pub(crate) operation_allowed: Option<String>,
    pub(crate) total: Option<(Decimal, String)>,
    pub(crate) lines: Vec<CartLine>,
}

impl CartLine {
    /// The value of an extrinsic, its name compared without regard to case.
    pub fn extrinsic(&self, name: &str) -> Option<&str> {
        self.extrinsics.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Quantity times unit price; `None` on overflow.
    pub fn amount(&self) -> Option<Decimal> {
        self.quantity.checked_mul(self.unit_price)
    }
}

/// The cookie of a cart, also of one that is refused for another reason.
pub(crate) fn buyer_cookie(cxml: &str) -> Option<String> {
    let document = xml::parse(cxml).ok()?;
    xml::text_at(document.root_element(), &["Message", "PunchOutOrderMessage", "BuyerCookie"])
}

/// Reads and judges a cart; the error is the reason why nothing of it was taken.
pub(crate) fn read(cxml: &str, habits: &Habits) -> Result<CartMessage, String> {
    let document = xml::parse(cxml)?;
    let message = xml::path(document.root_element(), &["Message", "PunchOutOrderMessage"])
        .ok_or("there is no PunchOutOrderMessage in the document")?;
    let header = xml::child(message, "PunchOutOrderMessageHeader").ok_or("there is no PunchOutOrderMessageHeader")?;
    let buyer_cookie = xml::text_at(message, &["BuyerCookie"]).ok_or("there is no BuyerCookie")?;
    let mut lines = Vec::new();
    for (line_number, item) in (1..).zip(xml::children(message, "ItemIn")) {
        let line = read_line(item, line_number, habits).map_err(|why| format!("item {line_number}: {why}"))?;
        lines.push(line);
    }
    let total = xml::child(header, "Total").and_then(xml::money);
    Ok(CartMessage { buyer_cookie, operation_allowed: xml::attribute(header, "operationAllowed"), total, lines })
}

fn read_line(item: Node<'_, '_>, line_number: u32, habits: &Habits) -> Result<CartLine, String> {
    let detail = xml::child(item, "ItemDetail").ok_or("ItemDetail is missing")?;
    let needed = |node, names: &[&str]| {
        xml::text_at(node, names).ok_or_else(|| format!("{} is missing", names.last().copied().unwrap_or_default()))
    };
    let quantity = read_quantity(item)?;
    let (unit_price, currency) =
        xml::child(detail, "UnitPrice").and_then(xml::money).ok_or("UnitPrice is missing or not a decimal")?;
    let classification = xml::child(detail, "Classification").ok_or("Classification is missing")?;
    let mut extrinsics = xml::extrinsics(detail);
    extrinsics.extend(xml::extrinsics(item));
    let mut line = CartLine {
        line_number,
        quantity,
        supplier_part_id: needed(item, &["ItemID", "SupplierPartID"])?,
        supplier_part_auxiliary_id: xml::text_at(item, &["ItemID", "SupplierPartAuxiliaryID"]),
        unit_price,
        currency,
        unit_of_measure: needed(detail, &["UnitOfMeasure"])?,
        classification_domain: xml::attribute(classification, "domain").ok_or("Classification has no domain")?,
        classification: needed(detail, &["Classification"])?,
        description: needed(detail, &["Description"])?,
        manufacturer_name: xml::text_at(detail, &["ManufacturerName"]),
        url: xml::text_at(detail, &["URL"]),
        extrinsics,
        kind: LineKind::Quantity,
    };
    line.kind = kind_of(&line, habits);
    customer_settings(&line, habits)?;
    Ok(line)
}

fn read_quantity(item: Node<'_, '_>) -> Result<Decimal, String> {
    let text = xml::attribute(item, "quantity").ok_or("quantity is missing")?;
    match decimal::parse(&text) {
        Some(quantity) if quantity > Decimal::ZERO => Ok(quantity),
        _ => Err(format!("the quantity {text:?} is not a positive decimal")),
    }
}

fn customer_settings(line: &CartLine, habits: &Habits) -> Result<(), String> {
    if !habits.units.contains(&line.unit_of_measure.as_str()) {
        return Err(format!("the unit of measure {:?} is not configured", line.unit_of_measure));
    }
    if !habits.currencies.contains(&line.currency.as_str()) {
        return Err(format!("the currency {:?} is not configured", line.currency));
    }
    if line.unit_price < Decimal::ZERO {
        return Err("the unit price is negative".to_owned());
    }
    Ok(())
}

/// The extrinsic `LineType` decides; without it the commodity code does.
fn kind_of(line: &CartLine, habits: &Habits) -> LineKind {
    let says = |words: &[&str]| {
        line.extrinsic("LineType").is_some_and(|value| words.iter().any(|word| value.eq_ignore_ascii_case(word)))
    };
    let mapped_to_amount = habits.amount_line_codes.contains(&line.classification.as_str());
    if says(&["service", "amount"]) || (mapped_to_amount && !says(&["material", "goods", "quantity"])) {
        LineKind::Amount
    } else {
        LineKind::Quantity
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Dialect;

    pub(crate) fn cart_document(cookie: &str, items: &str) -> String {
        format!(
            "<?xml version='1.0'?><cXML payloadID='p' timestamp='t'><Header/><Message><PunchOutOrderMessage>\
             <BuyerCookie>{cookie}</BuyerCookie><PunchOutOrderMessageHeader operationAllowed='edit'>\
             <Total><Money currency='USD'>24000.00</Money></Total></PunchOutOrderMessageHeader>{items}\
             </PunchOutOrderMessage></Message></cXML>"
        )
    }

    pub(crate) const ITEM: &str = "<ItemIn quantity='1'><ItemID><SupplierPartID>LOGWELL</SupplierPartID>\
        <SupplierPartAuxiliaryID>req-1/1</SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice>\
        <Money currency='USD'>24000.00</Money></UnitPrice><Description xml:lang='en'>Logwell &amp; Co, 12 months</Description>\
        <UnitOfMeasure>EA</UnitOfMeasure><Classification domain='UNSPSC'>81162000</Classification>\
        <URL>http://shop.example/look</URL><Extrinsic name='LineType'>Service</Extrinsic></ItemDetail></ItemIn>";

    fn read_item(item: &str) -> Result<CartMessage, String> {
        read(&cart_document("cookie", item), Dialect::Coupa.habits())
    }

    #[test]
    fn a_cart_is_read_with_every_part_the_order_needs() {
        let cart = read_item(ITEM).unwrap();
        let line = &cart.lines[0];
        assert_eq!(cart.buyer_cookie, "cookie");
        assert_eq!(cart.operation_allowed.as_deref(), Some("edit"));
        assert_eq!(line.supplier_part_auxiliary_id.as_deref(), Some("req-1/1"));
        assert_eq!(line.unit_price.to_string(), "24000.00");
        assert_eq!(line.description, "Logwell & Co, 12 months");
        assert_eq!(line.url.as_deref(), Some("http://shop.example/look"));
        assert_eq!(line.extrinsic("linetype"), Some("Service"));
        assert_eq!(line.kind, LineKind::Amount);
    }

    #[test]
    fn one_bad_item_loses_the_whole_cart_and_says_why() {
        let cases = [
            ("EA</Unit", "XX</Unit", "unit of measure"),
            ("currency='USD'", "currency='XXX'", "currency"),
            ("24000.00", "24,000.00", "UnitPrice"),
            ("quantity='1'", "quantity='0'", "quantity"),
            ("81162000", "", "Classification"),
            ("LOGWELL", "", "SupplierPartID"),
        ];
        for (from, to, expected) in cases {
            let items = format!("{ITEM}{}", ITEM.replace(from, to));
            let why = read_item(&items).unwrap_err();
            assert!(why.starts_with("item 2:") && why.contains(expected), "{why}");
        }
    }

    #[test]
    fn the_line_type_wins_over_the_commodity_code() {
        let material = ITEM.replace(">Service<", ">Material<");
        assert_eq!(read_item(&material).unwrap().lines[0].kind, LineKind::Quantity);
        let unsaid = ITEM.replace("<Extrinsic name='LineType'>Service</Extrinsic>", "");
        assert_eq!(read_item(&unsaid).unwrap().lines[0].kind, LineKind::Amount);
        assert_eq!(read_item(&unsaid.replace("81162000", "43232701")).unwrap().lines[0].kind, LineKind::Quantity);
    }

    #[test]
    fn an_empty_cart_is_a_cart_without_lines() {
        assert_eq!(read_item("").unwrap().lines, vec![]);
    }
}
