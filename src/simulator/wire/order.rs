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
    /// `ControlKeys/OCInstruction@value` of the header: `allowed`, `notAllowed` or `requiredBeforeASN`; overrides what the
    /// customer otherwise takes. Left out by a system whose version of cXML has none (Coupa).
    pub confirmation_instruction: Option<String>,
    /// A file that travels beside the document, which is then `multipart/related`.
    pub attachment: Option<OrderAttachment>,
}

/// A file attached to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderAttachment {
    /// Its name: ASCII letters, digits, dot and dash; others become dashes.
    pub file_name: String,
    /// Its media type, such as `application/pdf`.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
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
    /// `Content-ID` of the attachment, without its brackets.
    pub(crate) content_id: Option<&'a str>,
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

    /// Whether two drafts are the same order document, up to what a resend may change.
    pub(crate) fn is_same_version_as(&self, other: &Self) -> bool {
        let content = |draft: &Self| Self { payload_id: None, shared_secret: None, ..draft.clone() };
        content(self) == content(other)
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
        let habits = &envelope.buyer.dialect.habits().order;
        let items: String = draft.lines.iter().map(|line| item(line, habits.item_template)).collect();
        let user = &envelope.buyer.user;
        let optional = |template: &str, value: Option<&str>| {
            value.map(|value| fill(template, &[("v", value)], &[])).unwrap_or_default()
        };
        let enhanced = envelope.buyer.network.as_ref().is_some_and(|network| network.enhanced_confirmations);
        let version = draft.order_version.map(|version| version.to_string());
        let body = fill(
            habits.template.trim_end(),
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
                ("comments", &comments(draft.comments.as_deref(), self.content_id)),
                ("control_keys", &optional(CONTROL_KEYS, draft.confirmation_instruction.as_deref())),
                ("all_detail", if enhanced { "" } else { ALL_DETAIL_NOT_ALLOWED }),
                ("document_reference", &optional(REFERENCE, draft.previous_payload_id.as_deref())),
                ("items", &items),
            ],
        );
        Ok(envelope.request(draft.deployment_mode.as_deref(), &body))
    }
}

const CONTROL_KEYS: &str = "\n        <ControlKeys><OCInstruction value=\"{{v}}\"/></ControlKeys>";
const REFERENCE: &str = "\n        <DocumentReference payloadID=\"{{v}}\"/>";
const ALL_DETAIL_NOT_ALLOWED: &str = "\n        <Extrinsic name=\"allDetailOC\">notAllowed</Extrinsic>";

/// Text and attachment share one element.
fn comments(text: Option<&str>, content_id: Option<&str>) -> String {
    if text.is_none() && content_id.is_none() {
        return String::new();
    }
    let attachment = content_id
        .map(|id| fill("<Attachment><URL>cid:{{id}}</URL></Attachment>", &[("id", id)], &[]))
        .unwrap_or_default();
    fill(
        "\n        <Comments xml:lang=\"en\">{{text}}{{+attachment}}</Comments>",
        &[("text", text.unwrap_or_default())],
        &[("attachment", &attachment)],
    )
}

fn item(line: &OrderLine, template: &str) -> String {
    let manufacturer = line
        .manufacturer_name
        .as_deref()
        .map(|name| fill("\n          <ManufacturerName>{{name}}</ManufacturerName>", &[("name", name)], &[]))
        .unwrap_or_default();
    fill(
        template.trim_end(),
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
