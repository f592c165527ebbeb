//! Owns the masking of secrets before a document is stored: same length, by byte offset, with the hash of the original.
//!
//! It works on bytes and by spelling alone, so that documents which cannot be parsed are masked as well. In doubt it masks too
//! much: an element that never ends is masked to the end of the document, and an encoded document part as a whole.

use std::ops::Range;

use ring::digest;

/// A document without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked {
    /// The bytes, as many as before.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes before masking.
    pub sha256_of_original: [u8; 32],
    /// What was masked, as byte ranges in order.
    pub spans: Vec<Range<usize>>,
}

/// Replaces the content of `SharedSecret` and `CredentialMac` elements, and what a `PCard` says, by asterisks.
pub fn mask_secrets(original: &[u8]) -> Masked {
    mask_in_place(original.to_vec())
}

/// [`mask_secrets`] for bytes that are not needed any more as they are: nothing is copied.
pub fn mask_in_place(mut bytes: Vec<u8>) -> Masked {
    let mut sha256_of_original = [0; 32];
    let digest = digest::digest(&digest::SHA256, &bytes);
    sha256_of_original.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    let spans = hidden_spans(&bytes);
    for span in &spans {
        // The zero bytes of wide encodings stay: the text keeps its encoding.
        bytes
            .get_mut(span.clone())
            .unwrap_or_default()
            .iter_mut()
            .filter(|byte| **byte != 0)
            .for_each(|byte| *byte = b'*');
    }
    Masked { bytes, sha256_of_original, spans }
}

/// What is to be masked, by byte. A document in UTF-32, which no part of this crate reads, is masked as a whole.
fn hidden_spans(bytes: &[u8]) -> Vec<Range<usize>> {
    if matches!(bytes, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [_, 0, 0, 0, ..] | [0, 0, 0, _, ..]) {
        return std::iter::once(0..bytes.len()).collect();
    }
    if let Some(spans) = utf16_spans(bytes) {
        return spans;
    }
    let mut spans = secret_spans(bytes);
    // A bare document has no parts, whatever its texts look like: what we send ourselves is sent as it is kept.
    if !bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start().starts_with(b"<") {
        part_spans(bytes, &mut spans);
    }
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    spans
}

/// The secrets of a text in UTF-16, found in one byte per code unit; `None` for any other text.
fn utf16_spans(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let is_big_endian = match bytes.first_chunk::<2>()? {
        [0xfe, 0xff] => true,
        [0xff, 0xfe] => false,
        [0, low] if *low != 0 => true,
        [low, 0] if *low != 0 => false,
        _ => return None,
    };
    let unit = |pair: &[u8]| match (pair, is_big_endian) {
        ([0, low], true) | ([low, 0], false) => *low,
        _ => 0xff,
    };
    let letters: Vec<u8> = bytes.chunks(2).map(unit).collect();
    Some(secret_spans(&letters).into_iter().map(|span| span.start * 2..span.end * 2).collect())
}

fn secret_spans(text: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(offset) = find(text.get(at..).unwrap_or_default(), b"<") {
        let name_start = at + offset + 1;
        let name = name_at(text, name_start);
        at = name_start + name.len();
        let local = name.rsplit(|b| *b == b':').next().unwrap_or_default();
        if local.starts_with(b"SharedSecret") || local == b"CredentialMac" {
            let content = tag_end(text, at);
            at = if is_self_closing(text, content) { content } else { closing_tag(text, content, local) };
            spans.push(content..at);
        } else if local == b"PCard" {
            let tag = at;
            spans.extend(CARD_ATTRIBUTES.iter().filter_map(|name| attribute_value(text, tag, name)));
            let content = tag_end(text, at);
            at = if is_self_closing(text, content) { content } else { closing_tag(text, content, local) };
            spans.push(content.min(at)..at);
        }
    }
    spans.retain(|span| !span.is_empty());
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    spans
}

/// What a `PCard` says about the card and who holds it; its content is the holder's address.
const CARD_ATTRIBUTES: [&[u8]; 3] = [b"number", b"expiration", b"name"];

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [byte] => haystack.iter().position(|b| b == byte),
        _ => haystack.windows(needle.len()).position(|window| window == needle),
    }
}

