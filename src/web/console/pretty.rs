//! A stored document as people read it: the same text with line breaks and indentation between elements.
//!
//! Only white space between elements is changed, never the text inside of one, and only for the eye: what is stored stays
//! as it is. What is not well-formed is shown as it came, because its shape is what somebody is looking for.

use marketgate_cxml::{Limits, admit};

/// So much is shown; a browser does not scroll through more.
const MOST_BYTES: usize = 1 << 20;

/// The text of a document, indented where that is possible.
pub fn text(bytes: &[u8]) -> String {
    if let Some(beginning) = bytes.get(..MOST_BYTES).filter(|_| bytes.len() > MOST_BYTES) {
        let rest = bytes.len() - MOST_BYTES;
        return format!("{}\n... and {rest} bytes more", String::from_utf8_lossy(beginning));
    }
    match admit(bytes, None, &Limits::default()) {
        Ok(admitted) if admitted.parse().is_ok() => {
            // In another encoding the text comes without its declaration and DOCTYPE.
            indented(std::str::from_utf8(bytes).unwrap_or(admitted.text()))
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    /// An element without content, a comment, a processing instruction, the DOCTYPE.
    Single,
    /// Text or CDATA that says something.
    Text,
    Blank,
}

/// What is known about an element when its start tag is written.
#[derive(Debug, Clone, Copy)]
struct Element {
    end: usize,
    /// It holds text of its own, or nothing: no line may be broken inside of it.
    in_one_piece: bool,
}

fn indented(document: &str) -> String {
    let pieces = pieces(document.trim_start_matches('\u{feff}'));
    let elements = elements(&pieces);
    let mut out = String::with_capacity(document.len() * 2);
    let (mut at, mut depth) = (0, 0_usize);
    while let Some((kind, piece)) = pieces.get(at) {
        let mut end = at;
        match (kind, elements.get(at).copied().flatten()) {
            (Kind::Blank, _) => {}
            (Kind::Open, Some(element)) if element.in_one_piece => {
                end = element.end;
                line(&mut out, depth, pieces.get(at..=end).unwrap_or_default().iter().map(|(_, piece)| *piece));
            }
            (Kind::Open, _) => {
                line(&mut out, depth, [*piece]);
                depth += 1;
            }
            (Kind::Close, _) => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth, [*piece]);
            }
            (Kind::Single | Kind::Text, _) => line(&mut out, depth, [*piece]),
        }
        at = end + 1;
    }
    out
}

fn line<'a>(out: &mut String, depth: usize, pieces: impl IntoIterator<Item = &'a str>) {
    if !out.is_empty() {
        out.push('\n');
    }
    (0..depth).for_each(|_| out.push_str("  "));
    out.extend(pieces);
}

/// For each start tag, where its element ends and whether it stays in one piece.
fn elements(pieces: &[(Kind, &str)]) -> Vec<Option<Element>> {
    let mut elements: Vec<Option<Element>> = vec![None; pieces.len()];
    let mut open: Vec<(usize, Element)> = Vec::new();
    for (at, (kind, _)) in pieces.iter().enumerate() {
        let parent = open.last_mut();
        match kind {
            Kind::Open => {
                if let Some((_, parent)) = parent {
                    parent.end = at;
                }
                open.push((at, Element { end: at, in_one_piece: false }));
            }
            Kind::Single => {
                if let Some((_, parent)) = parent {
                    parent.end = at;
                }
            }
            Kind::Text => {
                if let Some((_, parent)) = parent {
                    parent.in_one_piece = true;
                }
            }
            Kind::Blank => {}
            Kind::Close => {
                let Some((start, element)) = open.pop() else { continue };
                // Nothing inside has moved the mark: there is nothing to put on lines of its own.
                let in_one_piece = element.in_one_piece || element.end == start;
                if let Some(slot) = elements.get_mut(start) {
                    *slot = Some(Element { end: at, in_one_piece });
                }
            }
        }
    }
    elements
}

/// The document cut at its markup.
fn pieces(document: &str) -> Vec<(Kind, &str)> {
    let (mut pieces, mut rest) = (Vec::new(), document);
    while !rest.is_empty() {
        let (kind, length) = first(rest);
        // A piece has at least one byte, and ends where a character ends: both keep the loop going.
        let Some((piece, after)) = rest.split_at_checked(length.max(1)) else {
            pieces.push((Kind::Text, rest));
            break;
        };
        pieces.push((kind, piece));
        rest = after;
    }
    pieces
}

