//! Owns the decision: is this document valid for this DTD, and where is it not.
//!
//! One pass over the text with a stack of open elements and one automaton step per child; work grows with the length of the
//! document only. The verdict is that of libxml2's `xmlValidateDtd` (any declared element may be the root; the DOCTYPE's internal
//! subset does not count), except that a namespace prefix other than the DTD's own never matches, where libxml2 forgives it.

use std::collections::HashSet;

use super::attribute::{Noted, check_attributes};
use super::automaton::{Automaton, StateId};
use super::diagnose::nearest;
use super::lexical::is_blank_text;
use super::model::{Content, Dtd, Element};
use super::names::NameId;
use super::tokens::{Token, Tokens};
use super::violation::{Fault, Violation};

/// What the validator needs to know besides the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Walk {
    /// Where the root element begins, in bytes.
    pub root_at: usize,
    /// Whether the XML declaration says `standalone="yes"`, which forbids blanks in element content (XML 2.9).
    pub is_standalone: bool,
    /// After how many findings to stop; at least 1.
    pub max_findings: usize,
}

/// Validates well-formed `text`.
pub(super) fn violations<'a>(dtd: &'a Dtd, text: &'a str, walk: Walk) -> Vec<Violation<'a>> {
    let mut state = State {
        dtd,
        walk,
        open: Vec::new(),
        prefixes: Vec::new(),
        found: Vec::new(),
        ids: HashSet::new(),
        references: Vec::new(),
    };
    let mut tokens = Tokens::new(text, walk.root_at);
    while let Some((at, token)) = tokens.next() {
        match token {
            Token::Start { name, is_empty } => {
                state.declare_prefixes(&tokens);
                state.start(name, at);
                state.check_attributes(&tokens);
                if is_empty {
                    state.end();
                }
            }
            Token::End => state.end(),
            Token::Text(text) => state.text(text, at),
            Token::CData => state.c_data(at),
            Token::Other => state.other(at),
        }
        if state.open.is_empty() || state.found.len() >= walk.max_findings {
            break;
        }
    }
    state.finish()
}

struct State<'a> {
    dtd: &'a Dtd,
    walk: Walk,
    open: Vec<Open<'a>>,
    /// Prefixes that the document declares, with the number of elements that were open before.
    prefixes: Vec<(usize, &'a str)>,
    found: Vec<Violation<'a>>,
    ids: HashSet<String>,
    /// Every reference to an ID, as the finding that it is if the ID does not come.
    references: Vec<Violation<'a>>,
}

/// An element that has begun and not ended.
struct Open<'a> {
    name: &'a str,
    at: usize,
    element: Option<&'a Element>,
    inside: Inside<'a>,
    /// Whether text between its children was reported; once is enough.
    is_text_reported: bool,
    /// Whether it has a child that nobody knows, which may stand for a required one.
    has_unknown_child: bool,
}

