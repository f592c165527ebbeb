//! A visit from a procurement system: from the setup request to the cart.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, ConnectionId, OfferId, OrganizationId, ProductId, PunchoutSessionId, RequestId, UserId};
use crate::quote::Selection;

/// A PunchOut session (P2). The tokens that lead to it are not in it: the store keeps their hashes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PunchoutSession {
    /// Identifier, internal: the address of the pages carries an unguessable token instead.
    pub id: PunchoutSessionId,
    /// The organization of the connection.
    pub organization: OrganizationId,
    /// The connection.
    pub connection: ConnectionId,
    /// The person the session acts for.
    pub user: UserId,
    /// The account the person subscribes for.
    pub account: AccountId,
    /// Returned unchanged in the cart.
    pub buyer_cookie: String,
    /// The content of BuyerCookie as sent, where it has elements; [`Self::buyer_cookie`] is empty then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_cookie_markup: Option<String>,
    /// Where the browser posts the cart.
    pub browser_form_post: String,
    /// `payloadID` of the setup request, for `inReplyTo`.
    pub setup_payload_id: String,
    /// `deploymentMode="test"` on the setup request.
    pub test: bool,
    /// The product that the buyer picked in its own catalogue (P3).
    pub selected: Option<ProductId>,
    /// A part id that the buyer asked for and we do not know, for a notice.
    pub unknown_part: Option<String>,
    /// What the person wanted to send for approval again: the visit begins there (P10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<PendingSelection>,
    /// Requests in the cart, in the order in which they were made.
    pub cart: Vec<RequestId>,
    /// Where it stands.
    pub state: SessionState,
    /// First opening of the StartPage, wall time.
    pub opened_at: Option<Timestamp>,
    /// First thing the person did (a page beyond the first, or a form): the StartPage token is spent then.
    pub acted: bool,
    /// Setup, wall time.
    pub created_at: Timestamp,
    /// The session ends then, wall time.
    pub expires_at: Timestamp,
}

/// An offer and a choice that wait for the person's next visit (P10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingSelection {
    /// The offer.
    pub offer: OfferId,
    /// The choice as it was made the first time.
    pub selection: Selection,
    /// When it was put down, wall time; it is forgotten after some days.
    pub created_at: Timestamp,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// The person may shop.
    Open,
    /// The cart was handed to the buyer; the pages only show it.
    Returned,
}

impl PunchoutSession {
    /// Whether the session can still be used at that wall time.
    pub fn is_alive(&self, wall_now: Timestamp) -> bool {
        wall_now < self.expires_at
    }

    /// Whether the StartPage token still leads here: once, and again for `grace_seconds` until the first action, because
    /// link scanners and reloads must not burn it (P2).
    pub fn start_token_works(&self, wall_now: Timestamp, token_expires_at: Timestamp, grace_seconds: i64) -> bool {
        match self.opened_at {
            None => wall_now < token_expires_at,
            Some(opened) => !self.acted && wall_now.duration_since(opened).as_secs() < grace_seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fixtures::{at, punchout_session};

    #[test]
    fn the_start_token_survives_a_link_scanner_but_not_the_first_action() {
        let token_end = at("2026-12-01T10:05:00Z");
        let mut session = punchout_session();
        assert!(session.start_token_works(at("2026-12-01T10:04:59Z"), token_end, 60));
        assert!(!session.start_token_works(token_end, token_end, 60), "never opened in time");
        session.opened_at = Some(at("2026-12-01T10:01:00Z"));
        assert!(session.start_token_works(at("2026-12-01T10:01:59Z"), token_end, 60));
        assert!(!session.start_token_works(at("2026-12-01T10:02:00Z"), token_end, 60));
        session.acted = true;
        assert!(!session.start_token_works(at("2026-12-01T10:01:30Z"), token_end, 60));
    }
}
