//! Owns the one linear pass over a document before any parser sees it: prolog, and the caps on depth, attributes and
//! namespaces.
//!
//! It looks at every byte a bounded number of times, eight at a time where it only searches, and allocates nothing but a short
//! list of namespaces. It never decides that a document is well-formed; it only stops early at what would make the parser
//! expensive. On the well-formed beginning of a document it and the parser see the same tags, so what it admits stays within
//! the caps.

use std::ops::Range;

use memchr::memmem;

use crate::error::{WireError, WireErrorKind};
use crate::guard::Limits;
use crate::search::{find_byte, find_either};

/// What stands before the root element, as byte ranges of the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prolog {
    /// `<?xml ... ?>`.
    pub declaration: Option<Range<usize>>,
    /// `<!DOCTYPE ... >` with its internal subset.
    pub doctype: Option<Range<usize>>,
}

#[cfg(test)]
thread_local! {
    /// The bytes that the last walk of this thread looked at.
    pub(crate) static WORK: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Walks over `text` once.
///
/// # Errors
/// `TooComplex` when a cap is passed, `Malformed` for an unfinished construct.
pub(crate) fn scan(text: &str, limits: &Limits) -> Result<Prolog, WireError> {
    let declarations = memmem::find_iter(text.as_bytes(), b"xmlns").take(limits.max_namespaces + 1).count();
    let mut walk = Walk {
        text,
        at: 0,
        depth: 0,
        is_first_markup: true,
        has_root: false,
        watches_namespaces: declarations > limits.max_namespaces,
        namespaces: Vec::new(),
        prolog: Prolog::default(),
        limits,
        work: text.len(),
    };
    let result = walk.all();
    #[cfg(test)]
    WORK.set(walk.work);
    result.map(|()| walk.prolog)
}

struct Walk<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    is_first_markup: bool,
    /// Whether the root element has begun.
    has_root: bool,
    /// Whether there may be too many: a document that says `xmlns` a few times only is not asked which ones.
    watches_namespaces: bool,
    namespaces: Vec<(&'a [u8], &'a [u8])>,
    prolog: Prolog,
    limits: &'a Limits,
    /// Bytes looked at so far: hostile documents must not cost more than a few looks at each.
    work: usize,
}

