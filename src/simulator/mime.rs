//! The little MIME that mails and multipart documents need: headers, transfer encodings, encoded words, parts. Lenient in
//! reading, bounded in depth; it never fails, it returns what it can make out. Writing is strict: CRLF, base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One entity: headers and undecoded body.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Entity {
    /// Splits at the first empty line; folded headers are joined.
    pub(crate) fn parse(raw: &[u8]) -> Self {
        let (head, body) = split_head(raw);
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in String::from_utf8_lossy(head).lines() {
            match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (false, _, Some((name, value))) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
                _ => {}
            }
        }
        Self { headers, body: body.to_vec() }
    }

    /// The body of an HTTP message as an entity.
    pub(crate) fn of_content(content_type: &str, body: &[u8]) -> Self {
        Self { headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body: body.to_vec() }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn media_type(&self) -> String {
        let content_type = self.header("Content-Type").unwrap_or("text/plain");
        content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The parts of a multipart entity; none where its boundary lines do not stand between CRLFs
    /// or the closing one is missing; Coupa demands both.
    pub(crate) fn parts(&self) -> Vec<Entity> {
        let Some(boundary) = self.header("Content-Type").and_then(|value| parameter(value, "boundary")) else {
            return Vec::new();
        };
        let mut framed = b"\r\n".to_vec();
        framed.extend_from_slice(&self.body);
        let delimiter = format!("\r\n--{boundary}");
        let pieces = split_on(&framed, delimiter.as_bytes());
        let Some(end) = pieces.iter().skip(1).position(|piece| piece.starts_with(b"--")) else { return Vec::new() };
        pieces.into_iter().skip(1).take(end).map(|piece| Self::parse(after_line_end(piece))).collect()
    }

    /// The body with its transfer encoding undone.
    pub(crate) fn content(&self) -> Vec<u8> {
        match self.header("Content-Transfer-Encoding").map(str::to_ascii_lowercase).as_deref() {
            Some("base64") => {
                let packed: Vec<u8> = self.body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
                STANDARD.decode(packed).unwrap_or_default()
            }
            Some("quoted-printable") => quoted_printable(&self.body),
            _ => self.body.clone(),
        }
    }

    /// The first text inside, plain text before HTML.
    pub(crate) fn text(&self) -> String {
        let leaves = self.leaves(4);
        let pick = |wanted: &str| leaves.iter().find(|leaf| leaf.media_type() == wanted);
        let leaf = pick("text/plain").or_else(|| pick("text/html"));
        leaf.map(|leaf| String::from_utf8_lossy(&leaf.content()).replace("\r\n", "\n")).unwrap_or_default()
    }

    fn leaves(&self, depth_left: usize) -> Vec<Entity> {
        if self.media_type().starts_with("multipart/") && depth_left > 0 {
            self.parts().iter().flat_map(|part| part.leaves(depth_left - 1)).collect()
        } else {
            vec![self.clone()]
        }
    }
}

/// A file to be sent beside a document.
pub(crate) struct Enclosure<'a> {
    /// `Content-ID` without its brackets.
    pub(crate) content_id: &'a str,
    pub(crate) media_type: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) content: &'a [u8],
}

/// Content type and body of a `multipart/related` message: the document first, then the file.
pub(crate) fn related(document: &str, enclosure: &Enclosure<'_>) -> (String, Vec<u8>) {
    let boundary = format!("part.{}", enclosure.content_id.replace(|c: char| !c.is_ascii_alphanumeric(), "."));
    let root = format!("cxml.{}", enclosure.content_id);
    let packed = STANDARD.encode(enclosure.content);
    let mut body = format!(
        "--{boundary}\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\
         Content-ID: <{root}>\r\n\r\n{document}\r\n--{boundary}\r\nContent-Type: {}\r\n\
         Content-Transfer-Encoding: base64\r\nContent-ID: <{}>\r\n\
         Content-Disposition: attachment; filename=\"{}\"\r\n\r\n",
        one_line(enclosure.media_type),
        enclosure.content_id,
        enclosure.file_name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-"),
    );
    for (n, c) in packed.chars().enumerate() {
        if n > 0 && n % 76 == 0 {
            body.push_str("\r\n");
        }
        body.push(c);
    }
    body.push_str(&format!("\r\n--{boundary}--\r\n"));
    (format!("multipart/related; boundary=\"{boundary}\"; type=\"text/xml\"; start=\"<{root}>\""), body.into_bytes())
}

