//! Owns the compiled DTD: content models as automata over interned names, attributes by element.
//!
//! Compiled once and shared; validating never changes it. Everything is found by name or by number in constant or logarithmic time.

use std::collections::HashMap;

use super::automaton::Automaton;
use super::declaration::{AttributeDeclaration, AttributeKind, ContentSpec, Declarations, Presence};
use super::names::{NameId, Names};
use super::parse::{DtdError, parse};

/// A DTD that is ready to validate documents. Cheap to share behind an `Arc`; it holds no reference to the text it came from.
#[derive(Debug, Clone)]
pub struct Dtd {
    names: Names,
    /// By [`NameId::index`]; `None` for names that are mentioned but not declared.
    elements: Vec<Option<Element>>,
    unparsed_entities: Vec<String>,
}

/// One declared element.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub content: Content,
    pub attributes: Vec<Attribute>,
}

/// What an element may contain.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Empty,
    Any,
    /// Text and these elements (sorted); text only when there are none.
    Mixed(Vec<NameId>),
    Children(Automaton),
}

/// One declared attribute.
#[derive(Debug, Clone)]
pub(super) struct Attribute {
    pub name: String,
    pub kind: AttributeKind,
    pub presence: Presence,
}

impl Element {
    /// The declaration of an attribute, by its name as written.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

impl Dtd {
    /// Reads and compiles the text of a DTD file (an external subset).
    ///
    /// Parameter entities and conditional sections are resolved; external parameter entities may be declared but not used, because
    /// nothing is fetched. Where a name is declared twice, the first declaration counts.
    ///
    /// # Errors
    /// The first declaration that cannot be understood, with its line.
    pub fn parse(text: &str) -> Result<Self, DtdError> {
        let declarations = parse(text)?;
        Self::compile(declarations).map_err(|message| DtdError { line: 1, message })
    }

    fn compile(declarations: Declarations) -> Result<Self, String> {
        let mut names = Names::default();
        let mut attributes = attributes_by_element(declarations.attributes);
        let mut compiled: Vec<(NameId, Element)> = Vec::with_capacity(declarations.elements.len());
        let mut elements: Vec<Option<Element>> = Vec::new();
        for (name, spec) in declarations.elements {
            let content =
                Content::compile(&spec, &mut names).map_err(|message| format!("element {name}: {message}"))?;
            let attributes = attributes.remove(&name).unwrap_or_default();
            compiled.push((names.intern(&name), Element { content, attributes }));
        }
        elements.resize_with(names.len(), || None);
        for (name, element) in compiled {
            if let Some(slot) = elements.get_mut(name.index()).filter(|slot| slot.is_none()) {
                *slot = Some(element);
            }
        }
        Ok(Self { names, elements, unparsed_entities: declarations.unparsed_entities })
    }

    /// Whether an element of this name (as written) is declared.
    pub fn declares_element(&self, name: &str) -> bool {
        self.element_named(name).is_some()
    }

    /// Whether this attribute is declared for this element, both as written.
    pub fn declares_attribute(&self, element: &str, attribute: &str) -> bool {
        self.element_named(element).is_some_and(|element| element.attribute(attribute).is_some())
    }

    /// How many elements are declared.
    pub fn element_count(&self) -> usize {
        self.elements.iter().flatten().count()
    }

    /// The names of all declared elements, in no particular order.
    pub fn element_names(&self) -> impl Iterator<Item = &str> {
        self.names.all().filter(|(id, _)| self.element(*id).is_some()).map(|(_, text)| text)
    }

    pub(super) fn name_id(&self, name: &str) -> Option<NameId> {
        self.names.find(name)
    }

    pub(super) fn name_text(&self, id: NameId) -> &str {
        self.names.text(id)
    }

    pub(super) fn element(&self, id: NameId) -> Option<&Element> {
        self.elements.get(id.index())?.as_ref()
    }

    pub(super) fn element_named(&self, name: &str) -> Option<&Element> {
        self.element(self.name_id(name)?)
    }

    pub(super) fn declares_unparsed_entity(&self, name: &str) -> bool {
        self.unparsed_entities.iter().any(|entity| entity == name)
    }
}

impl Content {
    fn compile(spec: &ContentSpec, names: &mut Names) -> Result<Self, String> {
        Ok(match spec {
            ContentSpec::Empty => Self::Empty,
            ContentSpec::Any => Self::Any,
            ContentSpec::Mixed(allowed) => {
                let mut allowed: Vec<NameId> = allowed.iter().map(|name| names.intern(name)).collect();
                allowed.sort_unstable();
                Self::Mixed(allowed)
            }
            ContentSpec::Children(model) => Self::Children(Automaton::compile(model, names)?),
        })
    }
}

/// Attributes of elements; the first declaration of a name counts, also across several lists for one element (XML 3.3).
fn attributes_by_element(declarations: Vec<AttributeDeclaration>) -> HashMap<String, Vec<Attribute>> {
    let mut found: HashMap<String, Vec<Attribute>> = HashMap::new();
    for AttributeDeclaration { element, name, kind, presence } in declarations {
        let attributes = found.entry(element).or_default();
        if attributes.iter().all(|attribute| attribute.name != name) {
            attributes.push(Attribute { name, kind, presence });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_declarations_counts() {
        let dtd = Dtd::parse(
            "<!ELEMENT a EMPTY><!ELEMENT a ANY><!ATTLIST a b CDATA #REQUIRED b CDATA #IMPLIED><!ATTLIST a b ID #IMPLIED c ID #IMPLIED>",
        )
        .unwrap();
        let element = dtd.element_named("a").unwrap();
        assert!(matches!(element.content, Content::Empty));
        assert_eq!(element.attribute("b").unwrap().presence, Presence::Required);
        assert!(dtd.declares_attribute("a", "c"));
        assert_eq!(dtd.element_count(), 1);
    }

    #[test]
    fn a_name_that_is_only_mentioned_is_not_declared() {
        let dtd = Dtd::parse("<!ELEMENT a (b)><!ATTLIST z q CDATA #IMPLIED>").unwrap();
        assert!(dtd.declares_element("a") && !dtd.declares_element("b") && !dtd.declares_element("z"));
        assert_eq!(dtd.element_names().collect::<Vec<_>>(), ["a"]);
    }
}
