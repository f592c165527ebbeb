//! A few steps through a `roxmltree` document. Everything is found by name, never by position; texts are joined over
//! CDATA and comments and trimmed.

use roxmltree::{Document, Node, ParsingOptions};
use rust_decimal::Decimal;

use crate::decimal;

/// More nodes than any honest document of a rehearsal has.
const NODES_MAX: u32 = 200_000;

/// Elements nested deeper than this are refused before the parser sees them.
const DEPTH_MAX: usize = 64;

/// Parses a document; the error is the parser's text with line and column.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains("<!ENTITY") {
        return Err("the document declares entities".to_owned());
    }
    if too_deep(text) {
        return Err(format!("elements are nested more than {DEPTH_MAX} deep"));
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// The first child element of that name.
pub(crate) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// Follows child elements by name.
pub(crate) fn path<'a, 'input>(node: Node<'a, 'input>, names: &[&str]) -> Option<Node<'a, 'input>> {
    names.iter().try_fold(node, |at, name| child(at, name))
}

/// All child elements of that name.
pub(crate) fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> + 'a {
    node.children().filter(move |child| child.has_tag_name(name))
}

/// The text directly inside an element, trimmed.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    let joined: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    joined.trim().to_owned()
}

/// The text of the element at that path, `None` if it is missing or empty.
pub(crate) fn text_at(node: Node<'_, '_>, names: &[&str]) -> Option<String> {
    path(node, names).map(text).filter(|text| !text.is_empty())
}

/// An attribute, `None` if it is missing or blank.
pub(crate) fn attribute(node: Node<'_, '_>, name: &str) -> Option<String> {
    node.attribute(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// Amount and currency of the `Money` inside an element.
pub(crate) fn money(node: Node<'_, '_>) -> Option<(Decimal, String)> {
    let money = child(node, "Money")?;
    Some((decimal::parse(&text(money))?, attribute(money, "currency")?))
}

/// Name and text of every `Extrinsic` directly inside an element.
pub(crate) fn extrinsics(node: Node<'_, '_>) -> Vec<(String, String)> {
    children(node, "Extrinsic").filter_map(|extrinsic| Some((attribute(extrinsic, "name")?, text(extrinsic)))).collect()
}

/// Counts tags without understanding them: an estimate that is never too low for well-formed documents.
fn too_deep(text: &str) -> bool {
    let (mut depth, mut rest) = (0_usize, text);
    while let Some(start) = rest.find('<') {
        rest = rest.get(start + 1..).unwrap_or_default();
        if rest.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !rest.starts_with(['!', '?']) {
            let closes_itself = rest.find('>').is_some_and(|end| rest.get(..end).is_some_and(|tag| tag.ends_with('/')));
            depth += usize::from(!closes_itself);
        }
        if depth > DEPTH_MAX {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_joined_over_cdata_and_comments() {
        let document = parse("<a> one<!-- no --><![CDATA[ & two ]]></a>").unwrap();
        assert_eq!(text(document.root_element()), "one & two");
    }

    #[test]
    fn a_document_nested_too_deep_is_refused_before_parsing() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert!(parse(&deep).unwrap_err().contains("nested"));
        let flat = format!("<r>{}</r>", "<a/><b>x</b>".repeat(1_000));
        assert!(parse(&flat).is_ok());
    }

    #[test]
    fn a_document_that_declares_entities_is_refused() {
        assert!(parse("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>").unwrap_err().contains("entities"));
        assert!(parse("<!DOCTYPE a SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\"><a/>").is_ok());
    }

    #[test]
    fn money_without_a_currency_is_no_money() {
        let document = parse("<p><Money>1.50</Money></p>").unwrap();
        assert_eq!(money(document.root_element()), None);
    }
}
