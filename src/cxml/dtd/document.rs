//! Owns what happens to a document before the validator may walk over it: it is parsed, and its payload is named.
//!
//! A prefix that is declared nowhere is an error to the parser but not to a DTD: the signature elements get theirs by a fixed
//! `xmlns` attribute of the DTD. For such documents the parser is shown a copy with a declaration in the root tag; the
//! validator always walks over the original, so that places are right and the added attribute is never judged.

use memchr::memmem;
use roxmltree::{Document, Error, Node, ParsingOptions};

use super::lexical::is_blank;
use super::tokens::{Token, Tokens};
use crate::error::{WireError, WireErrorKind};
use crate::guard::{Admitted, Limits};
use crate::reference::unknown_character;
use crate::scan::place;

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
        Ok(document) => return refuse_reserved_instruction(admitted.text()).map(|()| describe(&document)),
        Err(error) => error,
    };
    // The parser alone would take a reference to no character.
    let lent = unknown_character(admitted.text()).is_none().then(|| parse_with_lent_prefixes(admitted.text()));
    let found = lent.flatten().ok_or(refused)?;
    refuse_reserved_instruction(admitted.text()).map(|()| found)
}

/// An instruction named `xml` in any letter case is reserved (XML 2.6); the parser knows lower case only.
fn refuse_reserved_instruction(text: &str) -> Result<(), WireError> {
    let is_reserved = |at: usize| {
        let target = text.get(at + 2..).and_then(|rest| rest.split([' ', '\t', '\r', '\n', '?']).next());
        target.is_some_and(|target| target.eq_ignore_ascii_case("xml"))
    };
    if !memmem::find_iter(text.as_bytes(), b"<?").any(is_reserved) {
        return Ok(());
    }
    let mut tokens = Tokens::new(text, 0);
    while let Some((at, token)) = tokens.next() {
        if token == Token::Other && text.get(at..).is_some_and(|rest| rest.starts_with("<?")) && is_reserved(at) {
            let (line, column) = place(text, at);
            let error =
                WireError::new(WireErrorKind::Malformed, "another name of an instruction", "one that XML reserves");
            return Err(error.at(line, column));
        }
    }
    Ok(())
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
    /// It does not follow the grammar of XML, which the gate forgives as well.
    pub is_malformed: bool,
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
        is_malformed: !follows_grammar(declared),
    }
}

/// Whether what stands between `<?xml` and `?>` is a version, an encoding and `standalone`, in this order; only the first is required.
fn follows_grammar(declared: &str) -> bool {
    let mut rest = declared;
    for name in ["version", "encoding", "standalone"] {
        let Some(after) = rest.trim_start_matches(is_blank).strip_prefix(name) else {
            if name == "version" {
                return false;
            }
            continue;
        };
        let Some((value, after)) = rest.starts_with(is_blank).then(|| equals_literal(after)).flatten() else {
            return false;
        };
        let is_right = match name {
            "version" => value.strip_prefix("1.").is_some_and(|minor| minor.bytes().all(|b| b.is_ascii_digit())),
            "encoding" => value.starts_with(|c: char| c.is_ascii_alphabetic()),
            _ => matches!(value, "yes" | "no"),
        };
        if !is_right {
            return false;
        }
        rest = after;
    }
    rest.chars().all(is_blank)
}

/// `= "value"` with blanks as they come: the value, and what follows.
fn equals_literal(text: &str) -> Option<(&str, &str)> {
    let literal = text.trim_start_matches(is_blank).strip_prefix('=')?.trim_start_matches(is_blank);
    let quote = literal.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    literal.get(1..)?.split_once(quote)
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
        for wrong in ["<r><x:y/>&#xD800;</r>", "<r>&#xD800;</r>", "<r><x:y/><?XML a?></r>"] {
            assert!(described(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_declaration_is_read_from_the_bytes() {
        let standalone = Declaration { is_standalone: true, ..Declaration::default() };
        assert_eq!(declaration(b"<?xml version='1.0' standalone = \"yes\" ?><a/>"), standalone);
        assert_eq!(declaration(b"\xef\xbb\xbf<?xml version='1.0' standalone='yes'?><a/>"), standalone);
        let utf16: Vec<u8> =
            "<?xml version='1.0' standalone='yes'?>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(declaration(&utf16), standalone);
        assert_eq!(declaration(b"<?xml version='1.0' standalone='no'?><a/>"), Declaration::default());
        assert_eq!(declaration(b"<a standalone='yes'/>"), Declaration::default());
        assert!(declaration(b"\n<?xml version='1.0'?><a/>").is_late);
    }

    #[test]
    fn the_declaration_follows_a_grammar() {
        for right in
            ["version='1.0'", "version = \"1.1\"\n encoding='x' standalone='no' ", "version='1.0' standalone='yes'"]
        {
            assert!(!declaration(format!("<?xml {right}?><a/>").as_bytes()).is_malformed, "{right}");
        }
        for wrong in [
            "encoding='UTF-8'",
            "foo",
            "version=1.0",
            "version='2.0'",
            "version='1.0'encoding='x'",
            "version='1.0' standalone='maybe'",
            "version='1.0' standalone='no' encoding='x'",
            "version='1.0' encoding=''",
        ] {
            assert!(declaration(format!("<?xml {wrong}?><a/>").as_bytes()).is_malformed, "{wrong}");
        }
    }
}
