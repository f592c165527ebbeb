//! Owns writing: the one place that touches xml-builder.
//!
//! xml-builder writes the root and leaves text raw, so every text is escaped here, and nothing else may call it; what stands below
//! the root is serialised here in one pass. Names are constants of this crate.
//! Attribute white space is normalised (its escaper makes references impossible), control characters that XML cannot carry
//! become U+FFFD, and no indentation is added, so that what is written is read back unchanged.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use xml_builder::XMLElement;

/// A version of the cXML DTDs, ordered, such as `1.2.014`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DtdVersion(pub u16, pub u16, pub u16);

impl DtdVersion {
    /// The best-travelled version for PunchOut, orders and plain responses.
    pub const PUNCHOUT: Self = Self(1, 2, 14);
    /// The best-travelled version for invoices.
    pub const INVOICE: Self = Self(1, 2, 20);
    /// The oldest version that Coupa takes for confirmations.
    pub const CONFIRMATION: Self = Self(1, 2, 36);
}

impl fmt::Display for DtdVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{:03}", self.0, self.1, self.2)
    }
}

/// The text is not of the form `1.2.014` (or `1.2`, which early documents use).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cXML DTD version such as 1.2.014")]
pub struct NotADtdVersion;

impl FromStr for DtdVersion {
    type Err = NotADtdVersion;

    fn from_str(text: &str) -> Result<Self, NotADtdVersion> {
        let mut numbers = text.split('.').map(|part| {
            part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<u16>().ok()).flatten().ok_or(NotADtdVersion)
        });
        let major = numbers.next().ok_or(NotADtdVersion)??;
        let minor = numbers.next().ok_or(NotADtdVersion)??;
        let patch = numbers.next().unwrap_or(Ok(0))?;
        if numbers.next().is_some() { Err(NotADtdVersion) } else { Ok(Self(major, minor, patch)) }
    }
}

/// The DTD files that our documents belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtd {
    /// Profile, PunchOut, order, status update, plain responses.
    Cxml,
    /// Confirmation and ship notice.
    Fulfill,
    /// Invoice.
    InvoiceDetail,
}

/// What the DOCTYPE of an outgoing document declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentType {
    /// The DTD file.
    pub dtd: Dtd,
    /// Its version; the document uses only what this version knows.
    pub version: DtdVersion,
}

impl fmt::Display for DocumentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match self.dtd {
            Dtd::Cxml => "cXML.dtd",
            Dtd::Fulfill => "Fulfill.dtd",
            Dtd::InvoiceDetail => "InvoiceDetail.dtd",
        };
        write!(f, "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/{}/{file}\">", self.version)
    }
}

/// How characters beyond ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// As UTF-8.
    #[default]
    Utf8,
    /// As numeric references. Needed in the form field `cXML-urlencoded`, where receivers ignore the declared encoding.
    Ascii,
}

/// An element under construction. It holds either text or child elements, as XML of cXML's data elements does; what would stand
/// beside the other is not taken.
///
/// A child is serialised when it joins its parent, into one text. Building a tree for xml-builder to walk costs more than twice as
/// much, most of it in the escaping of attributes and in one allocation for each name.
#[derive(Clone)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    /// Serialised: escaped text or whole elements.
    content: String,
    has_text: bool,
}

impl Element {
    /// An empty element. `name` is a constant, so that no input can become markup.
    pub fn new(name: &'static str) -> Self {
        debug_assert!(is_name(name), "not an XML name: {name}");
        Self { name, attributes: Vec::new(), content: String::new(), has_text: false }
    }

    /// An element with text.
    pub fn with_text(name: &'static str, text: &str) -> Self {
        Self::new(name).text(text)
    }

