//! Agreements: what an approved order, or a direct subscription, created.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::{
    AccountId, AgreementId, ConnectionId, OfferId, OrganizationId, ProductId, PurchaseOrderId, RequestId, SellerId,
};
use crate::money::Money;
use crate::procurement_request::Acceptance;
use crate::quote::Quote;
use crate::terms::PricingModel;

/// An agreement between an account and a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Identifier.
    pub id: AgreementId,
    /// The organization.
    pub organization: OrganizationId,
    /// The account that subscribes.
    pub account: AccountId,
    /// The seller of record.
    pub seller: SellerId,
    /// What is subscribed to.
    pub product: ProductId,
    /// Under which offer.
    pub offer: OfferId,
    /// Which revision of it.
    pub revision: u32,
    /// How it came about; stored flat, beside the other fields.
    #[serde(flatten)]
    pub origin: Origin,
    /// How it is paid.
    pub pricing_model: PricingModel,
    /// Total contract value, without usage.
    pub value: Money,
    /// The usage that was approved, where there is usage.
    pub budget: Option<Money>,
    /// Who asked for it.
    pub requester_email: Option<EmailAddress>,
    /// First day.
    pub start_date: Date,
    /// Last day; none where it runs until somebody ends it.
    pub end_date: Option<Date>,
    /// When the order was accepted, or somebody subscribed.
    pub accepted_at: Timestamp,
    /// Where it stands.
    pub status: AgreementStatus,
}

impl Agreement {
    /// The order that created it; none of a direct subscription.
    pub fn ordered(&self) -> Option<&OrderLink> {
        match &self.origin {
            Origin::Ordered(link) => Some(link),
            Origin::Direct { .. } => None,
        }
    }

    /// The buyer's number on its invoices.
    pub fn purchase_order(&self) -> Option<&str> {
        match &self.origin {
            Origin::Ordered(link) => Some(&link.purchase_order),
            Origin::Direct { direct } => direct.purchase_order.as_deref(),
        }
    }
}

/// How an agreement came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Origin {
    /// By a line of an approved purchase order (O5).
    Ordered(OrderLink),
    /// Without a round trip through procurement (C3b).
    Direct {
        /// What was subscribed to.
        direct: Box<DirectSubscription>,
    },
}

/// The order that created an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLink {
    /// The connection over which it was ordered and is invoiced.
    pub connection: ConnectionId,
    /// The request it fulfils.
    pub request: RequestId,
    /// The order.
    pub order: PurchaseOrderId,
    /// The buyer's number of that order.
    pub purchase_order: String,
    /// The order's line, as the buyer numbers it.
    pub order_line: u32,
}

/// What somebody subscribed to directly: what a request would have kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectSubscription {
    /// The price as it was agreed.
    pub quote: Quote,
    /// What was accepted.
    pub acceptance: Acceptance,
    /// The number that the buyer wants on the invoices, where it gave one (O8).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
}

/// Where an agreement stands. Only what something triggers today is a status here; the incumbent's further ones are
/// documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AgreementStatus {
    /// Runs.
    Active,
}

impl AgreementStatus {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
        }
    }
}
