//! Owns the shape of what a DTD declares, before it is compiled: plain data as the parser found it.

/// Everything that one DTD declares, in its order.
#[derive(Debug, Clone, Default)]
pub(super) struct Declarations {
    /// `<!ELEMENT ...>`; of several for one name the first counts.
    pub elements: Vec<(String, ContentSpec)>,
    /// One entry per attribute of every `<!ATTLIST ...>`; of several for one name the first counts (XML 3.3).
    pub attributes: Vec<AttributeDeclaration>,
    /// The names of general entities that are declared with NDATA, the only ones that an ENTITY attribute may name.
    pub unparsed_entities: Vec<String>,
}

/// What an element may contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ContentSpec {
    /// `EMPTY`
    Empty,
    /// `ANY`
    Any,
    /// `(#PCDATA | a | b)*`; without names it is text only.
    Mixed(Vec<String>),
    /// A model of child elements.
    Children(Particle),
}

/// A part of a content model with its repetition mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Particle {
    /// What is repeated.
    pub body: ParticleBody,
    /// How often.
    pub repeat: Repeat,
}

/// A part of a content model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParticleBody {
    /// One element.
    Name(String),
    /// `(a, b)`
    Sequence(Vec<Particle>),
    /// `(a | b)`
    Choice(Vec<Particle>),
}

/// How often a particle may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Once.
    One,
    /// `?`
    Optional,
    /// `*`
    Any,
    /// `+`
    OneOrMore,
}

impl Repeat {
    /// Whether it may be left out.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Optional | Self::Any)
    }

    /// Whether it may come again.
    pub fn is_repeated(self) -> bool {
        matches!(self, Self::Any | Self::OneOrMore)
    }
}

/// One attribute of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttributeDeclaration {
    /// The element, as written.
    pub element: String,
    /// The attribute, as written.
    pub name: String,
    /// Which values it takes.
    pub kind: AttributeKind,
    /// Whether it must be there.
    pub presence: Presence,
}

/// The type of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AttributeKind {
    /// Any text.
    Cdata,
    /// A name that no other element of the document has.
    Id,
    /// The ID of an element of the document.
    IdRef,
    /// Several of them.
    IdRefs,
    /// The name of an unparsed entity.
    Entity,
    /// Several of them.
    Entities,
    /// One name token.
    Nmtoken,
    /// Several of them.
    Nmtokens,
    /// One of a list; of notations too.
    Enumeration(Vec<String>),
}

/// Whether an attribute must be there, and with which value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Presence {
    /// `#REQUIRED`
    Required,
    /// `#IMPLIED`, or a default value, which matters to readers but not to validity.
    Optional,
    /// `#FIXED "value"`
    Fixed(String),
}