    /// Adds an attribute.
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        debug_assert!(is_name(name), "not an XML name: {name}");
        debug_assert!(self.attributes.iter().all(|(other, _)| *other != name), "{name} twice");
        self.attributes.push((name, attribute_value(value).into_owned()));
        self
    }

    /// Adds an attribute if there is a value.
    pub fn attr_opt(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds a flag attribute, `yes` or nothing.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "yes") } else { self }
    }

    /// Sets the text. Empty text leaves the element empty.
    pub fn text(self, text: &str) -> Self {
        self.mixed(text, [])
    }

    /// Sets text followed by child elements, for the few elements with mixed content.
    pub fn mixed(mut self, text: &str, children: impl IntoIterator<Item = Self>) -> Self {
        let mut content = String::new();
        push_escaped(&mut content, text);
        children.into_iter().for_each(|child| child.write_into(&mut content));
        if !content.is_empty() {
            debug_assert!(self.content.is_empty(), "text beside other content");
            if self.content.is_empty() {
                (self.content, self.has_text) = (content, true);
            }
        }
        self
    }

    /// Sets content that is markup already: the one thing that is returned as somebody else wrote it. It has been parsed before.
    pub(crate) fn markup(mut self, content: &str) -> Self {
        debug_assert!(self.content.is_empty(), "markup beside other content");
        (self.content, self.has_text) = (content.to_owned(), true);
        self
    }

    /// Adds a child element.
    pub fn child(mut self, child: Self) -> Self {
        debug_assert!(!self.has_text, "child elements beside text");
        if !self.has_text {
            child.write_into(&mut self.content);
        }
        self
    }

    /// Adds a child element if there is one.
    pub fn child_opt(self, child: Option<Self>) -> Self {
        match child {
            Some(child) => self.child(child),
            None => self,
        }
    }

    /// Adds a child element with text if there is any; optional elements without content are left out.
    pub fn text_child(self, name: &'static str, text: Option<&str>) -> Self {
        self.child_opt(text.filter(|text| !text.is_empty()).map(|text| Self::with_text(name, text)))
    }

    /// Adds child elements.
    pub fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// Spells the element as xml-builder spells the root.
    fn write_into(&self, out: &mut String) {
        // One growth for each child instead of one for each piece of it.
        let attributes: usize = self.attributes.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        out.reserve(2 * self.name.len() + attributes + self.content.len() + 5);
        out.push('<');
        out.push_str(self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            push_attribute(out, value);
            out.push('"');
        }
        if self.content.is_empty() {
            out.push_str(" />");
            return;
        }
        out.push('>');
        out.push_str(&self.content);
        out.push_str("</");
        out.push_str(self.name);
        out.push('>');
    }

    /// The root, by xml-builder: it leaves the content alone and escapes the attributes.
    fn rendered(&self) -> String {
        let mut root = XMLElement::new(self.name);
        for (name, value) in &self.attributes {
            root.add_attribute(name, value);
        }
        if !self.content.is_empty() {
            let added = root.add_text(self.content.clone());
            debug_assert!(added.is_ok(), "an element without children takes text");
        }
        let mut bytes = Vec::with_capacity(self.content.len() + 256);
        let rendered = root.render(&mut bytes, false, false, false, false);
        debug_assert!(rendered.is_ok(), "writing into memory cannot fail");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Writes a whole document: XML declaration, DOCTYPE and root element on one line each, nothing indented.
pub fn render(root: &Element, document_type: DocumentType, charset: Charset) -> String {
    let body = root.rendered();
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{document_type}\n{body}");
    match charset {
        Charset::Utf8 => document,
        Charset::Ascii if document.is_ascii() => document,
        Charset::Ascii => ascii_only(&document),
    }
}

/// Whether XML 1.0 can carry a character.
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.'))
}

/// Text as it stands in an element.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    if text.bytes().all(is_plain) {
        out.push_str(text);
        return;
    }
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            c if is_xml_char(c) => out.push(c),
            _ => out.push('\u{fffd}'),
        }
    }
}

/// The escapes of xml-builder, for a value whose white space is normalised already.
fn push_attribute(out: &mut String, value: &str) {
    if value.bytes().all(|byte| is_plain(byte) && !matches!(byte, b'"' | b'\'')) {
        out.push_str(value);
        return;
    }
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
}

/// Whether a byte is text that needs no second look, in attributes too.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=0x7e) && !matches!(byte, b'&' | b'<' | b'>')
}

/// What a reader of the attribute will see anyway: white space as blanks.
fn attribute_value(value: &str) -> Cow<'_, str> {
    if value.bytes().all(|byte| matches!(byte, b' '..=0x7e)) {
        return Cow::Borrowed(value);
    }
    let visible = |c| match c {
        '\t' | '\n' | '\r' => ' ',
        c if is_xml_char(c) => c,
        _ => '\u{fffd}',
    };
    value.chars().map(visible).collect::<String>().into()
}

