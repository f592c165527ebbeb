//! What a decision causes besides its records: audit records and things that must leave the house.
//!
//! Both are plain data. They are committed in the same transaction as the decision that caused them and only acted upon
//! afterwards; nothing here sends anything. Secrets never enter either.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;
use crate::id::{ConnectionId, InvoiceId, MessageId, OrganizationId, OutboxId, PurchaseOrderId, RequestId, UserId};

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// The appliance itself: a job, a delivery, the demo's seed.
    System {
        /// Which part acted, for example `bill_due_charges`.
        part: String,
    },
    /// A procurement system, authenticated by its credential.
    Connection {
        /// The connection it came over.
        connection: ConnectionId,
    },
    /// A person in a PunchOut session.
    PunchoutUser {
        /// The connection the session came over.
        connection: ConnectionId,
        /// The person.
        user: UserId,
    },
    /// The operator, signed in with a password.
    Operator {
        /// The person.
        user: UserId,
    },
    /// Somebody who could not be identified.
    Anonymous,
}

/// One line of the audit trail: who did what to what, when, and how it ended (A2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When, in business time.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// A stable verb, for example `order.accepted`, `session.opened`, `access.denied`.
    pub action: String,
    /// What it was done to, in its text form.
    pub subject: String,
    /// The organization concerned, if one is.
    pub organization: Option<OrganizationId>,
    /// One sentence for a person.
    pub detail: String,
}

/// What is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payload {
    /// An e-mail. At least once, always with the same Message-ID.
    Email(Email),
    /// An InvoiceDetailRequest to the connection's invoice address.
    Invoice {
        /// The invoice, whose content is frozen.
        invoice: InvoiceId,
    },
    /// A ConfirmationRequest about an order version.
    Confirmation {
        /// The order.
        order: PurchaseOrderId,
        /// The version of the order, counted from 1.
        version: u32,
    },
}

impl Payload {
    /// A stable word for lists and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Invoice { .. } => "invoice",
            Self::Confirmation { .. } => "confirmation",
        }
    }

    /// Whether sending it twice is harmless (a person reads a second mail; a second invoice is a second claim).
    pub fn may_be_repeated(&self) -> bool {
        matches!(self, Self::Email(_))
    }
}

/// A mail with its text already written: what is sent is what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Email {
    /// Receivers, at least one.
    pub to: Vec<EmailAddress>,
    /// One line.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub text: String,
    /// The request the mail is about, for the page that shows its life.
    pub about: Option<RequestId>,
}

/// A wish to send something, made by a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxIntent {
    /// Identifier, from the injected source.
    pub id: OutboxId,
    /// Documents of one lane leave in the order in which they were committed; only the first one is ever due.
    pub lane: String,
    /// The connection whose address and credentials are used; none for mail.
    pub connection: Option<ConnectionId>,
    /// The organization concerned.
    pub organization: OrganizationId,
    /// What is to be sent.
    pub payload: Payload,
}

/// Where an outbox message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutboxState {
    /// Waits for its turn or its time.
    Waiting,
    /// Its bytes may be leaving right now; committed before they do.
    Sending,
    /// The receiver has it.
    Delivered,
    /// Needs a person: the receiver refused it for good, or all tries are used up. Blocks its lane.
    Parked,
    /// It may or may not have arrived; a person (or a status answer) must find out. Blocks its lane.
    Verify,
    /// Waits because its connection's credentials were refused (401/403) for another document.
    Held,
    /// A person decided that it shall not be sent.
    Discarded,
}

/// One try to send something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When the try began, in wall time.
    pub at: Timestamp,
    /// How long it took.
    pub duration_ms: u64,
    /// HTTP or SMTP status, if an answer came.
    pub transport_status: Option<u16>,
    /// cXML status code, if the answer was cXML.
    pub cxml_status: Option<u16>,
    /// The answer in words, cut to a sensible length.
    pub answer: String,
    /// Whether it may have arrived although no answer says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_doubt: bool,
}

/// Something that leaves, from its commit to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMessage {
    /// What was decided.
    pub intent: OutboxIntent,
    /// Where it stands.
    pub state: OutboxState,
    /// Business time of the decision: the document's timestamp, the same over all tries.
    pub created_at: Timestamp,
    /// The next try, in wall time; meaningful while [`OutboxState::Waiting`].
    pub due_at: Timestamp,
    /// Every try so far, oldest first.
    pub attempts: Vec<Attempt>,
    /// So many tries were made before a person had it sent again: the schedule of waits begins after them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub tries_before: usize,
    /// The bytes first sent, in the message log; sent again unchanged.
    pub document: Option<MessageId>,
    /// Why it is parked, held or to be verified, in words.
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}
