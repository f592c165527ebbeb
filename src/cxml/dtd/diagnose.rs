//! Owns the step from a finding to a sentence with a hint: what was expected, what was found, and what the author can do.
//!
//! Runs only for documents that are not valid, so it may read the document again. It never repeats text content, which may be a
//! secret; attribute values are repeated, shortened.

use std::borrow::Cow;

use super::automaton::Automaton;
use super::declaration::AttributeKind;
use super::model::{Content, Dtd};
use super::names::NameId;
use super::order::{Misplacement, misplacement};
use super::report::{ValidationError, ValidationErrorKind};
use super::violation::{Fault, Violation};

/// Names that an expectation lists before it says "and n more".
const MAX_LISTED: usize = 8;

/// What is said about a finding, apart from its place.
pub(super) struct Explanation {
    pub kind: ValidationErrorKind,
    pub expected: String,
    pub found: String,
    pub hint: String,
}

/// Puts findings, sorted by place, into words.
pub(super) fn explain_all(dtd: &Dtd, text: &str, violations: &[Violation<'_>]) -> Vec<ValidationError> {
    let mut line_start = 0;
    let mut line = 1_usize;
    let mut explained = Vec::with_capacity(violations.len());
    for violation in violations {
        let passed = text.get(line_start..violation.at).unwrap_or_default();
        if let Some(last) = passed.rfind('\n') {
            line += passed.bytes().filter(|b| *b == b'\n').count();
            line_start += last + 1;
        }
        let column = text.get(line_start..violation.at).unwrap_or_default().chars().count() + 1;
        let Explanation { kind, expected, found, hint } = explain(dtd, text, violation);
        explained.push(ValidationError {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            path: violation.path.iter().map(|name| shortened(name)).collect::<Vec<_>>().join("/"),
            element: violation.path.last().map(|name| shortened(name).into_owned()).unwrap_or_default(),
            kind,
            expected,
            found: shortened(&found).into_owned(),
            hint,
        });
    }
    explained
}

/// Names of a stranger may have any length; a finding is shown to people and kept in a log.
fn shortened(text: &str) -> Cow<'_, str> {
    const MAX_CHARS: usize = 120;
    match text.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => Cow::Owned(format!("{}...", text.get(..cut).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

fn explain(dtd: &Dtd, text: &str, violation: &Violation<'_>) -> Explanation {
    let element = violation.path.last().copied().unwrap_or_default();
    match &violation.fault {
        Fault::UndeclaredElement { parent } => undeclared_element(dtd, element, parent.as_ref()),
        Fault::UnexpectedChild { .. } => unexpected_child(dtd, text, violation, element),
        Fault::Incomplete { state } => match dtd.element_named(element).map(|element| &element.content) {
            Some(Content::Children(automaton)) => incomplete(dtd, element, automaton, *state),
            _ => Explanation::new(ValidationErrorKind::MissingElement, "", "its end", ""),
        },
        Fault::NotInMixed { child } => not_in_mixed(dtd, element, child),
        Fault::UndeclaredPrefix { child } => {
            let prefix = child.split(':').next().unwrap_or_default();
            Explanation::new(
                ValidationErrorKind::UnexpectedElement,
                format!("a declared prefix {prefix}"),
                format!("element {child}"),
                format!("declare the prefix with xmlns:{prefix}=\"...\" where the DTD allows it"),
            )
        }
        Fault::NotEmpty => Explanation::new(
            ValidationErrorKind::NotEmpty,
            "nothing",
            "content",
            format!("write <{element}/> with nothing in it, not even blanks or a comment"),
        ),
        Fault::TextBetweenElements => Explanation::new(
            ValidationErrorKind::TextBetweenElements,
            "elements only",
            "text",
            format!("{element} takes elements only: remove the text, or put it into the element that it belongs to"),
        ),
        Fault::CDataBetweenElements => Explanation::new(
            ValidationErrorKind::TextBetweenElements,
            "elements only",
            "a CDATA section",
            format!("remove the CDATA section: between the elements of {element} not even a blank one is allowed"),
        ),
        Fault::BlankInStandalone => Explanation::new(
            ValidationErrorKind::BlankInStandalone,
            "no white space, as the document calls itself standalone",
            "white space between elements",
            "remove standalone=\"yes\" from the XML declaration",
        ),
        fault => attribute_fault(dtd, element, fault),
    }
}

impl Explanation {
    fn new(
        kind: ValidationErrorKind,
        expected: impl Into<String>,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { kind, expected: expected.into(), found: found.into(), hint: hint.into() }
    }
}

fn undeclared_element(dtd: &Dtd, element: &str, parent: Option<&(&str, Vec<NameId>)>) -> Explanation {
    let allowed = parent.map(|(_, names)| names.as_slice()).unwrap_or_default();
    let meant =
        nearest(element, allowed.iter().map(|id| dtd.name_text(*id))).or_else(|| nearest(element, dtd.element_names()));
    let hint = match (meant, parent) {
        (Some(meant), _) => format!("probably {meant} was meant"),
        (None, Some((parent, _))) => {
            format!(
                "remove it: this DTD has no such element; what {parent} has no element for travels in Extrinsic where that is allowed"
            )
        }
        (None, None) => "choose the DTD that this document was written for".to_owned(),
    };
    let expected = if allowed.is_empty() { "an element of this DTD".to_owned() } else { listed(dtd, allowed) };
    Explanation::new(ValidationErrorKind::UnknownElement, expected, format!("element {element}"), hint)
}

fn not_in_mixed(dtd: &Dtd, element: &str, child: &str) -> Explanation {
    let allowed = match dtd.element_named(element).map(|element| &element.content) {
        Some(Content::Mixed(allowed)) => allowed.as_slice(),
        _ => &[],
    };
    let (expected, hint) = if allowed.is_empty() {
        ("text only".to_owned(), format!("write the value of {element} as text, without elements in it"))
    } else {
        (format!("text or {}", listed(dtd, allowed)), format!("move {child} out of {element}"))
    };
    Explanation::new(ValidationErrorKind::UnexpectedElement, expected, format!("element {child}"), hint)
}

fn unexpected_child(dtd: &Dtd, text: &str, violation: &Violation<'_>, element: &str) -> Explanation {
    let Fault::UnexpectedChild { child, child_id, state, missing } = &violation.fault else {
        return Explanation::new(ValidationErrorKind::UnexpectedElement, "", "", "");
    };
    let Some(Content::Children(automaton)) = dtd.element_named(element).map(|element| &element.content) else {
        return Explanation::new(ValidationErrorKind::UnexpectedElement, "nothing", format!("element {child}"), "");
    };
    let expected = expectation(dtd, element, automaton, *state);
    let found = format!("element {child}");
    if let Some(missing) = missing {
        let hint = format!("add {} before {child}", sequence(dtd, missing));
        return Explanation::new(ValidationErrorKind::MissingElement, expected, found, hint);
    }
    match misplacement(dtd, automaton, text, violation.element_at, violation.at, *child_id) {
        Misplacement::Before(other) => {
            let hint = format!("{child} must come before {other} here");
            Explanation::new(ValidationErrorKind::WrongOrder, expected, found, hint)
        }
        Misplacement::Repeated => {
            let hint = format!(
                "{element} takes {child} only once here: remove one, or put it next to the other where several are allowed"
            );
            Explanation::new(ValidationErrorKind::UnexpectedElement, expected, found, hint)
        }
        Misplacement::Excluded(other) => {
            let hint = format!("{element} takes either {other} or {child}, not both");
            Explanation::new(ValidationErrorKind::UnexpectedElement, expected, found, hint)
        }
        Misplacement::Foreign => {
            let hint = match nearest(child, automaton.expected(*state).map(|id| dtd.name_text(id))) {
                Some(meant) => format!("probably {meant} was meant"),
                None => format!("move {child} out of {element}: it does not belong there"),
            };
            Explanation::new(ValidationErrorKind::UnexpectedElement, expected, found, hint)
        }
    }
}

fn incomplete(dtd: &Dtd, element: &str, automaton: &Automaton, state: u32) -> Explanation {
    let expected = expectation(dtd, element, automaton, state);
    let ends = |name: &NameId| automaton.next(state, *name).is_some_and(|next| automaton.accepts(next));
    let enough: Vec<NameId> = automaton.expected(state).filter(ends).collect();
    let hint = match enough.as_slice() {
        [] => format!("add {} to {element}", sequence(dtd, &automaton.completion(state))),
        [one] => format!("add {} to {element}", dtd.name_text(*one)),
        several => format!("add one of {} to {element}", listed(dtd, several)),
    };
    Explanation::new(ValidationErrorKind::MissingElement, expected, format!("the end of {element}"), hint)
}

fn attribute_fault(dtd: &Dtd, element: &str, fault: &Fault<'_>) -> Explanation {
    let declared = dtd.element_named(element);
    let names = || declared.iter().flat_map(|element| &element.attributes).map(|attribute| attribute.name.as_str());
    match fault {
        Fault::UndeclaredAttribute { name } => {
            let expected = match names().count() {
                0 => "no attribute".to_owned(),
                _ => format!("an attribute of {element}: {}", shortlist(names())),
            };
            let hint = match nearest(name, names()) {
                Some(meant) => format!("probably {meant} was meant"),
                None if name.starts_with("xmlns") => {
                    "remove the namespace declaration: this DTD does not know it".to_owned()
                }
                None => format!("remove {}", shortened(name)),
            };
            Explanation::new(ValidationErrorKind::UnknownAttribute, expected, format!("attribute {name}"), hint)
        }
        Fault::MissingAttribute { name } => {
            let attribute = declared.and_then(|element| element.attribute(name));
            let hint = match attribute.map(|attribute| &attribute.kind) {
                Some(AttributeKind::Enumeration(allowed)) => {
                    format!("add {name} with one of the values {}", shortlist(allowed.iter().map(String::as_str)))
                }
                _ => format!("add {name}=\"...\" to {element}"),
            };
            Explanation::new(ValidationErrorKind::MissingAttribute, format!("attribute {name}"), "none", hint)
        }
        Fault::WrongType { name, value, kind } => wrong_type(name, value, kind),
        Fault::NotFixed { name, value, fixed } => Explanation::new(
            ValidationErrorKind::WrongValue,
            format!("{name}=\"{fixed}\""),
            quoted(value),
            format!("write {name}=\"{fixed}\", or leave the attribute out"),
        ),
        Fault::DuplicateId { name, value } => Explanation::new(
            ValidationErrorKind::DuplicateId,
            format!("an ID in {name} that no other element has"),
            quoted(value),
            "give each element an ID of its own",
        ),
        Fault::UnknownId { name, value } => Explanation::new(
            ValidationErrorKind::UnknownReference,
            format!("the ID of an element of this document in {name}"),
            quoted(value),
            "give that ID to the element that is meant",
        ),
        Fault::UnknownEntity { name, value } => Explanation::new(
            ValidationErrorKind::UnknownReference,
            format!("an unparsed entity of the DTD in {name}"),
            quoted(value),
            "use a name that the DTD declares with NDATA",
        ),
        _ => Explanation::new(ValidationErrorKind::WrongValue, "", "", ""),
    }
}

fn wrong_type(name: &str, value: &str, kind: &AttributeKind) -> Explanation {
    let (expected, hint) = match kind {
        AttributeKind::Enumeration(allowed) => {
            let values = || allowed.iter().map(String::as_str);
            let hint = match nearest(value.trim(), values()) {
                Some(meant) if meant == value.trim() => format!("write \"{meant}\" without white space around it"),
                Some(meant) => format!("probably \"{meant}\" was meant"),
                None => format!("use one of {}", shortlist(values())),
            };
            (format!("one of {}", shortlist(values())), hint)
        }
        AttributeKind::Nmtoken => {
            ("one name token".to_owned(), "use letters, digits, `.`, `-`, `_` and `:` only".to_owned())
        }
        AttributeKind::Nmtokens => {
            ("name tokens with spaces between".to_owned(), "separate the tokens by single spaces".to_owned())
        }
        AttributeKind::IdRefs | AttributeKind::Entities => (
            "names with spaces between".to_owned(),
            "separate the names by single spaces, with none around them".to_owned(),
        ),
        _ => ("a name".to_owned(), "start with a letter or `_`, without white space".to_owned()),
    };
    Explanation::new(ValidationErrorKind::WrongValue, format!("{expected} in {name}"), quoted(value), hint)
}

fn expectation(dtd: &Dtd, element: &str, automaton: &Automaton, state: u32) -> String {
    let names: Vec<NameId> = automaton.expected(state).collect();
    match (names.is_empty(), automaton.accepts(state)) {
        (true, _) => format!("the end of {element}"),
        (false, true) => format!("{} or the end of {element}", listed(dtd, &names)),
        (false, false) => listed(dtd, &names),
    }
}

fn listed(dtd: &Dtd, names: &[NameId]) -> String {
    let mut texts: Vec<&str> = names.iter().map(|id| dtd.name_text(*id)).collect();
    texts.sort_unstable();
    shortlist(texts.into_iter())
}

fn sequence(dtd: &Dtd, names: &[NameId]) -> String {
    names.iter().map(|id| dtd.name_text(*id)).collect::<Vec<_>>().join(", ")
}

fn shortlist<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let all: Vec<&str> = names.collect();
    let shown = all.get(..MAX_LISTED).unwrap_or(&all).join(", ");
    if all.len() > MAX_LISTED { format!("{shown} and {} more", all.len() - MAX_LISTED) } else { shown }
}

fn quoted(value: &str) -> String {
    const MAX_CHARS: usize = 60;
    match value.char_indices().nth(MAX_CHARS) {
        Some((cut, _)) => format!("\"{}...\"", value.get(..cut).unwrap_or_default()),
        None => format!("\"{value}\""),
    }
}

/// The candidate that `name` was most probably meant to be: the same but for letter case, or at most a third of its letters off.
pub(super) fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let max_distance = (lower.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (distance(&lower, &candidate.to_lowercase(), max_distance), candidate))
        .filter(|(distance, _)| *distance <= max_distance)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements between two words; more than `max` need not be exact.
fn distance(a: &str, b: &str, max: usize) -> usize {
    if a.len().abs_diff(b.len()) > 4 * max {
        return max + 1;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != *to)).min(left + 1).min(above + 1);
            next.push(left);
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(max + 1)
}
