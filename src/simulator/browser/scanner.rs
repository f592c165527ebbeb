//! Cuts a page into tags and texts. Knows quoting of attributes, comments, and that scripts and styles hold no markup;
//! knows nothing of nesting. Never fails: what it cannot read is text.

use super::entities::unescape;

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `<name attribute="value">`, names in lower case, values unescaped.
    Open { name: String, attributes: Vec<(String, String)> },
    /// `</name>`.
    Close(String),
    /// Unescaped text.
    Text(String),
}

impl Token {
    /// An attribute of an opening tag; `Some("")` where it has no value.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&str> {
        match self {
            Self::Open { attributes, .. } => {
                attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
            }
            _ => None,
        }
    }
}

/// Cuts the whole page.
pub(super) fn tokens(html: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        push_text(&mut tokens, before);
        rest = match after {
            comment if comment.starts_with("!--") => comment.split_once("-->").map_or("", |(_, rest)| rest),
            other if other.starts_with(['!', '?']) => other.split_once('>').map_or("", |(_, rest)| rest),
            closing if closing.starts_with('/') => close(&mut tokens, closing),
            tag if tag.starts_with(|c: char| c.is_ascii_alphabetic()) => open(&mut tokens, tag),
            text => {
                push_text(&mut tokens, "<");
                text
            }
        };
    }
    push_text(&mut tokens, rest);
    tokens
}

fn push_text(tokens: &mut Vec<Token>, text: &str) {
    if !text.is_empty() {
        tokens.push(Token::Text(unescape(text)));
    }
}

fn close<'a>(tokens: &mut Vec<Token>, closing: &'a str) -> &'a str {
    let (name, rest) = closing.split_once('>').unwrap_or((closing, ""));
    tokens.push(Token::Close(name.trim_start_matches('/').trim().to_ascii_lowercase()));
    rest
}

fn open<'a>(tokens: &mut Vec<Token>, tag: &'a str) -> &'a str {
    let end = tag.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(tag.len());
    let (name, rest) = tag.split_at(end);
    let name = name.to_ascii_lowercase();
    let (attributes, rest) = attributes(rest);
    let rest = if matches!(name.as_str(), "script" | "style") { after_raw(rest, &name) } else { rest };
    tokens.push(Token::Open { name, attributes });
    rest
}

fn after_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    rest.to_ascii_lowercase().find(&end).and_then(|at| rest.get(at..)).unwrap_or_default()
}

fn attributes(text: &str) -> (Vec<(String, String)>, &str) {
    let mut attributes = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return (attributes, rest);
        }
        if let Some(after) = rest.strip_prefix('>') {
            return (attributes, after);
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/')).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end.max(rest.chars().next().map_or(1, char::len_utf8)));
        let (value, after) = value(after);
        attributes.push((name.to_ascii_lowercase(), unescape(value)));
        rest = after;
    }
}

fn value(after_name: &str) -> (&str, &str) {
    let Some(text) = after_name.trim_start().strip_prefix('=') else { return ("", after_name) };
    let text = text.trim_start();
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_and_bare_attributes_are_read() {
        let tokens = tokens("<INPUT type=hidden name='a\"b' value=\"1 &gt; 0>\" disabled/>x");
        assert_eq!(tokens[0].attribute("type"), Some("hidden"));
        assert_eq!(tokens[0].attribute("name"), Some("a\"b"));
        assert_eq!(tokens[0].attribute("value"), Some("1 > 0>"));
        assert_eq!(tokens[0].attribute("disabled"), Some(""));
        assert_eq!(tokens[1], Token::Text("x".to_owned()));
    }

    #[test]
    fn comments_and_scripts_hold_no_markup() {
        let names: Vec<Token> = tokens("<!DOCTYPE html><!-- <form> --><script>if (a<b) '<form>'</script><p>");
        let opened: Vec<_> = names.iter().filter(|t| matches!(t, Token::Open { .. })).collect();
        assert_eq!(opened.len(), 2);
    }

    #[test]
    fn broken_markup_ends_without_an_endless_loop() {
        for broken in ["<", "<a", "<a b", "<a b=", "<a b='", "<a =é>", "</", "<!--", "<a ==>", "a < b"] {
            tokens(broken);
        }
        assert_eq!(tokens("a < b").len(), 3);
    }
}
