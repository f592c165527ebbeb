//! JSON as people mean it: a name that stands twice in an object is a mistake, not a way to say something anew.
//!
//! Most readers take the last value and say nothing: of two prices one would be lost.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::members::{Misread, pointer_to};

/// A value, and the names in it that stand twice, each with its place. The last value of such a name is kept.
///
/// # Errors
/// Where it is no JSON.
pub fn parse(text: &[u8]) -> Result<(Value, Vec<Misread>), serde_json::Error> {
    let mut twice = Vec::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Node { place: &mut String::new(), twice: &mut twice }.deserialize(&mut reader)?;
    reader.end()?;
    Ok((value, twice))
}

struct Node<'a> {
    /// The pointer to this value.
    place: &'a mut String,
    twice: &'a mut Vec<Misread>,
}

impl Node<'_> {
    /// Reads what is below this value under a step of the pointer.
    fn below<T>(&mut self, step: &str, read: impl FnOnce(Node<'_>) -> T) -> T {
        let length = self.place.len();
        self.place.push_str(step);
        let found = read(Node { place: self.place, twice: self.twice });
        self.place.truncate(length);
        found
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = self.below(&format!("/{}", values.len()), |node| list.next_element_seed(node))? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let step = pointer_to(&name);
            let value = self.below(&step, |node| map.next_value_seed(node))?;
            if members.insert(name, value).is_some() {
                let pointer = format!("{}{step}", self.place);
                self.twice.push(Misread { pointer, detail: "stands twice: which one is meant?".to_owned() });
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_name_that_stands_twice_is_told_with_its_place() {
        let text = br#"{"a": [{"b/c": 1, "d": 2, "b/c": 3}], "e": {"b/c": 4}, "a": null}"#;
        let (value, twice) = parse(text).unwrap();
        assert_eq!(value, json!({ "a": null, "e": { "b/c": 4 } }));
        let places: Vec<&str> = twice.iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(places, ["/a/0/b~1c", "/a"]);
    }

    #[test]
    fn a_value_is_read_as_by_everybody_else() {
        let text = r#"[null, true, -1, 18446744073709551615, 1.5, "\u00e4\n", {}, [], {"n": [{"m": 0}]}]"#;
        let (value, twice) = parse(text.as_bytes()).unwrap();
        assert_eq!((value, twice.len()), (serde_json::from_str::<Value>(text).unwrap(), 0));
        for broken in ["", "[1", "{} {}", "nul", "\"\u{1}\""] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken:?}");
        }
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err(), "no depth exhausts the stack");
    }
}
