//! A procurement request: the request for approval that a user sent to the cart, from the click to the agreement.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::day;
use crate::email::EmailAddress;
use crate::id::{
    AccountId, AgreementId, ConnectionId, OfferId, OrganizationId, ProductId, PunchoutSessionId, RequestId, SellerId,
    UserId,
};
use crate::money::Money;
use crate::offer::Offer;
use crate::product::Product;
use crate::quote::Quote;
use crate::refusal::Refusal;

/// Days before the last day on which people are warned (S1).
pub const LAPSE_WARNINGS_DAYS: [u8; 3] = [7, 3, 1];

/// A procurement request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcurementRequest {
    /// Identifier; its text is the SupplierPartAuxiliaryID.
    pub id: RequestId,
    /// The organization.
    pub organization: OrganizationId,
    /// The account that will subscribe.
    pub account: AccountId,
    /// The connection it went out over; orders are taken over the same one only.
    pub connection: ConnectionId,
    /// The session it was made in.
    pub session: PunchoutSessionId,
    /// Who asked.
    pub requester: UserId,
    /// Where the requester is told, if the procurement system named an address.
    pub requester_email: Option<EmailAddress>,
    /// What is bought.
    pub product: ProductId,
    /// Who sells it.
    pub seller: SellerId,
    /// Under which offer.
    pub offer: OfferId,
    /// Which revision of it. With the offer: the agreement proposal.
    pub revision: u32,
    /// The offer's name then.
    pub offer_name: String,
    /// The price as it was sent to the cart.
    pub quote: Quote,
    /// Tax as estimated on the click.
    pub tax_estimate: Money,
    /// What the requester accepted.
    pub acceptance: Acceptance,
    /// Where it stands.
    pub status: RequestStatus,
    /// The nearest lapse that people were warned of, in days before it; none before the first warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_days: Option<u8>,
    /// Made in test mode: a production order cannot use it (O7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made_in_test: bool,
    /// The click.
    pub created_at: Timestamp,
    /// The last change of status.
    pub changed_at: Timestamp,
}

/// Proof of what the requester accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// SHA-256 (hexadecimal) over titles, versions and texts of the offer's legal documents.
    pub documents_sha256: String,
    /// When.
    pub accepted_at: Timestamp,
}

/// Where a request stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestStatus {
    /// The user clicked; the cart has not been served yet.
    Requested,
    /// The cart message was served to the browser.
    InCart,
    /// The order came and the agreement exists.
    Fulfilled {
        /// The agreement.
        agreement: AgreementId,
        /// The buyer's number of the order.
        purchase_order: String,
    },
    /// An order came and was refused.
    Refused {
        /// Why.
        reason: Refusal,
        /// The buyer's number of the order.
        purchase_order: String,
    },
    /// The user took it back.
    Withdrawn,
    /// The seller released a newer revision of the offer.
    Superseded {
        /// That revision.
        revision: u32,
    },
    /// The offer, or the time for which its price was held, has ended.
    Expired,
}

impl RequestStatus {
    /// The word in lists.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::InCart => "IN_CART",
            Self::Fulfilled { .. } => "FULFILLED",
            Self::Refused { .. } => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Superseded { .. } => "SUPERSEDED",
            Self::Expired => "EXPIRED",
        }
    }
}

impl ProcurementRequest {
    /// The text that travels as SupplierPartAuxiliaryID.
    pub fn reference(&self) -> String {
        self.id.to_string()
    }

    /// Whether a refused order changes it. A refused request may be ordered again once the cause is mended (O2). One that is
    /// still `REQUESTED` may too: the cart message may have arrived although its serving was not noted.
    pub fn awaits_order(&self) -> bool {
        !matches!(self.status, RequestStatus::Fulfilled { .. } | RequestStatus::Withdrawn)
    }

    /// Whether it still waits for an order: it lapses with its offer.
    pub fn is_waiting(&self) -> bool {
        matches!(self.status, RequestStatus::Requested | RequestStatus::InCart)
    }

    /// Whether "send for approval again" helps: the request ended without an agreement, and its account can request the offer
    /// as it is now (P10).
    pub fn can_be_sent_again(&self, offer: &Offer, product: &Product, now: Timestamp) -> bool {
        let has_ended = match &self.status {
            RequestStatus::Requested | RequestStatus::InCart | RequestStatus::Fulfilled { .. } => false,
            RequestStatus::Refused { reason, .. } => reason.can_be_sent_again(),
            RequestStatus::Withdrawn | RequestStatus::Superseded { .. } | RequestStatus::Expired => true,
        };
        has_ended && offer.is_visible_to(self.account) && offer.requestable(product, now).is_ok()
    }

    /// The warning that is due: so many days (7, 3 or 1) before the last day on which an order is taken, once each. One that
    /// was missed is not made up for when a nearer one is due.
    pub fn warning_due(&self, now: Timestamp) -> Option<u8> {
        let left = day::of(now).until(self.quote.valid_until).ok()?.get_days();
        let nearest = LAPSE_WARNINGS_DAYS.into_iter().filter(|days| (0..=i32::from(*days)).contains(&left)).min()?;
        let warned = self.warned_days.is_some_and(|warned| warned <= nearest);
        (self.is_waiting() && !warned).then_some(nearest)
    }

    /// The request on a newer revision of its private offer that only ends later: it holds as long as the offer, and people
    /// are warned anew (C5).
    pub fn extended(mut self, offer: &Offer, now: Timestamp) -> Self {
        self.revision = offer.revision;
        self.quote.valid_until = offer.availability_end_date.unwrap_or(self.quote.valid_until);
        // The warnings of the new last day are still to come.
        self.warned_days = None;
        self.changed_at = now;
        self
    }

    /// The request with another status.
    pub fn with_status(mut self, status: RequestStatus, now: Timestamp) -> Self {
        self.status = status;
        self.changed_at = now;
        self
    }
}
