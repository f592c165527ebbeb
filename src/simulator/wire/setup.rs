//! Writes a `PunchOutSetupRequest`.

use url::Url;

use super::Envelope;
use super::cart::CartLine;
use super::template::fill;
use crate::config::BuyerUser;

/// What the user wants to do in the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Operation {
    /// Fill a new cart.
    #[default]
    Create,
    /// Change a cart that came back earlier.
    Edit,
    /// Look at a cart that came back earlier.
    Inspect,
}

/// The product picked in the buyer's own catalogue (level 2 PunchOut).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedItem {
    /// `SupplierPartID`; real systems send placeholders and even an empty one.
    pub supplier_part_id: String,
    /// `SupplierPartAuxiliaryID`.
    pub supplier_part_auxiliary_id: Option<String>,
}

/// The parts of the request that the envelope does not know.
pub(crate) struct SetupText<'a> {
    pub(crate) operation: Operation,
    pub(crate) buyer_cookie: &'a str,
    pub(crate) user: &'a BuyerUser,
    pub(crate) browser_form_post: &'a Url,
    pub(crate) supplier_setup: &'a Url,
    pub(crate) selected_item: Option<&'a SelectedItem>,
    pub(crate) items: &'a [CartLine],
}

impl Operation {
    /// The value of `PunchOutSetupRequest@operation`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Inspect => "inspect",
        }
    }
}

impl SetupText<'_> {
    /// The whole document.
    pub(crate) fn write(&self, envelope: &Envelope<'_>) -> String {
        let habits = &envelope.buyer.dialect.habits().setup;
        let placeholder = habits.placeholder_part_id.filter(|_| self.operation == Operation::Create).map(placeholder);
        let selected_item = self.selected_item.or(placeholder.as_ref()).map(selected_item).unwrap_or_default();
        let items: String = self.items.iter().map(item).collect();
        let body = fill(
            habits.template.trim_end(),
            &[
                ("operation", self.operation.as_str()),
                ("buyer_cookie", self.buyer_cookie),
                ("first_name", &self.user.first_name),
                ("last_name", &self.user.last_name),
                ("unique_name", &self.user.unique_name),
                ("email", &self.user.email),
                ("company", &envelope.buyer.title),
                ("browser_form_post", self.browser_form_post.as_str()),
                ("supplier_setup", self.supplier_setup.as_str()),
            ],
            &[("selected_item", &selected_item), ("items", &items)],
        );
        envelope.request(habits.deployment_mode, &body)
    }
}

fn placeholder(part_id: &str) -> SelectedItem {
    SelectedItem { supplier_part_id: part_id.to_owned(), supplier_part_auxiliary_id: None }
}

/// The element `SupplierPartAuxiliaryID`, or nothing.
pub(super) fn auxiliary(id: Option<&str>) -> String {
    id.map(|id| fill("<SupplierPartAuxiliaryID>{{id}}</SupplierPartAuxiliaryID>", &[("id", id)], &[]))
        .unwrap_or_default()
}

fn selected_item(item: &SelectedItem) -> String {
    fill(
        "\n      <SelectedItem><ItemID><SupplierPartID>{{part}}</SupplierPartID>{{+aux}}</ItemID></SelectedItem>",
        &[("part", &item.supplier_part_id)],
        &[("aux", &auxiliary(item.supplier_part_auxiliary_id.as_deref()))],
    )
}

fn item(line: &CartLine) -> String {
    fill(
        include_str!("../templates/setup_item.xml").trim_end(),
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
        ],
        &[("auxiliary", &auxiliary(line.supplier_part_auxiliary_id.as_deref()))],
    )
}
