//! Owns the documents that the validator is compared on: samples of other people's systems, and documents made from a DTD.

use std::path::{Path, PathBuf};

use super::random::Random;
use crate::dtd::Dtd;
use crate::dtd::automaton::Automaton;
use crate::dtd::declaration::{AttributeKind, Presence};
use crate::dtd::model::{Attribute, Content};

/// The folder with `dtd` and `samples`.
fn reference_folder() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cxml");
    std::env::var_os("MARKETGATE_CXML_DIR").map_or_else(default, PathBuf::from)
}

/// The folder with a folder of DTD files per version.
pub fn dtd_folder() -> PathBuf {
    reference_folder().join("dtd")
}

/// Every DTD file of every version.
pub fn dtd_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = folders(&dtd_folder()).iter().flat_map(|folder| files_in(folder, "dtd")).collect();
    files.sort();
    assert!(files.len() > 20, "only {} DTDs found", files.len());
    files
}

/// Every sample document.
pub fn sample_files() -> Vec<PathBuf> {
    let mut files = files_in(&reference_folder().join("samples"), "xml");
    files.sort();
    assert!(files.len() > 50, "only {} samples found", files.len());
    files
}

/// A compiled DTD file.
pub fn load(path: &Path) -> Dtd {
    let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    Dtd::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn files_in(folder: &Path, extension: &str) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// A document with root `name` that follows the DTD, with random choices where it leaves some.
pub fn generated(dtd: &Dtd, name: &str, random: &mut Random) -> String {
    let mut maker = Maker { dtd, random, out: String::new(), ids: 0, budget: 400 };
    maker.element(name, 0);
    maker.out
}

struct Maker<'a> {
    dtd: &'a Dtd,
    random: &'a mut Random,
    out: String,
    ids: usize,
    /// Elements that may still be made by choice; then only what must be.
    budget: usize,
}

impl Maker<'_> {
    fn element(&mut self, name: &str, depth: usize) {
        self.budget = self.budget.saturating_sub(1);
        let dtd = self.dtd;
        let Some(element) = dtd.element_named(name).filter(|_| depth < 40) else {
            self.out.push_str(&format!("<{name}/>"));
            return;
        };
        self.out.push_str(&format!("<{name}"));
        for attribute in &element.attributes {
            self.attribute(attribute);
        }
        self.out.push('>');
        match &element.content {
            Content::Empty => {}
            Content::Any => self.out.push_str("text"),
            Content::Mixed(allowed) => {
                self.out.push('5');
                if !allowed.is_empty() && self.budget > 0 && self.random.one_in(2) {
                    let child = *self.random.pick(allowed);
                    self.element(dtd.name_text(child), depth + 1);
                }
            }
            Content::Children(automaton) => self.children(automaton, depth),
        }
        self.out.push_str(&format!("</{name}>"));
    }

    fn children(&mut self, automaton: &Automaton, depth: usize) {
        let mut state = Automaton::START;
        let mut wanders = if depth > 6 { 0 } else { self.random.below(6) };
        loop {
            let expected: Vec<_> = automaton.expected(state).collect();
            let wants_more = wanders > 0 && self.budget > 0;
            let next = if wants_more && !expected.is_empty() {
                wanders -= 1;
                *self.random.pick(&expected)
            } else if automaton.accepts(state) {
                return;
            } else {
                automaton.completion(state)[0]
            };
            self.element(self.dtd.name_text(next), depth + 1);
            state = automaton.next(state, next).unwrap();
            if self.random.one_in(8) {
                let blank = *self.random.pick(&[" ", "\n  ", "<!-- c -->", "&#32;"]);
                self.out.push_str(blank);
            }
        }
    }

    fn attribute(&mut self, attribute: &Attribute) {
        if attribute.presence != Presence::Required && !self.random.one_in(3) {
            return;
        }
        let value = match (&attribute.presence, &attribute.kind) {
            (Presence::Fixed(value), _) => value.clone(),
            (_, AttributeKind::Enumeration(values)) => self.random.pick(values).clone(),
            (_, AttributeKind::Id) => {
                self.ids += 1;
                format!("id{}", self.ids)
            }
            (_, AttributeKind::IdRef | AttributeKind::IdRefs | AttributeKind::Entity | AttributeKind::Entities) => {
                return;
            }
            _ => (*self.random.pick(&["1", "x", "2026-01-31"])).to_owned(),
        };
        self.out.push_str(&format!(" {}=\"{value}\"", attribute.name));
    }
}
