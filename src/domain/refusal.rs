//! Every business "no": a stable code, the cXML status it travels under, and a text that says what to do.
//!
//! A refusal is an answer, not a failure: it is recorded, shown and mailed like any other outcome (O4). The list of codes
//! is closed; buyers' integrations and our own pages rely on it.

use std::fmt;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::ordered_price::shown;

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refusal {
    /// The offer's last day is over, or it was taken back.
    ExpiredAgreementProposal {
        /// Name of the offer.
        offer: String,
        /// Its last day, if it had one.
        last_day: Option<Date>,
    },
    /// The seller released a newer revision after the request was made.
    SupersededAgreementProposal {
        /// Name of the offer.
        offer: String,
        /// The revision in the cart.
        requested: u32,
        /// The newest revision.
        current: u32,
    },
    /// A public price is held for a configured time only, which is over.
    ExpiredQuote {
        /// Name of the offer.
        offer: String,
        /// The last day on which the price was held.
        valid_until: Date,
    },
    /// The line names no request of this connection.
    UnknownProcurementRequest {
        /// What the line named, empty if nothing.
        reference: String,
    },
    /// The requester or an administrator took the request back (O6b).
    WithdrawnRequest {
        /// Name of the offer.
        offer: String,
    },
    /// The request has its agreement already.
    AlreadyOrdered {
        /// The purchase order that used it.
        purchase_order: String,
    },
    /// The request was made in test mode, the order is a production order.
    TestRequest {
        /// Name of the offer.
        offer: String,
    },
    /// The part is not the one of the request.
    PartMismatch {
        /// As quoted.
        quoted: String,
        /// As ordered.
        ordered: String,
    },
    /// A price is not the quoted one.
    PriceMismatch {
        /// As quoted.
        quoted: Money,
        /// As ordered.
        ordered: Decimal,
        /// Which price.
        #[serde(default, skip_serializing_if = "PriceKind::is_unit")]
        of: PriceKind,
    },
    /// The quantity is not the quoted one.
    QuantityMismatch {
        /// As quoted.
        quoted: Decimal,
        /// As ordered.
        ordered: Decimal,
    },
    /// The currency is not the quoted one.
    CurrencyMismatch {
        /// As quoted.
        quoted: String,
        /// As ordered.
        ordered: String,
    },
    /// The product cannot go through procurement (C3).
    UnsupportedProduct {
        /// Name of the product.
        product: String,
        /// Why not.
        reason: UnsupportedReason,
    },
    /// The offer is no longer made for the account.
    AccountNotTargeted {
        /// Name of the offer.
        offer: String,
    },
    /// The connection is switched off.
    ConnectionDisabled {
        /// Name of the connection.
        connection: String,
    },
    /// What the buyer chose from the offer cannot be had.
    InvalidSelection {
        /// What is wrong.
        problem: String,
    },
}

/// Why a product cannot go through procurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsupportedReason {
    /// A machine image sold for a period.
    AmiContract,
    /// A container sold for a period.
    ContainerContract,
    /// Work by people.
    ProfessionalServices,
}

/// Which price of an order differs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// The price of one unit.
    #[default]
    Unit,
    /// The Total of an order that hides the prices of its lines.
    Total,
}

impl PriceKind {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_unit(&self) -> bool {
        *self == Self::Unit
    }

    fn differs(self, f: &mut fmt::Formatter<'_>, ordered: Decimal, quoted: Money) -> fmt::Result {
        match self {
            Self::Unit => write!(
                f,
                "The unit price {ordered} differs from the quoted {quoted}. Order at the price that was approved, or send the offer for approval again."
            ),
            Self::Total => write!(
                f,
                "The order hides the prices of its lines, and its Total {ordered} differs from the quoted {quoted}. Send the quoted Total or none, or send the offer for approval again."
            ),
        }
    }
}

