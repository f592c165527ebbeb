//! Owns "the same content": a fingerprint of what a document asks for, by which a retry is told from a reuse of its payloadID.
//!
//! It covers the Request (Message, Response) element: element names, attributes in order of name, and text with its white space
//! normalised. Numbers count by their value (`9600.0000` is `9600.00`) in the text of Money and in the attributes that hold quantities.
//! Not covered: `orderDate`, which some systems write anew with each sending, the envelope with payloadID and timestamp, the header with its secret, comments, namespace
//! prefixes, and the order of attributes. The version of the rule is part of the value, so that stored ones stay comparable.

use std::borrow::Cow;
use std::fmt;

use ring::digest::{Context, SHA256};
use roxmltree::{Document, Node};

use crate::error::WireError;
use crate::guard::Admitted;

/// The version of the rule above.
const RULE: u8 = 2;

/// Attributes whose values are numbers.
const NUMBERS: [&str; 4] = ["quantity", "conversionFactor", "minimumQuantity", "maximumQuantity"];

/// The fingerprint of a document's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// Which rule it was made by; only equal rules are comparable.
    pub rule: u8,
    /// SHA-256.
    pub digest: [u8; 32],
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}:", self.rule)?;
        self.digest.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The fingerprint of an admitted document. Parses it; callers that read it as well use [`fingerprint`].
///
/// # Errors
/// What the parser says.
pub fn request_fingerprint(admitted: &Admitted) -> Result<Fingerprint, WireError> {
    Ok(fingerprint(&admitted.parse()?))
}

/// The fingerprint of a parsed document.
pub fn fingerprint(document: &Document<'_>) -> Fingerprint {
    let mut hash = Context::new(&SHA256);
    let root = document.root_element();
    let is_content = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "Request" | "Message" | "Response");
    for body in root.children().filter(is_content) {
        element(&mut hash, body);
    }
    let mut digest = [0; 32];
    digest.iter_mut().zip(hash.finish().as_ref()).for_each(|(to, from)| *to = *from);
    Fingerprint { rule: RULE, digest }
}

/// Depth is capped before parsing, so the recursion is bounded.
fn element(hash: &mut Context, node: Node<'_, '_>) {
    part(hash, b'<', node.tag_name().name());
    let mut attributes: Vec<(&str, &str)> = node.attributes().map(|a| (a.name(), a.value())).collect();
    attributes.sort_unstable();
    for (name, value) in attributes.into_iter().filter(|(name, _)| *name != "orderDate") {
        part(hash, b'@', name);
        if NUMBERS.contains(&name) { text(hash, &value_of(value)) } else { text(hash, value) }
    }
    let is_amount = node.tag_name().name() == "Money";
    let mut run = String::new();
    for child in node.children() {
        if child.is_element() {
            text(hash, &run);
            run.clear();
            if child.tag_name().name() != "SharedSecret" {
                element(hash, child);
            }
        } else if child.is_text() {
            run.push_str(child.text().unwrap_or_default());
        }
    }
    if is_amount {
        text(hash, &value_of(&run));
    } else {
        text(hash, &run);
    }
    part(hash, b'>', "");
}

/// A plain number without the zeros and the thousands separators that do not change its value; another text as it is.
fn value_of(text: &str) -> Cow<'_, str> {
    if text.contains(',') {
        return Cow::Owned(value_of(&text.replace(',', "")).into_owned());
    }
    let trimmed = text.trim();
    let is_plain =
        trimmed.bytes().all(|b| b.is_ascii_digit() || b == b'.') && trimmed.bytes().any(|b| b.is_ascii_digit());
    if !is_plain || trimmed.matches('.').count() > 1 {
        return Cow::Borrowed(text);
    }
    let whole = trimmed.trim_start_matches('0');
    let short = if whole.contains('.') { whole.trim_end_matches('0').trim_end_matches('.') } else { whole };
    Cow::Borrowed(if short.is_empty() { "0" } else { short })
}

/// White space at the ends does not count, and inside any run of it counts as one blank.
fn text(hash: &mut Context, text: &str) {
    let words: Vec<&str> = text.split_whitespace().collect();
    if !words.is_empty() {
        part(hash, b'#', &words.join(" "));
    }
}

/// Every part carries its length, so that no two sequences of parts give the same bytes.
fn part(hash: &mut Context, kind: u8, text: &str) {
    hash.update(&[kind]);
    hash.update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    hash.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Fingerprint {
        fingerprint(&Document::parse(text).unwrap())
    }

    const ORDER: &str = "<cXML payloadID='1' timestamp='t'><Header><Sender><Credential><SharedSecret>a</SharedSecret></Credential></Sender></Header>\
                         <Request a='1' b='2'><O q='1'><N>a b</N></O></Request></cXML>";

    #[test]
    fn a_retry_has_the_same_fingerprint() {
        let retry = "<cXML timestamp='u' payloadID='2'><Header/>\n<Request b='2' a='1'>\n <O q = '1'><!-- x --><N> a\n b </N></O></Request></cXML>";
        assert_eq!(of(ORDER), of(retry));
    }

    #[test]
    fn spellings_of_a_number_and_the_date_of_the_order_do_not_count() {
        let order = |date: &str, quantity: &str, amount: &str| {
            of(&format!(
                "<cXML><Request><H orderDate='{date}'/><I quantity='{quantity}'><Money>{amount}</Money><P>1.10</P></I></Request></cXML>"
            ))
        };
        let first = order("2026-12-01", "1", "9600.00");
        for (quantity, amount) in [("1.0", "9600.0000"), ("01", " 9600 "), ("1.", "09,600.")] {
            assert_eq!(order("2026-12-02", quantity, amount), first, "{quantity} {amount}");
        }
        for (quantity, amount) in [("10", "9600"), ("1", "960"), ("1", "9600.01"), ("1", "-9600"), ("1", "9.600.00")] {
            assert_ne!(order("2026-12-01", quantity, amount), first, "{quantity} {amount}");
        }
        assert_ne!(of("<cXML><Request><P>1.10</P></Request></cXML>"), of("<cXML><Request><P>1.1</P></Request></cXML>"));
        assert_eq!(["0", "0.0", ".", "0.50", "00"].map(value_of), ["0", "0", ".", ".5", "0"]);
    }

    #[test]
    fn any_change_of_content_changes_it() {
        for (from, to) in [
            ("q='1'", "q='2'"),
            ("a b", "ab"),
            ("<N>a b</N>", "<N>a b</N><N/>"),
            ("b='2'", "c='2'"),
            ("<N>a b</N>", "a b"),
        ] {
            let changed = ORDER.replace(from, to);
            assert_ne!(changed, ORDER);
            assert_ne!(of(ORDER), of(&changed), "{from} -> {to}");
        }
    }

    #[test]
    fn moving_text_over_an_element_border_changes_it() {
        assert_ne!(
            of("<cXML><Request><a>1</a><b>2</b></Request></cXML>"),
            of("<cXML><Request><a>12</a><b/></Request></cXML>")
        );
    }

    #[test]
    fn it_is_stable_over_releases() {
        assert_eq!(
            of("<cXML><Request deploymentMode='test'><ProfileRequest/></Request></cXML>").to_string(),
            "v2:b6145cba00e1672173b1e68ace7e9ebab852f87d6859ab8b1cff0d2f4a13708b"
        );
    }
}
