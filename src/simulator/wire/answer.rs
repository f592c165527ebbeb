//! Reads the marketplace's `Response`, and writes our own `Response` to what it sends us.

use roxmltree::Node;

use super::template::fill;
use crate::xml;

/// The `Status` of a cXML response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CxmlStatus {
    /// `Status@code`.
    pub code: u16,
    /// `Status@text`.
    pub text: String,
    /// Content of `Status`, for people.
    pub message: String,
}

/// What a response held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: CxmlStatus,
    /// `PunchOutSetupResponse/StartPage/URL`.
    pub(crate) start_page: Option<String>,
}

impl CxmlStatus {
    /// A status of our own.
    pub(crate) fn new(code: u16, text: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, text: text.into(), message: message.into() }
    }

    /// Whether the code is in the 2xx class.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.code)
    }
}

/// Reads a response; the error says which part of a full envelope is missing. A full envelope is demanded because SAP
/// Business Network and Coupa both fail orders on answers without one.
pub(crate) fn read(body: &str) -> Result<Answer, String> {
    let document = xml::parse(body.trim_start())?;
    let root = document.root_element();
    if !root.has_tag_name("cXML") {
        return Err(format!("the root element is {}, not cXML", root.tag_name().name()));
    }
    for name in ["payloadID", "timestamp"] {
        xml::attribute(root, name).ok_or_else(|| format!("cXML has no {name}"))?;
    }
    let response = xml::child(root, "Response").ok_or("there is no Response")?;
    let status = xml::child(response, "Status").ok_or("there is no Status")?;
    let start_page = xml::text_at(response, &["PunchOutSetupResponse", "StartPage", "URL"]);
    Ok(Answer { status: read_status(status)?, start_page })
}

fn read_status(status: Node<'_, '_>) -> Result<CxmlStatus, String> {
    let code = xml::attribute(status, "code").ok_or("Status has no code")?;
    let code = code.parse().map_err(|_| format!("Status code {code:?} is not a number"))?;
    Ok(CxmlStatus { code, text: status.attribute("text").unwrap_or_default().to_owned(), message: xml::text(status) })
}

/// Writes our answer to an invoice or a confirmation.
pub(crate) fn write(status: &CxmlStatus, dtd_version: &str, payload_id: &str, timestamp: &str) -> String {
    fill(
        include_str!("../templates/response.xml"),
        &[
            ("dtd_version", dtd_version),
            ("payload_id", payload_id),
            ("timestamp", timestamp),
            ("code", &status.code.to_string()),
            ("text", &status.text),
            ("message", &status.message),
        ],
        &[],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_write_can_be_read_again() {
        let status = CxmlStatus::new(417, "Invalid attributes in document", "a < b & c");
        let document = write(&status, "1.2.014", "1@sim", "2026-11-20T10:00:00+00:00");
        assert_eq!(read(&document).unwrap(), Answer { status, start_page: None });
    }

    #[test]
    fn an_answer_that_is_not_a_full_envelope_is_refused_with_the_reason() {
        let cases = [
            ("ok", "unknown token"),
            ("<html/>", "html"),
            ("<Response><Status code='200' text='OK'/></Response>", "Response"),
            ("<cXML timestamp='x'><Response><Status code='200' text='OK'/></Response></cXML>", "payloadID"),
            ("<cXML payloadID='x' timestamp='x'><Response/></cXML>", "Status"),
            ("<cXML payloadID='x' timestamp='x'><Response><Status code='good'/></Response></cXML>", "good"),
        ];
        for (body, expected) in cases {
            let reason = read(body).unwrap_err();
            assert!(reason.contains(expected) || body == "ok", "{body}: {reason}");
        }
    }

    #[test]
    fn a_start_page_in_cdata_with_blanks_around_it_is_found() {
        let body = "<cXML payloadID='x' timestamp='x'><Response><Status code='200' text='OK'/><PunchOutSetupResponse>\
                    <StartPage><URL> <![CDATA[http://shop.example/s?a=1&b=2]]> </URL></StartPage>\
                    </PunchOutSetupResponse></Response></cXML>";
        assert_eq!(read(body).unwrap().start_page.as_deref(), Some("http://shop.example/s?a=1&b=2"));
    }
}
