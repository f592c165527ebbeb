//! HTML character references: the numeric ones and the handful of names that pages of this kind use.

/// Replaces character references; what is none stays as it is.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        if let Some((c, remainder)) = reference(after) {
            plain.push(c);
            rest = remainder;
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

fn reference(text: &str) -> Option<(char, &str)> {
    let (name, remainder) = text.split_once(';').filter(|(name, _)| name.len() <= 10)?;
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => numeric(name.strip_prefix('#')?)?,
    };
    Some((c, remainder))
}

fn numeric(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_undone_exactly_once() {
        assert_eq!(unescape("&lt;a b=&quot;&amp;#233;&#34;&#x3e;"), "<a b=\"&#233;\">");
    }

    #[test]
    fn what_is_no_reference_stays() {
        assert_eq!(unescape("a & b &nonsense; &#xfffffff; &"), "a & b &nonsense; &#xfffffff; &");
    }
}
