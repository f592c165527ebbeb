//! Owns `BuyerCookie`: opaque, from the setup request to the cart, returned as it was sent.
//!
//! The DTD allows anything in it. Text is kept as text. Content with elements is kept as markup, white space, references and CDATA
//! sections included, once it is sure that it can stand in a document of ours.

use crate::error::{WireError, WireErrorKind};
use crate::read::Cursor;
use crate::write::{Element, ascii_only, escaped};

/// Bytes of a cookie. Real ones have about a hundred.
pub const LONGEST: usize = 8 * 1024;

/// What a buyer sent to recognise its own session by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BuyerCookie {
    /// The text, not trimmed; empty where there is markup.
    pub text: String,
    /// The content as sent, if it has elements.
    pub markup: Option<String>,
}

impl From<&str> for BuyerCookie {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), markup: None }
    }
}

impl BuyerCookie {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let cookie = match at.inner_xml() {
            Some(inner) => Self { text: String::new(), markup: Some(own_document(at, inner)?) },
            None => Self { text: at.text().into_owned(), markup: None },
        };
        let length = cookie.markup.as_ref().map_or(cookie.text.len(), String::len);
        if length > LONGEST {
            let error = WireError::new(
                WireErrorKind::Invalid,
                format!("a BuyerCookie of at most {LONGEST} bytes"),
                format!("{length} bytes"),
            );
            return Err(at.located(error.with_remedy("send a shorter one")));
        }
        Ok(cookie)
    }

    pub(crate) fn element(&self) -> Element {
        let element = Element::new("BuyerCookie");
        match &self.markup {
            Some(markup) => element.markup(markup),
            None => element.text(&self.text),
        }
    }
}

/// The markup in a form that may stand anywhere: it declares its own namespaces and can be written in ASCII. A CDATA section with
/// other characters becomes the same text in references.
fn own_document(at: Cursor<'_, '_>, inner: &str) -> Result<String, WireError> {
    let markup = if inner.is_ascii() { inner.to_owned() } else { without_cdata(inner) };
    let alone = format!("<BuyerCookie>{}</BuyerCookie>", ascii_only(&markup));
    if roxmltree::Document::parse(&alone).is_ok() {
        return Ok(markup);
    }
    let error =
        WireError::new(WireErrorKind::Invalid, "a BuyerCookie that can be returned as it is", "markup that cannot");
    Err(at.located(error.with_remedy("declare its namespaces inside of it, and use names in ASCII")))
}

fn without_cdata(markup: &str) -> String {
    let mut plain = String::with_capacity(markup.len());
    let mut rest = markup;
    // A comment hides what looks like a section; it ends before the next section is looked for.
    while let Some(start) = rest.find("<!") {
        let (before, tail) = rest.split_at(start);
        plain.push_str(before);
        let (begin, end) = if tail.starts_with("<!--") { ("<!--", "-->") } else { ("<![CDATA[", "]]>") };
        let inside = tail.strip_prefix(begin).unwrap_or(tail);
        let (content, after) = inside.split_once(end).unwrap_or((inside, ""));
        if begin != "<!--" {
            plain.push_str(&escaped(content));
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str) -> Result<BuyerCookie, WireError> {
        let text = format!("<r xmlns:out='urn:o'><BuyerCookie>{content}</BuyerCookie></r>");
        let document = roxmltree::Document::parse(&text).unwrap();
        BuyerCookie::read(Cursor::root(&document).child("BuyerCookie").unwrap())
    }

    #[test]
    fn markup_is_kept_as_sent() {
        for content in [
            "<id a='1'>7 &amp; 8</id>",
            " \n<a><![CDATA[<x>]]></a>\t<b/> tail &#x41; ",
            "text <Extrinsic name=\"k\">\u{e9}</Extrinsic>",
            "<x:a xmlns:x='urn:x'/>",
        ] {
            assert_eq!(read(content).unwrap(), BuyerCookie { text: String::new(), markup: Some(content.to_owned()) });
        }
        let wide = read("<a><![CDATA[\u{e9}<]]><!-- \u{e9} --></a>").unwrap();
        assert_eq!(wide.markup.as_deref(), Some("<a>\u{e9}&lt;</a>"));
    }

    #[test]
    fn text_is_kept_with_its_white_space() {
        assert_eq!(read(" a<![CDATA[<b>]]>&amp;\n").unwrap(), " a<b>&\n".into());
        assert_eq!(read("").unwrap(), BuyerCookie::default());
    }

    #[test]
    fn what_could_not_be_returned_is_refused() {
        for content in ["<out:a/>", "<\u{e9}/>", &"x".repeat(LONGEST + 1), &format!("<a>{}</a>", "x".repeat(LONGEST))] {
            assert_eq!(read(content).unwrap_err().kind, WireErrorKind::Invalid, "{}", content.len());
        }
    }
}
