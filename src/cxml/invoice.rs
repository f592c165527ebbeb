//! Owns `InvoiceDetailRequest`: an invoice, credit memo or cancellation as it is sent.
//!
//! Written here, read in `invoice_read`. The flags of the two indicator elements are derived from the content, so that they cannot contradict it
//! (networks refuse that), and what the declared DTD version does not know is left out. It never adds up: all amounts are given.

use crate::comments::Comments;
use crate::confirmation::document_reference;
use crate::extrinsic::Extrinsic;
use crate::invoice_line::{InvoiceLine, OrderSummary};
use crate::invoice_summary::InvoiceSummary;
use crate::money::Number;
use crate::party::{Contact, IdReference};
use crate::time::WireTime;
use crate::unknown::Unknown;
use crate::write::{DtdVersion, Element};

/// `@purpose`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InvoicePurpose {
    /// An ordinary invoice.
    #[default]
    Standard,
    /// A credit for a whole document.
    CreditMemo,
    /// A debit for a whole document.
    DebitMemo,
    /// A credit by line, with negative amounts (SAP Business Network).
    LineLevelCreditMemo,
    /// A debit by line. Read only: no version at hand before 1.2.037 knows it.
    LineLevelDebitMemo,
}

/// `InvoiceDetailRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDetailRequest {
    /// `InvoiceDetailRequestHeader`.
    pub header: InvoiceHeader,
    /// One per order. Lines and whole-order summaries must not be mixed in one invoice.
    pub orders: Vec<InvoiceOrder>,
    /// `InvoiceDetailSummary`.
    pub summary: InvoiceSummary,
}

/// `InvoiceDetailRequestHeader`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvoiceHeader {
    /// `@invoiceID`, at most 40 characters for Coupa.
    pub invoice_id: String,
    /// `@invoiceDate`, not after the envelope's timestamp.
    pub invoice_date: WireTime,
    /// `@purpose`.
    pub purpose: InvoicePurpose,
    /// `@operation="delete"`: cancels the invoice that `document_reference` names.
    pub is_cancellation: bool,
    /// `InvoicePartner`: one per role; tax and bank numbers in `id_references`.
    pub partners: Vec<Contact>,
    /// `DocumentReference/@payloadID`: the original (for Coupa its invoice number, for networks its payloadID).
    pub document_reference: Option<String>,
    /// `InvoiceIDInfo`: number and date of the original.
    pub original_invoice: Option<(String, Option<WireTime>)>,
    /// `InvoiceDetailShipping`: from and to. Needed only where VAT or shipping demands it.
    pub ship_from_and_to: Option<(Contact, Contact)>,
    /// `PaymentTerm`.
    pub payment_terms: Vec<PaymentTerm>,
    /// `Period`: of the service, start and end.
    pub period: Option<Period>,
    /// `Comments`, with `cid:` of attachments.
    pub comments: Option<Comments>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
    /// Coupa's custom fields.
    pub custom_fields: Vec<CustomField>,
    /// `@isInformationOnly`: nothing is to be paid.
    pub is_information_only: bool,
    /// `@invoiceOrigin`: `supplier` or `buyer`.
    pub invoice_origin: Option<String>,
    /// `InvoiceDetailHeaderIndicator/@isVatRecoverable`.
    pub is_vat_recoverable: bool,
    /// `IdReference`, left out for DTD versions that do not know it here.
    pub id_references: Vec<IdReference>,
    /// What else the invoice says, its lines and summary included. Not written.
    pub unknown: Vec<Unknown>,
}

/// `Period`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `@startDate`.
    pub start: WireTime,
    /// `@endDate`.
    pub end: WireTime,
}

/// `PaymentTerm`: net days, with a discount in percent for paying by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTerm {
    /// `@payInNumberOfDays`.
    pub days: u32,
    /// `Discount/DiscountPercent/@percent`; `2` means 2 %.
    pub discount_percent: Option<Number>,
}

/// Coupa's extrinsic `CustomFields`, on the header or a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// The field's name at the buyer.
    pub identifier: String,
    /// Its value.
    pub value: String,
}

/// `InvoiceDetailOrder` or `InvoiceDetailHeaderOrder`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceOrder {
    /// How the buyer finds its order.
    pub reference: OrderLink,
    /// `SupplierOrderInfo/@orderID`: our order number.
    pub supplier_order_id: Option<String>,
    /// What is invoiced.
    pub content: InvoiceContent,
}

