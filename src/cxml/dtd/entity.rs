//! Owns parameter entities: their values, and the replacement of `%name;` in declarations.
//!
//! Nothing is ever fetched: an external parameter entity may be declared, using it is an error. Depth and size of all replacements
//! together are capped, so that a hostile DTD ends in an error instead of in all the memory.

use std::collections::HashMap;

use super::cursor::Cursor;

/// The longest chain of entities within entities.
const MAX_DEPTH: usize = 16;
/// All replacement text of one DTD together, 8 MiB. The largest published cXML DTD needs well under one.
const MAX_EXPANDED_BYTES: usize = 8 * 1024 * 1024;

/// The parameter entities declared so far.
#[derive(Debug, Default)]
pub(super) struct Entities {
    /// `None` is an external one.
    values: HashMap<String, Option<String>>,
    expanded_bytes: usize,
}

impl Entities {
    /// Declares an entity; the first declaration of a name counts (XML 4.2).
    pub fn declare(&mut self, name: &str, value: Option<String>) {
        self.values.entry(name.to_owned()).or_insert(value);
    }

    /// The replacement text of `%name;`.
    ///
    /// # Errors
    /// The name is unknown or external, or the DTD expands to too much.
    pub fn value(&mut self, name: &str) -> Result<String, String> {
        let value = match self.values.get(name) {
            None => return Err(format!("parameter entity %{name}; is not declared")),
            Some(None) => {
                return Err(format!("parameter entity %{name}; is external, and external entities are not read"));
            }
            Some(Some(value)) => value.clone(),
        };
        self.expanded_bytes += value.len();
        if self.expanded_bytes > MAX_EXPANDED_BYTES {
            return Err("the parameter entities expand to too much text".to_owned());
        }
        Ok(value)
    }

    /// `text` of a declaration with every reference outside of literals replaced, padded by blanks as XML 4.4.8 demands.
    ///
    /// # Errors
    /// See [`Entities::value`]; also entities that contain each other.
    pub fn expand_markup(&mut self, text: &str) -> Result<String, String> {
        let mut out = String::with_capacity(text.len());
        self.expand_markup_into(&mut out, text, 0)?;
        Ok(out)
    }

    fn expand_markup_into(&mut self, out: &mut String, text: &str, depth: usize) -> Result<(), String> {
        check_depth(depth)?;
        let mut cursor = Cursor::new(text);
        while !cursor.rest().is_empty() {
            out.push_str(cursor.take_plain(['"', '\'', '%']));
            let Some(next) = cursor.peek() else { break };
            if next == '"' || next == '\'' {
                let literal = cursor.literal()?;
                out.extend([next]);
                out.push_str(literal);
                out.push(next);
            } else if let Some(name) = cursor.parameter_reference() {
                let value = self.value(name)?;
                out.push(' ');
                self.expand_markup_into(out, &value, depth + 1)?;
                out.push(' ');
            } else {
                out.push(next);
                cursor.skip_char();
            }
        }
        Ok(())
    }

    /// The value of an entity as its declaration gives it: character references and parameter entities replaced at once, general
    /// entities kept (XML 4.4, "bypassed").
    ///
    /// # Errors
    /// See [`Entities::value`].
    pub fn expand_value(&mut self, literal: &str) -> Result<String, String> {
        let mut out = String::with_capacity(literal.len());
        self.expand_value_into(&mut out, literal, 0)?;
        Ok(out)
    }

    fn expand_value_into(&mut self, out: &mut String, text: &str, depth: usize) -> Result<(), String> {
        check_depth(depth)?;
        let mut cursor = Cursor::new(text);
        while !cursor.rest().is_empty() {
            out.push_str(cursor.take_plain(['%', '&', '&']));
            let Some(next) = cursor.peek() else { break };
            if let Some(name) = cursor.parameter_reference() {
                let value = self.value(name)?;
                self.expand_value_into(out, &value, depth + 1)?;
            } else if let Some(character) = cursor.character_reference() {
                out.push(character);
            } else {
                out.push(next);
                cursor.skip_char();
            }
        }
        Ok(())
    }
}

fn check_depth(depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH { Err("parameter entities contain each other too deeply".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entities(pairs: &[(&str, &str)]) -> Entities {
        let mut entities = Entities::default();
        for (name, value) in pairs {
            entities.declare(name, Some((*value).to_owned()));
        }
        entities
    }

    #[test]
    fn references_outside_of_literals_are_replaced_and_padded() {
        let mut entities = entities(&[("a", "x|%b;"), ("b", "y")]);
        assert_eq!(entities.expand_markup("(%a;) '%a;' 5 % 2").unwrap(), "( x| y  ) '%a;' 5 % 2");
    }

    #[test]
    fn a_value_takes_references_without_padding() {
        let mut entities = entities(&[("a", "x")]);
        assert_eq!(entities.expand_value("<%a;&#65;&#x42;&amp;>").unwrap(), "<xAB&amp;>");
    }

    #[test]
    fn the_first_declaration_counts() {
        let mut entities = entities(&[("a", "first"), ("a", "second")]);
        assert_eq!(entities.value("a").unwrap(), "first");
    }

    #[test]
    fn entities_that_contain_each_other_are_refused() {
        let mut entities = entities(&[("a", "%b;"), ("b", "%a;")]);
        assert!(entities.expand_markup("%a;").unwrap_err().contains("too deeply"));
    }

    #[test]
    fn entities_that_explode_are_refused() {
        let tenfold = |name: &str| format!("%{name};").repeat(10);
        let mut all = entities(&[("e0", &"x".repeat(1000))]);
        for level in 1..9 {
            all.declare(&format!("e{level}"), Some(tenfold(&format!("e{}", level - 1))));
        }
        assert!(all.expand_markup("%e8;").unwrap_err().contains("too much"));
    }

    #[test]
    fn an_external_entity_may_be_declared_but_not_used() {
        let mut entities = Entities::default();
        entities.declare("ext", None);
        assert!(entities.expand_markup("%ext;").unwrap_err().contains("external"));
        assert!(entities.expand_markup("%other;").unwrap_err().contains("not declared"));
    }
}
