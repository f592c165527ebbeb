//! Owns the step from bytes to text: which encoding wins, and what happens to bytes that do not fit it.
//!
//! Order: byte order mark, `charset` of the Content-Type, XML declaration, UTF-8. Replacement characters are never inserted:
//! a document that cannot be decoded exactly is refused, because a guessed letter in a part number is a wrong order.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{WireError, WireErrorKind};
use crate::source::Source;

/// Decodes `bytes` into text without a byte order mark.
///
/// # Errors
/// An unknown encoding name, or bytes that are not legal in the chosen encoding.
pub(crate) fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<(String, Source), WireError> {
    let (encoding, rest) = choose(bytes, content_type)?;
    let text = decode_as(encoding, rest)?;
    Ok((text, Source::new(encoding, bytes.len() - rest.len())))
}

fn decode_as(encoding: &'static Encoding, rest: &[u8]) -> Result<String, WireError> {
    encoding.decode_without_bom_handling_and_without_replacement(rest).map(Cow::into_owned).ok_or_else(|| {
        let utf8 = (encoding == UTF_8).then(|| std::str::from_utf8(rest).err()).flatten();
        let valid = utf8.and_then(|error| rest.get(..error.valid_up_to()));
        undecodable(encoding.name(), valid.unwrap_or_default())
    })
}

/// The value of a parameter of a header such as `text/xml; charset="utf-8"`, without quotes.
pub(crate) fn header_parameter<'a>(header: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let mut rest = after_value(header);
    while let Some(parameter) = rest.strip_prefix(';') {
        rest = after_value(parameter);
        let parameter = parameter.get(..parameter.len() - rest.len())?;
        if let Some((key, value)) = parameter.split_once('=')
            && key.trim().eq_ignore_ascii_case(name)
        {
            return Some(unquoted(value.trim()));
        }
    }
    None
}

/// What stands from the next `;` on that is outside of double quotes. Without a closing quote the quotes mean nothing.
fn after_value(text: &str) -> &str {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_quoted,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => return text.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    if is_quoted { text.find(';').and_then(|at| text.get(at..)).unwrap_or_default() } else { "" }
}

/// A value without its quotes; apostrophes are no quotes to the standard, but to some senders.
fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"') else { return Cow::Borrowed(value.trim_matches('\'')) };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(c) = letters.next() {
        plain.extend(if c == '\\' { letters.next() } else { Some(c) });
    }
    Cow::Owned(plain)
}

fn choose<'b>(bytes: &'b [u8], content_type: Option<&str>) -> Result<(&'static Encoding, &'b [u8]), WireError> {
    if let Some((encoding, bom_length)) = Encoding::for_bom(bytes) {
        return Ok((encoding, bytes.get(bom_length..).unwrap_or_default()));
    }
    let charset = content_type.and_then(|header| header_parameter(header, "charset"));
    // A header that came twice is joined by a comma.
    if let Some(label) =
        charset.as_deref().and_then(|charset| charset.split([',', ' ']).next()).filter(|l| !l.is_empty())
    {
        return Ok((by_label(label, bytes)?, bytes));
    }
    if let Some(encoding) = looks_like_utf16(bytes) {
        return Ok((encoding, bytes));
    }
    match declared(bytes) {
        // Text that calls itself UTF-16 but can be read as single bytes was converted on the way without its declaration.
        Some(label) if label.to_ascii_lowercase().starts_with("utf-16") => Ok((UTF_8, bytes)),
        Some(label) => Ok((by_label(label, bytes)?, bytes)),
        None => Ok((UTF_8, bytes)),
    }
}

fn by_label(label: &str, bytes: &[u8]) -> Result<&'static Encoding, WireError> {
    // Plain ASCII is UTF-8; a sender that says ASCII and sends more means UTF-8 in practice.
    if label.eq_ignore_ascii_case("us-ascii") || label.eq_ignore_ascii_case("ascii") {
        return Ok(UTF_8);
    }
    let encoding = Encoding::for_label(label.as_bytes())
        // Java once wrote `ISO8859_1`.
        .or_else(|| Encoding::for_label(label.replace('_', "-").as_bytes()))
        .ok_or_else(|| WireError::new(WireErrorKind::Encoding, "a known character encoding", label))?;
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Ok(looks_like_utf16(bytes).unwrap_or(UTF_8));
    }
    Ok(encoding)
}

