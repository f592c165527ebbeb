//! Owns the gate: bytes from a stranger become text that is safe to parse, or an error.
//!
//! Nothing is ever fetched and no entity is ever expanded. The DOCTYPE is kept as data and blanked out of the text, so that the
//! parser runs with DTDs switched off and the line and column of later errors still point into the document as it was sent.

use std::ops::Range;

use roxmltree::{Document, ParsingOptions};

use crate::decode::decode;
use crate::doctype::is_well_formed;
use crate::error::{WireError, WireErrorKind};
use crate::mask::mask_secrets;
use crate::mime::{self, Part};
use crate::reference::unknown_character;
use crate::scan::{place, scan};
use crate::source::Source;
use crate::write::{DtdVersion, is_xml_char};

/// The caps on a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the document.
    pub max_bytes: usize,
    /// Bytes of a multipart body, attachments included.
    pub max_multipart_bytes: usize,
    /// Bytes of the DOCTYPE with its internal subset.
    pub max_doctype_bytes: usize,
    /// Nested elements.
    pub max_depth: usize,
    /// Attributes of one element.
    pub max_attributes: usize,
    /// Different namespace declarations in the document.
    pub max_namespaces: usize,
    /// Elements, texts and comments in the document.
    pub max_nodes: u32,
    /// Parts of a multipart body.
    pub max_parts: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            max_multipart_bytes: 32 * 1024 * 1024,
            max_doctype_bytes: 16 * 1024,
            max_depth: 64,
            max_attributes: 64,
            max_namespaces: 32,
            max_nodes: 2_000_000,
            max_parts: 64,
        }
    }
}

/// What a document says about its DTD. It is information only: documents with a wrong or missing DOCTYPE are served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doctype {
    /// The SYSTEM identifier, as written.
    pub system_id: Option<String>,
    /// The version in the identifier, such as 1.2.014.
    pub version: Option<DtdVersion>,
    /// The last part of the identifier, such as `Fulfill.dtd`.
    pub dtd_file: Option<String>,
    /// Whether there was an internal subset (skipped, never interpreted).
    pub has_internal_subset: bool,
    /// Whether name, identifiers and end follow the grammar of XML.
    pub is_well_formed: bool,
}

/// A document that passed the gate, with the attachments that came along.
#[derive(Debug, Clone)]
pub struct Admitted {
    text: String,
    source: Source,
    max_nodes: u32,
    /// The DOCTYPE, if there was one.
    pub doctype: Option<Doctype>,
    /// The other parts of a multipart body, which stays where it is: they name their place in it.
    pub attachments: Vec<Part>,
}

/// Lets a body through the gate. `content_type` is the HTTP header; the media type itself is not judged, because buyer systems
/// send `text/html` and nothing at all.
///
/// # Errors
/// `TooLarge` (499) for the size, otherwise a kind that is answered 406.
pub fn admit(bytes: &[u8], content_type: Option<&str>, limits: &Limits) -> Result<Admitted, WireError> {
    let Some(boundary) = content_type.and_then(mime::boundary) else {
        check_size("a document", bytes, limits.max_bytes)?;
        return admit_document(bytes, content_type, limits);
    };
    check_size("a multipart body", bytes, limits.max_multipart_bytes)?;
    let start = content_type.and_then(mime::start);
    let mut body = mime::split(bytes, &boundary, start.as_deref(), limits.max_parts)?;
    let document = body.root.content(bytes)?;
    check_size("the cXML part", &document, limits.max_bytes)?;
    let mut admitted = admit_document(&document, body.root.content_type.as_deref(), limits)?;
    admitted.attachments.append(&mut body.others);
    Ok(admitted)
}

fn check_size(what: &str, bytes: &[u8], most: usize) -> Result<(), WireError> {
    if bytes.len() <= most {
        return Ok(());
    }
    let expected = format!("at most {most} bytes in {what}");
    Err(WireError::new(WireErrorKind::TooLarge, expected, format!("{} bytes", bytes.len())))
}

fn admit_document(bytes: &[u8], content_type: Option<&str>, limits: &Limits) -> Result<Admitted, WireError> {
    let (mut text, mut source) = decode(bytes, content_type)?;
    let prolog = scan(&text, limits)?;
    let doctype = prolog.doctype.clone().and_then(|range| text.get(range).map(doctype_of));
    // The later piece first: the first may become shorter.
    for range in [prolog.doctype, prolog.declaration].into_iter().flatten() {
        let piece = text.get(range.clone()).unwrap_or_default();
        let blank = blanked(piece);
        source.blanked(piece, &blank);
        text.replace_range(range, &blank);
    }
    Ok(Admitted { text, source, max_nodes: limits.max_nodes, doctype, attachments: Vec::new() })
}

