//! Owns writing an `OrderRequest` and its lines, for those who stand on the buyer's side: tests, simulators, buyers.
//!
//! What the declared version does not know is left out, and so is the payment card, of which only the last digits are kept.

use crate::comments::Comments;
use crate::confirmation::document_reference;
use crate::control_keys::ControlKeys;
use crate::distribution::Distribution;
use crate::extrinsic::Extrinsic;
use crate::item::{Classification, Description};
use crate::money::{Money, Number};
use crate::order::{OrderRequest, OrderRequestHeader, OrderType};
use crate::order_item::{BlanketItemDetail, ItemOut};
use crate::party::IdReference;
use crate::time::WireTime;
use crate::write::{DtdVersion, Element};

/// The oldest DTD at hand that knows blanket orders, control keys, schedule lines and hierarchies; 1.2.020 does not.
const COLLABORATION: DtdVersion = DtdVersion(1, 2, 36);

/// The oldest DTD at hand that knows several comments, limits, lean items and stock transports; 1.2.036 does not.
pub(crate) const SEVERAL_COMMENTS: DtdVersion = DtdVersion(1, 2, 50);

/// The oldest DTD at hand that knows `ItemOut/@operation`; 1.2.053 does not.
const LINE_OPERATION: DtdVersion = DtdVersion(1, 2, 63);

impl OrderRequest {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("OrderRequest")
            .child(self.header.element(version))
            .children(self.items.iter().map(|item| item.element(version)))
    }
}

