//! Owns multipart bodies: `multipart/mixed` and `multipart/related` are taken apart alike, as the guide demands.
//!
//! The root part (the one that `start` names, else the first) is the cXML document; the others are attachments that the
//! document points to by `cid:`. Attachments are not copied and never looked into: a part is a place in the body.

use std::borrow::Cow;
use std::ops::Range;

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::decode::header_parameter;
use crate::error::{WireError, WireErrorKind};

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// `Content-Type`, with its parameters.
    pub content_type: Option<String>,
    /// File name from `Content-Disposition`, or `name` of the `Content-Type`. From a stranger: never use it as a path.
    pub file_name: Option<String>,
    /// Where its bytes stand in the body, transfer encoding included.
    range: Range<usize>,
    transfer_encoding: TransferEncoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TransferEncoding {
    Identity,
    Base64,
    QuotedPrintable,
}

impl Part {
    /// The bytes, transfer encoding removed, out of the body that the part was found in.
    ///
    /// # Errors
    /// A broken transfer encoding.
    pub fn content<'b>(&self, body: &'b [u8]) -> Result<Cow<'b, [u8]>, WireError> {
        let raw = body.get(self.range.clone()).unwrap_or_default();
        Ok(match self.transfer_encoding {
            TransferEncoding::Identity => Cow::Borrowed(raw),
            TransferEncoding::Base64 => Cow::Owned(from_base64(raw)?),
            TransferEncoding::QuotedPrintable => Cow::Owned(from_quoted_printable(raw)),
        })
    }

    /// Whether a URL such as `cid:x@host` (special characters percent-encoded) points at this part.
    pub fn is_referenced_by(&self, url: &str) -> bool {
        let url = url.trim();
        let Some(id) = url.get(..4).filter(|p| p.eq_ignore_ascii_case("cid:")).and_then(|_| url.get(4..)) else {
            return false;
        };
        self.content_id.as_deref().is_some_and(|own| own == id || own.as_bytes() == percent_decoded(id))
    }
}

/// A multipart body in its two roles.
#[derive(Debug)]
pub(crate) struct Body {
    pub root: Part,
    pub others: Vec<Part>,
}

/// Whether a Content-Type is a multipart one.
pub fn is_multipart(content_type: &str) -> bool {
    boundary(content_type).is_some()
}

/// The boundary, when the Content-Type is a multipart one.
pub(crate) fn boundary(content_type: &str) -> Option<Cow<'_, str>> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_multipart = media_type.get(..10).is_some_and(|prefix| prefix.eq_ignore_ascii_case("multipart/"));
    if is_multipart { Some(header_parameter(content_type, "boundary").unwrap_or_default()) } else { None }
}

/// The Content-ID of the root part, when the Content-Type names one.
pub(crate) fn start(content_type: &str) -> Option<String> {
    header_parameter(content_type, "start").map(|id| without_brackets(&id).to_owned())
}

/// Takes a multipart body apart.
///
/// # Errors
/// No boundary, no part, more parts than allowed, or a `start` that names none.
pub(crate) fn split(bytes: &[u8], boundary: &str, start: Option<&str>, max_parts: usize) -> Result<Body, WireError> {
    if boundary.is_empty() || boundary.len() > 70 {
        return Err(mime_error("a boundary of 1 to 70 characters", "none"));
    }
    let mut others = Vec::new();
    let raw = raw_parts(bytes, boundary, max_parts.saturating_add(1));
    if raw.len() > max_parts {
        return Err(WireError::new(WireErrorKind::TooLarge, format!("at most {max_parts} parts"), "more"));
    }
    others.extend(raw.into_iter().map(|range| part(bytes, range)));
    let root = match start {
        Some(id) => others.iter().position(|part| part.content_id.as_deref() == Some(id)),
        None => Some(0),
    };
    match root.filter(|index| *index < others.len()) {
        Some(index) => Ok(Body { root: others.remove(index), others }),
        None => Err(mime_error("a part with the cXML document", "none")),
    }
}