impl Admitted {
    /// The document as text, without byte order mark, XML declaration and DOCTYPE (blanked, so that places stay right).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes that a range of the text (behind the prolog) came from: of the body, or of the document's own part of a multipart body,
    /// transfer encoding removed. A signature is cut out of the original this way. `None` if the encoding does not tell.
    pub fn original_range(&self, range: Range<usize>) -> Option<Range<usize>> {
        self.source.original(&self.text, range)
    }

    /// Parses the text. Costs what the parser costs: call it once per document, and read everything from the result.
    ///
    /// # Errors
    /// `Malformed` or `Entity` with line and column, `TooComplex` for too many nodes.
    pub fn parse(&self) -> Result<Document<'_>, WireError> {
        refuse_unknown_characters(&self.text)?;
        let options = ParsingOptions { allow_dtd: false, nodes_limit: self.max_nodes, entity_resolver: None };
        Document::parse_with_options(&self.text, options).map_err(|error| parser_error(&error, &self.text))
    }
}

/// A reference to no character of Unicode, such as `&#xD800;`, is refused: the parser would put U+FFFD in its place.
fn refuse_unknown_characters(text: &str) -> Result<(), WireError> {
    let Some(at) = unknown_character(text) else { return Ok(()) };
    let (line, column) = place(text, at);
    let error = WireError::new(WireErrorKind::Malformed, "characters of Unicode", "a reference to none");
    Err(error.at(line, column))
}

fn parser_error(error: &roxmltree::Error, text: &str) -> WireError {
    use roxmltree::Error as E;
    let (kind, expected) = match error {
        E::NodesLimitReached => (WireErrorKind::TooComplex, "fewer elements"),
        E::UnknownEntityReference(..) | E::MalformedEntityReference(_) | E::EntityReferenceLoop(_) => {
            (WireErrorKind::Entity, "no entities but those of XML itself")
        }
        E::NoRootNode if text.chars().any(|c| !is_xml_char(c)) => (WireErrorKind::Encoding, "XML characters"),
        _ => (WireErrorKind::Malformed, "well-formed XML"),
    };
    let at = error.pos();
    // The name of an entity is not repeated: it may be a piece of a secret with a bare `&` in it.
    let found = match kind {
        WireErrorKind::Entity => "an `&` that starts none of them".to_owned(),
        // The parser says the place too, in its own way.
        _ => without_secrets(error.to_string().replace(&format!(" at {at}"), ""), text),
    };
    WireError::new(kind, expected, found).at(at.row, at.col)
}

/// What the parser says, unless it names an element or attribute that is a piece of a secret with a bare `<` in it.
fn without_secrets(said: String, text: &str) -> String {
    let spans = mask_secrets(text.as_bytes()).spans;
    let hidden: Vec<&str> = spans.into_iter().filter_map(|span| text.get(span)).collect();
    let mut named = said.split('\'').skip(1).step_by(2).filter(|name| !name.is_empty());
    if named.any(|name| hidden.iter().any(|secret| secret.contains(name))) {
        "markup that does not fit".to_owned()
    } else {
        said
    }
}

/// As many blanks as there were characters; line breaks stay.
fn blanked(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\r' { c } else { ' ' }).collect()
}

fn doctype_of(text: &str) -> Doctype {
    let head = text.split('[').next().unwrap_or_default();
    let literals: Vec<&str> = quoted(head);
    let system_id = literals.last().map(|id| (*id).to_owned());
    let segments: Vec<&str> = literals.last().map(|id| id.split('/').collect()).unwrap_or_default();
    Doctype {
        version: segments.iter().rev().find_map(|segment| segment.parse().ok()),
        dtd_file: segments.last().filter(|file| !file.is_empty()).map(|file| (*file).to_owned()),
        has_internal_subset: text.len() > head.len(),
        is_well_formed: is_well_formed(text),
        system_id,
    }
}

