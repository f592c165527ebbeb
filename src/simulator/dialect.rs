//! The habits of buyer systems as data: what differs between them is a field here or a template, never an `if` elsewhere.

use crate::purchase_order::Transmission;

/// Which procurement system a buyer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Coupa: the buyer itself is the sender, cXML 1.2.014, invoices refer to the order by its PO number.
    Coupa,
    /// SAP Ariba over SAP Business Network: the network is the sender and uses the supplier's own secret, an order is only
    /// confirmed by a later `ConfirmationRequest`, invoices refer to the payload id of the order's latest version.
    SapBusinessNetwork,
}

/// What one procurement system does and expects.
#[derive(Debug)]
pub(crate) struct Habits {
    /// Name for people.
    label: &'static str,
    /// The cXML version that its own documents declare.
    pub(crate) dtd_version: &'static str,
    /// Content of `Sender/UserAgent`.
    pub(crate) user_agent: &'static str,
    /// Whether a network stands between buyer and supplier: the configuration must then describe it.
    pub(crate) goes_through_network: bool,
    /// How the supplier's domain is spelt in `To`, its identity then in lower case; `None` writes both as configured.
    pub(crate) supplier_domain_spelling: Option<&'static str>,
    /// PunchOut: request and return.
    pub(crate) setup: SetupHabits,
    /// Orders: request and answer.
    pub(crate) order: OrderHabits,
    /// Units of measure enabled in the customer's instance: one unknown unit loses the whole cart.
    pub(crate) units: &'static [&'static str],
    /// Currencies configured in the customer's instance.
    pub(crate) currencies: &'static [&'static str],
    /// UNSPSC codes that the customer maps to an amount line (a service) instead of a quantity line.
    pub(crate) amount_line_codes: &'static [&'static str],
    /// The status of a document that was taken.
    pub(crate) accepted: Wording,
    /// Confirmations.
    pub(crate) confirmation: ConfirmationHabits,
    /// Invoices.
    pub(crate) invoice: InvoiceHabits,
    /// Whether it tells later statuses of a document by `StatusUpdateRequest`.
    pub(crate) pushes_statuses: bool,
}

/// How it starts PunchOut.
#[derive(Debug)]
pub(crate) struct SetupHabits {
    /// The body of a `PunchOutSetupRequest`.
    pub(crate) template: &'static str,
    /// `Request@deploymentMode`; `None` leaves the attribute out.
    pub(crate) deployment_mode: Option<&'static str>,
    /// Query parameters of `BrowserFormPost` before the session's own.
    pub(crate) form_post_query: &'static [(&'static str, &'static str)],
    /// The part id of the `SelectedItem` that even a plain `create` carries.
    pub(crate) placeholder_part_id: Option<&'static str>,
    /// Whether it asks for the supplier's profile first, and remembers it for a while.
    pub(crate) asks_for_profile: bool,
    /// What the user reads when the setup answer holds no cXML status.
    pub(crate) no_status_text: &'static str,
}

/// How it orders, and what it makes of the answer.
#[derive(Debug)]
pub(crate) struct OrderHabits {
    /// The body of an `OrderRequest`.
    pub(crate) template: &'static str,
    /// One `ItemOut`.
    pub(crate) item_template: &'static str,
    /// `Request@deploymentMode`; `None` leaves the attribute out.
    pub(crate) deployment_mode: Option<&'static str>,
    /// `orderVersion` of a new order; `None` counts no versions.
    pub(crate) first_version: Option<u32>,
    /// HTTP status codes from which the document inside is looked at.
    pub(crate) http_ok_max: u16,
    /// The highest cXML status code that counts as taken.
    pub(crate) status_ok_max: u16,
    /// A refusal.
    pub(crate) refused: Failure,
    /// No answer in time, or a server error.
    pub(crate) temporary: Failure,
    /// An answer that is no full cXML document.
    pub(crate) unusable: Failure,
}

/// A kind of failed transmission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Failure {
    /// The system's name for it, with what separates it from the explanation.
    prefix: &'static str,
    is_final: bool,
}

