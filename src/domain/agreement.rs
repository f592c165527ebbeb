//! Agreements: what the approved order created.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::{
    AccountId, AgreementId, ConnectionId, OfferId, OrganizationId, ProductId, PurchaseOrderId, RequestId, SellerId,
};
use crate::money::Money;
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
    /// The connection over which it was ordered and is invoiced.
    pub connection: ConnectionId,
    /// The seller of record.
    pub seller: SellerId,
    /// What is subscribed to.
    pub product: ProductId,
    /// Under which offer.
    pub offer: OfferId,
    /// Which revision of it.
    pub revision: u32,
    /// The request it fulfils.
    pub request: RequestId,
    /// The order that created it.
    pub order: PurchaseOrderId,
    /// The buyer's number of that order.
    pub purchase_order: String,
    /// The order's line, as the buyer numbers it.
    pub order_line: u32,
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
    /// When the order was accepted.
    pub accepted_at: Timestamp,
    /// Where it stands.
    pub status: AgreementStatus,
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