/// What is invoiced of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvoiceContent {
    /// Its lines.
    Lines(Vec<InvoiceLine>),
    /// The order as a whole (a header invoice; how networks want a credit for a whole document).
    Whole(Box<OrderSummary>),
}

/// How an invoice points at an order: the buyers contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderLink {
    /// Coupa: `OrderReference/DocumentReference/@payloadID` holds the purchase order number itself.
    PurchaseOrderNumber(String),
    /// The standard and SAP Business Network: `@orderID` and the payloadID of the order received.
    Document {
        /// Purchase order number, literally.
        order_id: String,
        /// `@orderDate`, literally.
        order_date: Option<WireTime>,
        /// payloadID of the latest OrderRequest.
        payload_id: String,
    },
    /// `OrderIDInfo`: number and exact date, where the payloadID is lost.
    OrderId {
        /// Purchase order number, literally.
        order_id: String,
        /// `@orderDate`, literally.
        order_date: Option<WireTime>,
    },
    /// Coupa contracts: `MasterAgreementReference/DocumentReference/@payloadID` holds the contract number.
    Agreement(String),
    /// `MasterAgreementIDInfo`: number and date of a contract.
    AgreementId {
        /// Contract number, literally.
        agreement_id: String,
        /// `@agreementDate`, literally.
        agreement_date: Option<WireTime>,
    },
    /// `SupplierOrderInfo` alone: the supplier's own order number.
    SupplierOrder,
}

impl InvoiceDetailRequest {
    /// Whether it invoices orders as a whole.
    fn is_header_invoice(&self) -> bool {
        self.orders.iter().any(|order| matches!(order.content, InvoiceContent::Whole(_)))
    }

    fn lines(&self) -> impl Iterator<Item = &InvoiceLine> {
        self.orders.iter().flat_map(|order| match &order.content {
            InvoiceContent::Lines(lines) => lines.as_slice(),
            InvoiceContent::Whole(_) => &[],
        })
    }

    /// The flags of both indicators that the content calls for.
    pub(crate) fn flags(&self) -> Vec<&'static str> {
        let any = |has: fn(&InvoiceLine) -> bool| self.lines().any(has);
        let flags = [
            (self.is_header_invoice(), "isHeaderInvoice"),
            (any(|line| line.tax.is_some()), "isTaxInLine"),
            (any(|line| line.special_handling.is_some()), "isSpecialHandlingInLine"),
            (any(|line| line.discount.is_some()), "isDiscountInLine"),
            (any(|line| !line.distributions.is_empty()), "isAccountingInLine"),
            (any(|line| !line.modifications.is_empty()), "isPriceAdjustmentInLine"),
        ];
        flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, name)| name).collect()
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let flags = self.flags();
        let is_known = |name: &str| name != "isPriceAdjustmentInLine" || version >= MODIFICATIONS;
        let header_indicator = Element::new("InvoiceDetailHeaderIndicator")
            .flag("isHeaderInvoice", self.is_header_invoice())
            .flag("isVatRecoverable", self.header.is_vat_recoverable);
        let lines = flags.into_iter().filter(|name| *name != "isHeaderInvoice" && is_known(name));
        let line_indicator =
            lines.fold(Element::new("InvoiceDetailLineIndicator"), |element, name| element.flag(name, true));
        Element::new("InvoiceDetailRequest")
            .child(self.header.element(header_indicator, line_indicator, version))
            .children(self.orders.iter().map(|order| order.element(version)))
            .child(self.summary.element(version))
    }
}

/// The oldest DTD at hand that knows charges and allowances, and `IdReference` in the header; 1.2.020 does not.
pub(crate) const MODIFICATIONS: DtdVersion = DtdVersion(1, 2, 37);

impl InvoicePurpose {
    /// The oldest DTD at hand that knows the purpose.
    pub(crate) fn known_since(self) -> DtdVersion {
        if self == Self::LineLevelDebitMemo { MODIFICATIONS } else { DtdVersion::INVOICE }
    }

    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::CreditMemo => "creditMemo",
            Self::DebitMemo => "debitMemo",
            Self::LineLevelCreditMemo => "lineLevelCreditMemo",
            Self::LineLevelDebitMemo => "lineLevelDebitMemo",
        }
    }
}

