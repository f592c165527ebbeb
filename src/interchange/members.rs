//! JSON that people and machines write, read member by member so that every error has its place.
//!
//! A member that nobody knows is an error: a typing mistake must not look like success. All errors are collected, none hides
//! another. A member that is not there is not read at all; `null` is a value like any other and only allowed where it means
//! something.

use marketgate_domain::money::parse_decimal;
use serde_json::{Map, Value};

use super::words::{did_you_mean, folded, not_one_of, shown};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// A JSON Pointer from the object that was read (RFC 6901): `/terms/schedule/3/charge_date`; empty for the object itself.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

/// The members of an object while they are read.
#[derive(Debug)]
pub struct Members {
    given: Map<String, Value>,
    known: Vec<&'static str>,
    faults: Vec<Misread>,
}

impl Members {
    /// The members of an object.
    pub fn new(given: Map<String, Value>) -> Self {
        Self::read_with(given, Vec::new())
    }

    /// The members of an object of which something is known to be wrong.
    pub fn read_with(given: Map<String, Value>, faults: Vec<Misread>) -> Self {
        Self { given, known: Vec::new(), faults }
    }

    /// A member that may be missing. `read` says what is wrong with it.
    pub fn optional<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        let value = self.take(name)?;
        read(&value).map_err(|detail| self.blame(name, detail)).ok()
    }

    /// A member that must be there.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        self.must_name(&[name]);
        self.optional(name, read)
    }

    /// A member that may be missing, where `null` says the same.
    pub fn nullable<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Result<T, String>) -> Option<T> {
        self.skip_null(name);
        self.optional(name, read)
    }

    /// An object that may be missing or `null`.
    pub fn object<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.skip_null(name);
        self.part(name, read)
    }

    /// An object that may be missing.
    pub fn part<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let value = self.take(name)?;
        self.inner(value, &format!("/{name}"), read)
    }

    /// An object that must be there.
    pub fn required_part<T>(&mut self, name: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.must_name(&[name]);
        self.part(name, read)
    }

    /// A list of objects that may be missing, but is a list where it is named.
    pub fn parts<T>(&mut self, name: &'static str, read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        match self.given.get(name) {
            Some(Value::Null) => self.optional(name, |value| Err(expected("a list", value))),
            Some(_) => self.list(name, read),
            None => self.optional(name, |_| Ok(Vec::new())),
        }
    }

    /// A list of objects that may be missing or `null`, which both mean an empty one. `None` if one of them is wrong.
    pub fn list<T>(&mut self, name: &'static str, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.skip_null(name);
        match self.take(name) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) => {
                let mut inner = |(place, value)| self.inner(value, &format!("/{name}/{place}"), &mut read);
                // All are read, whatever is wrong with the first ones.
                let items: Vec<Option<T>> = values.into_iter().enumerate().map(&mut inner).collect();
                items.into_iter().collect()
            }
            Some(other) => {
                self.blame(name, expected("a list", &other));
                None
            }
        }
    }

    /// Members that must be there, whoever reads them.
    pub fn must_name(&mut self, names: &[&'static str]) {
        for name in names {
            if !self.given.contains_key(*name) {
                self.blame(name, "is missing".to_owned());
            }
        }
    }

    /// Notes that a member is wrong.
    pub fn blame(&mut self, name: &str, detail: String) {
        self.faults.push(Misread { pointer: pointer_to(name), detail });
    }

    /// Notes that something below is wrong, by its path: `schedule/3/charge_date`. Without a path it is the object as a whole.
    pub fn blame_at(&mut self, path: &str, detail: String) {
        let pointer = if path.is_empty() { String::new() } else { format!("/{path}") };
        self.faults.push(Misread { pointer, detail });
    }

    /// Whether something is known to be wrong.
    pub fn is_at_fault(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Comes last: what nobody has asked for by now is unknown.
    ///
    /// # Errors
    /// Everything that is wrong with the object.
    pub fn finish(mut self) -> Result<(), Vec<Misread>> {
        for name in std::mem::take(&mut self.given).into_iter().map(|(name, _)| name) {
            let suggestion = did_you_mean(&name, self.known.iter().copied());
            let known = self.known.join(", ");
            self.blame(&name, format!("is unknown here; known are {known}{suggestion}"));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults) }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.given.remove(name)
    }

    fn skip_null(&mut self, name: &'static str) {
        if self.given.get(name).is_some_and(Value::is_null) {
            self.given.remove(name);
        }
    }

    /// Reads an object below this one; its errors are those of this one.
    fn inner<T>(&mut self, value: Value, place: &str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let given = match value {
            Value::Object(given) => given,
            other => {
                self.faults.push(Misread { pointer: place.to_owned(), detail: expected("an object", &other) });
                return None;
            }
        };
        let mut members = Self::new(given);
        let read = read(&mut members);
        let faults = members.finish().err().unwrap_or_default();
        let is_good = faults.is_empty();
        let below = |fault: Misread| Misread { pointer: format!("{place}{}", fault.pointer), ..fault };
        self.faults.extend(faults.into_iter().map(below));
        read.filter(|_| is_good)
    }
}

