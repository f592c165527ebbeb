//! Owns the question whether a DOCTYPE follows the grammar of XML: name, identifiers and end. What its internal subset declares is
//! not judged. The gate takes what is wrong here all the same; validation says so.

/// Whether the beginning and the end of `<!DOCTYPE ... >` are as XML has them.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("<!DOCTYPE").and_then(after_blanks) else { return false };
    let name_end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '[' | '>' | '"' | '\'')).unwrap_or(0);
    let (name, rest) = rest.split_at_checked(name_end).unwrap_or_default();
    if !name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | ':')) {
        return false;
    }
    let rest = match after_blanks(rest) {
        Some(identifiers) => match identifiers.get(..6) {
            Some("SYSTEM") => identifiers.get(6..).and_then(after_literal),
            Some("PUBLIC") => identifiers.get(6..).and_then(after_literal).and_then(after_literal),
            _ => Some(identifiers),
        },
        None => Some(rest),
    };
    rest.is_some_and(|rest| is_end(rest.trim_ascii_start()))
}

/// `>`, or a subset in brackets before it.
fn is_end(rest: &str) -> bool {
    rest == ">" || rest.starts_with('[') && rest.rsplit_once(']').is_some_and(|(_, end)| end.trim_ascii() == ">")
}

/// What stands behind blanks, of which there must be one.
fn after_blanks(text: &str) -> Option<&str> {
    let trimmed = text.trim_ascii_start();
    (trimmed.len() < text.len()).then_some(trimmed)
}

/// What stands behind blanks and a quoted text.
fn after_literal(text: &str) -> Option<&str> {
    let text = after_blanks(text)?;
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_identifiers_and_end_are_looked_at() {
        for right in [
            "<!DOCTYPE cXML>",
            "<!DOCTYPE\n cXML >",
            "<!DOCTYPE cXML SYSTEM \"a>[b\" >",
            "<!DOCTYPE cXML PUBLIC '-//x' \"y\">",
            "<!DOCTYPE cXML SYSTEM 'x' [ <!ENTITY a ']>'> ] >",
            "<!DOCTYPE cXML[]>",
        ] {
            assert!(is_well_formed(right), "{right}");
        }
        for wrong in [
            "<!DOCTYPE >",
            "<!DOCTYPEcXML>",
            "<!DOCTYPE cXML SYSTEM>",
            "<!DOCTYPE cXML SYSTEM'x'>",
            "<!DOCTYPE cXML PUBLIC 'x'>",
            "<!DOCTYPE cXML foo bar>",
            "<!DOCTYPE cXML 'x'>",
            "<!DOCTYPE cXML [ ] x>",
        ] {
            assert!(!is_well_formed(wrong), "{wrong}");
        }
    }
}
