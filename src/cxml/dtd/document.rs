//! Owns what happens to a document before the validator may walk over it: it is parsed, and its payload is named.
//!
//! A prefix that is declared nowhere is an error to the parser but not to a DTD: the signature elements get theirs by a fixed
//! `xmlns` attribute of the DTD. For such documents the parser is shown a copy with a declaration in the root tag; the
//! validator always walks over the original, so that places are right and the added attribute is never judged.

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::tokens::{Token, Tokens};
use crate::error::WireError;
use crate::guard::{Admitted, Limits};

/// Undeclared prefixes that are lent a declaration. The published DTDs have three prefixes.
const MAX_LENT_PREFIXES: usize = 8;

/// What is known about a well-formed document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WellFormed {
    /// Where the root element begins, in bytes.
    pub root_at: usize,
    /// The element that says what the document is about, such as `OrderRequest`; for a plain answer `Response`, and for a
    /// document that is no cXML envelope its root.
    pub payload: String,
}

/// Parses what the gate admitted.
///
/// # Errors
/// Those of [`Admitted::parse`], except for undeclared prefixes.
pub(super) fn well_formed(admitted: &Admitted) -> Result<WellFormed, WireError> {
    let refused = match admitted.parse() {
        Ok(document) => return Ok(describe(&document)),
        Err(error) => error,
    };
    parse_with_lent_prefixes(admitted.text()).ok_or(refused)
}

/// What a parsed document is.
pub(super) fn describe(document: &Document<'_>) -> WellFormed {
    let root = document.root_element();
    WellFormed { root_at: root.range().start, payload: payload(root).to_owned() }
}

fn parse_with_lent_prefixes(text: &str) -> Option<WellFormed> {
    let (root_at, root_name_end) = root_tag(text)?;
    let mut lent = String::new();
    for _ in 0..=MAX_LENT_PREFIXES {
        let (before, after) = text.split_at_checked(root_name_end)?;
        let copy = format!("{before}{lent}{after}");
        let options = ParsingOptions { nodes_limit: Limits::default().max_nodes, ..ParsingOptions::default() };
        let parsed = Document::parse_with_options(&copy, options).map(|document| describe(&document).payload);
        match parsed {
            Ok(payload) => return Some(WellFormed { root_at, payload }),
            Err(Error::UnknownNamespace(prefix, _)) => {
                lent.push_str(&format!(" xmlns:{prefix}=\"urn:undeclared-prefix:{prefix}\""));
            }
            Err(_) => return None,
        }
    }
    None
}

/// Where the root tag begins, and where its name ends.
fn root_tag(text: &str) -> Option<(usize, usize)> {
    let mut tokens = Tokens::new(text, 0);
    loop {
        let (at, token) = tokens.next()?;
        if let Token::Start { name, .. } = token {
            return Some((at, at + 1 + name.len()));
        }
    }
}

fn payload<'i>(root: Node<'_, 'i>) -> &'i str {
    let body = root.children().find(|child| is_named(*child, &["Request", "Message", "Response"]));
    let Some(body) = body else { return root.tag_name().name() };
    let content = body.children().filter(Node::is_element).find(|child| !is_named(*child, &["Status"]));
    content.unwrap_or(body).tag_name().name()
}

fn is_named(node: Node<'_, '_>, names: &[&str]) -> bool {
    node.is_element() && names.contains(&node.tag_name().name())
}

/// What the first bytes of a file say that the gate does not pass on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Declaration {
    /// `standalone="yes"`
    pub is_standalone: bool,
    /// White space or more before `<?xml`, which the gate forgives and XML does not.
    pub is_late: bool,
}

/// Reads the XML declaration of a file in any encoding whose letters contain those of ASCII.
pub(super) fn declaration(bytes: &[u8]) -> Declaration {
    const HEAD_BYTES: usize = 512;
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let mut letters = head.iter().filter(|b| b.is_ascii_punctuation() || b.is_ascii_alphanumeric());
    if letters.next() != Some(&b'<') || letters.next() != Some(&b'?') {
        return Declaration::default();
    }
    let ascii: String = head.iter().filter(|b| b.is_ascii() && **b != 0).map(|b| char::from(*b)).collect();
    let trimmed = ascii.trim_start();
    let declared = trimmed.strip_prefix("<?xml").filter(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace()));
    let Some((declared, _)) = declared.and_then(|rest| rest.split_once("?>")) else { return Declaration::default() };
    let standalone =
        declared.split_once("standalone").map(|(_, value)| value.trim_start_matches([' ', '\t', '\r', '\n', '=']));
    Declaration {
        is_standalone: standalone.is_some_and(|value| value.starts_with("\"yes\"") || value.starts_with("'yes'")),
        is_late: trimmed.len() < ascii.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admit;

    fn described(text: &str) -> Result<WellFormed, WireError> {
        well_formed(&admit(text.as_bytes(), None, &Limits::default()).unwrap())
    }

    #[test]
    fn the_payload_is_what_the_document_is_about() {
        for (text, payload) in [
            ("<cXML><Header/><Request><OrderRequest/></Request></cXML>", "OrderRequest"),
            ("<cXML><Header/><Message><Status/><QuoteMessage/></Message></cXML>", "QuoteMessage"),
            ("<cXML><Response><Status/></Response></cXML>", "Response"),
            ("<cXML><Response><Status/><ProfileResponse/></Response></cXML>", "ProfileResponse"),
            ("<Index/>", "Index"),
        ] {
            assert_eq!(described(text).unwrap().payload, payload);
        }
    }

    #[test]
    fn undeclared_prefixes_are_lent_a_declaration() {
        let text = "<!-- <no:root> -->\n<cXML a='1'><Request><x:y z:w=''/></Request></cXML>";
        let found = described(text).unwrap();
        assert_eq!((found.root_at, found.payload.as_str()), (19, "y"));
        let many = (0..20).fold(String::new(), |all, i| all + &format!("<p{i}:a/>"));
        assert!(described(&format!("<r>{many}</r>")).is_err());
        assert!(described("<r><x:y></r>").is_err());
    }

    #[test]
    fn the_declaration_is_read_from_the_bytes() {
        let standalone = Declaration { is_standalone: true, is_late: false };
        assert_eq!(declaration(b"<?xml version='1.0' standalone = \"yes\" ?><a/>"), standalone);
        assert_eq!(declaration(b"\xef\xbb\xbf<?xml version='1.0' standalone='yes'?><a/>"), standalone);
        let utf16: Vec<u8> = "<?xml standalone='yes'?>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(declaration(&utf16), standalone);
        assert_eq!(declaration(b"<?xml version='1.0' standalone='no'?><a/>"), Declaration::default());
        assert_eq!(declaration(b"<a standalone='yes'/>"), Declaration::default());
        assert!(declaration(b"\n<?xml version='1.0'?><a/>").is_late);
    }
}
