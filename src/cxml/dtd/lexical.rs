//! Owns the lexical rules of XML 1.0 (fifth edition) that attribute types rest on: names, name tokens, blanks, references.

use std::borrow::Cow;

/// Whether a name may start with it (production 4; the colon included, as DTDs know no namespaces).
pub(super) fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(c, ':' | '_'
            | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
            | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// Whether a name may contain it (production 4a).
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || c.is_ascii_digit()
        || matches!(c, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Whether `text` is a name.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(is_name_start) && text.chars().all(is_name_char)
}

/// Whether `text` is a name token.
pub(super) fn is_name_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_name_char)
}

/// White space of XML.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Whether character data is white space only. A character reference to a blank counts as a blank, as it does for libxml2,
/// although XML 3.2.1 would have it otherwise.
pub(super) fn is_blank_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n')) {
        return true;
    }
    bytes.contains(&b'&') && decoded(text).is_some_and(|text| text.chars().all(is_blank))
}

/// An attribute value as a parser without a DTD hands it on (XML 3.3.3 for CDATA): blanks become spaces, references are replaced.
pub(super) fn attribute_value(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|b| matches!(b, b'&' | b'\t' | b'\r' | b'\n')) {
        return Cow::Borrowed(raw);
    }
    let spaced = raw.replace("\r\n", " ").replace(['\t', '\r', '\n'], " ");
    let decoded = decoded(&spaced);
    Cow::Owned(decoded.unwrap_or(spaced))
}

/// `text` with single spaces between its tokens and none around them (XML 3.3.3 for the other types).
pub(super) fn collapsed(text: &str) -> String {
    text.split(is_blank).filter(|token| !token.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `text` with references replaced; `None` for an entity that XML itself does not define.
fn decoded(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (reference, tail) = after.split_once(';')?;
        out.push(referenced(reference)?);
        rest = tail;
    }
    out.push_str(rest);
    Some(out)
}

fn referenced(reference: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => match reference.strip_prefix("#x") {
            Some(digits) => number(digits, 16),
            None => number(reference.strip_prefix('#')?, 10),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_not_start_with_a_digit_but_tokens_may() {
        assert!(is_name("ds:Id-1.2") && is_name("\u{e9}t\u{e9}") && is_name("_"));
        assert!(!is_name("1a") && !is_name("") && !is_name("a b") && !is_name("-a"));
        assert!(is_name_token("1a") && is_name_token("-") && !is_name_token(" a") && !is_name_token(""));
    }

    #[test]
    fn references_to_blanks_are_blanks() {
        assert!(is_blank_text(" \n\t&#32;&#xA;"));
        assert!(!is_blank_text("&#160;") && !is_blank_text("&lt;") && !is_blank_text("&foo;") && !is_blank_text("x"));
    }

    #[test]
    fn values_are_normalised_as_character_data() {
        assert_eq!(attribute_value("a\r\nb\tc&#10;d&amp;"), "a b c\nd&");
        assert!(matches!(attribute_value(" plain "), Cow::Borrowed(" plain ")));
        assert_eq!(collapsed(" a \n b "), "a b");
    }
}