impl OrderRequestHeader {
    fn element(&self, version: DtdVersion) -> Element {
        let address = |address: &Option<_>, wrapper| {
            address.as_ref().map(|contact: &crate::party::Contact| contact.address_element(wrapper, version))
        };
        let follow_up = |url: &String| Element::new("Followup").child(Element::with_text("URL", url));
        let supplier = |id: &String| Element::new("SupplierOrderInfo").attr("orderID", id);
        let days = |days: &Number| Element::new("PaymentTerm").attr("payInNumberOfDays", &days.text);
        let newer = version >= COLLABORATION;
        let comments = self.comments.iter().take(most_comments(version));
        self.numbered(version)
            .child_opt(self.total.as_ref().map(|total| total.wrapped("Total")))
            .child_opt(address(&self.ship_to, "ShipTo"))
            .child_opt(address(&self.bill_to, "BillTo"))
            .child_opt(self.shipping_details.as_ref().map(|shipping| shipping.element()))
            .child_opt(self.tax_details.as_ref().map(|tax| tax.element(version)))
            .children(self.payment_terms_days.iter().map(days))
            .children(self.contacts.iter().map(|contact| contact.contact_element(version)))
            .children(comments.map(Comments::element))
            .child_opt(self.follow_up.as_ref().map(follow_up))
            .child_opt(self.control_keys.as_ref().filter(|_| newer).map(ControlKeys::element))
            .child_opt(self.document_reference.as_deref().map(document_reference))
            .child_opt(self.supplier_order_id.as_ref().map(supplier))
            .child_opt(self.terms_of_delivery.as_ref().filter(|_| newer).map(|terms| terms.element(version)))
            .children(self.id_references.iter().filter(|_| newer).map(IdReference::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }

    fn numbered(&self, version: DtdVersion) -> Element {
        let newer = version >= COLLABORATION;
        let known = match self.order_type {
            OrderType::Regular | OrderType::Release => true,
            OrderType::Blanket => newer,
            OrderType::StockTransport | OrderType::StockTransportRelease => version >= SEVERAL_COMMENTS,
        };
        let newer_text = |text: &Option<String>| text.clone().filter(|_| newer);
        Element::new("OrderRequestHeader")
            .attr("orderID", &self.order_id)
            .attr("orderDate", &self.order_date.text)
            .attr_opt("orderType", known.then_some(self.order_type.as_str()))
            .flag("releaseRequired", self.is_release_required && newer)
            .attr("type", self.kind.as_str())
            .attr_opt("orderVersion", self.order_version.map(|version| version.to_string()).as_deref())
            .flag("isInternalVersion", self.is_internal_version)
            .attr_opt("parentAgreementID", newer_text(&self.parent_agreement_id).as_deref())
            .attr_opt("effectiveDate", newer_text(&text(self.effective_date.as_ref())).as_deref())
            .attr_opt("expirationDate", newer_text(&text(self.expiration_date.as_ref())).as_deref())
            .attr_opt("agreementID", self.agreement_id.as_deref())
            .attr_opt("agreementPayloadID", self.agreement_payload_id.as_deref())
            .attr_opt("requisitionID", self.requisition_id.as_deref())
            .flag("shipComplete", self.is_ship_complete)
            .attr_opt("requestedDeliveryDate", newer_text(&text(self.requested_delivery_date.as_ref())).as_deref())
    }
}

impl ItemOut {
    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let newer = version >= COLLABORATION;
        let comments = self.comments.iter().take(most_comments(version));
        let element = self
            .numbered(version)
            .child(self.item_id.element(version))
            .child_opt(self.detail.as_ref().map(|detail| detail.element(version)))
            .child_opt(self.blanket.as_ref().filter(|_| newer).map(|blanket| blanket.element(version)))
            .child_opt(self.ship_to.as_ref().map(|address| address.address_element("ShipTo", version)))
            .child_opt(self.shipping_details.as_ref().map(|shipping| shipping.element()))
            .child_opt(self.tax_details.as_ref().map(|tax| tax.element(version)))
            .children(self.distributions.iter().map(Distribution::element))
            .children(self.contacts.iter().map(|contact| contact.contact_element(version)))
            .child_opt(self.terms_of_delivery.as_ref().filter(|_| newer).map(|terms| terms.element(version)))
            .children(comments.map(Comments::element));
        let lines = self.schedule_lines.iter().filter(|_| newer);
        element
            .child_opt(self.tolerances.as_ref().filter(|_| newer).map(|tolerances| tolerances.element()))
            .child_opt(self.control_keys.as_deref().filter(|_| newer).map(ControlKeys::element))
            .children(lines.map(|line| line.element(version)))
    }

    fn numbered(&self, version: DtdVersion) -> Element {
        let newer = version >= COLLABORATION;
        let leaner = version >= SEVERAL_COMMENTS;
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        Element::new("ItemOut")
            .attr("quantity", &self.quantity.text)
            .attr_opt("lineNumber", number(self.line_number).as_deref())
            .attr_opt("requisitionID", self.requisition_id.as_deref())
            .attr_opt("agreementItemNumber", self.agreement_item_number.as_deref())
            .attr_opt("requestedDeliveryDate", text(self.requested_delivery_date.as_ref()).as_deref())
            .flag("isAdHoc", self.is_ad_hoc)
            .flag("isReturn", self.is_return && newer)
            .attr_opt("parentLineNumber", number(self.parent_line_number.filter(|_| newer)).as_deref())
            .attr_opt("itemType", self.item_type.as_deref().filter(|kind| newer && (*kind != "lean" || leaner)))
            .attr_opt("confirmationDueDate", text(self.confirmation_due_date.as_ref()).filter(|_| newer).as_deref())
            .attr_opt("operation", self.operation.as_deref().filter(|_| version >= LINE_OPERATION))
    }
}

impl BlanketItemDetail {
    fn element(&self, version: DtdVersion) -> Element {
        let optional = |money: &Option<Money>, name| money.as_ref().map(|money| money.wrapped(name));
        let limit = |money: &Option<Money>, name| optional(money, name).filter(|_| version >= SEVERAL_COMMENTS);
        let quantity =
            |number: &Option<Number>, name| number.as_ref().map(|number| Element::with_text(name, &number.text));
        Element::new("BlanketItemDetail")
            .children(self.descriptions.iter().map(Description::element))
            .child_opt(limit(&self.overall_limit, "OverallLimit"))
            .child_opt(limit(&self.expected_limit, "ExpectedLimit"))
            .child_opt(optional(&self.max_amount, "MaxAmount"))
            .child_opt(optional(&self.min_amount, "MinAmount"))
            .child_opt(quantity(&self.max_quantity, "MaxQuantity"))
            .child_opt(quantity(&self.min_quantity, "MinQuantity"))
            .child_opt(optional(&self.unit_price, "UnitPrice"))
            .text_child("UnitOfMeasure", self.unit_of_measure.as_deref())
            .children(self.classifications.iter().map(Classification::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}

/// Versions before take one comment.
fn most_comments(version: DtdVersion) -> usize {
    if version >= SEVERAL_COMMENTS { usize::MAX } else { 1 }
}

fn text(time: Option<&WireTime>) -> Option<String> {
    time.map(|time| time.text.clone())
}