/// A pointer to a member, with the escapes of JSON Pointer.
pub(super) fn pointer_to(name: &str) -> String {
    let name: String = name.chars().take(80).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn expected(what: &str, value: &Value) -> String {
    format!("{what} is expected, not {}", shown(value))
}

/// Reads a text member.
///
/// # Errors
/// In words.
pub fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| expected("a text", value))
}

/// [`text`] to keep.
///
/// # Errors
/// In words.
pub fn owned_text(value: &Value) -> Result<String, String> {
    text(value).map(str::to_owned)
}

/// Reads a text that stands for a value: an identifier, a day, a code.
///
/// # Errors
/// In words.
pub fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(value: &Value) -> Result<T, String> {
    let text = text(value)?;
    text.parse().map_err(|error: T::Err| with_value(error.to_string(), text))
}

/// Reads true or false.
///
/// # Errors
/// In words.
pub fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| expected("true or false", value))
}

/// Reads a whole number.
///
/// # Errors
/// In words.
pub fn whole_number(value: &Value) -> Result<u32, String> {
    value.as_u64().and_then(|number| number.try_into().ok()).ok_or_else(|| expected("a whole number", value))
}

/// Reads a list of texts.
///
/// # Errors
/// In words.
pub fn texts(value: &Value) -> Result<Vec<String>, String> {
    let all = value.as_array().and_then(|all| all.iter().map(|text| text.as_str().map(str::to_owned)).collect());
    all.ok_or_else(|| expected("a list of texts", value))
}

/// Reads an object whose members are counts: units of dimensions.
///
/// # Errors
/// In words.
pub fn units(value: &Value) -> Result<std::collections::BTreeMap<String, u32>, String> {
    let members = value.as_object().ok_or_else(|| expected("an object of whole numbers", value))?;
    let one = |(key, value): (&String, &Value)| {
        whole_number(value).map(|count| (key.clone(), count)).map_err(|problem| format!("{key}: {problem}"))
    };
    members.iter().map(one).collect()
}

/// Reads a day, written in the one way that the schema names: of a moment with an offset nobody knows which day is meant.
///
/// # Errors
/// In words.
pub fn day(value: &Value) -> Result<jiff::civil::Date, String> {
    let text = text(value)?;
    let parsed = text.parse().ok().filter(|day: &jiff::civil::Date| day.year() >= 0 && day.to_string() == text);
    parsed.ok_or_else(|| format!("{}: write the year first, for example \"2027-03-31\"", expected("a day", value)))
}

/// Reads a text that is one of some words, each with what it means. Case and separators do not matter.
///
/// # Errors
/// In words, with those that are known and the nearest of them.
pub fn one_of<T: Copy>(value: &Value, words: &[(&str, T)]) -> Result<T, String> {
    titled(value, words, |_| "")
}

/// [`one_of`] that also takes the words by which pages name the meanings.
///
/// # Errors
/// As [`one_of`].
pub fn titled<T: Copy>(value: &Value, words: &[(&str, T)], title: impl Fn(T) -> &'static str) -> Result<T, String> {
    let given = text(value)?;
    let wanted = folded(given);
    let is_meant = |(word, meaning): &&(&str, T)| folded(word) == wanted || folded(title(*meaning)) == wanted;
    let found = words.iter().filter(|_| !wanted.is_empty()).find(is_meant).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| not_one_of(given, &words.iter().map(|(word, _)| *word).collect::<Vec<_>>()))
}