impl InvoiceHeader {
    fn element(&self, header_indicator: Element, line_indicator: Element, version: DtdVersion) -> Element {
        let original = self.original_invoice.as_ref().map(|(id, date)| {
            Element::new("InvoiceIDInfo")
                .attr("invoiceID", id)
                .attr_opt("invoiceDate", date.as_ref().map(|date| date.text.as_str()))
        });
        let shipping = self.ship_from_and_to.as_ref().map(|(from, to)| {
            Element::new("InvoiceDetailShipping")
                .child(with_role(from, "shipFrom").contact_element(version))
                .child(with_role(to, "shipTo").contact_element(version))
        });
        Element::new("InvoiceDetailRequestHeader")
            .attr("invoiceID", &self.invoice_id)
            .flag("isInformationOnly", self.is_information_only)
            .attr("purpose", self.purpose.as_str())
            .attr("operation", if self.is_cancellation { "delete" } else { "new" })
            .attr("invoiceDate", &self.invoice_date.text)
            .attr_opt("invoiceOrigin", self.invoice_origin.as_deref())
            .child(header_indicator)
            .child(line_indicator)
            .children(self.partners.iter().map(|partner| invoice_partner(partner, version)))
            .child_opt(self.document_reference.as_deref().map(document_reference))
            .child_opt(original)
            .child_opt(shipping)
            .children(self.payment_terms.iter().map(PaymentTerm::element))
            .child_opt(self.period.as_ref().map(Period::element))
            .child_opt(self.comments.as_ref().map(Comments::element))
            .children(self.id_references.iter().filter(|_| version >= MODIFICATIONS).map(IdReference::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
            .children(self.custom_fields.iter().map(CustomField::element))
    }
}

fn with_role(contact: &Contact, role: &str) -> Contact {
    Contact { role: Some(role.to_owned()), ..contact.clone() }
}

fn invoice_partner(partner: &Contact, version: DtdVersion) -> Element {
    let contact = Contact { id_references: Vec::new(), ..partner.clone() };
    Element::new("InvoicePartner")
        .child(contact.contact_element(version))
        .children(partner.id_references.iter().map(IdReference::element))
}

impl Period {
    pub(crate) fn element(&self) -> Element {
        Element::new("Period").attr("startDate", &self.start.text).attr("endDate", &self.end.text)
    }
}

impl PaymentTerm {
    fn element(&self) -> Element {
        let discount = |percent: &Number| {
            Element::new("Discount").child(Element::new("DiscountPercent").attr("percent", &percent.text))
        };
        Element::new("PaymentTerm")
            .attr("payInNumberOfDays", &self.days.to_string())
            .child_opt(self.discount_percent.as_ref().map(discount))
    }
}

impl CustomField {
    pub(crate) fn element(&self) -> Element {
        let value = Element::new("Description").attr("xml:lang", "en").text(&self.value);
        let reference = Element::new("IdReference")
            .attr("identifier", &self.identifier)
            .attr("domain", "CustomFields")
            .child(value);
        Element::new("Extrinsic").attr("name", "CustomFields").child(reference)
    }
}

impl InvoiceOrder {
    fn element(&self, version: DtdVersion) -> Element {
        let supplier = self.supplier_order_id.as_ref().map(|id| Element::new("SupplierOrderInfo").attr("orderID", id));
        let info = Element::new("InvoiceDetailOrderInfo").child_opt(self.reference.element()).child_opt(supplier);
        match &self.content {
            InvoiceContent::Lines(lines) => {
                Element::new("InvoiceDetailOrder").child(info).children(lines.iter().map(|line| line.element(version)))
            }
            InvoiceContent::Whole(summary) => {
                Element::new("InvoiceDetailHeaderOrder").child(info).child(summary.element(version))
            }
        }
    }
}

impl OrderLink {
    fn element(&self) -> Option<Element> {
        let text = |date: &Option<WireTime>| date.as_ref().map(|date| date.text.clone());
        Some(match self {
            Self::PurchaseOrderNumber(number) => Element::new("OrderReference").child(document_reference(number)),
            Self::Document { order_id, order_date, payload_id } => Element::new("OrderReference")
                .attr("orderID", order_id)
                .attr_opt("orderDate", text(order_date).as_deref())
                .child(document_reference(payload_id)),
            Self::OrderId { order_id, order_date } => {
                Element::new("OrderIDInfo").attr("orderID", order_id).attr_opt("orderDate", text(order_date).as_deref())
            }
            Self::Agreement(number) => Element::new("MasterAgreementReference").child(document_reference(number)),
            Self::AgreementId { agreement_id, agreement_date } => Element::new("MasterAgreementIDInfo")
                .attr("agreementID", agreement_id)
                .attr_opt("agreementDate", text(agreement_date).as_deref()),
            Self::SupplierOrder => return None,
        })
    }
}