/// The places between the boundary lines, `most` parts of them; a missing closing boundary is forgiven.
fn raw_parts(bytes: &[u8], boundary: &str, most: usize) -> Vec<Range<usize>> {
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut parts = Vec::new();
    let mut part_start: Option<usize> = None;
    let mut at = 0;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let trimmed = line.trim_ascii_end();
        let after = trimmed.strip_prefix(delimiter.as_slice());
        if matches!(after, Some(b"" | b"--")) {
            if let Some(start) = part_start.take() {
                let raw = bytes.get(start..at).unwrap_or_default();
                parts.push(start..start + without_last_line_break(raw).len());
            }
            if after == Some(b"--") || parts.len() == most {
                return parts;
            }
            part_start = Some(at + line.len());
        }
        at += line.len();
    }
    let has_text = |start: &usize| bytes.get(*start..).is_some_and(|rest| !rest.trim_ascii().is_empty());
    parts.extend(part_start.filter(has_text).map(|start| start..bytes.len()));
    parts
}

fn without_last_line_break(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\r\n").or_else(|| bytes.strip_suffix(b"\n")).unwrap_or(bytes)
}

fn part(bytes: &[u8], range: Range<usize>) -> Part {
    let (head, content) = head_and_body(bytes.get(range.clone()).unwrap_or_default());
    let headers = headers(head);
    let header =
        |name: &str| headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let transfer_encoding = match header("content-transfer-encoding").map(str::to_ascii_lowercase).as_deref() {
        Some("base64") => TransferEncoding::Base64,
        Some("quoted-printable") => TransferEncoding::QuotedPrintable,
        _ => TransferEncoding::Identity,
    };
    let content_type = header("content-type");
    let file_name = header("content-disposition")
        .and_then(|value| header_parameter(value, "filename"))
        .or_else(|| content_type.and_then(|value| header_parameter(value, "name")));
    Part {
        content_id: header("content-id").map(|id| without_brackets(id).to_owned()),
        content_type: content_type.map(str::to_owned),
        file_name: file_name.map(Cow::into_owned),
        range: range.end - content.len()..range.end,
        transfer_encoding,
    }
}

fn head_and_body(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() {
            return (raw.get(..at).unwrap_or_default(), raw.get(at..).unwrap_or_default());
        }
    }
    (raw, &[])
}

/// Header lines with their continuation lines joined.
fn headers(head: &[u8]) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in String::from_utf8_lossy(head).lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((key, value)) = line.split_once(':') {
            headers.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    headers
}

fn from_base64(body: &[u8]) -> Result<Vec<u8>, WireError> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    let compact: Vec<u8> = body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    engine.decode(compact).map_err(|error| mime_error("base64", &error.to_string()))
}

/// Decodes quoted-printable; a broken escape stays as it is, as the RFC recommends.
fn from_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'=' {
            decoded.push(*byte);
        } else if let Some(after) = after_line_break(tail) {
            rest = after;
        } else if let Some(value) = tail.get(..2).and_then(from_hex) {
            decoded.push(value);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            decoded.push(b'=');
        }
    }
    decoded
}

/// What follows a line break, blanks before it forgiven: some gateways add them to the ends of lines.
fn after_line_break(text: &[u8]) -> Option<&[u8]> {
    let blanks = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let text = text.get(blanks..)?;
    text.strip_prefix(b"\r\n").or_else(|| text.strip_prefix(b"\n"))
}

fn from_hex(digits: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(text, 16).ok()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        let escape = (*byte == b'%').then(|| tail.get(..2).and_then(from_hex)).flatten();
        decoded.push(escape.unwrap_or(*byte));
        rest = if escape.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    decoded
}

