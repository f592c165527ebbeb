//! Owns the short look at a document: who sent it and what it claims to be, without reading what it says.
//!
//! It never fails, so that a document which is refused can still be attributed, logged and answered. Nothing may be decided by it
//! but that.

use roxmltree::Document;

use crate::envelope::Header;
use crate::read::Cursor;

/// What can be told about any parsed document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preview {
    /// `@payloadID`; empty if missing.
    pub payload_id: String,
    /// The name of the payload, such as `OrderRequest`; of a bare response `Response`; of anything else its root.
    pub document_name: String,
    /// The header, if it can be read.
    pub header: Option<Header>,
    /// The purchase order number, where the document has one.
    pub order_id: Option<String>,
}

impl Preview {
    /// Looks at a parsed document.
    pub fn of(document: &Document<'_>) -> Self {
        let root = Cursor::root(document);
        let body = root.elements().find(|child| matches!(child.name(), "Request" | "Message" | "Response"));
        let payload = body.and_then(|body| body.elements().find(|child| child.name() != "Status"));
        Self {
            payload_id: root.attr("payloadID").unwrap_or_default().to_owned(),
            document_name: payload.or(body).unwrap_or(root).name().to_owned(),
            header: root.child("Header").and_then(|header| Header::read(header).ok()),
            order_id: payload.and_then(order_id),
        }
    }
}

fn order_id(payload: Cursor<'_, '_>) -> Option<String> {
    let direct = ["OrderRequestHeader", "OrderReference"].iter().find_map(|name| payload.child(name));
    direct.and_then(|element| element.attr_text("orderID"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Preview {
        Preview::of(&Document::parse(text).unwrap())
    }

    #[test]
    fn a_refused_order_can_still_be_attributed() {
        let party = "<Credential domain='DUNS'><Identity>7</Identity></Credential>";
        let preview = of(&format!(
            "<cXML payloadID='p'><Header><From>{party}</From><To>{party}</To><Sender>{party}</Sender></Header>\
             <Request><OrderRequest><OrderRequestHeader orderID='PO1' type='nonsense'/></OrderRequest></Request></cXML>"
        ));
        assert_eq!((preview.payload_id.as_str(), preview.document_name.as_str()), ("p", "OrderRequest"));
        assert_eq!(preview.order_id.as_deref(), Some("PO1"));
        assert!(preview.header.unwrap().from.has_name("duns", "7"));
    }

    #[test]
    fn anything_has_a_name() {
        assert_eq!(of("<html/>").document_name, "html");
        assert_eq!(of("<cXML><Header/></cXML>").document_name, "cXML");
        assert_eq!(of("<cXML><Response><Status/></Response></cXML>").document_name, "Response");
    }
}