/// No header of ours ends in the middle of a value.
fn one_line(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

/// A parameter of a header value, quoted or not.
pub(crate) fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (known, value) = parameter.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// Decodes the encoded words (RFC 2047) of a header in UTF-8 or ASCII; leaves anything else as it is.
pub(crate) fn decode_words(value: &str) -> String {
    let mut decoded = String::new();
    let mut rest = value;
    let mut after_word = false;
    while let Some((before, word, after)) = next_word(rest) {
        if !(after_word && before.trim().is_empty()) {
            decoded.push_str(before);
        }
        decoded.push_str(&word);
        rest = after;
        after_word = true;
    }
    decoded.push_str(rest);
    decoded
}

fn next_word(text: &str) -> Option<(&str, String, &str)> {
    let (before, after) = text.split_once("=?")?;
    let (charset, after) = after.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    let (word, after) = after.split_once("?=")?;
    if !["utf-8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known)) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(word).ok()?,
        "Q" | "q" => quoted_printable(word.replace('_', " ").as_bytes()),
        _ => return None,
    };
    Some((before, String::from_utf8_lossy(&bytes).into_owned(), after))
}

fn quoted_printable(encoded: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'=' {
            decoded.push(byte);
            continue;
        }
        match after {
            [b'\r', b'\n', tail @ ..] | [b'\n', tail @ ..] => rest = tail,
            [high, low, tail @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high * 16 + low);
                    rest = tail;
                }
                _ => decoded.push(byte),
            },
            _ => decoded.push(byte),
        }
    }
    decoded
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn split_head(raw: &[u8]) -> (&[u8], &[u8]) {
    if let Some(body) = raw.strip_prefix(b"\r\n") {
        return (&[], body);
    }
    for separator in [&b"\r\n\r\n"[..], &b"\n\n"[..]] {
        if let Some(at) = raw.windows(separator.len()).position(|window| window == separator) {
            let (head, rest) = raw.split_at(at);
            return (head, rest.get(separator.len()..).unwrap_or_default());
        }
    }
    (raw, &[])
}

fn split_on<'a>(text: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.windows(delimiter.len()).position(|window| window == delimiter) {
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        rest = after.get(delimiter.len()..).unwrap_or_default();
    }
    pieces.push(rest);
    pieces
}

fn after_line_end(piece: &[u8]) -> &[u8] {
    let blank = piece.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let piece = piece.get(blank..).unwrap_or_default();
    piece.strip_prefix(b"\r\n").unwrap_or(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_joined_without_the_blank_between_them() {
        assert_eq!(decode_words("=?utf-8?Q?Caf=C3=A9_?= =?UTF-8?B?b3JkZXI=?= 4711"), "Café order 4711");
        assert_eq!(decode_words("=?koi8-r?B?b3JkZXI=?= plain"), "=?koi8-r?B?b3JkZXI=?= plain");
    }

    #[test]
    fn soft_line_breaks_vanish_and_broken_escapes_stay() {
        assert_eq!(quoted_printable(b"a=\r\nb=3D=zz="), b"ab==zz=");
    }

    #[test]
    fn plain_text_is_found_inside_nested_multiparts() {
        let raw = "Subject: x\r\nContent-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\n\
                   Content-Type: multipart/alternative;\r\n boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n\
                   --i\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=\r\n--i--\r\n\
                   --o--\r\n";
        assert_eq!(Entity::parse(raw.as_bytes()).text(), "hello");
    }

    #[test]
    fn what_we_enclose_can_be_read_again() {
        let content: Vec<u8> = (0..=255).collect();
        let enclosure = Enclosure {
            content_id: "file1@sim",
            media_type: "application/pdf\r\nX-Evil: 1",
            file_name: "terms \"a\".pdf",
            content: &content,
        };
        let (content_type, body) = related("<cXML/>", &enclosure);
        let parts = Entity::of_content(&content_type, &body).parts();
        assert_eq!(parts[0].content(), b"<cXML/>");
        assert_eq!(parameter(&content_type, "start").as_deref(), parts[0].header("Content-ID"));
        assert_eq!(parts[1].content(), content);
        assert_eq!(parts[1].header("Content-ID"), Some("<file1@sim>"));
        assert_eq!(parts[1].header("X-Evil"), None);
        assert!(String::from_utf8(body).unwrap().lines().all(|line| line.len() < 100));
    }

    #[test]
    fn a_multipart_with_bare_line_feeds_has_no_parts() {
        let unix = Entity::of_content("multipart/related; boundary=b", b"--b\nContent-Type: text/xml\n\n<a/>\n--b--\n");
        assert!(unix.parts().is_empty());
        let crlf = Entity::of_content(
            "multipart/related; boundary=b",
            b"--b\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--b--\r\n",
        );
        assert_eq!(crlf.parts()[0].content(), b"<a/>");
    }
}