fn looks_like_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.first_chunk::<2>()? {
        [0, b] if *b != 0 => Some(UTF_16BE),
        [b, 0] if *b != 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// The encoding named in the XML declaration of single-byte text.
fn declared(bytes: &[u8]) -> Option<&str> {
    const FAR_ENOUGH: usize = 256;
    let head = bytes.get(..bytes.len().min(FAR_ENOUGH))?;
    let start = head.iter().position(|b| !b.is_ascii_whitespace())?;
    let head = head.get(start..)?.strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|w| w == b"?>")?;
    let declaration = std::str::from_utf8(head.get(..end)?).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    value.get(1..)?.split(quote).next()
}

fn undecodable(encoding: &str, valid: &[u8]) -> WireError {
    let line = valid.split(|b| *b == b'\n').count();
    let column = valid.rsplit(|b| *b == b'\n').next().map_or(0, <[u8]>::len) + 1;
    let error = WireError::new(WireErrorKind::Encoding, format!("text in {encoding}"), "bytes that are not");
    match (u32::try_from(line), u32::try_from(column)) {
        (Ok(line), Ok(column)) if !valid.is_empty() => error.at(line, column),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], content_type: Option<&str>) -> Result<String, WireError> {
        super::decode(bytes, content_type).map(|(text, _)| text)
    }

    const LATIN: &[u8] = b"<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>\xe9</a>";

    #[test]
    fn the_declaration_decides_when_nothing_else_does() {
        assert!(decode(LATIN, None).unwrap().contains('\u{e9}'));
        assert!(decode(LATIN, Some("application/xml")).unwrap().contains('\u{e9}'));
        assert!(decode(b"<?xml version='1.0' encoding='ISO-8859-15'?><a>\xa4</a>", None).unwrap().contains('\u{20ac}'));
    }

    #[test]
    fn the_charset_parameter_beats_the_declaration() {
        let bytes = "<?xml version='1.0' encoding='ISO-8859-1'?><a>\u{e9}</a>".as_bytes();
        assert!(decode(bytes, Some("text/xml; charset=\"utf-8\"")).unwrap().contains("<a>\u{e9}</a>"));
    }

    #[test]
    fn a_byte_order_mark_beats_everything_and_is_removed() {
        let mut utf16 = vec![0xff, 0xfe];
        utf16.extend("<a>\u{e9}</a>".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(decode(&utf16, Some("text/xml; charset=iso-8859-1")).unwrap(), "<a>\u{e9}</a>");
        assert_eq!(decode(b"\xef\xbb\xbf<a/>", None).unwrap(), "<a/>");
    }

    #[test]
    fn utf16_without_a_mark_is_recognised() {
        let big: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&big, None).unwrap(), "<a/>");
        assert_eq!(decode(&little, Some("text/xml; charset=UTF-16")).unwrap(), "<a/>");
    }

    #[test]
    fn a_declaration_that_lies_about_utf16_is_ignored() {
        assert!(decode(b"<?xml version='1.0' encoding='utf-16'?><a/>", None).is_ok());
    }

    #[test]
    fn ascii_in_the_header_means_utf8() {
        assert!(decode("<a>\u{e9}</a>".as_bytes(), Some("text/xml;charset=us-ascii")).is_ok());
    }

    #[test]
    fn labels_and_headers_of_old_systems_are_understood() {
        let java = b"<?xml version='1.0' encoding='ISO8859_1'?><a>\xe9</a>";
        assert!(decode(java, None).unwrap().contains('\u{e9}'));
        let joined = "text/xml; charset=ISO-8859-1, text/xml; charset=ISO-8859-1";
        assert_eq!(decode(b"<a>\xe9</a>", Some(joined)).unwrap(), "<a>\u{e9}</a>");
    }

    #[test]
    fn parameters_are_told_apart_by_their_quotes() {
        let header = "a/b; x=\"1;y=2\" ; Y = '3' ; z=\"4\\\"5\"; open=\"6; last=7";
        let value = |name| header_parameter(header, name).map(Cow::into_owned);
        assert_eq!(value("x").as_deref(), Some("1;y=2"));
        assert_eq!(value("y").as_deref(), Some("3"));
        assert_eq!(value("z").as_deref(), Some("4\"5"));
        assert_eq!(value("last").as_deref(), Some("7"));
        assert_eq!(value("missing"), None);
    }

    #[test]
    fn wrong_bytes_are_refused_with_their_place_and_never_replaced() {
        let error = decode(b"<a>\n  x\xff</a>", None).unwrap_err();
        assert_eq!((error.kind, error.line, error.column), (WireErrorKind::Encoding, 2, 4));
        assert_eq!(decode(b"<a/>", Some("text/xml; charset=klingon")).unwrap_err().kind, WireErrorKind::Encoding);
    }
}