/// Numeric references for everything beyond ASCII. Right everywhere in our documents: names and prolog are ASCII, and no
/// comment, CDATA section or processing instruction is ever written.
pub(crate) fn ascii_only(document: &str) -> String {
    let mut ascii = String::with_capacity(document.len() + document.len() / 8);
    for c in document.chars() {
        if c.is_ascii() { ascii.push(c) } else { ascii.push_str(&format!("&#{};", u32::from(c))) }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: DocumentType = DocumentType { dtd: Dtd::Cxml, version: DtdVersion::PUNCHOUT };

    fn reread(element: &Element, charset: Charset) -> (String, String) {
        let written = render(element, TYPE, charset);
        let body = written.splitn(3, '\n').nth(2).unwrap().to_owned();
        let document = roxmltree::Document::parse(&body).unwrap();
        let root = document.root_element();
        (root.text().unwrap_or_default().to_owned(), root.attribute("a").unwrap_or_default().to_owned())
    }

    /// The pinned xml-builder writes text raw and escapes attributes. If this fails, escaping here would double.
    #[test]
    fn xml_builder_still_leaves_text_alone_and_escapes_attributes() {
        let mut element = XMLElement::new("e");
        element.add_attribute("a", "<&\"'>");
        element.add_text("a < b & c".to_owned()).unwrap();
        let mut bytes = Vec::new();
        element.render(&mut bytes, false, false, false, false).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), "<e a=\"&lt;&amp;&quot;&apos;&gt;\">a < b & c</e>");
    }

    /// A child is spelled here, the root by xml-builder: the same element comes out the same.
    #[test]
    fn a_child_is_spelled_like_the_root() {
        let plain = Element::new("e").attr("a", "<&\"'> x\u{e9}").attr("b", "");
        for element in [Element::new("e"), plain.clone(), plain.clone().text("t & u"), plain.child(Element::new("i"))] {
            let mut child = String::new();
            element.write_into(&mut child);
            assert_eq!(child, element.rendered());
        }
    }

    #[test]
    fn text_can_never_become_markup() {
        let (text, _) = reread(&Element::with_text("e", "x</e><Evil/><e>]]>&amp;\r\n"), Charset::Utf8);
        assert_eq!(text, "x</e><Evil/><e>]]>&amp;\r\n");
    }

    #[test]
    fn mixed_content_is_escaped_too() {
        let element = Element::new("e").mixed("a < b", [Element::with_text("i", "&")]);
        assert!(render(&element, TYPE, Charset::Utf8).ends_with("<e>a &lt; b<i>&amp;</i></e>"));
    }

    #[test]
    fn characters_that_xml_cannot_carry_are_replaced() {
        let (text, attribute) =
            reread(&Element::with_text("e", "a\u{0}b\u{1}\u{ffff}").attr("a", "\u{8}x"), Charset::Utf8);
        assert_eq!((text.as_str(), attribute.as_str()), ("a\u{fffd}b\u{fffd}\u{fffd}", "\u{fffd}x"));
    }

    #[test]
    fn ascii_mode_is_ascii_even_for_astral_planes() {
        let element = Element::with_text("e", "\u{20ac} \u{1f600}").attr("a", "\u{e9}");
        assert!(render(&element, TYPE, Charset::Ascii).is_ascii());
        assert_eq!(reread(&element, Charset::Ascii), ("\u{20ac} \u{1f600}".to_owned(), "\u{e9}".to_owned()));
    }

    #[test]
    fn the_prolog_names_dtd_and_version() {
        let written = render(&Element::new("cXML"), TYPE, Charset::Utf8);
        assert_eq!(
            written,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\n<cXML />"
        );
    }

    #[test]
    fn versions_are_ordered_by_number() {
        let parsed = |text: &str| text.parse::<DtdVersion>();
        assert!(parsed("1.2.014").unwrap() < parsed("1.2.036").unwrap());
        assert!(parsed("1.1.010").unwrap() < parsed("1.2").unwrap());
        assert_eq!(parsed("1.2.014").unwrap().to_string(), "1.2.014");
        for wrong in ["", "1", "1.2.x", "cXML.dtd", "1.2.3.4", "1..2", "xml.cxml.org"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    fn legal_text() -> impl Strategy<Value = String> {
        proptest::collection::vec(any::<char>().prop_filter("legal", |c| is_xml_char(*c)), 0..60)
            .prop_map(|chars| chars.into_iter().collect())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in legal_text(), value in legal_text()) {
            let element = Element::with_text("e", &text).attr("a", &value);
            let normalised: String = value.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c }).collect();
            for charset in [Charset::Utf8, Charset::Ascii] {
                prop_assert_eq!(reread(&element, charset), (text.clone(), normalised.clone()));
            }
        }
    }
}
