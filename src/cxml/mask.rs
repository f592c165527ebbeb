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

/// Replaces the content of `SharedSecret` and `CredentialMac` elements and card numbers by asterisks.
pub fn mask_secrets(original: &[u8]) -> Masked {
    let units = Units::of(original);
    let spans: Vec<Range<usize>> = secret_spans(&units.ascii)
        .into_iter()
        .chain(encoded_parts(&units.ascii))
        .map(|span| units.in_bytes(span))
        .collect();
    let mut bytes = original.to_vec();
    for span in &spans {
        units.overwrite(bytes.get_mut(span.clone()).unwrap_or_default());
    }
    let mut sha256_of_original = [0; 32];
    let digest = digest::digest(&digest::SHA256, original);
    sha256_of_original.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    Masked { bytes, sha256_of_original, spans }
}

/// The document as one byte per code unit, in which markup can be found whatever the encoding.
struct Units<'b> {
    ascii: std::borrow::Cow<'b, [u8]>,
    width: usize,
    is_big_endian: bool,
}

impl<'b> Units<'b> {
    fn of(bytes: &'b [u8]) -> Self {
        let is_big_endian = bytes.starts_with(&[0xfe, 0xff]) || bytes.starts_with(&[0, b'<']);
        let is_little_endian = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[b'<', 0]);
        if !is_big_endian && !is_little_endian {
            return Self { ascii: bytes.into(), width: 1, is_big_endian };
        }
        let unit = |pair: &[u8]| match (pair, is_big_endian) {
            ([0, low], true) | ([low, 0], false) => *low,
            _ => 0xff,
        };
        Self { ascii: bytes.chunks(2).map(unit).collect::<Vec<u8>>().into(), width: 2, is_big_endian }
    }

    fn in_bytes(&self, span: Range<usize>) -> Range<usize> {
        span.start * self.width..span.end * self.width
    }

    fn overwrite(&self, bytes: &mut [u8]) {
        for (index, byte) in bytes.iter_mut().enumerate() {
            let is_padding = self.width == 2 && (index % 2 == 0) == self.is_big_endian;
            *byte = if is_padding { 0 } else { b'*' };
        }
    }
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
            spans.extend(attribute_value(text, at, b"number"));
        }
    }
    spans.retain(|span| !span.is_empty());
    spans
}

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

/// Where the closing tag of an element starts; the end of the text if it never does.
fn closing_tag(text: &[u8], start: usize, local: &[u8]) -> usize {
    let mut at = start;
    while let Some(offset) = find(text.get(at..).unwrap_or_default(), b"</") {
        let name = name_at(text, at + offset + 2);
        if name.rsplit(|b| *b == b':').next() == Some(local) {
            return at + offset;
        }
        at += offset + 2;
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

/// The bodies of XML parts of a multipart body that travel encoded: markup cannot be found in them, so all of it is masked.
fn encoded_parts(text: &[u8]) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut head = String::new();
    let (mut at, mut is_head, mut body_start) = (0, text.starts_with(b"--"), 0);
    let mut is_secret = false;
    for line in text.split_inclusive(|b| *b == b'\n').chain([b"--".as_slice()]) {
        if line.starts_with(b"--") {
            if is_secret && body_start < at {
                spans.push(body_start..at);
            }
            (is_head, is_secret) = (true, false);
            head.clear();
        } else if is_head && line.trim_ascii().is_empty() {
            is_head = false;
            is_secret = is_encoded_xml(&head);
            body_start = at + line.len();
        } else if is_head {
            head.push_str(&String::from_utf8_lossy(line).to_ascii_lowercase());
        }
        at += line.len();
    }
    spans
}

fn is_encoded_xml(head: &str) -> bool {
    let is_encoded = head.contains("base64") || head.contains("quoted-printable");
    is_encoded && (head.contains("xml") || !head.contains("content-type"))
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
            ("<SharedSecret1>ab</SharedSecret1>", "<SharedSecret1>**</SharedSecret1>"),
            ("<CredentialMac type='t'>ab=</CredentialMac>", "<CredentialMac type='t'>***</CredentialMac>"),
            ("<SharedSecret/><b>x</b>", "<SharedSecret/><b>x</b>"),
            ("<PCard expiration='1' number = '4111'/>", "<PCard expiration='1' number = '****'/>"),
            ("<PCard xnumber='1' number=\"4111\" name='n'/>", "<PCard xnumber='1' number=\"****\" name='n'/>"),
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
    fn nothing_else_changes_and_the_original_is_identified() {
        let text = "<cXML><Identity>abc</Identity><SharedSecret>s</SharedSecret></cXML>";
        let result = mask_secrets(text.as_bytes());
        assert_eq!(result.spans, vec![44..45]);
        assert_ne!(result.sha256_of_original, mask_secrets(&result.bytes).sha256_of_original);
        assert_eq!(mask_secrets(&result.bytes).bytes, result.bytes);
    }
}
