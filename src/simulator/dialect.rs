//! The habits of buyer systems as data: what differs between them is a field here, never an `if` elsewhere.

/// Which procurement system a buyer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Coupa: the buyer itself is the sender, cXML 1.2.014, invoices refer to the order by its PO number.
    Coupa,
}

/// What one procurement system does and expects.
#[derive(Debug)]
pub(crate) struct Habits {
    /// The cXML version that its own documents declare.
    pub(crate) dtd_version: &'static str,
    /// Content of `Sender/UserAgent`.
    pub(crate) user_agent: &'static str,
    /// `Request@deploymentMode` of an order; `None` leaves the attribute out. A setup request carries none.
    pub(crate) order_deployment_mode: Option<&'static str>,
    /// Value of the extrinsic `BusinessUnit`.
    pub(crate) business_unit: &'static str,
    /// Units of measure enabled in the customer's instance: one unknown unit loses the whole cart.
    pub(crate) units: &'static [&'static str],
    /// Currencies configured in the customer's instance.
    pub(crate) currencies: &'static [&'static str],
    /// UNSPSC codes that the customer maps to an amount line (a service) instead of a quantity line.
    pub(crate) amount_line_codes: &'static [&'static str],
    /// What the user reads when the setup answer holds no cXML status.
    pub(crate) no_status_text: &'static str,
    /// Whether it takes a `ConfirmationRequest` at all (Coupa: only for supply chain collaboration orders; the rehearsal
    /// customer has that switched on, so that confirmations can be looked at).
    pub(crate) takes_confirmations: bool,
}

impl Dialect {
    pub(crate) fn habits(self) -> &'static Habits {
        match self {
            Self::Coupa => &COUPA,
        }
    }

    /// Name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Coupa => "Coupa",
        }
    }
}

/// Source: Coupa's public supplier documentation of PunchOut, purchase orders and invoices over cXML.
static COUPA: Habits = Habits {
    dtd_version: "1.2.014",
    user_agent: "Coupa Procurement 1.0",
    order_deployment_mode: Some("production"),
    business_unit: "COUPA",
    units: &["EA", "HUR", "DAY", "MON", "ANN", "YR", "PK", "BX"],
    currencies: &["USD", "EUR", "GBP", "AUD", "JPY"],
    amount_line_codes: &["81162000"],
    no_status_text: "No status element in setup response",
    takes_confirmations: true,
};