impl Refusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ExpiredAgreementProposal { .. } => "EXPIRED_AGREEMENT_PROPOSAL",
            Self::SupersededAgreementProposal { .. } => "SUPERSEDED_AGREEMENT_PROPOSAL",
            Self::ExpiredQuote { .. } => "EXPIRED_QUOTE",
            Self::UnknownProcurementRequest { .. } => "UNKNOWN_PROCUREMENT_REQUEST",
            Self::WithdrawnRequest { .. } => "WITHDRAWN_REQUEST",
            Self::AlreadyOrdered { .. } => "ALREADY_ORDERED",
            Self::TestRequest { .. } => "TEST_REQUEST",
            Self::PartMismatch { .. } => "PART_MISMATCH",
            Self::PriceMismatch { .. } => "PRICE_MISMATCH",
            Self::QuantityMismatch { .. } => "QUANTITY_MISMATCH",
            Self::CurrencyMismatch { .. } => "CURRENCY_MISMATCH",
            Self::UnsupportedProduct { .. } => "UNSUPPORTED_PRODUCT",
            Self::AccountNotTargeted { .. } => "ACCOUNT_NOT_TARGETED",
            Self::ConnectionDisabled { .. } => "CONNECTION_DISABLED",
            Self::InvalidSelection { .. } => "INVALID_SELECTION",
        }
    }

    /// The cXML status: always 4xx, so that nobody retries by machine what a person must mend.
    pub fn cxml_status(&self) -> u16 {
        match self {
            Self::ConnectionDisabled { .. } => 403,
            Self::AlreadyOrdered { .. } | Self::WithdrawnRequest { .. } => 409,
            Self::UnknownProcurementRequest { .. } => 417,
            _ => 400,
        }
    }

    /// Whether sending the offer for approval again is the remedy (P10).
    pub fn can_be_sent_again(&self) -> bool {
        !matches!(
            self,
            Self::UnsupportedProduct { .. }
                | Self::AlreadyOrdered { .. }
                | Self::ConnectionDisabled { .. }
                | Self::AccountNotTargeted { .. }
        )
    }
}

impl fmt::Display for Refusal {
    /// One or two sentences: what is wrong, and the remedy.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExpiredAgreementProposal { offer, last_day: Some(day) } => write!(
                f,
                "The offer \"{offer}\" could be bought until {day} only. Ask the seller for a revised offer and send that one for approval again."
            ),
            Self::ExpiredAgreementProposal { offer, last_day: None } => write!(
                f,
                "The offer \"{offer}\" was withdrawn by the seller. Ask for a new offer and send that one for approval."
            ),
            Self::SupersededAgreementProposal { offer, requested, current } => write!(
                f,
                "The seller changed the offer \"{offer}\" after it was sent for approval (revision {requested}, now {current}). Send the revised offer for approval again."
            ),
            Self::ExpiredQuote { offer, valid_until } => write!(
                f,
                "The price of \"{offer}\" was held until {valid_until}. Send the offer for approval again at today's price."
            ),
            Self::UnknownProcurementRequest { reference } if reference.is_empty() => write!(
                f,
                "The line has no SupplierPartAuxiliaryID, so it cannot be matched to a request for approval. Order from a cart that came from this marketplace."
            ),
            Self::UnknownProcurementRequest { reference } => write!(
                f,
                "The line's SupplierPartAuxiliaryID \"{}\" names no open request for approval of this connection. Send the offer for approval again and order from the new cart.",
                shown(reference)
            ),
            Self::WithdrawnRequest { offer } => write!(
                f,
                "The request for approval of \"{offer}\" was taken back before the order came. If it is wanted after all, send the offer for approval again and order from the new cart."
            ),
            Self::AlreadyOrdered { purchase_order } => write!(
                f,
                "The request was already ordered with purchase order {purchase_order}. To buy it once more, send the offer for approval again."
            ),
            Self::TestRequest { offer } => write!(
                f,
                "The request for \"{offer}\" was made in test mode, so a production order cannot use it. Send the offer for approval again from the production system, or send the order with deploymentMode=\"test\"."
            ),
            Self::PartMismatch { quoted, ordered } => write!(
                f,
                "The SupplierPartID \"{}\" differs from \"{quoted}\", the part of the request that the line names. Order the part that was approved, or send the other one for approval.",
                shown(ordered)
            ),
            Self::PriceMismatch { quoted, ordered, of } => of.differs(f, *ordered, *quoted),
            Self::QuantityMismatch { quoted, ordered } => write!(
                f,
                "The quantity {ordered} differs from the quoted {quoted}. Order the quantity that was approved, or send the offer for approval again."
            ),
            Self::CurrencyMismatch { quoted, ordered } => write!(
                f,
                "The currency {} differs from the quoted {quoted}. Order in the currency of the offer.",
                shown(ordered)
            ),
            Self::UnsupportedProduct { product, reason } => {
                write!(f, "\"{product}\" cannot be bought through procurement: {reason}.")
            }
            Self::AccountNotTargeted { offer } => {
                write!(f, "The offer \"{offer}\" is no longer made for this account. Ask the seller for an offer.")
            }
            Self::ConnectionDisabled { connection } => write!(
                f,
                "The connection \"{connection}\" is switched off. The organization's procurement system administrator can enable it."
            ),
            Self::InvalidSelection { problem } => write!(f, "This cannot be ordered as chosen: {problem}."),
        }
    }
}

impl fmt::Display for UnsupportedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AmiContract => "contracts for machine images are not available this way, usage prices are",
            Self::ContainerContract => "contracts for containers are not available this way, usage prices are",
            Self::ProfessionalServices => "professional services are agreed with the seller directly",
        })
    }
}