/// How the content of an open element is judged.
#[derive(Clone, Copy)]
enum Inside<'a> {
    Anything,
    Nothing,
    Mixed(&'a [NameId]),
    Children(&'a Automaton, StateId),
}

impl<'a> State<'a> {
    fn declare_prefixes(&mut self, tokens: &Tokens<'a>) {
        let depth = self.open.len();
        let declared = tokens.attributes().iter().filter_map(|attribute| attribute.name.strip_prefix("xmlns:"));
        self.prefixes.extend(declared.map(|prefix| (depth, prefix)));
    }

    fn is_prefix_declared(&self, name: &str) -> bool {
        match name.split_once(':') {
            Some((prefix, _)) => self.prefixes.iter().rev().any(|(_, declared)| *declared == prefix),
            None => true,
        }
    }

    fn start(&mut self, name: &'a str, at: usize) {
        let dtd = self.dtd;
        let id = dtd.name_id(name);
        let element = id.and_then(|id| dtd.element(id));
        match (id, element) {
            (Some(id), Some(_)) => self.child(name, id, at),
            _ => self.undeclared(name, at),
        }
        let inside = match element.map(|element| &element.content) {
            Some(Content::Empty) => Inside::Nothing,
            Some(Content::Mixed(allowed)) => Inside::Mixed(allowed),
            Some(Content::Children(automaton)) => Inside::Children(automaton, Automaton::START),
            Some(Content::Any) | None => Inside::Anything,
        };
        self.open.push(Open { name, at, element, inside, is_text_reported: false, has_unknown_child: false });
    }

    /// Judges a declared child by its parent, and moves the parent on.
    fn child(&mut self, name: &'a str, id: NameId, at: usize) {
        let Some(parent) = self.open.last_mut() else { return };
        match parent.inside {
            Inside::Anything => {}
            Inside::Nothing => self.once(at, Fault::NotEmpty),
            Inside::Mixed(allowed) => {
                if allowed.binary_search(&id).is_err() {
                    self.report(at, Fault::NotInMixed { child: name });
                } else if !self.is_prefix_declared(name) {
                    self.report(at, Fault::UndeclaredPrefix { child: name });
                }
            }
            Inside::Children(automaton, state) => {
                if let Some(next) = automaton.next(state, id) {
                    parent.inside = Inside::Children(automaton, next);
                    return;
                }
                let missing = automaton.bridge(state, id);
                if let Some(missing) = &missing {
                    let reached = missing.iter().chain([&id]).try_fold(state, |at, name| automaton.next(at, *name));
                    parent.inside = Inside::Children(automaton, reached.unwrap_or(state));
                }
                self.report(at, Fault::UnexpectedChild { child: name, child_id: id, state, missing });
            }
        }
    }

    /// Reports an unknown element, and moves its parent on as if it had been the expected one with the most similar name.
    fn undeclared(&mut self, name: &'a str, at: usize) {
        let dtd = self.dtd;
        let mut expected = None;
        if let Some(parent) = self.open.last_mut() {
            let names: Vec<NameId> = match parent.inside {
                Inside::Children(automaton, state) => automaton.expected(state).collect(),
                Inside::Mixed(allowed) => allowed.to_vec(),
                Inside::Anything | Inside::Nothing => Vec::new(),
            };
            if let Inside::Children(automaton, state) = parent.inside
                && let Some(meant) = nearest(name, names.iter().map(|id| dtd.name_text(*id)))
                && let Some(next) = dtd.name_id(meant).and_then(|id| automaton.next(state, id))
            {
                parent.inside = Inside::Children(automaton, next);
            } else {
                parent.has_unknown_child = true;
            }
            expected = Some((parent.name, names));
        }
        self.report_in(Some(name), at, at, Fault::UndeclaredElement { parent: expected });
    }

    fn check_attributes(&mut self, tokens: &Tokens<'a>) {
        let dtd = self.dtd;
        let Some(open) = self.open.last() else { return };
        let (element_at, Some(element)) = (open.at, open.element) else { return };
        check_attributes(dtd, element, tokens.attributes(), element_at, &mut |at, noted| self.note(at, noted));
    }

    fn note(&mut self, at: usize, noted: Noted<'a>) {
        match noted {
            Noted::Fault(fault) => self.report(at, fault),
            Noted::Id { name, value } => {
                if !self.ids.insert(value.to_string()) {
                    self.report(at, Fault::DuplicateId { name, value: value.into_owned() });
                }
            }
            Noted::Reference { name, id } => {
                let element_at = self.open.last().map_or(at, |open| open.at);
                let path = self.open.iter().map(|open| open.name).collect();
                self.references.push(Violation { at, element_at, path, fault: Fault::UnknownId { name, value: id } });
            }
        }
    }

    fn end(&mut self) {
        if let Some(Open { at, inside: Inside::Children(automaton, state), has_unknown_child: false, .. }) =
            self.open.last()
            && !automaton.accepts(*state)
        {
            self.report(*at, Fault::Incomplete { state: *state });
        }
        self.open.pop();
        let depth = self.open.len();
        while self.prefixes.last().is_some_and(|(declared_at, _)| *declared_at >= depth) {
            self.prefixes.pop();
        }
    }

    fn text(&mut self, text: &str, at: usize) {
        match self.open.last().map(|open| open.inside) {
            Some(Inside::Nothing) => self.once(at, Fault::NotEmpty),
            Some(Inside::Children(..)) if !is_blank_text(text) => self.once(at, Fault::TextBetweenElements),
            Some(Inside::Children(..)) if self.walk.is_standalone => self.once(at, Fault::BlankInStandalone),
            _ => {}
        }
    }

    fn c_data(&mut self, at: usize) {
        match self.open.last().map(|open| open.inside) {
            Some(Inside::Nothing) => self.once(at, Fault::NotEmpty),
            Some(Inside::Children(..)) => self.once(at, Fault::CDataBetweenElements),
            _ => {}
        }
    }

    /// Comments and instructions may stand anywhere but in an element that is declared EMPTY.
    fn other(&mut self, at: usize) {
        if let Some(Open { inside: Inside::Nothing, .. }) = self.open.last() {
            self.once(at, Fault::NotEmpty);
        }
    }

    fn once(&mut self, at: usize, fault: Fault<'a>) {
        if let Some(open) = self.open.last_mut()
            && !std::mem::replace(&mut open.is_text_reported, true)
        {
            self.report(at, fault);
        }
    }

    fn report(&mut self, at: usize, fault: Fault<'a>) {
        let element_at = self.open.last().map_or(at, |open| open.at);
        self.report_in(None, at, element_at, fault);
    }

    fn report_in(&mut self, child: Option<&'a str>, at: usize, element_at: usize, fault: Fault<'a>) {
        if self.found.len() < self.walk.max_findings {
            let path = self.open.iter().map(|open| open.name).chain(child).collect();
            self.found.push(Violation { at, element_at, path, fault });
        }
    }

    /// Adds the references to IDs that never came; a walk that stopped early cannot know.
    fn finish(mut self) -> Vec<Violation<'a>> {
        let room = self.walk.max_findings.saturating_sub(self.found.len());
        let ids = &self.ids;
        let is_unknown = |violation: &Violation<'a>| matches!(&violation.fault, Fault::UnknownId { value, .. } if !ids.contains(value));
        self.found.extend(self.references.into_iter().filter(is_unknown).take(room));
        self.found.sort_by_key(|violation| violation.at);
        self.found
    }
}
