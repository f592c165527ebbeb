//! Purchases from the first click to the last invoice, and every way in which they end early.

mod any_order;
mod billing;
mod confirmations;
mod coupa_cycle;
mod direct;
mod drafted_offers;
mod forged_requests;
mod imports;
mod invoice_delivery;
mod keyed_calls;
mod lapsed;
mod mail;
mod message_log;
mod moved_clock;
mod offers;
mod order_lines;
mod order_versions;
mod own_requests;
mod refused_orders;
mod repeated_orders;
mod sap_cycle;
mod send_again;
mod sessions;
mod several_lines;
mod start_page;
mod supplier_catalog;
mod test_mode;
mod walk;

use marketgate_simulator::{Cart, OrderAttempt, OrderDraft};

use crate::harness::Market;

/// What most stories buy: FPS, a private offer for Acme, the last day is 2026-04-01.
const PRODUCT: &str = "Gatewren";
const OFFER: &str = "Acme enterprise, four payments";

/// A plain contract for everybody, in US dollars.
const PLAIN_PRODUCT: &str = "Tidegauge";
const PLAIN_OFFER: &str = "Standard, 12 months";

impl Market {
    /// Sends the order of a cart, altered; all that follows from it at once has happened.
    async fn altered_order(&self, cart: &Cart, alter: impl FnOnce(&mut OrderDraft)) -> OrderAttempt {
        let mut draft = self.simulator.draft(cart.id).unwrap();
        alter(&mut draft);
        let sent = self.simulator.send_order(draft).await.unwrap();
        self.settle().await;
        sent
    }
}

/// The order was refused with that status and that code.
fn assert_refused(sent: &OrderAttempt, status: u16, code: &str) {
    assert_eq!((sent.http_status, sent.status_code()), (Some(200), Some(status)), "{}", sent.status_text());
    assert!(sent.status_text().contains(code), "{}", sent.status_text());
}