fn quoted(text: &str) -> Vec<&str> {
    let mut literals = Vec::new();
    let mut rest = text;
    while let Some((start, quote)) = rest.char_indices().find(|(_, c)| *c == '"' || *c == '\'') {
        let Some((literal, after)) = rest.get(start + 1..).and_then(|tail| tail.split_once(quote)) else { break };
        literals.push(literal);
        rest = after;
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_secret_is_no_name_in_an_error() {
        for secret in ["ab<hush>cd", "ab<hush x:y='1'>cd", "ab<hush a='1' a='2'/>"] {
            let text = format!("<cXML><Sender><SharedSecret>{secret}</SharedSecret></Sender></cXML>");
            let admitted = admit(text.as_bytes(), Some("text/xml"), &Limits::default()).unwrap();
            let said = admitted.parse().unwrap_err().to_string();
            assert!(!["hush", "x:y", "'x'", "'a'"].iter().any(|piece| said.contains(piece)), "{said}");
        }
        let plain = admit(b"<cXML><Header></cXML>", Some("text/xml"), &Limits::default()).unwrap();
        let said = plain.parse().unwrap_err().to_string();
        assert!(said.contains("Header"), "{said}");
    }

    #[test]
    fn an_error_says_its_place_once() {
        let said = admitted("<cXML>\n<Header>\n</cXML>").parse().unwrap_err().to_string();
        assert!(said.contains(" at line 3, column ") && !said.contains(" at 3:"), "{said}");
    }

    fn admitted(text: &str) -> Admitted {
        admit(text.as_bytes(), Some("text/xml"), &Limits::default()).unwrap()
    }

    #[test]
    fn the_doctype_is_kept_as_data() {
        let text = "<?xml version='1.0'?>\n<!DOCTYPE cXML SYSTEM\n \"http://xml.cXML.org/schemas/cXML/1.2.014/cXML.dtd\">\n<cXML/>";
        let doctype = admitted(text).doctype.unwrap();
        assert_eq!(doctype.version, Some(DtdVersion(1, 2, 14)));
        assert_eq!(doctype.dtd_file.as_deref(), Some("cXML.dtd"));
        assert!(!doctype.has_internal_subset);
        assert_eq!(admitted("<!DOCTYPE cXML SYSTEM 'cXML.dtd'><cXML/>").doctype.unwrap().version, None);
    }

    #[test]
    fn places_of_later_errors_are_those_of_the_original() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE cXML\n SYSTEM \"\u{e9}\"><cXML>\n  <oops></wrong></cXML>";
        let error = admitted(text).parse().unwrap_err();
        assert_eq!((error.line, error.column), (4, 9));
    }

    #[test]
    fn a_harmless_internal_subset_is_skipped() {
        let text =
            r#"<!DOCTYPE cXML SYSTEM "x.dtd" [ <!ENTITY % help "INCLUDE"> <!ENTITY unused "u"> ]><cXML>t</cXML>"#;
        let admitted = admitted(text);
        assert!(admitted.doctype.as_ref().unwrap().has_internal_subset);
        assert!(admitted.parse().is_ok());
    }

    #[test]
    fn an_entity_that_is_used_is_refused() {
        let text = r#"<!DOCTYPE cXML [ <!ENTITY e "x"> ]><cXML>&e;</cXML>"#;
        assert_eq!(admitted(text).parse().unwrap_err().kind, WireErrorKind::Entity);
    }

    #[test]
    fn a_reference_to_no_character_is_refused_with_its_place() {
        for wrong in ["&#xD800;", "&#55296;", "&#x110000;", "&#99999999999;"] {
            for text in [format!("<a>\n {wrong}</a>"), format!("<a b='1'\nc='{wrong}'/>")] {
                let error = admitted(&text).parse().unwrap_err();
                assert_eq!((error.kind, error.line), (WireErrorKind::Malformed, 2), "{text}");
            }
        }
        for right in ["<a>&#x10FFFD;&#65;</a>", "<a><![CDATA[&#xD800;]]><!-- &#xD800; --></a>"] {
            assert!(admitted(right).parse().is_ok(), "{right}");
        }
    }

    #[test]
    fn a_secret_with_a_bare_ampersand_is_not_repeated_in_the_error() {
        let error = admitted("<SharedSecret>open&sesame;now</SharedSecret>").parse().unwrap_err();
        assert!(!error.to_string().contains("sesame"));
    }

    #[test]
    fn white_space_before_the_declaration_is_tolerated() {
        assert!(admitted("\n  <?xml version='1.0' encoding = 'UTF-8' standalone='no' ?><cXML/>").parse().is_ok());
        assert!(admitted("\u{feff}<cXML/>").parse().is_ok());
    }

    #[test]
    fn size_is_checked_before_anything_else() {
        let limits = Limits { max_bytes: 10, ..Limits::default() };
        assert_eq!(admit(b"<not even xml", None, &limits).unwrap_err().kind, WireErrorKind::TooLarge);
    }

    #[test]
    fn the_number_of_nodes_is_capped() {
        let limits = Limits { max_nodes: 100, ..Limits::default() };
        let text = format!("<a>{}</a>", "<b/>".repeat(200));
        let admitted = admit(text.as_bytes(), None, &limits).unwrap();
        assert_eq!(admitted.parse().unwrap_err().kind, WireErrorKind::TooComplex);
    }
}
