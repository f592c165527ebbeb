//! Owns making documents wrong in the ways that real ones are: one to three small changes to the text of a good one.

use super::random::Random;
use crate::dtd::Dtd;
use crate::dtd::declaration::AttributeKind;
use crate::dtd::tokens::{RawAttribute, Token, Tokens};

/// Attributes that no element of the mutated samples has, or only few have.
const INVENTED_ATTRIBUTES: [&str; 7] = [
    " invented=\"1\"",
    " xmlns:zz=\"urn:zz\"",
    " xml:lang=\"en\"",
    " zz:a=\"1\"",
    " xmlns=\"\"",
    " Id=\"x1\"",
    " xml:id=\"q\"",
];

/// What gets into the content of elements.
const PIECES_OF_CONTENT: [&str; 12] = [
    "text",
    " ",
    "\n\t",
    "<![CDATA[]]>",
    "<![CDATA[ ]]>",
    "<![CDATA[x]]>",
    "<!-- comment -->",
    "<?pi?>",
    "&#32;",
    "&#x41;",
    "&lt;",
    "&#160;",
];

/// Elements with and without declared prefixes.
const INTRUDERS: [&str; 7] = [
    "<ds:Signature/>",
    "<ds:Object/>",
    "<zz:thing/>",
    "<ds:Signature xmlns:ds=\"urn:other\"/>",
    "<ds:Signature><ds:SignedInfo/></ds:Signature>",
    "<Extrinsic name=\"n\"><ds:Object Id=\"a\"/></Extrinsic>",
    "<Extrinsic name=\"n\">a<Money currency=\"X\">1</Money></Extrinsic>",
];

/// One element of the text to be changed.
struct Found {
    name: String,
    /// Byte ranges of the whole element, and of its content when it is not self-closing.
    start: usize,
    end: usize,
    tag_end: usize,
    content_end: usize,
    is_empty: bool,
    attributes: Vec<(String, usize, usize)>,
}

/// `text` with up to three changes. Stays well-formed but for undeclared prefixes.
pub fn mutated(dtd: &Dtd, names: &[String], text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        let elements = elements(&text);
        let changed = change(dtd, names, &text, &elements, random);
        text = changed.unwrap_or(text);
    }
    text
}

fn change(dtd: &Dtd, names: &[String], text: &str, elements: &[Found], random: &mut Random) -> Option<String> {
    let at = random.pick(elements);
    let whole = &text[at.start..at.end];
    let splice = |from: usize, to: usize, with: &str| Some(format!("{}{with}{}", &text[..from], &text[to..]));
    let is_root = at.start == elements[0].start;
    match random.below(16) {
        0 if !is_root => splice(at.start, at.end, ""),
        1 if !is_root => splice(at.end, at.end, whole),
        2 if !is_root => swapped(text, elements, at, random),
        3 => Some(renamed(text, at, &misspelled(&at.name, random))),
        4 => Some(renamed(text, at, random.pick(names).as_str())),
        5 if !is_root => splice(at.end, at.end, &format!("<{}/>", random.pick(names))),
        6 if !at.is_empty => {
            let child = format!("<{0}></{0}>", random.pick(names));
            splice(at.tag_end, at.tag_end, &child)
        }
        7 | 8 => changed_attribute(dtd, text, at, random),
        9 => splice(at.start + 1 + at.name.len(), at.start + 1 + at.name.len(), random.word(&INVENTED_ATTRIBUTES)),
        10 | 11 if !at.is_empty => {
            let place = if random.one_in(2) { at.tag_end } else { at.content_end };
            splice(place, place, random.word(&PIECES_OF_CONTENT))
        }
        12 if !at.is_empty => splice(at.tag_end, at.content_end, ""),
        13 if !is_root => splice(at.end, at.end, random.word(&INTRUDERS)),
        14 => moved(text, elements, at, random),
        15 if random.one_in(4) => {
            splice(0, 0, "<?xml version=\"1.0\" standalone=\"yes\"?>").filter(|_| !text.starts_with("<?xml"))
        }
        _ => None,
    }
}

