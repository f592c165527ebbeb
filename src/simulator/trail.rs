//! The trail of documents that an order leaves: which payload ids and order dates name its latest version, and which were
//! replaced. Bounded: a rehearsal that resends for ever forgets its oldest documents.

use crate::bounded::Bounded;

/// More documents about one order than a person would send.
const DOCUMENTS_MAX: usize = 50;

/// The documents of one order.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    latest: Bounded<Sent>,
    replaced_payload_ids: Bounded<String>,
}

#[derive(Debug, Clone)]
struct Sent {
    payload_id: String,
    order_date: String,
}

impl Trail {
    pub(crate) fn new() -> Self {
        Self { latest: Bounded::new(DOCUMENTS_MAX), replaced_payload_ids: Bounded::new(DOCUMENTS_MAX) }
    }

    /// A document of the latest version goes out: the first one, or a resend under another payload id.
    pub(crate) fn sent(&mut self, payload_id: &str, order_date: &str) {
        self.latest.push(Sent { payload_id: payload_id.to_owned(), order_date: order_date.to_owned() });
    }

    /// What went out so far belongs to a version that is about to be replaced.
    pub(crate) fn replace(&mut self) {
        let latest = std::mem::replace(&mut self.latest, Bounded::new(DOCUMENTS_MAX));
        for sent in latest.iter() {
            self.replaced_payload_ids.push(sent.payload_id.clone());
        }
    }

    /// Whether a payload id names the latest version.
    pub(crate) fn is_latest(&self, payload_id: &str) -> bool {
        self.latest.iter().any(|sent| sent.payload_id == payload_id)
    }

    /// Whether a payload id names a version that was replaced.
    pub(crate) fn is_replaced(&self, payload_id: &str) -> bool {
        self.replaced_payload_ids.iter().any(|known| known == payload_id)
    }

    /// Whether the latest version was dated so, to the letter.
    pub(crate) fn is_dated(&self, order_date: &str) -> bool {
        self.latest.iter().any(|sent| sent.order_date == order_date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resend_names_the_same_version_and_a_change_replaces_it() {
        let mut trail = Trail::new();
        trail.sent("1@sim", "monday");
        trail.sent("2@sim", "tuesday");
        assert!(trail.is_latest("1@sim") && trail.is_latest("2@sim") && trail.is_dated("monday"));
        trail.replace();
        trail.sent("3@sim", "wednesday");
        assert!(trail.is_latest("3@sim") && !trail.is_latest("2@sim") && !trail.is_dated("monday"));
        assert!(trail.is_replaced("1@sim") && trail.is_replaced("2@sim") && !trail.is_replaced("3@sim"));
    }
}