fn name_at(text: &[u8], start: usize) -> &[u8] {
    let rest = text.get(start..).unwrap_or_default();
    let length =
        rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-' | b'.')).count();
    rest.get(..length).unwrap_or_default()
}

/// The index after the `>` that ends a tag. Quotes are respected, unless a `<` shows that they are not what they seem: then the
/// first `>` counts, so that a broken attribute cannot hide the content from masking.
fn tag_end(text: &[u8], start: usize) -> usize {
    let mut quote = None;
    for (index, byte) in text.iter().enumerate().skip(start) {
        match (quote, *byte) {
            (None, b'>') => return index + 1,
            (_, b'<') => break,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    let rest = text.get(start..).unwrap_or_default();
    rest.iter().position(|b| *b == b'>').map_or(text.len(), |offset| start + offset + 1)
}

fn is_self_closing(text: &[u8], tag_end: usize) -> bool {
    tag_end.checked_sub(2).and_then(|index| text.get(index..tag_end)) == Some(b"/>")
}

/// Where the closing tag of an element starts; the end of the text if it never does. In comments and CDATA sections none is one.
fn closing_tag(text: &[u8], start: usize, local: &[u8]) -> usize {
    const HIDING: [(&[u8], &[u8]); 2] = [(b"<!--", b"-->"), (b"<![CDATA[", b"]]>")];
    let mut at = start;
    while let Some(offset) = find(text.get(at..).unwrap_or_default(), b"<") {
        at += offset;
        let rest = text.get(at..).unwrap_or_default();
        if let Some((begin, end)) = HIDING.iter().find(|(begin, _)| rest.starts_with(begin)) {
            let inside = rest.get(begin.len()..).unwrap_or_default();
            let Some(length) = find(inside, end) else { break };
            at += begin.len() + length + end.len();
            continue;
        }
        if rest.starts_with(b"</") && name_at(text, at + 2).rsplit(|b| *b == b':').next() == Some(local) {
            return at;
        }
        at += 1;
    }
    text.len()
}

fn attribute_value(text: &[u8], start: usize, name: &[u8]) -> Option<Range<usize>> {
    // An attribute value cannot hold a `<`: looking no further keeps the work linear, whatever stands there.
    let rest = text.get(start..)?;
    let tag = rest.get(..rest.iter().position(|b| *b == b'<').unwrap_or(rest.len()))?;
    let mut at = 0;
    while let Some(offset) = find(tag.get(at..)?, name) {
        let name_start = at + offset;
        at = name_start + name.len();
        let is_whole_name = name_start.checked_sub(1).and_then(|i| tag.get(i)).is_some_and(u8::is_ascii_whitespace);
        let after = tag.get(at..)?;
        let blanks = |bytes: &[u8]| bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let equals = blanks(after);
        if is_whole_name && after.get(equals) == Some(&b'=') {
            let quote = equals + 1 + blanks(after.get(equals + 1..)?);
            let open = after.get(quote).filter(|b| matches!(b, b'"' | b'\''))?;
            let value = after.get(quote + 1..)?;
            let length = value.iter().position(|b| b == open).unwrap_or(value.len());
            let begin = start + at + quote + 1;
            return Some(begin..begin + length);
        }
    }
    None
}

/// What `secret_spans` cannot see in a multipart body: parts that travel encoded, where markup cannot be found, as a whole, and the
/// secrets of parts in UTF-16.
fn part_spans(text: &[u8], spans: &mut Vec<Range<usize>>) {
    let mut part = Part { delimiter: b"", head: String::new(), is_first: true };
    let (mut at, mut is_head, mut is_hidden, mut body_start) = (0, false, false, 0);
    for line in text.split_inclusive(|b| *b == b'\n').chain([b"".as_slice()]) {
        let is_end = at == text.len();
        // A comment in an encoded body may have lines that begin like a delimiter.
        if is_end || line.starts_with(b"--") && (!is_hidden || part.is_ended_by(line)) {
            let body = body_start..at;
            if is_hidden {
                spans.push(body);
            } else if !is_head && let Some(found) = text.get(body).and_then(utf16_spans) {
                spans.extend(found.into_iter().map(|span| body_start + span.start..body_start + span.end));
            }
            (is_head, is_hidden) = (true, false);
            part = Part { delimiter: line.trim_ascii_end(), head: String::new(), is_first: part.delimiter.is_empty() };
        } else if is_head && line.trim_ascii().is_empty() {
            (is_head, body_start) = (false, at + line.len());
            is_hidden = part.is_hidden(text.get(body_start..).unwrap_or_default());
        } else if is_head {
            part.head.push_str(&String::from_utf8_lossy(line).to_ascii_lowercase());
        }
        at += line.len();
    }
    spans.retain(|span| !span.is_empty());
}

/// A part of a multipart body.
struct Part<'b> {
    /// The line that began it.
    delimiter: &'b [u8],
    /// Its header lines, in lower case.
    head: String,
    is_first: bool,
}

impl Part<'_> {
    fn is_ended_by(&self, line: &[u8]) -> bool {
        line.trim_ascii_end().strip_prefix(self.delimiter).is_some_and(|rest| matches!(rest, b"" | b"--"))
    }

    /// Whether it is encoded and may be a cXML document: the first part, one that says so, or one that begins like XML.
    fn is_hidden(&self, body: &[u8]) -> bool {
        // `<?`, `<c`, `<!` and the byte order marks in base64; `<` in quoted-printable.
        const BEGINNINGS: [&[u8]; 9] = [b"PD8", b"PGM", b"PCE", b"77u/", b"//4", b"/v8", b"<", b"=3C", b"=3c"];
        let is_encoded = self.head.contains("base64") || self.head.contains("quoted-printable");
        let is_named = self.is_first || self.head.contains("xml") || !self.head.contains("content-type");
        is_encoded && (is_named || BEGINNINGS.iter().any(|start| body.trim_ascii_start().starts_with(start)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str) -> String {
        String::from_utf8(mask_secrets(text.as_bytes()).bytes).unwrap()
    }

    #[test]
    fn secrets_become_asterisks_of_the_same_length() {
        let table = [
            ("<SharedSecret>abc</SharedSecret>", "<SharedSecret>***</SharedSecret>"),
            ("<x:SharedSecret a='>'>a&lt;</x:SharedSecret >", "<x:SharedSecret a='>'>*****</x:SharedSecret >"),
            ("<SharedSecret><![CDATA[</b>]]></SharedSecret>", "<SharedSecret>****************</SharedSecret>"),
            (
                "<SharedSecret>a<!--</SharedSecret>-->b</SharedSecret>",
                "<SharedSecret>************************</SharedSecret>",
            ),
            (
                "<SharedSecret><![CDATA[</SharedSecret>]]>b</SharedSecret>",
                "<SharedSecret>****************************</SharedSecret>",
            ),
            ("<SharedSecret1>ab</SharedSecret1>", "<SharedSecret1>**</SharedSecret1>"),
            ("<CredentialMac type='t'>ab=</CredentialMac>", "<CredentialMac type='t'>***</CredentialMac>"),
            ("<SharedSecret/><b>x</b>", "<SharedSecret/><b>x</b>"),
            ("<PCard expiration='1' number = '4111'/>", "<PCard expiration='*' number = '****'/>"),
            ("<PCard xnumber='1' number=\"4111\" name='n'/><a/>", "<PCard xnumber='1' number=\"****\" name='*'/><a/>"),
            ("<p:PCard number='1'> <A>b</A></p:PCard><a/>", "<p:PCard number='*'>*********</p:PCard><a/>"),
            ("<PCard number='4111' name='never ended", "<PCard number='****' name='***********"),
            (
                "<PCard number='4111' name='a>b' odd=\"'><b name='n'/>",
                "<PCard number='****' name='*************************",
            ),
            ("<!-- <SharedSecret>abc</SharedSecret> -->", "<!-- <SharedSecret>***</SharedSecret> -->"),
        ];
        for (before, after) in table {
            assert_eq!(masked(before), after);
        }
    }

    #[test]
    fn a_document_that_cannot_be_parsed_is_masked_to_its_end() {
        assert_eq!(masked("<a><SharedSecret>abc</b>"), "<a><SharedSecret>*******");
        assert_eq!(
            masked("<SharedSecret>abc<SharedSecret>d</SharedSecret>"),
            "<SharedSecret>******************</SharedSecret>"
        );
    }

    #[test]
    fn a_broken_quote_does_not_hide_a_secret() {
        assert_eq!(
            masked("<SharedSecret x=\">abc</SharedSecret><b c=\"\"/>"),
            "<SharedSecret x=\">***</SharedSecret><b c=\"\"/>"
        );
    }

    /// Work that grows with the square of the length would not come back from here.
    #[test]
    fn hostile_bytes_are_masked_in_linear_work() {
        for pattern in [
            "<PCard <SharedSecret/ ",
            "<PCard ",
            "<SharedSecret ",
            "<SharedSecret>",
            "<SharedSecret><!-- ",
            "</SharedSecret",
            "--b\nbase64\n\n",
        ] {
            for end in ["", "/>", ">"] {
                let text = pattern.repeat(100_000) + end;
                assert_eq!(masked(&text).len(), text.len());
            }
        }
    }

    #[test]
    fn utf16_is_masked_in_its_own_units() {
        let text = "<a>\u{e9}<SharedSecret>g\u{e9}h</SharedSecret></a>";
        let expected = "<a>\u{e9}<SharedSecret>***</SharedSecret></a>";
        let little = |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        assert_eq!(mask_secrets(&little(text)).bytes, little(expected));
        assert_eq!(mask_secrets(&big(text)).bytes, big(expected));
    }

    #[test]
    fn an_encoded_document_part_is_masked_as_a_whole() {
        let body = "--b\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: base64\r\n\r\nPFNo\r\n--b\r\n\
                    Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBE\r\n--b--";
        let after = masked(body);
        assert!(!after.contains("PFNo") && after.contains("JVBE"));
        assert_eq!(after.len(), body.len());
    }

    #[test]
    fn no_part_of_a_multipart_body_shows_its_secret() {
        let document = "<a><SharedSecret>swordfish</SharedSecret></a>";
        let little: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let wrapped = |head: &str, body: &[u8]| {
            [b"--b\r\n", head.as_bytes(), b"\r\n\r\n", body, b"\r\n--b\r\n\r\nplain\r\n--b--"].concat()
        };
        let broken = "<!-- a\n-->\n\n<a><Shared=\nSecret>swordfish</SharedSecret>";
        for body in [
            wrapped("Content-Type: text/xml; charset=UTF-16", &[b"\xff\xfe".as_slice(), &little].concat()),
            wrapped("Content-Type: text/xml; charset=UTF-16", &little),
            wrapped("Content-Type: text/xml\r\nContent-Transfer-Encoding: quoted-printable", broken.as_bytes()),
            wrapped("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable", broken.as_bytes()),
        ] {
            let masked = mask_secrets(&body);
            let letters: Vec<u8> = masked.bytes.iter().copied().filter(|byte| *byte != 0).collect();
            let shown = String::from_utf8_lossy(&letters);
            assert!(!shown.contains("swordfish") && shown.contains("plain"), "{shown}");
            assert_eq!(masked.bytes.len(), body.len());
        }
        let encoded =
            wrapped("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64", b"PGFiYz4=");
        assert!(!String::from_utf8_lossy(&mask_secrets(&encoded).bytes).contains("PGFi"));
    }

    #[test]
    fn a_text_that_looks_like_a_part_is_left_alone() {
        let text = "<?xml version='1.0'?><a><d>offer\n---\nTakes base64\n\nand more</d></a>";
        assert_eq!(masked(text), text);
        assert_eq!(masked(&format!("\u{feff}\n{text}")), format!("\u{feff}\n{text}"));
    }

    #[test]
    fn wide_encodings_without_a_mark_hide_nothing() {
        let text = "\n <a><SharedSecret>swordfish</SharedSecret></a>";
        let wide = |text: &str| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect::<Vec<u8>>();
        for bytes in [
            text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            wide(text),
            wide(&format!("\u{feff}{text}")),
        ] {
            let letters: Vec<u8> = mask_secrets(&bytes).bytes.into_iter().filter(|byte| *byte != 0).collect();
            assert!(!String::from_utf8_lossy(&letters).contains("swordfish"));
        }
    }

    #[test]
    fn nothing_else_changes_and_the_original_is_identified() {
        let text = "<cXML><Identity>abc</Identity><SharedSecret>s</SharedSecret></cXML>";
        let result = mask_secrets(text.as_bytes());
        assert_eq!(result.spans, vec![44..45]);
        assert_ne!(result.sha256_of_original, mask_secrets(&result.bytes).sha256_of_original);
        assert_eq!(mask_secrets(&result.bytes).bytes, result.bytes);
    }
}