fn renamed(text: &str, at: &Found, name: &str) -> String {
    let tag_rest = &text[at.start + 1 + at.name.len()..at.tag_end];
    if at.is_empty {
        return format!("{}<{name}{tag_rest}{}", &text[..at.start], &text[at.tag_end..]);
    }
    let content = &text[at.tag_end..at.content_end];
    format!("{}<{name}{tag_rest}{content}</{name}>{}", &text[..at.start], &text[at.end..])
}

fn misspelled(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = random.below(letters.len());
    match random.below(3) {
        0 if letters.len() > 1 && place > 0 => {
            letters.remove(place);
        }
        1 => letters.insert(place, 'x'),
        _ => letters[0] = letters[0].to_ascii_lowercase(),
    }
    letters.into_iter().collect()
}

/// Exchanges the element with one that does not contain it and that it does not contain.
fn swapped(text: &str, elements: &[Found], at: &Found, random: &mut Random) -> Option<String> {
    let near: Vec<&Found> = elements.iter().filter(|other| other.start >= at.end).take(5).collect();
    let other = near.get(random.below(5))?;
    let (a, b) = (&text[at.start..at.end], &text[other.start..other.end]);
    Some(format!("{}{b}{}{a}{}", &text[..at.start], &text[at.end..other.start], &text[other.end..]))
}

/// Puts a copy of the element at the end of another one.
fn moved(text: &str, elements: &[Found], at: &Found, random: &mut Random) -> Option<String> {
    let target = random.pick(elements);
    if target.is_empty || at.end - at.start > 2000 {
        return None;
    }
    let whole = &text[at.start..at.end];
    Some(format!("{}{whole}{}", &text[..target.content_end], &text[target.content_end..]))
}

fn changed_attribute(dtd: &Dtd, text: &str, at: &Found, random: &mut Random) -> Option<String> {
    if at.attributes.is_empty() {
        return None;
    }
    let (name, start, end) = random.pick(&at.attributes);
    let declared = dtd.element_named(&at.name).and_then(|element| element.attribute(name));
    // libxml2 drops `xmlns:zz=""` with a mere warning; we say that it is wrong.
    let can_be_empty = !name.starts_with("xmlns");
    let with = match random.below(7) {
        0 => String::new(),
        1 => format!("{name}X=\"1\""),
        2 if can_be_empty => format!("{name}=\"\""),
        3 => text[*start..*end].replacen('"', "\" ", 1),
        4 => format!("{name}=\"not a value\""),
        5 => format!("{name}=\"a&#10;b\tc\""),
        _ => match declared.map(|declared| &declared.kind) {
            Some(AttributeKind::Enumeration(values)) => format!("{name} = '{}'", random.pick(values)),
            _ => format!("{name}='id1'"),
        },
    };
    Some(format!("{}{with}{}", &text[..*start], &text[*end..]))
}

fn elements(text: &str) -> Vec<Found> {
    let mut tokens = Tokens::new(text, 0);
    let mut found: Vec<Found> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    while let Some((start, token)) = tokens.next() {
        let attributes: Vec<_> = match token {
            Token::Start { .. } => tokens.attributes().iter().map(extent).collect(),
            _ => Vec::new(),
        };
        let after = tokens.offset();
        match token {
            Token::Start { name, is_empty } => {
                if !is_empty {
                    open.push(found.len());
                }
                let name = name.to_owned();
                found.push(Found { name, start, end: after, tag_end: after, content_end: after, is_empty, attributes });
            }
            Token::End => {
                let element = &mut found[open.pop().unwrap()];
                element.content_end = start;
                element.end = after;
            }
            _ => {}
        }
    }
    found
}

fn extent(attribute: &RawAttribute<'_>) -> (String, usize, usize) {
    let value_at = attribute.value.as_ptr() as usize - attribute.name.as_ptr() as usize;
    (attribute.name.to_owned(), attribute.at, attribute.at + value_at + attribute.value.len() + 1)
}
