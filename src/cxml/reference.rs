//! Owns the search for numeric character references that name no character of Unicode, which the parser would replace silently.

use memchr::memmem;

use crate::search::find_either;

/// Where the first such reference of a document stands, in bytes. Comments, instructions and CDATA sections hold no references.
pub(crate) fn unknown_character(text: &str) -> Option<usize> {
    const HIDING: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    let is_unknown_at = |at: usize| text.get(at + 2..).is_some_and(is_unknown);
    // Hardly any document has one anywhere.
    if !memmem::find_iter(text.as_bytes(), b"&#").any(is_unknown_at) {
        return None;
    }
    let mut at = 0;
    loop {
        at = find_either(text.as_bytes(), at, b'<', b'&')?;
        let rest = text.get(at..)?;
        if rest.starts_with("&#") && is_unknown_at(at) {
            return Some(at);
        }
        at += match HIDING.iter().find(|(start, _)| rest.starts_with(start)) {
            Some((start, end)) => start.len() + rest.get(start.len()..)?.find(end)? + end.len(),
            None => 1,
        };
    }
}

/// Whether `text` begins with digits and `;` whose number is no character. Anything else is left to the parser.
fn is_unknown(text: &str) -> bool {
    let (digits, radix) = text.strip_prefix('x').map_or((text, 10), |digits| (digits, 16));
    let length = digits.bytes().take_while(|digit| char::from(*digit).is_digit(radix)).count();
    let (digits, rest) = digits.split_at_checked(length).unwrap_or_default();
    let digits = digits.trim_start_matches('0');
    // More digits than the last character has in either radix.
    let is_character = digits.len() <= 7
        && u32::from_str_radix(digits, radix).map_or(digits.is_empty(), |n| char::from_u32(n).is_some());
    length > 0 && rest.starts_with(';') && !is_character
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_of_no_character_are_found() {
        for (text, place) in [
            ("<a>&#xD800;</a>", Some(3)),
            ("<a b='&#1114112;'/>", Some(6)),
            ("<a>&#x0000000000041;&#0000065;&#;&#x;&#xG;&#65</a>", None),
            ("<!-- &#xD800; --><a><![CDATA[&#xD800;]]><?p &#xD800;?></a>", None),
            ("<!-- &#xD800; --><a>&#xDFFF;</a>", Some(20)),
        ] {
            assert_eq!(unknown_character(text), place, "{text}");
        }
    }

    /// Work that grows with the square of the length would not come back from here.
    #[test]
    fn many_hidden_references_are_passed_in_linear_work() {
        let section = "<![CDATA[&#xD800;]]><!-- &#xD800; -->".repeat(50_000);
        assert_eq!(unknown_character(&format!("<a>{section}{}</a>", "&#x41;".repeat(50_000))), None);
    }
}
