//! What a received version of a purchase order means beside the versions that came before it (O2, O6).
//!
//! An accepted order stays accepted: a version that is not newer changes nothing, whatever becomes of it. Only where no version was
//! accepted yet is an order decided by its lines.

use crate::id::AgreementId;
use crate::purchase_order::{OrderOutcome, OrderVersion, OrderedLine};

/// A version as it came.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// `orderVersion`, 1 where it is missing.
    pub version: u32,
    /// `isInternalVersion="yes"`: the change does not concern the supplier.
    pub is_internal: bool,
    /// Its lines.
    pub lines: &'a [OrderedLine],
    /// Whether the same document, or the same version with the same content, was refused before.
    pub was_refused: bool,
}

/// What is to be done with a received version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt<'a> {
    /// Decide it by its lines: no version was accepted yet.
    Decide,
    /// Answer 200; nothing changes.
    Internal,
    /// Give the first answer again: a newer version, or this one, was accepted meanwhile.
    Repeat,
    /// A newer version of an accepted order with the same lines: documents of ours refer to it from now on.
    Renewed {
        /// The agreements of the order, which stay.
        agreements: &'a [AgreementId],
    },
    /// Refuse with 409: the version never came before and is not newer than the accepted one.
    Outdated {
        /// The accepted version.
        accepted: u32,
    },
    /// Refuse with 409: a newer version changes the lines of an accepted order.
    Changed {
        /// The accepted version.
        accepted: u32,
    },
}

/// Judges a received version by the stored ones of the same order.
pub fn judge<'a>(stored: &'a [OrderVersion], received: &Received<'_>) -> Receipt<'a> {
    if received.is_internal {
        return Receipt::Internal;
    }
    let accepted = stored.iter().filter_map(|version| match &version.outcome {
        OrderOutcome::Accepted { agreements } => Some((version, agreements)),
        OrderOutcome::Refused { .. } => None,
    });
    match accepted.max_by_key(|(version, _)| version.version) {
        None => Receipt::Decide,
        Some((accepted, _)) if received.version <= accepted.version => {
            if received.was_refused {
                Receipt::Repeat
            } else {
                Receipt::Outdated { accepted: accepted.version }
            }
        }
        Some((accepted, agreements)) if same_purchase(&accepted.lines, received.lines) => {
            Receipt::Renewed { agreements }
        }
        Some((accepted, _)) => Receipt::Changed { accepted: accepted.version },
    }
}

/// Whether both buy the same: accounting and units may differ.
fn same_purchase(before: &[OrderedLine], now: &[OrderedLine]) -> bool {
    let bought = |line: &OrderedLine| (line.reference.clone(), line.quantity, line.price.clone());
    before.len() == now.len() && before.iter().map(bought).eq(now.iter().map(bought))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{accepted_order, connection, fixed, line_for};
    use crate::id::AgreementId;

    fn ordered_line() -> OrderedLine {
        line_for(1, vec![fixed("12000")], &connection()).line
    }

    fn accepted_version(version: u32) -> OrderVersion {
        let order = accepted_order(vec![ordered_line()], vec![AgreementId::from_value(1)]);
        OrderVersion { version, ..order.versions[0].clone() }
    }

    fn refused_version(version: u32) -> OrderVersion {
        OrderVersion { outcome: OrderOutcome::Refused { lines: vec![] }, ..accepted_version(version) }
    }

    fn received(version: u32, lines: &[OrderedLine]) -> Received<'_> {
        Received { version, is_internal: false, lines, was_refused: false }
    }

    #[test]
    fn an_order_is_decided_as_long_as_no_version_was_accepted() {
        let lines = [ordered_line()];
        assert_eq!(judge(&[], &received(1, &lines)), Receipt::Decide);
        assert_eq!(
            judge(&[refused_version(1)], &Received { was_refused: true, ..received(1, &lines) }),
            Receipt::Decide
        );
    }

    #[test]
    fn a_version_that_is_not_newer_than_the_accepted_one_changes_nothing() {
        let lines = [ordered_line()];
        let stored = [refused_version(1), accepted_version(2)];
        let late = Received { was_refused: true, ..received(1, &lines) };
        assert_eq!(judge(&stored, &late), Receipt::Repeat);
        assert_eq!(judge(&stored[1..], &received(1, &lines)), Receipt::Outdated { accepted: 2 });
        // The order in which they are stored does not matter.
        assert_eq!(judge(&[accepted_version(2), refused_version(1)], &late), Receipt::Repeat);
    }

    #[test]
    fn a_newer_version_keeps_the_agreements_or_is_refused() {
        let lines = [ordered_line()];
        let stored = [accepted_version(1)];
        assert!(
            matches!(judge(&stored, &received(2, &lines)), Receipt::Renewed { agreements } if agreements.len() == 1)
        );
        let mut more = lines.clone();
        more[0].quantity += rust_decimal::Decimal::ONE;
        assert_eq!(judge(&stored, &received(2, &more)), Receipt::Changed { accepted: 1 });
        assert_eq!(judge(&stored, &received(2, &[])), Receipt::Changed { accepted: 1 });
    }

    #[test]
    fn an_internal_version_has_no_effect() {
        let lines = [ordered_line()];
        for stored in [vec![], vec![accepted_version(1)]] {
            let internal = Received { is_internal: true, ..received(2, &lines) };
            assert_eq!(judge(&stored, &internal), Receipt::Internal);
        }
    }
}
