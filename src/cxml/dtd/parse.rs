//! Owns the way from DTD text to declarations: comments, instructions, conditional sections, entities, and which declaration is
//! which. The bodies of ELEMENT and ATTLIST are read by `content` and `attlist`.
//!
//! Never reads a file or an address. Parameter entities are replaced declaration by declaration, which relies on declarations
//! being properly nested in entities (XML 2.8 makes that a validity constraint, and cXML keeps it).

use std::fmt;

use super::attlist::attribute_declarations;
use super::content::element_declaration;
use super::cursor::Cursor;
use super::declaration::Declarations;
use super::entity::Entities;

/// Nested conditional sections and entities that hold declarations.
const MAX_NESTING: usize = 16;

/// Why a text is not a DTD that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DtdError {
    /// Line in the DTD file where the declaration begins, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for DtdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the DTD: {}", self.line, self.message)
    }
}

impl std::error::Error for DtdError {}

/// Reads an external subset.
///
/// # Errors
/// The first thing that is not a declaration, with its line.
pub(super) fn parse(text: &str) -> Result<Declarations, DtdError> {
    let mut parser = Parser::default();
    let mut cursor = Cursor::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    loop {
        let start = cursor.offset();
        match parser.declaration(&mut cursor, 0) {
            Ok(true) => {}
            Ok(false) => return Ok(parser.found),
            Err(message) => return Err(DtdError { line: line_of(text, start), message }),
        }
    }
}