/// Kind and length in bytes of the first piece. The document is well-formed, so every construct ends.
fn first(rest: &str) -> (Kind, usize) {
    let through = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
    if !rest.starts_with('<') {
        let length = rest.find('<').unwrap_or(rest.len());
        let blank = rest.get(..length).is_some_and(|text| text.trim().is_empty());
        return (if blank { Kind::Blank } else { Kind::Text }, length);
    }
    if rest.starts_with("<!--") {
        (Kind::Single, through("-->"))
    } else if rest.starts_with("<![CDATA[") {
        (Kind::Text, through("]]>"))
    } else if rest.starts_with("<?") {
        (Kind::Single, through("?>"))
    } else if rest.starts_with("<!") {
        (Kind::Single, tag(rest))
    } else {
        let length = tag(rest);
        let tag = rest.get(..length).unwrap_or_default();
        let kind = if tag.starts_with("</") {
            Kind::Close
        } else if tag.ends_with("/>") {
            Kind::Single
        } else {
            Kind::Open
        };
        (kind, length)
    }
}

/// Length of a tag or of a DOCTYPE: a `>` in quotes or in an internal subset does not end it.
fn tag(rest: &str) -> usize {
    let (mut quote, mut brackets) = (None, 0_usize);
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') if brackets == 0 => return at + 1,
            (None, b'[') => brackets += 1,
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_stand_on_lines_of_their_own_and_text_stays_where_it_is() {
        let document = "<?xml version=\"1.0\"?>\n<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\
            <cXML a=\"x > y\"><Header><Identity>  A &amp; B </Identity><Empty></Empty><Single/></Header><!-- <not> -->\
            <Description>long <ShortName>short</ShortName> text</Description><Blank>  </Blank><C><![CDATA[<raw>]]></C></cXML>";
        let expected = "\
<?xml version=\"1.0\"?>
<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">
<cXML a=\"x > y\">
  <Header>
    <Identity>  A &amp; B </Identity>
    <Empty></Empty>
    <Single/>
  </Header>
  <!-- <not> -->
  <Description>long <ShortName>short</ShortName> text</Description>
  <Blank>  </Blank>
  <C><![CDATA[<raw>]]></C>
</cXML>";
        assert_eq!(text(document.as_bytes()), expected);
        assert_eq!(text(expected.as_bytes()), expected, "indenting again changes nothing");
    }

    #[test]
    fn what_is_not_well_formed_is_shown_as_it_came() {
        for document in ["<cXML><Header></cXML>", "<a><b></a></b>", "hello", "<a b=c/>", "", "--part\r\n\r\n<cXML/>"] {
            assert_eq!(text(document.as_bytes()), document);
        }
        assert_eq!(text(b"<a>\xff</a>"), "<a>\u{fffd}</a>");
    }

    #[test]
    fn a_doctype_with_an_internal_subset_is_one_piece() {
        let document = "<!DOCTYPE a [ <!ENTITY b \"[]>\"> ] ><a/>";
        assert_eq!(pieces(document).len(), 2);
    }

    #[test]
    fn a_document_in_another_encoding_is_read_in_it() {
        let bytes: Vec<u8> = "\u{feff}<a><b>\u{fc}</b></a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&bytes), "<a>\n  <b>\u{fc}</b>\n</a>");
    }

    #[test]
    fn of_a_huge_document_the_beginning_is_shown_and_how_much_is_missing() {
        let shown = text(&vec![b'x'; MOST_BYTES + 7]);
        assert!(shown.ends_with("... and 7 bytes more"));
        assert!(shown.len() < MOST_BYTES + 100);
    }

    /// A tree of elements with and without text.
    fn element() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![Just("<x/>".to_owned()), "<y>[ a-z\u{e4}&&[^&<]]{0,6}</y>", Just("\n ".to_owned())];
        leaf.prop_recursive(4, 40, 5, |inner| {
            ("[a-c]", proptest::collection::vec(inner, 0..5))
                .prop_map(|(name, inner)| format!("<{name} q='>'>{}</{name}>", inner.concat()))
        })
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_changes_and_once_is_enough(inner in element()) {
            let document = format!("<root>{inner}</root>");
            let shown = text(document.as_bytes());
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&shown), bare(&document));
            prop_assert_eq!(text(shown.as_bytes()), shown);
        }

        #[test]
        fn no_bytes_are_too_odd_to_be_shown(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = text(&bytes);
            // Cut as if it were well-formed: nothing is lost even then.
            let odd = String::from_utf8_lossy(&bytes).into_owned();
            let whole: String = pieces(&odd).into_iter().map(|(_, piece)| piece).collect();
            prop_assert_eq!(whole, odd);
        }
    }
}
