//! Owns reading the body of `<!ELEMENT name ...>`, after parameter entities are replaced.

use super::cursor::Cursor;
use super::declaration::{ContentSpec, Particle, ParticleBody, Repeat};

/// Parentheses within parentheses; the deepest published cXML model has four.
const MAX_DEPTH: usize = 32;

/// Reads `name EMPTY`, `name ANY` or `name (model)`.
///
/// # Errors
/// Anything else, as a sentence.
pub(super) fn element_declaration(body: &str) -> Result<(String, ContentSpec), String> {
    let mut cursor = Cursor::new(body);
    cursor.skip_space();
    let name = cursor.name()?.to_owned();
    cursor.skip_space();
    let content = content_spec(&mut cursor).map_err(|message| format!("element {name}: {message}"))?;
    cursor.skip_space();
    if cursor.rest().is_empty() {
        Ok((name, content))
    } else {
        Err(format!("element {name}: {}", cursor.unexpected("the end")))
    }
}

fn content_spec(cursor: &mut Cursor<'_>) -> Result<ContentSpec, String> {
    if cursor.take("EMPTY") {
        return Ok(ContentSpec::Empty);
    }
    if cursor.take("ANY") {
        return Ok(ContentSpec::Any);
    }
    if !cursor.take("(") {
        return Err(cursor.unexpected("EMPTY, ANY or a content model"));
    }
    cursor.skip_space();
    if cursor.take("#PCDATA") {
        return mixed(cursor);
    }
    let body = group(cursor, 0)?;
    Ok(ContentSpec::Children(Particle { body, repeat: repeat(cursor) }))
}

/// After `(#PCDATA`.
fn mixed(cursor: &mut Cursor<'_>) -> Result<ContentSpec, String> {
    let mut names = Vec::new();
    loop {
        cursor.skip_space();
        if cursor.take(")") {
            break;
        }
        if !cursor.take("|") {
            return Err(cursor.unexpected("`|` or `)`"));
        }
        cursor.skip_space();
        names.push(cursor.name()?.to_owned());
    }
    if !cursor.take("*") && !names.is_empty() {
        return Err(cursor.unexpected("`*` after mixed content"));
    }
    Ok(ContentSpec::Mixed(names))
}

/// After `(`, up to and with `)`.
fn group(cursor: &mut Cursor<'_>, depth: usize) -> Result<ParticleBody, String> {
    if depth > MAX_DEPTH {
        return Err("the content model is nested too deeply".to_owned());
    }
    let mut parts = vec![particle(cursor, depth)?];
    let mut separator = None;
    loop {
        cursor.skip_space();
        if cursor.take(")") {
            break;
        }
        let next =
            cursor.peek().filter(|c| matches!(c, ',' | '|')).ok_or_else(|| cursor.unexpected("`,`, `|` or `)`"))?;
        if *separator.get_or_insert(next) != next {
            return Err(cursor.unexpected("one kind of separator in a group"));
        }
        cursor.skip_char();
        parts.push(particle(cursor, depth)?);
    }
    Ok(if separator == Some('|') { ParticleBody::Choice(parts) } else { ParticleBody::Sequence(parts) })
}

fn particle(cursor: &mut Cursor<'_>, depth: usize) -> Result<Particle, String> {
    cursor.skip_space();
    let body = if cursor.take("(") { group(cursor, depth + 1)? } else { ParticleBody::Name(cursor.name()?.to_owned()) };
    Ok(Particle { body, repeat: repeat(cursor) })
}

fn repeat(cursor: &mut Cursor<'_>) -> Repeat {
    if cursor.take("?") {
        Repeat::Optional
    } else if cursor.take("*") {
        Repeat::Any
    } else if cursor.take("+") {
        Repeat::OneOrMore
    } else {
        Repeat::One
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(body: &str) -> ContentSpec {
        element_declaration(body).unwrap().1
    }

    fn name(text: &str, repeat: Repeat) -> Particle {
        Particle { body: ParticleBody::Name(text.to_owned()), repeat }
    }

    #[test]
    fn the_simple_forms_are_read() {
        assert_eq!(element_declaration(" ds:a EMPTY ").unwrap(), ("ds:a".to_owned(), ContentSpec::Empty));
        assert_eq!(content("a ANY"), ContentSpec::Any);
        assert_eq!(content("a (#PCDATA)"), ContentSpec::Mixed(vec![]));
        assert_eq!(content("a ( #PCDATA )*"), ContentSpec::Mixed(vec![]));
        assert_eq!(content("a (#PCDATA | b |x:c)*"), ContentSpec::Mixed(vec!["b".into(), "x:c".into()]));
    }

    #[test]
    fn groups_nest_and_repeat() {
        let choice = ParticleBody::Choice(vec![name("b", Repeat::OneOrMore), name("c", Repeat::One)]);
        let parts = vec![name("a", Repeat::Optional), Particle { body: choice, repeat: Repeat::Any }];
        let expected = Particle { body: ParticleBody::Sequence(parts), repeat: Repeat::OneOrMore };
        assert_eq!(content("x ( a? , ( b+ | c )* )+"), ContentSpec::Children(expected));
    }

    #[test]
    fn what_is_not_a_model_is_refused() {
        for body in
            ["a", "a b", "a (b", "a (b c)", "a (b,c|d)", "a ()", "a (#PCDATA|b)", "a (b) c", "a (#PCDATA,b)*", "(b)"]
        {
            assert!(element_declaration(body).is_err(), "{body}");
        }
        let deep = format!("a {}b{}", "(".repeat(500), ")".repeat(500));
        assert!(element_declaration(&deep).unwrap_err().contains("too deeply"));
    }
}
