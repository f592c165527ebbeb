//! Reads an `InvoiceDetailRequest` without judging it: what it says, who sent it, which cXML version it declares.

use roxmltree::Node;
use rust_decimal::Decimal;

use super::cart::LineKind;
use crate::decimal;
use crate::dialect::OrderLinkStyle;
use crate::xml;

/// An invoice or credit memo as received.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice {
    /// `InvoiceDetailRequestHeader@invoiceID`.
    pub invoice_number: String,
    /// `@purpose`: `standard` when absent.
    pub purpose: String,
    /// `@invoiceDate` as written.
    pub invoice_date: String,
    /// `cXML@payloadID`.
    pub payload_id: String,
    /// Header `DocumentReference@payloadID`: the original invoice of a credit memo.
    pub original_invoice: Option<String>,
    /// The PO numbers of its order blocks, in order.
    pub po_numbers: Vec<String>,
    /// How its order blocks name their orders, in order.
    pub order_links: Vec<OrderLink>,
    /// Whether it claims to have no lines (`isHeaderInvoice`).
    pub is_header_invoice: bool,
    /// Its lines, over all order blocks.
    pub lines: Vec<InvoiceLine>,
    /// Currency of the summary, ISO 4217.
    pub currency: String,
    /// Summary `SubtotalAmount`.
    pub subtotal: Decimal,
    /// Summary `Tax`.
    pub tax: Decimal,
    /// Summary shipping and special handling together.
    pub charges: Decimal,
    /// Summary `InvoiceDetailDiscount`.
    pub discount: Decimal,
    /// Summary `NetAmount`.
    pub net: Decimal,
    /// Summary `DueAmount`.
    pub due: Option<Decimal>,
}

/// How an order block names its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderLink {
    /// `OrderReference@orderID`, or `OrderIDInfo@orderID`.
    pub order_id: Option<String>,
    /// `OrderIDInfo@orderDate`.
    pub order_date: Option<String>,
    /// `OrderReference/DocumentReference@payloadID`.
    pub payload_id: Option<String>,
}

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct InvoiceLine {
    /// `@invoiceLineNumber`.
    pub line_number: u32,
    /// The PO number of the block it stands in.
    pub po_number: String,
    /// `@lineNumber` of its reference: the order line.
    pub po_line_number: Option<u32>,
    /// Whether it is an `InvoiceDetailItem` or an `InvoiceDetailServiceItem`.
    pub kind: LineKind,
    /// `SupplierPartID`.
    pub supplier_part_id: Option<String>,
    /// `Description`.
    pub description: Option<String>,
    /// `@quantity`.
    pub quantity: Option<Decimal>,
    /// `UnitOfMeasure`.
    pub unit_of_measure: Option<String>,
    /// `UnitPrice`.
    pub unit_price: Option<Decimal>,
    /// `SubtotalAmount`, else quantity times unit price.
    pub subtotal: Decimal,
    /// ISO 4217 code of its amounts.
    pub currency: String,
}

/// Who sent a document to whom, as its header claims.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) from: Vec<(String, String)>,
    pub(crate) to: Vec<(String, String)>,
    pub(crate) sender: Vec<(String, String)>,
    pub(crate) shared_secret: String,
}

/// The cXML version that a document declares, by its `DOCTYPE` or else its `version` attribute.
pub(crate) fn declared_version(cxml: &str) -> Option<String> {
    let prolog = cxml.split_once("<cXML").map_or(cxml, |(prolog, _)| prolog);
    let by_doctype = prolog.split_once("/cXML/").and_then(|(_, rest)| rest.split_once('/')).map(|(version, _)| version);
    by_doctype.map(str::to_owned).or_else(|| {
        let document = xml::parse(cxml).ok()?;
        xml::attribute(document.root_element(), "version")
    })
}

/// Reads the header's credentials.
pub(crate) fn parties(root: Node<'_, '_>) -> Option<Parties> {
    let header = xml::child(root, "Header")?;
    let sender = xml::child(header, "Sender")?;
    Some(Parties {
        from: credentials(xml::child(header, "From")?),
        to: credentials(xml::child(header, "To")?),
        sender: credentials(sender),
        shared_secret: xml::text_at(sender, &["Credential", "SharedSecret"])?,
    })
}

fn credentials(party: Node<'_, '_>) -> Vec<(String, String)> {
    xml::children(party, "Credential")
        .filter_map(|credential| {
            Some((xml::attribute(credential, "domain")?, xml::text_at(credential, &["Identity"])?))
        })
        .collect()
}