/// Which confirmations it takes.
#[derive(Debug)]
pub(crate) struct ConfirmationHabits {
    /// Values of `ConfirmationHeader@type`; none where confirmations are not taken at all.
    pub(crate) types: &'static [&'static str],
    /// The same for a customer with the enhanced order confirmation.
    pub(crate) enhanced_types: &'static [&'static str],
    /// Whether the payload id must be that of the order's latest version, and lines and quantities must fit the order.
    pub(crate) checks_content: bool,
    /// A reference to an unknown or replaced order.
    pub(crate) bad_reference: Wording,
    /// Content against the rules.
    pub(crate) bad_content: Wording,
}

/// How it judges invoices.
#[derive(Debug)]
pub(crate) struct InvoiceHabits {
    /// Where an invoice names its order.
    pub(crate) order_link: OrderLinkStyle,
    /// A reference to an unknown order or line.
    pub(crate) bad_reference: Wording,
    /// A reference to a version of the order that was replaced or cancelled.
    pub(crate) replaced_order: Wording,
    /// Content against the rules.
    pub(crate) bad_content: Wording,
    /// A number that was used before.
    pub(crate) duplicate: Wording,
    /// A credit that does not name the invoice it corrects.
    pub(crate) credit_without_original: Wording,
    /// `@purpose` of a credit with lines.
    pub(crate) credit_purpose: &'static str,
    /// Whether a line without a line number is found by part number and unit.
    pub(crate) finds_lines_by_part: bool,
    /// Whether a service line needs an approved service entry sheet, which the simulator does not have.
    pub(crate) services_need_entry_sheet: bool,
}

/// Where a document names the order it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderLinkStyle {
    /// The PO number in `DocumentReference@payloadID`.
    NumberAsPayloadId,
    /// The PO number in `OrderReference@orderID` with the payload id of the order's latest version, or both number and
    /// date in `OrderIDInfo`.
    OrderIdAndPayloadId,
}

/// Code and words of one status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wording {
    /// `Status@code`.
    pub(crate) code: u16,
    /// `Status@text`.
    pub(crate) text: &'static str,
    /// What stands before the reason in the content of `Status`.
    pub(crate) prefix: &'static str,
}

impl Dialect {
    pub(crate) fn habits(self) -> &'static Habits {
        match self {
            Self::Coupa => &COUPA,
            Self::SapBusinessNetwork => &SAP_BUSINESS_NETWORK,
        }
    }

    /// Name for people.
    pub fn label(self) -> &'static str {
        self.habits().label
    }
}

impl Failure {
    /// What becomes of the order.
    pub(crate) fn transmission(self, why: &str) -> Transmission {
        let explanation = format!("{}{why}", self.prefix).trim_end().to_owned();
        if self.is_final { Transmission::Failed { explanation } } else { Transmission::ToBeRetried { explanation } }
    }
}

const COUPA_REFERENCE: Wording = Wording { code: 417, text: "Invalid order/document reference", prefix: "" };
const COUPA_CONTENT: Wording = Wording { code: 417, text: "Invalid attributes in document", prefix: "" };