fn without_brackets(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn mime_error(expected: &str, found: &str) -> WireError {
    WireError::new(WireErrorKind::Mime, expected, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/related; boundary=\"b1\"; type=text/xml; start=\"<doc@x>\"";

    fn body(text: &str) -> (Vec<u8>, Body) {
        let bytes = text.replace('\n', "\r\n").into_bytes();
        let body = split(&bytes, &boundary(TYPE).unwrap(), start(TYPE).as_deref(), 8).unwrap();
        (bytes, body)
    }

    fn content(part: &Part, bytes: &[u8]) -> String {
        String::from_utf8(part.content(bytes).unwrap().into_owned()).unwrap()
    }

    #[test]
    fn start_names_the_root_part_wherever_it_stands() {
        let (bytes, body) =
            body("preamble\n--b1\nContent-ID: <a@x>\n\nfirst\n--b1\ncontent-id: <doc@x>\n\n<cXML/>\n--b1--\nepilogue");
        assert_eq!(content(&body.root, &bytes), "<cXML/>");
        assert_eq!(content(&body.others[0], &bytes), "first");
    }

    #[test]
    fn without_start_the_first_part_is_the_document() {
        let bytes = b"--b\n\n<cXML/>\n--b\n\nx\n--b--";
        let body = split(bytes, "b", None, 8).unwrap();
        assert_eq!((content(&body.root, bytes).as_str(), body.others.len()), ("<cXML/>", 1));
    }

    #[test]
    fn transfer_encodings_are_removed() {
        let text = "--b1\nContent-ID: <doc@x>\nContent-Transfer-Encoding: quoted-printable\n\n<cXML a=3D\"1=C3=A9\">=\n</cXML>\n\
                    --b1\nContent-ID: <f@x>\nContent-Transfer-Encoding: BASE64\nContent-Disposition: attachment;\n filename=\"q.pdf\"\n\nSGVs\nbG8=\n--b1--";
        let (bytes, body) = body(text);
        assert_eq!(content(&body.root, &bytes), "<cXML a=\"1\u{e9}\"></cXML>");
        assert_eq!(content(&body.others[0], &bytes), "Hello");
        assert_eq!(body.others[0].file_name.as_deref(), Some("q.pdf"));
    }

    #[test]
    fn a_soft_line_break_may_have_blanks_in_it() {
        assert_eq!(from_quoted_printable(b"a= \t\r\nb=\nc= d"), b"abc= d");
    }

    #[test]
    fn quoted_parameters_may_hold_what_separates_parameters() {
        let header = "multipart/mixed; x=\"a;boundary=no\"; boundary=\"'b;1'\"";
        assert_eq!(boundary(header).as_deref(), Some("'b;1'"));
        let text =
            "--b\n\n<cXML/>\n--b\nContent-Disposition: attachment; filename=\"offer; \\\"final\\\".pdf\"\n\nx\n--b--";
        let body = split(text.as_bytes(), "b", None, 8).unwrap();
        assert_eq!(body.others[0].file_name.as_deref(), Some("offer; \"final\".pdf"));
    }

    #[test]
    fn binary_content_keeps_its_line_ends() {
        let bytes = b"--b\r\n\r\na\r\n\r\nb\r\n--b--";
        assert_eq!(content(&split(bytes, "b", None, 8).unwrap().root, bytes), "a\r\n\r\nb");
    }

    #[test]
    fn a_cid_url_finds_its_part() {
        let part = part(b"Content-ID: <a b@x>\n\n", 0..21);
        assert!(part.is_referenced_by("cid:a%20b@x") && part.is_referenced_by("CID:a b@x"));
        assert!(!part.is_referenced_by("cid:other@x") && !part.is_referenced_by("https://a b@x"));
    }

    #[test]
    fn hostile_bodies_are_refused() {
        assert!(split(b"--b\n\n1\n--b\n\n2\n--b--", "b", None, 1).is_err());
        assert!(split(b"no boundary at all", "b", None, 8).is_err());
        assert!(split(b"--\n\nx", "", None, 8).is_err());
        assert!(split(b"--b\n\nx\n--b--", "b", Some("doc@x"), 8).is_err());
        let broken = b"--b\nContent-Transfer-Encoding: base64\n\n***\n--b--";
        assert!(split(broken, "b", None, 8).unwrap().root.content(broken).is_err());
    }

    #[test]
    fn only_multipart_types_have_a_boundary() {
        assert_eq!(boundary("text/xml; boundary=b"), None);
        assert_eq!(boundary("Multipart/Mixed; Boundary=b").as_deref(), Some("b"));
    }
}