/// Reads an invoice that names its orders in this style; the error says which mandatory part is missing or unreadable.
pub(crate) fn read(root: Node<'_, '_>, style: OrderLinkStyle) -> Result<Invoice, String> {
    let request = xml::path(root, &["Request", "InvoiceDetailRequest"]).ok_or("there is no InvoiceDetailRequest")?;
    let header = xml::child(request, "InvoiceDetailRequestHeader").ok_or("InvoiceDetailRequestHeader is missing")?;
    for indicator in ["InvoiceDetailHeaderIndicator", "InvoiceDetailLineIndicator"] {
        xml::child(header, indicator).ok_or_else(|| format!("{indicator} is missing"))?;
    }
    let is_header_invoice = xml::child(header, "InvoiceDetailHeaderIndicator")
        .is_some_and(|indicator| indicator.attribute("isHeaderInvoice") == Some("yes"));
    let (mut po_numbers, mut order_links, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for order in xml::children(request, "InvoiceDetailOrder") {
        let link = read_link(order);
        let po_number = match style {
            OrderLinkStyle::NumberAsPayloadId => {
                link.payload_id.clone().ok_or("OrderReference/DocumentReference@payloadID is missing")?
            }
            // Without one the order cannot be found, and that has an answer of its own.
            OrderLinkStyle::OrderIdAndPayloadId => link.order_id.clone().unwrap_or_default(),
        };
        for item in order.children().filter(Node::is_element) {
            lines.extend(read_line(item, &po_number).transpose()?);
        }
        po_numbers.push(po_number);
        order_links.push(link);
    }
    if lines.is_empty() {
        return Err("there is no invoice line in an InvoiceDetailOrder".to_owned());
    }
    let summary = xml::child(request, "InvoiceDetailSummary").ok_or("InvoiceDetailSummary is missing")?;
    let amount = |name: &str| xml::child(summary, name).and_then(xml::money);
    let needed = |name: &str| amount(name).ok_or_else(|| format!("{name} of the summary is missing or unreadable"));
    let or_zero = |name: &str| amount(name).map(|(amount, _)| amount).unwrap_or_default();
    let (net, currency) = needed("NetAmount")?;
    let charges = or_zero("ShippingAmount").checked_add(or_zero("SpecialHandlingAmount")).ok_or("charges overflow")?;
    Ok(Invoice {
        invoice_number: xml::attribute(header, "invoiceID").ok_or("invoiceID is missing")?,
        purpose: xml::attribute(header, "purpose").unwrap_or_else(|| "standard".to_owned()),
        invoice_date: xml::attribute(header, "invoiceDate").ok_or("invoiceDate is missing")?,
        payload_id: xml::attribute(root, "payloadID").ok_or("payloadID is missing")?,
        original_invoice: xml::child(header, "DocumentReference").and_then(|node| xml::attribute(node, "payloadID")),
        po_numbers,
        order_links,
        is_header_invoice,
        lines,
        currency,
        subtotal: needed("SubtotalAmount")?.0,
        tax: needed("Tax")?.0,
        charges,
        discount: or_zero("InvoiceDetailDiscount"),
        net,
        due: amount("DueAmount").map(|(amount, _)| amount),
    })
}

fn read_link(order: Node<'_, '_>) -> OrderLink {
    let Some(info) = xml::child(order, "InvoiceDetailOrderInfo") else { return OrderLink::default() };
    let reference = xml::child(info, "OrderReference");
    let id_info = xml::child(info, "OrderIDInfo");
    OrderLink {
        order_id: reference.or(id_info).and_then(|node| xml::attribute(node, "orderID")),
        order_date: id_info.and_then(|node| xml::attribute(node, "orderDate")),
        payload_id: reference
            .and_then(|reference| xml::child(reference, "DocumentReference"))
            .and_then(|node| xml::attribute(node, "payloadID")),
    }
}

/// `None` for an element that is no line.
fn read_line(item: Node<'_, '_>, po_number: &str) -> Option<Result<InvoiceLine, String>> {
    let (kind, reference) = match item.tag_name().name() {
        "InvoiceDetailItem" => (LineKind::Quantity, "InvoiceDetailItemReference"),
        "InvoiceDetailServiceItem" => (LineKind::Amount, "InvoiceDetailServiceItemReference"),
        _ => return None,
    };
    Some(line_of(item, po_number, kind, reference))
}

fn line_of(item: Node<'_, '_>, po_number: &str, kind: LineKind, reference: &str) -> Result<InvoiceLine, String> {
    let line_number = xml::attribute(item, "invoiceLineNumber")
        .and_then(|number| number.parse().ok())
        .ok_or("invoiceLineNumber is missing or not a number")?;
    let at_line = |what: &str| format!("line {line_number}: {what}");
    let reference = xml::child(item, reference).ok_or_else(|| at_line(&format!("{reference} is missing")))?;
    let quantity = match xml::attribute(item, "quantity") {
        Some(text) => Some(decimal::parse(&text).ok_or_else(|| at_line("quantity is not a decimal"))?),
        None => None,
    };
    let unit_price = xml::child(item, "UnitPrice").and_then(xml::money);
    if kind == LineKind::Quantity && (quantity.is_none() || unit_price.is_none()) {
        return Err(at_line("quantity and UnitPrice are needed"));
    }
    let computed = || {
        let (price, currency) = unit_price.clone()?;
        Some((quantity?.checked_mul(price)?, currency))
    };
    let (subtotal, currency) = xml::child(item, "SubtotalAmount")
        .and_then(xml::money)
        .or_else(computed)
        .ok_or_else(|| at_line("SubtotalAmount is missing or unreadable"))?;
    Ok(InvoiceLine {
        line_number,
        po_number: po_number.to_owned(),
        po_line_number: xml::attribute(reference, "lineNumber").and_then(|number| number.parse().ok()),
        kind,
        supplier_part_id: xml::text_at(reference, &["ItemID", "SupplierPartID"]),
        description: xml::text_at(reference, &["Description"]),
        quantity,
        unit_of_measure: xml::text_at(item, &["UnitOfMeasure"]),
        unit_price: unit_price.map(|(price, _)| price),
        subtotal,
        currency,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A correct invoice of one quantity line over 240.00 USD against line 1 of the order `PO1`.
    pub(crate) const INVOICE: &str = include_str!("../tests/rehearsal/invoice.xml");

    #[test]
    fn an_invoice_is_read_with_its_lines_and_sums() {
        let document = xml::parse(INVOICE).unwrap();
        let invoice = read(document.root_element(), OrderLinkStyle::NumberAsPayloadId).unwrap();
        assert_eq!((invoice.invoice_number.as_str(), invoice.purpose.as_str()), ("NW-1", "standard"));
        assert_eq!(invoice.po_numbers, vec!["PO1"]);
        assert_eq!(invoice.lines[0].po_line_number, Some(1));
        assert_eq!(invoice.lines[0].subtotal.to_string(), "240.00");
        assert_eq!(invoice.net.to_string(), "240.00");
    }

    #[test]
    fn a_missing_mandatory_part_is_named() {
        for part in ["InvoiceDetailLineIndicator", "invoiceID", "NetAmount", "InvoiceDetailSummary", "UnitPrice"] {
            let broken = INVOICE.replace(part, "Other");
            let document = xml::parse(&broken).unwrap();
            let why = read(document.root_element(), OrderLinkStyle::NumberAsPayloadId).unwrap_err();
            assert!(why.contains(part), "{part}: {why}");
        }
    }

    #[test]
    fn an_order_is_named_by_reference_or_by_number_and_date() {
        let style = OrderLinkStyle::OrderIdAndPayloadId;
        let by_reference = INVOICE.replace("<OrderReference>", "<OrderReference orderID='4500'>");
        let document = xml::parse(&by_reference).unwrap();
        let invoice = read(document.root_element(), style).unwrap();
        assert_eq!(
            (invoice.po_numbers[0].as_str(), invoice.order_links[0].payload_id.as_deref()),
            ("4500", Some("PO1"))
        );
        let by_date = by_reference
            .replace("OrderReference>", "Other>")
            .replace("<OrderReference orderID='4500'>", "<OrderIDInfo orderID='4500' orderDate='monday'/><Other>");
        let document = xml::parse(&by_date).unwrap();
        let link = read(document.root_element(), style).unwrap().order_links.remove(0);
        assert_eq!((link.order_date.as_deref(), link.payload_id), (Some("monday"), None));
        let document = xml::parse(INVOICE).unwrap();
        assert_eq!(read(document.root_element(), style).unwrap().po_numbers, [""]);
    }

    #[test]
    fn the_declared_version_comes_from_the_doctype_or_the_attribute() {
        assert_eq!(declared_version(INVOICE).as_deref(), Some("1.2.037"));
        assert_eq!(declared_version("<cXML version='1.1.010'/>").as_deref(), Some("1.1.010"));
        assert_eq!(declared_version("<cXML/>"), None);
    }
}