/// Source: Coupa's public supplier documentation of PunchOut, purchase orders and invoices over cXML. Confirmations are
/// only taken for supply chain collaboration orders; the rehearsal customer has them switched on, so that they can be
/// looked at.
static COUPA: Habits = Habits {
    label: "Coupa",
    dtd_version: "1.2.014",
    user_agent: "Coupa Procurement 1.0",
    goes_through_network: false,
    supplier_domain_spelling: None,
    setup: SetupHabits {
        template: include_str!("templates/coupa/setup.xml"),
        deployment_mode: None,
        form_post_query: &[],
        placeholder_part_id: None,
        asks_for_profile: false,
        no_status_text: "No status element in setup response",
    },
    order: OrderHabits {
        template: include_str!("templates/coupa/order.xml"),
        item_template: include_str!("templates/coupa/order_item.xml"),
        deployment_mode: Some("production"),
        first_version: None,
        http_ok_max: 399,
        status_ok_max: 299,
        refused: Failure { prefix: "", is_final: true },
        temporary: Failure { prefix: "", is_final: false },
        unusable: Failure { prefix: "No status element: ", is_final: false },
    },
    units: &["EA", "HUR", "DAY", "MON", "ANN", "YR", "PK", "BX"],
    currencies: &["USD", "EUR", "GBP", "AUD", "JPY"],
    amount_line_codes: &["81162000"],
    accepted: Wording { code: 200, text: "OK", prefix: "Successful - " },
    confirmation: ConfirmationHabits {
        types: &["accept", "reject", "except", "detail"],
        enhanced_types: &[],
        checks_content: false,
        bad_reference: COUPA_REFERENCE,
        bad_content: COUPA_CONTENT,
    },
    invoice: InvoiceHabits {
        order_link: OrderLinkStyle::NumberAsPayloadId,
        bad_reference: COUPA_REFERENCE,
        replaced_order: COUPA_REFERENCE,
        bad_content: COUPA_CONTENT,
        duplicate: COUPA_CONTENT,
        credit_without_original: Wording { code: 500, text: "Unexpected server error", prefix: "" },
        credit_purpose: "creditMemo",
        finds_lines_by_part: true,
        services_need_entry_sheet: false,
    },
    pushes_statuses: false,
};

const fn network_error(prefix: &'static str) -> Wording {
    Wording { code: 400, text: "Bad Request", prefix }
}

/// Source: SAP Ariba's support notes on order and invoice failures (PO-7, PO-8, PO-9, INV-13, INV-15, INVOICE_DUPLICATE),
/// on order confirmations and on service entry sheets, and the shape of captured network traffic.
static SAP_BUSINESS_NETWORK: Habits = Habits {
    label: "SAP Business Network",
    dtd_version: "1.2.050",
    user_agent: "Buyer 14s2",
    goes_through_network: true,
    supplier_domain_spelling: Some("NetworkId"),
    setup: SetupHabits {
        template: include_str!("templates/sap/setup.xml"),
        deployment_mode: Some("production"),
        form_post_query: &[("client", "sim.rehearsal"), ("locale", "en_US"), ("responseid", "r1")],
        placeholder_part_id: Some("PUNCHOUT-STORE"),
        asks_for_profile: true,
        no_status_text: "The supplier's site did not return a valid PunchOut setup response",
    },
    order: OrderHabits {
        template: include_str!("templates/sap/order.xml"),
        item_template: include_str!("templates/sap/order_item.xml"),
        deployment_mode: Some("production"),
        first_version: Some(1),
        http_ok_max: 200,
        status_ok_max: 200,
        refused: Failure { prefix: "PO-8: ", is_final: true },
        temporary: Failure { prefix: "PO-7: ", is_final: false },
        unusable: Failure { prefix: "PO-9: ", is_final: true },
    },
    units: &["EA", "C62", "HUR", "DAY", "MON", "ANN"],
    currencies: &["USD", "EUR", "GBP", "AUD", "JPY"],
    amount_line_codes: &[],
    accepted: Wording { code: 201, text: "Accepted", prefix: "Forwarded to the buyer, " },
    confirmation: ConfirmationHabits {
        types: &["accept", "reject", "except", "detail"],
        enhanced_types: &["accept", "reject", "allDetail"],
        checks_content: true,
        bad_reference: network_error(""),
        bad_content: network_error(""),
    },
    invoice: InvoiceHabits {
        order_link: OrderLinkStyle::OrderIdAndPayloadId,
        bad_reference: network_error("INV-15: "),
        replaced_order: network_error("INV-13: "),
        bad_content: network_error(""),
        duplicate: network_error("INVOICE_DUPLICATE: "),
        credit_without_original: network_error(""),
        credit_purpose: "lineLevelCreditMemo",
        finds_lines_by_part: false,
        services_need_entry_sheet: true,
    },
    pushes_statuses: true,
};
