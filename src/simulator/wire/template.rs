//! The smallest template language that writes XML safely: `{{name}}` is a text and is escaped, `{{+name}}` is a fragment
//! that is XML already. Values are never read as templates again.

/// Fills a template. An unknown name becomes nothing: the tests of each document prove that none is left.
pub(crate) fn fill(template: &str, texts: &[(&str, &str)], fragments: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let (name, remainder) = after.split_once("}}").unwrap_or((after, ""));
        match name.strip_prefix('+') {
            Some(fragment) => filled.push_str(value_of(fragments, fragment)),
            None => push_escaped(&mut filled, value_of(texts, name)),
        }
        rest = remainder;
    }
    filled.push_str(rest);
    filled
}

fn value_of<'a>(values: &[(&str, &'a str)], name: &str) -> &'a str {
    debug_assert!(values.iter().any(|(known, _)| *known == name), "the template names {name:?}, which nobody gives");
    values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}

/// Escapes for text and for attributes in double quotes; characters that XML cannot hold become U+FFFD.
fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_fragments_are_not() {
        let filled = fill("<a b=\"{{t}}\">{{+f}}</a>", &[("t", "<\"&\u{1}>")], &[("f", "<c/>")]);
        assert_eq!(filled, "<a b=\"&lt;&quot;&amp;\u{fffd}&gt;\"><c/></a>");
    }

    #[test]
    fn a_value_is_never_read_as_a_template() {
        assert_eq!(fill("{{a}}{{b}}", &[("a", "{{b}}"), ("b", "x")], &[]), "{{b}}x");
    }
}