fn line_of(text: &str, offset: usize) -> u32 {
    let rest = text.get(offset..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start().len();
    let before = text.get(..offset + blanks).unwrap_or_default();
    u32::try_from(before.bytes().filter(|b| *b == b'\n').count() + 1).unwrap_or(u32::MAX)
}

#[derive(Debug, Default)]
struct Parser {
    found: Declarations,
    entities: Entities,
}

impl Parser {
    /// Reads one declaration; false at the end of the text.
    fn declaration(&mut self, cursor: &mut Cursor<'_>, nesting: usize) -> Result<bool, String> {
        if nesting > MAX_NESTING {
            return Err("declarations are nested too deeply".to_owned());
        }
        cursor.skip_space();
        if cursor.rest().is_empty() {
            return Ok(false);
        }
        if cursor.take("<!--") {
            cursor.take_until("-->")?;
        } else if cursor.take("<?") {
            cursor.take_until("?>")?;
        } else if cursor.take("<![") {
            self.conditional_section(cursor, nesting)?;
        } else if cursor.take("<!") {
            let keyword = cursor.name()?;
            let body = declaration_body(cursor)?;
            self.declare(keyword, body)?;
        } else if let Some(name) = cursor.parameter_reference() {
            let value = self.entities.value(name)?;
            self.declarations(&value, nesting + 1)?;
        } else {
            return Err(cursor.unexpected("a declaration"));
        }
        Ok(true)
    }

    fn declarations(&mut self, text: &str, nesting: usize) -> Result<(), String> {
        let mut cursor = Cursor::new(text);
        while self.declaration(&mut cursor, nesting)? {}
        Ok(())
    }

    fn conditional_section(&mut self, cursor: &mut Cursor<'_>, nesting: usize) -> Result<(), String> {
        let keyword = self.entities.expand_markup(cursor.take_until("[")?)?;
        let content = section_content(cursor)?;
        match keyword.trim() {
            "INCLUDE" => self.declarations(content, nesting + 1),
            "IGNORE" => Ok(()),
            other => Err(format!("expected INCLUDE or IGNORE, found `{other}`")),
        }
    }

    fn declare(&mut self, keyword: &str, body: &str) -> Result<(), String> {
        match keyword {
            "ENTITY" => self.entity(body),
            "ELEMENT" => {
                let body = self.entities.expand_markup(body)?;
                self.found.elements.push(element_declaration(&body)?);
                Ok(())
            }
            "ATTLIST" => {
                let body = self.entities.expand_markup(body)?;
                self.found.attributes.extend(attribute_declarations(&body)?);
                Ok(())
            }
            "NOTATION" => Ok(()),
            other => Err(format!("expected ELEMENT, ATTLIST, ENTITY or NOTATION, found `{other}`")),
        }
    }

    /// General entities are declared for documents that use them, which none may; only the names of unparsed ones are kept.
    fn entity(&mut self, body: &str) -> Result<(), String> {
        let mut cursor = Cursor::new(body);
        cursor.skip_space();
        let is_parameter = cursor.take("%");
        cursor.skip_space();
        let name = cursor.name()?;
        cursor.skip_space();
        let is_external = cursor.take("SYSTEM") || cursor.take("PUBLIC");
        if is_external {
            if is_parameter {
                self.entities.declare(name, None);
            } else if cursor.rest().contains("NDATA") {
                self.found.unparsed_entities.push(name.to_owned());
            }
            return Ok(());
        }
        let literal = cursor.literal()?;
        if is_parameter {
            let value = self.entities.expand_value(literal)?;
            self.entities.declare(name, Some(value));
        }
        Ok(())
    }
}

/// The text up to the `>` that ends the declaration: not one in a literal.
fn declaration_body<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, String> {
    let rest = cursor.rest();
    let start = cursor.offset();
    loop {
        cursor.take_plain(['"', '\'', '>']);
        match cursor.peek() {
            Some('>') => {
                let body = rest.get(..cursor.offset() - start).unwrap_or_default();
                cursor.skip_char();
                return Ok(body);
            }
            Some(_) => {
                cursor.literal()?;
            }
            None => return Err("the declaration does not end".to_owned()),
        }
    }
}

/// The text up to the `]]>` that ends a conditional section, with the sections inside it.
fn section_content<'a>(cursor: &mut Cursor<'a>) -> Result<&'a str, String> {
    let rest = cursor.rest();
    let start = cursor.offset();
    let mut open = 1_usize;
    while cursor.peek().is_some() {
        if cursor.take("<![") {
            open += 1;
        } else if cursor.rest().starts_with("]]>") {
            open -= 1;
            let content = rest.get(..cursor.offset() - start).unwrap_or_default();
            cursor.take("]]>");
            if open == 0 {
                return Ok(content);
            }
        } else {
            cursor.skip_char();
        }
    }
    Err("the conditional section does not end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::declaration::ContentSpec;
    use super::*;

    fn element_names(text: &str) -> Vec<String> {
        parse(text).unwrap().elements.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn comments_instructions_and_notations_are_passed_over() {
        let text = "\u{feff}<?xml version='1.0' encoding='UTF-8'?><!-- <!ELEMENT no EMPTY> --><?pi <!ELEMENT no EMPTY>?>\n\
                    <!NOTATION gif SYSTEM 'gif > viewer'><!ELEMENT yes EMPTY>";
        assert_eq!(element_names(text), ["yes"]);
    }

    #[test]
    fn nested_parameter_entities_build_a_content_model() {
        let model = "<!ENTITY % requests '(A | %more;)'><!ELEMENT r (%requests;,D?)>";
        assert!(parse(model).unwrap_err().message.contains("%more;"));
        let nested = format!("<!ENTITY % more 'B|C'>{model}");
        let direct = "<!ELEMENT r ((A|B|C),D?)>";
        assert_eq!(parse(&nested).unwrap().elements, parse(direct).unwrap().elements);
    }

    #[test]
    fn an_entity_may_hold_whole_declarations() {
        let text = "<!ENTITY % more '<!ELEMENT a EMPTY><!ELEMENT b ANY>'>%more;<!ELEMENT c EMPTY>";
        assert_eq!(element_names(text), ["a", "b", "c"]);
    }

    #[test]
    fn conditional_sections_are_included_or_ignored() {
        let text = "<!ENTITY % help 'IGNORE'><![%help;[<!ELEMENT a EMPTY><![INCLUDE[<!ELEMENT b EMPTY>]]>]]>\
                    <![ INCLUDE [<!ELEMENT c EMPTY><![IGNORE[ anything ]]>]]>";
        assert_eq!(element_names(text), ["c"]);
        assert!(parse("<![MAYBE[]]>").unwrap_err().message.contains("INCLUDE or IGNORE"));
        assert!(parse("<![IGNORE[").unwrap_err().message.contains("does not end"));
    }

    #[test]
    fn a_closing_bracket_in_a_literal_does_not_end_a_declaration() {
        let found = parse("<!ATTLIST a b CDATA 'x>y'><!ELEMENT a (#PCDATA)>").unwrap();
        assert_eq!(found.attributes.len(), 1);
        assert_eq!(found.elements[0].1, ContentSpec::Mixed(Vec::new()));
    }

    #[test]
    fn only_unparsed_general_entities_are_kept() {
        let text = "<!ENTITY a 'text'><!ENTITY b SYSTEM 'u'><!ENTITY pic SYSTEM 'u' NDATA gif>";
        assert_eq!(parse(text).unwrap().unparsed_entities, ["pic"]);
    }

    #[test]
    fn an_error_names_the_line_of_its_declaration() {
        for (text, line, part) in [
            ("<!ELEMENT a EMPTY>\n\n  <!ELEMENT b (c,>", 3, "expected"),
            ("\n<!WRONG a>", 2, "WRONG"),
            ("text", 1, "a declaration"),
            ("<!ELEMENT a EMPTY", 1, "does not end"),
            ("<!-- no end", 1, "`-->` is missing"),
            ("\n\n%no;", 3, "not declared"),
            ("<!ENTITY % x SYSTEM 'http://example.com/x.mod'>\n%x;", 2, "external"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}");
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
}
