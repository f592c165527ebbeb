//! Owns reading DTD text character by character: names, literals, references. It knows no declarations.

use super::lexical::{is_name_char, is_name_start};

/// A place in a piece of DTD text.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// What is left.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next character.
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Moves past one character.
    pub fn skip_char(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// Moves past white space; says whether there was any.
    pub fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.at += blanks;
        blanks > 0
    }

    /// Moves to the next of `specials` or to the end, and gives what was passed.
    pub fn take_plain(&mut self, specials: [char; 3]) -> &'a str {
        let rest = self.rest();
        let length = rest.find(specials).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Moves past `token` if it is next.
    pub fn take(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    /// Moves past the next `end` and gives what stands before it.
    ///
    /// # Errors
    /// There is none.
    pub fn take_until(&mut self, end: &str) -> Result<&'a str, String> {
        let rest = self.rest();
        let length = rest.find(end).ok_or_else(|| format!("`{end}` is missing"))?;
        self.at += length + end.len();
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// Something else is next.
    pub fn name(&mut self) -> Result<&'a str, String> {
        if self.peek().is_some_and(is_name_start) { self.name_token() } else { Err(self.unexpected("a name")) }
    }

    /// Reads a name token, which may start with a digit.
    ///
    /// # Errors
    /// Something else is next.
    pub fn name_token(&mut self) -> Result<&'a str, String> {
        let rest = self.rest();
        let length = rest.find(|c| !is_name_char(c)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.unexpected("a name token"));
        }
        self.at += length;
        Ok(rest.get(..length).unwrap_or_default())
    }

    /// Reads a quoted literal and gives what stands between the quotes.
    ///
    /// # Errors
    /// Something else is next, or the literal does not end.
    pub fn literal(&mut self) -> Result<&'a str, String> {
        let quote = match self.peek() {
            Some('"') => "\"",
            Some('\'') => "'",
            _ => return Err(self.unexpected("a quoted text")),
        };
        self.skip_char();
        self.take_until(quote)
    }

    /// Reads `%name;` if it is next. A `%` before anything else is left alone.
    pub fn parameter_reference(&mut self) -> Option<&'a str> {
        let mut ahead = self.clone();
        if !ahead.take("%") {
            return None;
        }
        let name = ahead.name().ok()?;
        ahead.take(";").then(|| self.at = ahead.at)?;
        Some(name)
    }

    /// Reads `&#10;` or `&#xA;` if it is next and names a character.
    pub fn character_reference(&mut self) -> Option<char> {
        let mut ahead = self.clone();
        if !ahead.take("&#") {
            return None;
        }
        let radix = if ahead.take("x") { 16 } else { 10 };
        let digits = ahead.take_until(";").ok()?;
        let character = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)?;
        self.at = ahead.at;
        Some(character)
    }

    /// The sentence for anything but `expected`.
    pub fn unexpected(&self, expected: &str) -> String {
        let found: String = self.rest().chars().take(20).collect();
        if found.is_empty() {
            format!("expected {expected}, found the end")
        } else {
            format!("expected {expected}, found `{found}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_literals_and_references_are_read() {
        let mut cursor = Cursor::new("ds:Signature \t'a\"b' %x.y; % &#65;&#x3bb;&lt;");
        assert_eq!(cursor.name().unwrap(), "ds:Signature");
        assert!(cursor.skip_space());
        assert_eq!(cursor.literal().unwrap(), "a\"b");
        cursor.skip_space();
        assert_eq!(cursor.parameter_reference(), Some("x.y"));
        cursor.skip_space();
        assert_eq!(cursor.parameter_reference(), None);
        assert!(cursor.take("% "));
        assert_eq!((cursor.character_reference(), cursor.character_reference()), (Some('A'), Some('\u{3bb}')));
        assert_eq!((cursor.character_reference(), cursor.rest()), (None, "&lt;"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(Cursor::new("1a").name().unwrap_err(), "expected a name, found `1a`");
        assert_eq!(Cursor::new("").name_token().unwrap_err(), "expected a name token, found the end");
        assert_eq!(Cursor::new("'abc").literal().unwrap_err(), "`'` is missing");
    }
}
