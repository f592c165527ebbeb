//! Writes an `OrderRequest` from a draft that a test may have altered.

use rust_decimal::Decimal;

use super::Envelope;
use super::cart::{CartLine, LineKind};
use super::setup::auxiliary;
use super::template::fill;
use crate::config::Secret;
use crate::decimal;

/// An order before it is sent. Every field may be altered to rehearse a refusal.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderDraft {
    /// Who orders.
    pub buyer_key: String,
    /// The cart it came from.
    pub cart_id: Option<u64>,
    /// `OrderRequestHeader@orderID`; `None` draws the next number.
    pub po_number: Option<String>,
    /// `cXML@payloadID`; `None` draws a new one.
    pub payload_id: Option<String>,
    /// `OrderRequestHeader@type`: `new`, `update` or `delete`.
    pub order_type: String,
    /// `OrderRequestHeader@orderVersion`; `None` leaves it out.
    pub order_version: Option<u32>,
    /// `DocumentReference@payloadID`: the order document that an update or a delete refers to.
    pub previous_payload_id: Option<String>,
    /// `Request@deploymentMode`; `None` leaves it out.
    pub deployment_mode: Option<String>,
    /// Another secret than the configured one, to rehearse a refusal.
    pub shared_secret: Option<Secret>,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// `Comments` of the header.
    pub comments: Option<String>,
}

/// One `ItemOut`.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLine {
    /// `ItemOut@lineNumber`.
    pub line_number: u32,
    /// `ItemOut@quantity`.
    pub quantity: Decimal,
    /// `SupplierPartID`.
    pub supplier_part_id: String,
    /// `SupplierPartAuxiliaryID`.
    pub supplier_part_auxiliary_id: Option<String>,
    /// `UnitPrice`, in `currency`.
    pub unit_price: Decimal,
    /// ISO 4217 code.
    pub currency: String,
    /// `UnitOfMeasure`.
    pub unit_of_measure: String,
    /// `Classification@domain`.
    pub classification_domain: String,
    /// `Classification`.
    pub classification: String,
    /// `Description`.
    pub description: String,
    /// `ManufacturerName`.
    pub manufacturer_name: Option<String>,
    /// How invoices must bill the line; never on the wire.
    pub kind: LineKind,
}

/// The parts of the order that the draft does not know.
pub(crate) struct OrderText<'a> {
    pub(crate) draft: &'a OrderDraft,
    pub(crate) po_number: &'a str,
    pub(crate) order_date: &'a str,
}

impl From<&CartLine> for OrderLine {
    fn from(line: &CartLine) -> Self {
        Self {
            line_number: line.line_number,
            quantity: line.quantity,
            supplier_part_id: line.supplier_part_id.clone(),
            supplier_part_auxiliary_id: line.supplier_part_auxiliary_id.clone(),
            unit_price: line.unit_price,
            currency: line.currency.clone(),
            unit_of_measure: line.unit_of_measure.clone(),
            classification_domain: line.classification_domain.clone(),
            classification: line.classification.clone(),
            description: line.description.clone(),
            manufacturer_name: line.manufacturer_name.clone(),
            kind: line.kind,
        }
    }
}

impl OrderDraft {
    /// The sum of quantity times unit price over the lines; `None` on overflow.
    pub fn total(&self) -> Option<Decimal> {
        decimal::sum(self.lines.iter().map(OrderLine::amount).collect::<Option<Vec<_>>>()?)
    }
}

impl OrderLine {
    /// Quantity times unit price; `None` on overflow.
    pub fn amount(&self) -> Option<Decimal> {
        self.quantity.checked_mul(self.unit_price)
    }
}

impl OrderText<'_> {
    /// The whole document; the error says what cannot be written.
    pub(crate) fn write(&self, envelope: &Envelope<'_>) -> Result<String, String> {
        let draft = self.draft;
        let currency = &draft.lines.first().ok_or("it has no lines")?.currency;
        let total = draft.total().ok_or("its total is too large")?;
        let items: String = draft.lines.iter().map(item).collect();
        let user = &envelope.buyer.user;
        let optional = |template: &str, value: Option<&str>| {
            value.map(|value| fill(template, &[("v", value)], &[])).unwrap_or_default()
        };
        let version = draft.order_version.map(|version| version.to_string());
        let body = fill(
            include_str!("../templates/order.xml").trim_end(),
            &[
                ("po_number", self.po_number),
                ("order_date", self.order_date),
                ("type", &draft.order_type),
                ("currency", currency),
                ("total", &total.to_string()),
                ("company", &envelope.buyer.title),
                ("user_name", &format!("{} {}", user.first_name, user.last_name)),
                ("email", &user.email),
            ],
            &[
                ("order_version", &optional(" orderVersion=\"{{v}}\"", version.as_deref())),
                ("comments", &optional(COMMENTS, draft.comments.as_deref())),
                ("document_reference", &optional(REFERENCE, draft.previous_payload_id.as_deref())),
                ("items", &items),
            ],
        );
        Ok(envelope.request(draft.deployment_mode.as_deref(), &body))
    }
}

const COMMENTS: &str = "\n        <Comments xml:lang=\"en\">{{v}}</Comments>";
const REFERENCE: &str = "\n        <DocumentReference payloadID=\"{{v}}\"/>";

fn item(line: &OrderLine) -> String {
    let manufacturer = line
        .manufacturer_name
        .as_deref()
        .map(|name| fill("\n          <ManufacturerName>{{name}}</ManufacturerName>", &[("name", name)], &[]))
        .unwrap_or_default();
    fill(
        include_str!("../templates/order_item.xml").trim_end(),
        &[
            ("quantity", &line.quantity.to_string()),
            ("line_number", &line.line_number.to_string()),
            ("part", &line.supplier_part_id),
            ("currency", &line.currency),
            ("unit_price", &line.unit_price.to_string()),
            ("description", &line.description),
            ("unit_of_measure", &line.unit_of_measure),
            ("classification_domain", &line.classification_domain),
            ("classification", &line.classification),
            ("amount", &line.amount().unwrap_or_default().to_string()),
        ],
        &[("auxiliary", &auxiliary(line.supplier_part_auxiliary_id.as_deref())), ("manufacturer", &manufacturer)],
    )
}
