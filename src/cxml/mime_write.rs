//! Owns the writing of a multipart body: a document of ours with its attachments.
//!
//! Line ends are CR LF throughout, since Coupa fails on others, and every part travels as base64, so that no content can look like
//! a boundary. The boundary comes from the caller.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A part to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// `Content-Type`, with its parameters.
    pub content_type: Option<String>,
    /// File name for `Content-Disposition`.
    pub file_name: Option<String>,
    /// The bytes.
    pub content: Vec<u8>,
}

/// A body with its HTTP header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multipart {
    /// The value of `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// The Content-ID of the document itself.
const ROOT_ID: &str = "document@marketgate";

/// Writes `multipart/related` with the document first. The attachments' Content-IDs are what the document's `cid:` URLs name.
/// Line breaks in their headers are removed.
pub fn multipart_related(document: &str, attachments: &[Attachment], boundary: &str) -> Multipart {
    let boundary: String = boundary.chars().filter(char::is_ascii_alphanumeric).take(70).collect();
    let root = Attachment {
        content_id: Some(ROOT_ID.to_owned()),
        content_type: Some("text/xml; charset=UTF-8".to_owned()),
        file_name: None,
        content: document.as_bytes().to_vec(),
    };
    let mut body = String::new();
    for part in std::iter::once(&root).chain(attachments) {
        body.push_str(&format!("--{boundary}\r\n"));
        push_part(&mut body, part);
    }
    body.push_str(&format!("--{boundary}--\r\n"));
    let content_type = format!("multipart/related; boundary=\"{boundary}\"; type=\"text/xml\"; start=\"<{ROOT_ID}>\"");
    Multipart { content_type, body: body.into_bytes() }
}

fn push_part(body: &mut String, part: &Attachment) {
    const LINE_LENGTH: usize = 76;
    let content_type = part.content_type.as_deref().unwrap_or("application/octet-stream");
    body.push_str(&format!("Content-Type: {}\r\n", one_line(content_type)));
    if let Some(id) = &part.content_id {
        body.push_str(&format!("Content-ID: <{}>\r\n", one_line(id)));
    }
    if let Some(name) = &part.file_name {
        let name = one_line(name).replace(['"', '\\'], "");
        body.push_str(&format!("Content-Disposition: attachment; filename=\"{name}\"\r\n"));
    }
    body.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
    let encoded = STANDARD.encode(&part.content);
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(LINE_LENGTH));
        body.push_str(line);
        body.push_str("\r\n");
        rest = tail;
    }
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, admit};

    fn written() -> Multipart {
        let pdf = Attachment {
            content_id: Some("pdf@x\r\nX-Evil: 1".into()),
            content_type: Some("application/pdf".into()),
            file_name: Some("invoice \"1\".pdf".into()),
            content: (0..=255).collect(),
        };
        multipart_related("<cXML>\u{e9}</cXML>", &[pdf], "b0undary")
    }

    #[test]
    fn what_is_written_is_taken_apart_again() {
        let written = written();
        let admitted = admit(&written.body, Some(&written.content_type), &Limits::default()).unwrap();
        assert_eq!(admitted.text(), "<cXML>\u{e9}</cXML>");
        let content = admitted.attachments[0].content(&written.body).unwrap();
        assert_eq!(*content, (0..=255).collect::<Vec<u8>>());
        assert_eq!(admitted.attachments[0].file_name.as_deref(), Some("invoice 1.pdf"));
    }

    #[test]
    fn every_line_ends_with_cr_lf_and_no_header_is_injected() {
        let body = String::from_utf8(written().body).unwrap();
        assert!(!body.replace("\r\n", "").contains(['\r', '\n']));
        assert!(!body.contains("\r\nX-Evil"));
    }
}
