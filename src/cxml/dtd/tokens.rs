//! Owns the walk over the text of a document that a parser has already found to be well-formed: tags, text, CDATA sections.
//!
//! DTD validity is about the text and not about the tree: prefixes as written, `xmlns` attributes, CDATA sections (even empty
//! ones) are no longer visible in the tree. On text that is not well-formed the walk ends early; it never fails.

use crate::search::find_byte;

/// One piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name ...>` or `<name .../>`; its attributes are in [`Tokens::attributes`] until the next token.
    Start {
        /// As written, with its prefix.
        name: &'a str,
        /// Whether it closes itself.
        is_empty: bool,
    },
    /// `</name>`
    End,
    /// Characters and references between markup; never empty.
    Text(&'a str),
    /// `<![CDATA[...]]>`
    CData,
    /// A comment, a processing instruction or a DOCTYPE.
    Other,
}

/// One attribute as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawAttribute<'a> {
    /// With its prefix.
    pub name: &'a str,
    /// Between the quotes, references not replaced.
    pub value: &'a str,
    /// Where the name begins, in bytes of the document.
    pub at: usize,
}

/// The walk.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    attributes: Vec<RawAttribute<'a>>,
}

impl<'a> Tokens<'a> {
    /// Starts at byte `at` of `text`, which must be outside of markup.
    pub fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, attributes: Vec::new() }
    }

    /// The attributes of the start tag that came last.
    pub fn attributes(&self) -> &[RawAttribute<'a>] {
        &self.attributes
    }

    /// Bytes walked over so far.
    #[cfg(test)]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The next token and where it begins.
    pub fn next(&mut self) -> Option<(usize, Token<'a>)> {
        let start = self.at;
        let text_end = find_byte(self.text.as_bytes(), start, b'<').unwrap_or(self.text.len());
        if text_end > start {
            self.at = text_end;
            return Some((start, Token::Text(self.text.get(start..text_end)?)));
        }
        let rest = self.text.get(start..)?;
        let token = match rest.as_bytes().get(1)? {
            b'/' => {
                self.at = find_byte(self.text.as_bytes(), start, b'>')? + 1;
                Token::End
            }
            b'!' => self.declaration(rest)?,
            b'?' => {
                self.skip_past("?>")?;
                Token::Other
            }
            _ => self.start_tag(rest)?,
        };
        Some((start, token))
    }

    fn skip_past(&mut self, end: &str) -> Option<()> {
        let length = self.text.get(self.at..)?.find(end)?;
        self.at += length + end.len();
        Some(())
    }

    fn declaration(&mut self, rest: &str) -> Option<Token<'a>> {
        if rest.starts_with("<![CDATA[") {
            self.skip_past("]]>")?;
            return Some(Token::CData);
        }
        self.skip_past(if rest.starts_with("<!--") { "-->" } else { ">" })?;
        Some(Token::Other)
    }

    fn start_tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        self.attributes.clear();
        let bytes = rest.as_bytes();
        let ends_name = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>');
        let name_end = 1 + bytes.get(1..)?.iter().position(ends_name)?;
        let name = rest.get(1..name_end)?;
        let mut at = name_end;
        loop {
            match bytes.get(at)? {
                b'>' => break,
                b'/' => {
                    self.at += at + 2;
                    return Some(Token::Start { name, is_empty: true });
                }
                byte if byte.is_ascii_whitespace() => at += 1,
                _ => at = self.attribute(rest, at)?,
            }
        }
        self.at += at + 1;
        Some(Token::Start { name, is_empty: false })
    }

    /// Reads the attribute at `at` of `rest`; gives the place after it.
    fn attribute(&mut self, rest: &'a str, at: usize) -> Option<usize> {
        let bytes = rest.as_bytes();
        let equals = find_byte(bytes, at, b'=')?;
        let name = rest.get(at..equals)?.trim_ascii_end();
        let quote_at = equals + 1 + bytes.get(equals + 1..)?.iter().position(|b| !b.is_ascii_whitespace())?;
        let value_end = find_byte(bytes, quote_at + 1, *bytes.get(quote_at)?)?;
        let value = rest.get(quote_at + 1..value_end)?;
        self.attributes.push(RawAttribute { name, value, at: self.at + at });
        Some(value_end + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, Token<'_>)> {
        let mut tokens = Tokens::new(text, 0);
        std::iter::from_fn(|| tokens.next()).collect()
    }

    #[test]
    fn every_kind_of_markup_is_told_apart() {
        let kinds: Vec<Token<'_>> =
            all("<a>t&amp;<!-- <x> --><?p <y>?><![CDATA[]]><b/></a>").into_iter().map(|(_, token)| token).collect();
        let start = |name, is_empty| Token::Start { name, is_empty };
        let expected = [
            start("a", false),
            Token::Text("t&amp;"),
            Token::Other,
            Token::Other,
            Token::CData,
            start("b", true),
            Token::End,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn attributes_are_read_as_written() {
        let mut tokens = Tokens::new("<ds:a\n x:y = 'a>/\"b' z=\"\u{e9}&lt;\"/>", 0);
        assert_eq!(tokens.next(), Some((0, Token::Start { name: "ds:a", is_empty: true })));
        let read: Vec<(&str, &str, usize)> = tokens.attributes().iter().map(|a| (a.name, a.value, a.at)).collect();
        assert_eq!(read, [("x:y", "a>/\"b", 7), ("z", "\u{e9}&lt;", 21)]);
        assert_eq!(tokens.next(), None);
    }

    #[test]
    fn places_are_those_of_the_document() {
        assert_eq!(all("<a>\n <b/></a>").into_iter().map(|(at, _)| at).collect::<Vec<_>>(), [0, 3, 5, 9]);
    }

    #[test]
    fn unfinished_text_ends_the_walk() {
        for text in ["<", "<a", "<a b", "<a b=", "<a b='", "<!-- ", "<![CDATA[", "</a", "<?x", "<a/"] {
            assert!(all(text).len() <= 1, "{text}");
        }
    }
}