/// Reads a decimal: a text, because numbers of JSON are binary floats to most programs.
///
/// # Errors
/// In words.
pub fn decimal(value: &Value) -> Result<rust_decimal::Decimal, String> {
    let text = text(value)?;
    parse_decimal(text).map_err(|error| with_value(error.to_string(), text))
}

/// What is wrong with a text, and the text unless the message has it.
fn with_value(problem: String, text: &str) -> String {
    if problem.contains(text) { problem } else { format!("{}: {problem}", shown(&text.into())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Members {
        let Value::Object(given) = serde_json::from_str(text).unwrap() else { panic!("no object") };
        Members::new(given)
    }

    fn pointers(members: Members) -> Vec<String> {
        members.finish().unwrap_err().into_iter().map(|fault| fault.pointer).collect()
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day(&"2027-02-03".into()), Ok(jiff::civil::date(2027, 2, 3)));
        let others = [
            "20270203",
            "2027-2-3",
            "+002027-02-03",
            " 2027-02-03",
            "2027-02-03T23:30-08:00",
            "2027-02-30",
            "-000044-03-15",
        ];
        for text in others {
            assert!(day(&text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn words_are_taken_as_pages_show_them_and_a_wrong_one_is_shown_with_the_nearest() {
        let words = [("saas", "SaaS"), ("free_trial", "Try before you buy")];
        let read = |text: &str| titled(&text.into(), &words, |title| title);
        for text in ["saas", "SaaS", " SAAS"] {
            assert_eq!(read(text), Ok("SaaS"), "{text}");
        }
        for text in ["Free Trial", "free-trial", "try before you buy"] {
            assert_eq!(read(text), Ok("Try before you buy"), "{text}");
        }
        let wrong = read("sas").unwrap_err();
        assert_eq!(wrong, "\"sas\" is not one of saas, free_trial; did you mean \"saas\"?");
        assert!(read("").is_err() && read("_").is_err());
    }

    #[test]
    fn an_unknown_member_is_said_with_the_nearest_known_one() {
        let mut members = members(r#"{"Product_Type": "saas"}"#);
        members.optional("product_type", owned_text);
        let detail = members.finish().unwrap_err().remove(0).detail;
        assert_eq!(detail, "is unknown here; known are product_type; did you mean \"product_type\"?");
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_shown() {
        assert_eq!(whole_number(&"12 months".into()), Err("a whole number is expected, not \"12 months\"".to_owned()));
        assert_eq!(owned_text(&7.into()), Err("a text is expected, not 7".to_owned()));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_with_its_place() {
        let mut members = members(r#"{"name": 7, "co/lour": "red"}"#);
        let name = members.required("name", owned_text);
        let day = members.required("day", day);
        assert_eq!((name, day), (None, None));
        assert_eq!(pointers(members), ["/name", "/day", "/co~1lour"]);
    }

    #[test]
    fn null_is_a_value_where_it_means_something_and_missing_is_not() {
        let read = |body: &str| members(body).optional("url", |value| Ok(value.is_null()));
        assert_eq!((read(r#"{"url":null}"#), read("{}")), (Some(true), None));
        assert_eq!(members(r#"{"url":null}"#).nullable("url", owned_text), None);
    }

    #[test]
    fn a_part_that_is_named_is_there() {
        let mut members = members(r#"{"price": null, "rules": null}"#);
        assert_eq!(members.required_part("price", |_| Some(())), None);
        assert_eq!(members.parts("rules", |_| Some(())), None);
        assert_eq!(members.parts("more", |_| Some(())), None);
        assert_eq!(pointers(members), ["/price", "/rules"]);
    }

    #[test]
    fn places_in_lists_of_objects_are_counted() {
        let mut members = members(r#"{"prices": [{"price": "1"}, {"price": 2, "more": 3}, 4]}"#);
        let prices = members.list("prices", |price| price.required("price", owned_text));
        assert_eq!(prices, None);
        assert_eq!(pointers(members), ["/prices/1/price", "/prices/1/more", "/prices/2"]);
    }

    #[test]
    fn what_is_missing_in_an_object_is_said_by_its_reader_only() {
        let mut members = members(r#"{"outer": {"inner": {}}}"#);
        let read = members.object("outer", |outer| outer.object("inner", |inner| inner.required("text", owned_text)));
        assert_eq!(read, None);
        assert_eq!(pointers(members), ["/outer/inner/text"]);
    }
}