impl<'a> Walk<'a> {
    fn all(&mut self) -> Result<(), WireError> {
        while self.find_markup() {
            self.markup()?;
            self.is_first_markup = false;
        }
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn find_markup(&mut self) -> bool {
        let found = find_byte(self.text.as_bytes(), self.at, b'<');
        self.advance_to(found.unwrap_or(self.text.len()));
        found.is_some()
    }

    fn markup(&mut self) -> Result<(), WireError> {
        let rest = self.rest();
        match rest.get(1) {
            Some(b'/') => {
                // Its end needs no search: the next markup is behind it.
                self.depth = self.depth.saturating_sub(1);
                self.advance_to(self.at + 2);
                Ok(())
            }
            Some(b'?') => self.instruction(),
            Some(b'!') if rest.starts_with(b"<!--") => self.skip_past(4, b"-->", "the end of a comment"),
            Some(b'!') if rest.starts_with(b"<![CDATA[") => self.skip_past(9, b"]]>", "the end of a CDATA section"),
            Some(b'!') if rest.starts_with(b"<!DOCTYPE") => self.doctype(),
            _ => self.start_tag(),
        }
    }

    fn skip_past(&mut self, from: usize, end: &[u8], expected: &'static str) -> Result<(), WireError> {
        let offset = self.rest().get(from..).and_then(|searched| memmem::find(searched, end));
        self.skip_to(offset.map(|offset| self.at + from + offset + end.len()), expected)
    }

    /// [`Self::skip_past`] for what is usually near.
    fn skip_past_byte(&mut self, from: usize, end: u8, expected: &'static str) -> Result<(), WireError> {
        let found = find_byte(self.text.as_bytes(), self.at + from, end);
        self.skip_to(found.map(|found| found + 1), expected)
    }

    fn skip_to(&mut self, at: Option<usize>, expected: &'static str) -> Result<(), WireError> {
        let at = at.ok_or_else(|| self.error(WireErrorKind::Malformed, expected, "the end of the document"))?;
        self.advance_to(at);
        Ok(())
    }

    fn instruction(&mut self) -> Result<(), WireError> {
        let start = self.at;
        let is_declaration =
            self.rest().strip_prefix(b"<?xml").and_then(<[u8]>::first).is_some_and(u8::is_ascii_whitespace);
        let is_first = self.is_first_markup && self.text.get(..start).is_some_and(|before| before.trim().is_empty());
        self.skip_past(2, b"?>", "the end of a processing instruction")?;
        if is_declaration && is_first {
            self.prolog.declaration = Some(start..self.at);
        }
        Ok(())
    }

    /// Finds the end of a DOCTYPE without understanding what its internal subset declares.
    fn doctype(&mut self) -> Result<(), WireError> {
        let start = self.at;
        let mut in_subset = false;
        self.at += b"<!DOCTYPE".len();
        while let Some(byte) = self.rest().first().copied() {
            match byte {
                b'"' | b'\'' => self.skip_past_byte(1, byte, "the end of a literal in the DOCTYPE")?,
                b'<' if self.rest().starts_with(b"<!--") => self.skip_past(4, b"-->", "the end of a comment")?,
                b'<' if self.rest().starts_with(b"<?") => self.skip_past(2, b"?>", "the end of an instruction")?,
                b'>' if !in_subset => {
                    self.at += 1;
                    return self.record_doctype(start);
                }
                b'[' => self.advance_in_subset(&mut in_subset, true),
                b']' => self.advance_in_subset(&mut in_subset, false),
                _ => self.at += 1,
            }
            self.work += 1;
            if self.at - start > self.limits.max_doctype_bytes {
                return Err(self.error(WireErrorKind::TooComplex, "a short DOCTYPE", "a long internal subset"));
            }
        }
        Err(self.error(WireErrorKind::Malformed, "the end of the DOCTYPE", "the end of the document"))
    }

    fn advance_in_subset(&mut self, in_subset: &mut bool, value: bool) {
        *in_subset = value;
        self.at += 1;
    }

    /// A DOCTYPE after the root element or a second one stays in the text, where the parser refuses it.
    fn record_doctype(&mut self, start: usize) -> Result<(), WireError> {
        if self.prolog.doctype.is_some() || self.has_root {
            return Err(self.error(WireErrorKind::Malformed, "one DOCTYPE before the root element", "another one"));
        }
        self.prolog.doctype = Some(start..self.at);
        Ok(())
    }

    /// Goes from one `=` to the next: nothing else outside of values matters.
    fn start_tag(&mut self) -> Result<(), WireError> {
        let bytes = self.text.as_bytes();
        let mut attributes = 0_usize;
        self.has_root = true;
        self.advance_to(self.at + 1);
        while let Some(at) = find_either(bytes, self.at, b'>', b'=') {
            let name_start = self.at;
            self.advance_to(at);
            if bytes.get(at) == Some(&b'>') {
                self.advance_to(at + 1);
                return if bytes.get(at - 1) == Some(&b'/') { Ok(()) } else { self.descend() };
            }
            attributes += 1;
            if attributes > self.limits.max_attributes {
                let expected = format!("at most {} attributes", self.limits.max_attributes);
                return Err(self.error(WireErrorKind::TooComplex, expected, "more on one element"));
            }
            self.attribute(bytes.get(name_start..at).unwrap_or_default())?;
        }
        Err(self.error(WireErrorKind::Malformed, "the end of a tag", "the end of the document"))
    }

    fn advance_to(&mut self, at: usize) {
        self.work += at - self.at;
        self.at = at;
    }

    fn descend(&mut self) -> Result<(), WireError> {
        self.depth += 1;
        if self.depth > self.limits.max_depth {
            let expected = format!("at most {} nested elements", self.limits.max_depth);
            return Err(self.error(WireErrorKind::TooComplex, expected, "deeper nesting"));
        }
        Ok(())
    }

    /// Passes over the `=` and the value of an attribute, and remembers it when it declares a namespace. Its name is the last word
    /// of `before`.
    fn attribute(&mut self, before: &'a [u8]) -> Result<(), WireError> {
        let blanks = self.rest().iter().skip(1).take_while(|b| b.is_ascii_whitespace()).count();
        self.advance_to(self.at + 1 + blanks);
        let value_start = self.at;
        match self.rest().first() {
            Some(quote @ (b'"' | b'\'')) => self.skip_past_byte(1, *quote, "the end of an attribute value")?,
            _ => return Err(self.error(WireErrorKind::Malformed, "a quoted attribute value", "none")),
        }
        if self.watches_namespaces {
            self.work += before.len();
            let name = before.trim_ascii_end().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
            let value = self.text.as_bytes().get(value_start + 1..self.at - 1).unwrap_or_default();
            if name.starts_with(b"xmlns") {
                self.namespace(name, value)?;
            }
        }
        Ok(())
    }

    fn namespace(&mut self, name: &'a [u8], uri: &'a [u8]) -> Result<(), WireError> {
        if !self.namespaces.contains(&(name, uri)) {
            self.namespaces.push((name, uri));
        }
        if self.namespaces.len() > self.limits.max_namespaces {
            let expected = format!("at most {} namespaces", self.limits.max_namespaces);
            return Err(self.error(WireErrorKind::TooComplex, expected, "more"));
        }
        Ok(())
    }

    fn error(&self, kind: WireErrorKind, expected: impl Into<Box<str>>, found: &str) -> WireError {
        let (line, column) = place(self.text, self.at);
        WireError::new(kind, expected, found).at(line, column)
    }
}

/// Line and column of a byte of `text`, both from 1.
pub(crate) fn place(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(0), u32::try_from(column).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(text: &str) -> Result<Prolog, WireError> {
        scan(text, &Limits::default())
    }

    #[test]
    fn the_doctype_ends_after_its_internal_subset() {
        let text = r#"<!DOCTYPE cXML SYSTEM "a>b" [ <!-- ]> --> <!ENTITY % x "]>"> <?p ]> ?> ]><cXML/>"#;
        let range = scanned(text).unwrap().doctype.unwrap();
        assert_eq!(&text[range.end..], "<cXML/>");
    }

    #[test]
    fn markup_in_comments_cdata_and_values_is_not_counted() {
        let nested = "<a>".repeat(100);
        for harmless in [format!("<a><!--{nested}--></a>"), format!("<a><![CDATA[{nested}]]></a>")] {
            assert!(scanned(&harmless).is_ok());
        }
        assert!(scanned("<a b=\"x>y=z\" c='/'>t</a>").is_ok());
    }

    #[test]
    fn depth_is_measured_by_nesting_not_by_number() {
        assert!(scanned(&format!("<a>{}</a>", "<b></b>".repeat(5000))).is_ok());
        assert!(scanned(&format!("<a>{}</a>", "<b/>".repeat(5000))).is_ok());
        assert!(scanned(&format!("{}{}", "<a>".repeat(64), "</a>".repeat(64))).is_ok());
        let error = scanned(&"<a>".repeat(65)).unwrap_err();
        assert_eq!((error.kind, error.line), (WireErrorKind::TooComplex, 1));
    }

    #[test]
    fn the_same_namespace_may_be_declared_often_but_not_many_namespaces() {
        assert!(scanned(&format!("<a>{}</a>", "<x:b xmlns:x='urn:x'/>".repeat(1000))).is_ok());
        let many = (0..33).fold(String::new(), |all, i| all + &format!("<b xmlns='urn:{i}'/>"));
        assert_eq!(scanned(&format!("<a>{many}</a>")).unwrap_err().kind, WireErrorKind::TooComplex);
    }

    #[test]
    fn hostile_text_is_walked_in_linear_work() {
        let blanks = " ".repeat(1_000_000);
        for pattern in
            ["<?xml ?>", "<!---->", "<![CDATA[]]>", "<a x=''/>", "</a>", "<?", "<!--", "<a/", "= ", "<!DOCTYPE a>"]
        {
            let text = format!("{blanks}<a/>{}", pattern.repeat(100_000));
            let _ = scanned(&text);
            assert!(WORK.get() <= 3 * text.len(), "{pattern}: {} looks at {} bytes", WORK.get(), text.len());
        }
        assert!(scanned(&format!("{blanks}<?xml ?><a/>")).unwrap().declaration.is_some());
    }

    #[test]
    fn a_doctype_stands_before_the_root_element() {
        for text in ["<a/><!DOCTYPE a>", "<a></a>\n<!DOCTYPE a>", "<a><!DOCTYPE a></a>", "<!DOCTYPE a><!DOCTYPE a><a/>"]
        {
            assert_eq!(scanned(text).unwrap_err().kind, WireErrorKind::Malformed, "{text}");
        }
        assert!(scanned("<!-- a --><?b?><!DOCTYPE a><a/>").unwrap().doctype.is_some());
    }

    #[test]
    fn what_never_ends_is_malformed() {
        for text in ["<a", "<a b", "<a b=", "<a b='", "<!-- ", "<![CDATA[", "<?xml ", "<!DOCTYPE", "<!DOCTYPE x ["] {
            assert_eq!(scanned(text).unwrap_err().kind, WireErrorKind::Malformed, "{text}");
        }
    }
}
