//! Words and colours of everything that has a status.

use jiff::Timestamp;
use marketgate_domain::agreement::{Agreement, AgreementStatus};
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::entitlement::EntitlementStatus;
use marketgate_domain::event::OutboxState;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_domain::purchase_order::OrderOutcome;
use maud::Markup;

use super::components::{Tone, badge};
use super::format;

/// Where a procurement request stands.
pub fn request(status: &RequestStatus) -> Markup {
    match status {
        RequestStatus::Requested => badge(Tone::Accent, "Requested"),
        RequestStatus::InCart => badge(Tone::Accent, "Waiting for approval"),
        RequestStatus::Fulfilled { .. } => badge(Tone::Good, "Fulfilled"),
        RequestStatus::Refused { .. } => badge(Tone::Bad, "Order refused"),
        RequestStatus::Withdrawn => badge(Tone::Plain, "Withdrawn"),
        RequestStatus::Superseded { .. } => badge(Tone::Warn, "Superseded"),
        RequestStatus::Expired => badge(Tone::Warn, "Expired"),
    }
}

/// What became of an order version; an order without versions has no outcome.
pub fn order(outcome: Option<&OrderOutcome>) -> Markup {
    match outcome {
        Some(OrderOutcome::Accepted { .. }) => badge(Tone::Good, "Accepted"),
        Some(OrderOutcome::Refused { .. }) => badge(Tone::Bad, "Refused"),
        None => badge(Tone::Plain, "Not decided"),
    }
}

/// Where an agreement stands.
pub fn agreement(agreement: &Agreement) -> Markup {
    match agreement.status {
        AgreementStatus::Active => badge(Tone::Good, "Active"),
    }
}

/// Whether something may be used.
pub fn entitlement(status: EntitlementStatus) -> Markup {
    match status {
        EntitlementStatus::Active => badge(Tone::Good, "Active"),
        EntitlementStatus::Expired => badge(Tone::Plain, "Expired"),
    }
}

/// Where a charge stands: an overdue one that is still planned waits for the next billing run.
pub fn charge(charge: &Charge, now: Timestamp) -> Markup {
    match charge.state {
        ChargeState::Invoiced { .. } => badge(Tone::Good, "Invoiced"),
        ChargeState::Planned if charge.due_at <= now => badge(Tone::Accent, "Due"),
        ChargeState::Planned => badge(Tone::Plain, "Planned"),
    }
}

/// Where an outbox message stands.
pub fn outbox(state: OutboxState) -> Markup {
    match state {
        OutboxState::Waiting => badge(Tone::Plain, "Waiting"),
        OutboxState::Sending => badge(Tone::Accent, "Sending"),
        OutboxState::Delivered => badge(Tone::Good, "Delivered"),
        OutboxState::Parked => badge(Tone::Bad, "Parked"),
        OutboxState::Verify => badge(Tone::Warn, "Verify"),
        OutboxState::Held => badge(Tone::Warn, "Held"),
        OutboxState::Discarded => badge(Tone::Plain, "Discarded"),
    }
}

/// Where an offer stands.
pub fn offer(offer: &Offer, now: Timestamp) -> Markup {
    if offer.state == OfferState::Draft {
        badge(Tone::Accent, "Draft")
    } else if offer.state == OfferState::Withdrawn {
        badge(Tone::Plain, "Withdrawn")
    } else if offer.has_ended(now) {
        badge(Tone::Plain, "Expired")
    } else {
        match days_left(offer, now) {
            Some(0) => badge(Tone::Warn, "Ends today"),
            Some(days @ 1..=7) => {
                badge(Tone::Warn, &format!("Ends in {}", format::plural(usize::try_from(days).unwrap_or(0), "day")))
            }
            _ => badge(Tone::Good, "Available"),
        }
    }
}

/// Whole days until the last day of an offer that has one.
pub fn days_left(offer: &Offer, now: Timestamp) -> Option<i64> {
    offer.availability_end_date.map(|last| format::days_until(last, now))
}
