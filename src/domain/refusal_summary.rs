//! What a refused order says in answers, confirmations and mails: the first lines in full, the others counted by code.
//!
//! The text stays short however many lines an order has; the order's page lists them all (O4).

use std::collections::BTreeMap;

use crate::purchase_order::LineRefusal;

/// So many lines are told in full.
const LINES_IN_FULL: usize = 3;

/// The lines to tell in full, and a sentence about the others.
pub fn summary(lines: &[LineRefusal]) -> (&[LineRefusal], Option<String>) {
    let (first, others) = lines.split_at(lines.len().min(LINES_IN_FULL));
    if others.is_empty() {
        return (first, None);
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in others {
        *counts.entry(line.refusal.code()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(code, count)| format!("{code} ({count})")).collect();
    let (number, noun) = (others.len(), if others.len() == 1 { "line does" } else { "lines do" });
    let rest = format!(
        "{number} more {noun} not pass: {}. The page of the order in the marketplace lists every line.",
        counts.join(", ")
    );
    (first, Some(rest))
}

/// The summary as sentences, joined by `separator`.
pub fn summary_text(lines: &[LineRefusal], separator: &str) -> String {
    let (first, rest) = summary(lines);
    let told = first.iter().map(|line| format!("Line {}: {}: {}", line.line, line.refusal.code(), line.refusal));
    told.chain(rest).collect::<Vec<_>>().join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;

    #[test]
    fn five_hundred_refused_lines_make_a_short_text() {
        let reference = "x".repeat(5_000);
        let refusal = Refusal::UnknownProcurementRequest { reference };
        let mut lines: Vec<LineRefusal> =
            (1..=499).map(|line| LineRefusal { line, request: None, refusal: refusal.clone() }).collect();
        let refusal = Refusal::AlreadyOrdered { purchase_order: "PO-1".into() };
        lines.push(LineRefusal { line: 500, request: None, refusal });
        let text = summary_text(&lines, " ");
        assert!(text.len() < 1_500, "{} bytes: {text}", text.len());
        assert!(text.contains("Line 3: ") && !text.contains("Line 4: "), "{text}");
        assert!(text.contains("497 more lines do not pass: ALREADY_ORDERED (1), UNKNOWN_PROCUREMENT_REQUEST (496)."));
    }
}
