//! Reads a `ConfirmationRequest`.

use roxmltree::Node;

use crate::xml;

/// What the supplier confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// `ConfirmationHeader@type`: `accept`, `reject`, `detail` ...
    pub kind: String,
    /// `@confirmID`.
    pub confirm_id: Option<String>,
    /// `OrderReference@orderID`.
    pub po_number: Option<String>,
    /// `OrderReference/DocumentReference@payloadID`.
    pub order_payload_id: Option<String>,
    /// Header `Comments`.
    pub comments: Option<String>,
}

/// Reads a confirmation; the error says what is missing.
pub(crate) fn read(root: Node<'_, '_>) -> Result<Confirmation, String> {
    let request = xml::path(root, &["Request", "ConfirmationRequest"]).ok_or("there is no ConfirmationRequest")?;
    let header = xml::child(request, "ConfirmationHeader").ok_or("ConfirmationHeader is missing")?;
    let reference = xml::child(request, "OrderReference").ok_or("OrderReference is missing")?;
    Ok(Confirmation {
        kind: xml::attribute(header, "type").ok_or("ConfirmationHeader@type is missing")?,
        confirm_id: xml::attribute(header, "confirmID"),
        po_number: xml::attribute(reference, "orderID"),
        order_payload_id: xml::child(reference, "DocumentReference").and_then(|node| xml::attribute(node, "payloadID")),
        comments: xml::text_at(header, &["Comments"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_read_with_its_reason() {
        let text = "<cXML><Request><ConfirmationRequest><ConfirmationHeader type='reject' noticeDate='x'>\
                    <Comments>EXPIRED_AGREEMENT_PROPOSAL</Comments></ConfirmationHeader>\
                    <OrderReference orderID='PO1'><DocumentReference payloadID='1@sim'/></OrderReference>\
                    </ConfirmationRequest></Request></cXML>";
        let document = xml::parse(text).unwrap();
        let confirmation = read(document.root_element()).unwrap();
        assert_eq!((confirmation.kind.as_str(), confirmation.po_number.as_deref()), ("reject", Some("PO1")));
        assert_eq!(confirmation.comments.as_deref(), Some("EXPIRED_AGREEMENT_PROPOSAL"));
    }

    #[test]
    fn a_confirmation_without_an_order_is_refused() {
        let document = xml::parse("<cXML><Request><ConfirmationRequest><ConfirmationHeader type='accept'/></ConfirmationRequest></Request></cXML>").unwrap();
        assert!(read(document.root_element()).unwrap_err().contains("OrderReference"));
    }
}
