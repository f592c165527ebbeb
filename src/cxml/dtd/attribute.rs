//! Owns the judgement of one element's attributes: declared, present, of the right type, fixed.
//!
//! Values are compared as a parser without the DTD hands them on, as libxml2 does: blanks around a token of an enumeration are
//! not forgiven. What needs the whole document (IDs and references to them) is passed on to the caller.

use std::borrow::Cow;

use super::declaration::{AttributeKind, Presence};
use super::lexical::{attribute_value, is_blank, is_name, is_name_token};
use super::model::{Attribute, Dtd, Element};
use super::tokens::RawAttribute;
use super::violation::Fault;

/// What the caller has to hear about an attribute.
pub(super) enum Noted<'a> {
    /// It is wrong.
    Fault(Fault<'a>),
    /// It is the ID of the element.
    Id { name: &'a str, value: Cow<'a, str> },
    /// It refers to an ID.
    Reference { name: &'a str, id: String },
}

/// Judges the attributes of an element that begins at `element_at`.
pub(super) fn check_attributes<'a>(
    dtd: &'a Dtd,
    element: &'a Element,
    attributes: &[RawAttribute<'a>],
    element_at: usize,
    emit: &mut impl FnMut(usize, Noted<'a>),
) {
    // `xmlns:xml` can only say what is so anyway: the parser has refused any other value, and libxml2 passes over it.
    for raw in attributes.iter().filter(|raw| raw.name != "xmlns:xml") {
        match element.attribute(raw.name) {
            None => emit(raw.at, Noted::Fault(Fault::UndeclaredAttribute { name: raw.name })),
            Some(declared) => check_value(dtd, declared, raw, emit),
        }
    }
    for required in element.attributes.iter().filter(|attribute| attribute.presence == Presence::Required) {
        if attributes.iter().all(|raw| raw.name != required.name) {
            emit(element_at, Noted::Fault(Fault::MissingAttribute { name: &required.name }));
        }
    }
}

fn check_value<'a>(
    dtd: &Dtd,
    declared: &'a Attribute,
    raw: &RawAttribute<'a>,
    emit: &mut impl FnMut(usize, Noted<'a>),
) {
    let Attribute { kind, presence, .. } = declared;
    if matches!((kind, presence), (AttributeKind::Cdata, Presence::Required | Presence::Optional)) {
        return;
    }
    let name = raw.name;
    let value = attribute_value(raw.value);
    if !is_of_kind(&value, kind) {
        let fault = Fault::WrongType { name, value: value.into_owned(), kind };
        return emit(raw.at, Noted::Fault(fault));
    }
    if let Presence::Fixed(fixed) = presence
        && *fixed != value
    {
        let fault = Fault::NotFixed { name, value: value.into_owned(), fixed };
        return emit(raw.at, Noted::Fault(fault));
    }
    match kind {
        AttributeKind::Id => emit(raw.at, Noted::Id { name, value }),
        AttributeKind::IdRef | AttributeKind::IdRefs => {
            for id in tokens(&value) {
                emit(raw.at, Noted::Reference { name, id: id.to_owned() });
            }
        }
        AttributeKind::Entity | AttributeKind::Entities => {
            for entity in tokens(&value).filter(|entity| !dtd.declares_unparsed_entity(entity)) {
                emit(raw.at, Noted::Fault(Fault::UnknownEntity { name, value: entity.to_owned() }));
            }
        }
        _ => {}
    }
}

/// Name tokens may have blanks around them and names may not: so libxml2 reads a value that no DTD has normalised.
fn is_of_kind(value: &str, kind: &AttributeKind) -> bool {
    let are_all = |text: &str, is_one: fn(&str) -> bool| tokens(text).next().is_some() && tokens(text).all(is_one);
    match kind {
        AttributeKind::Cdata => true,
        AttributeKind::Id | AttributeKind::IdRef | AttributeKind::Entity => is_name(value),
        AttributeKind::IdRefs | AttributeKind::Entities => {
            !value.starts_with(is_blank) && !value.ends_with(is_blank) && are_all(value, is_name)
        }
        AttributeKind::Nmtoken => is_name_token(value),
        AttributeKind::Nmtokens => are_all(value.trim_start_matches(is_blank), is_name_token),
        AttributeKind::Enumeration(allowed) => allowed.iter().any(|one| one == value),
    }
}

fn tokens(value: &str) -> impl Iterator<Item = &str> {
    value.split(' ').filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_takes_what_the_standard_calls_so() {
        let yes_no = AttributeKind::Enumeration(vec!["yes".into(), "no".into()]);
        for (kind, good, bad) in [
            (AttributeKind::Id, &["a", ":b", "a:b", "\u{e9}"][..], &["", " a", "a ", "1a", "a b"][..]),
            (AttributeKind::IdRefs, &["a", "a  b"], &["", " a", "a ", "a 1", "a\nb"]),
            (AttributeKind::Nmtoken, &["1a", "-"], &["", " a", "a ", "a/b"]),
            (AttributeKind::Nmtokens, &["a 1", " a", "a ", "\na"], &["", "  ", "a/", "a\nb"]),
            (yes_no, &["yes"], &["", "Yes", " yes", "yes no"]),
            (AttributeKind::Cdata, &["", " any / thing "], &[]),
        ] {
            for value in good {
                assert!(is_of_kind(value, &kind), "{kind:?} should take {value:?}");
            }
            for value in bad {
                assert!(!is_of_kind(value, &kind), "{kind:?} should refuse {value:?}");
            }
        }
    }
}
