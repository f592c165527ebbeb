//! What is said about a finding: the place, the expectation and the hint.

use roxmltree::Document;

use crate::dtd::{Dtd, ValidationError, ValidationErrorKind};

const SHOP: &str = "
<!ELEMENT Order (Head, Tax?, Shipping?, (Card|Invoice)?, Line+)>
<!ATTLIST Order type (new|update) #REQUIRED orderID CDATA #REQUIRED>
<!ELEMENT Head (#PCDATA)> <!ELEMENT Tax (#PCDATA)> <!ELEMENT Shipping (#PCDATA)>
<!ELEMENT Card EMPTY> <!ELEMENT Invoice EMPTY>
<!ELEMENT Line (#PCDATA|Money)*> <!ATTLIST Line id ID #IMPLIED>
<!ELEMENT Money (#PCDATA)> <!ATTLIST Money currency CDATA #REQUIRED>";

fn findings(text: &str) -> Vec<ValidationError> {
    Dtd::parse(SHOP).unwrap().validate(&Document::parse(text).unwrap())
}

fn only(content: &str) -> ValidationError {
    let text = format!("<Order type=\"new\" orderID=\"1\">{content}</Order>");
    let mut all = findings(&text);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[test]
fn each_mistake_gets_its_kind_and_hint() {
    use ValidationErrorKind as K;
    for (content, kind, hint) in [
        ("<Head/><Shipping/><Tax/><Line/>", K::WrongOrder, "Tax must come before Shipping here"),
        ("<Head/><Tax/><Tax/><Line/>", K::UnexpectedElement, "Order takes Tax only once here"),
        ("<Head/><Card/><Invoice/><Line/>", K::UnexpectedElement, "Order takes either Card or Invoice, not both"),
        ("<Head/><Money currency='X'/><Line/>", K::UnexpectedElement, "move Money out of Order"),
        ("<Line/>", K::MissingElement, "add Head before Line"),
        ("<Head/>", K::MissingElement, "add Line to Order"),
        ("<Head/><Lines/>", K::UnknownElement, "probably Line was meant"),
        ("<Head/><Line><Monney>5</Monney></Line>", K::UnknownElement, "probably Money was meant"),
        ("<Head/><Line/><Whatever/>", K::UnknownElement, "remove it"),
        ("<Head><Money currency='X'/></Head><Line/>", K::UnexpectedElement, "write the value of Head as text"),
        ("<Head/><Line><Card/></Line>", K::UnexpectedElement, "move Card out of Line"),
        ("<Head/>secret<Line/>", K::TextBetweenElements, "Order takes elements only"),
        ("<Head/><![CDATA[ ]]><Line/>", K::TextBetweenElements, "not even a blank one"),
        ("<Head/><Card> </Card><Line/>", K::NotEmpty, "write <Card/>"),
        ("<Head/><Line><Money/></Line>", K::MissingAttribute, "add currency=\"...\" to Money"),
        ("<Head/><Line><Money Currency='X' currency='X'/></Line>", K::UnknownAttribute, "probably currency was meant"),
        ("<Head colour='red'/><Line/>", K::UnknownAttribute, "remove colour"),
        ("<Head/><Line id='a'/><Line id='a'/>", K::DuplicateId, "an ID of its own"),
        ("<Head/><Line id='1'/>", K::WrongValue, "start with a letter"),
    ] {
        let finding = only(content);
        assert_eq!(finding.kind, kind, "{content}: {finding}");
        assert!(finding.hint.contains(hint), "{content}: {finding}");
        assert!(!finding.to_string().contains("secret"), "text content was repeated: {finding}");
    }
}

#[test]
fn a_finding_stays_short_whatever_it_names() {
    let long = "q".repeat(50_000);
    for content in [format!("<Head/><Line/><{long}/>"), format!("<Head {long}='1'/><Line/>")] {
        let finding = only(&content).to_string();
        assert!(finding.len() < 1000 && finding.contains("qqq..."), "{} bytes", finding.len());
    }
}

#[test]
fn a_wrong_value_of_a_list_is_explained() {
    for (value, hint) in [
        (" new", "write \"new\" without white space around it"),
        ("News", "probably \"new\" was meant"),
        ("replacement", "use one of new, update"),
    ] {
        let all = findings(&format!("<Order type='{value}' orderID='1'><Head/><Line/></Order>"));
        assert_eq!((all.len(), all[0].hint.as_str()), (1, hint));
    }
    let all = findings("<Order orderID='1'><Head/><Line/></Order>");
    assert_eq!(all[0].hint, "add type with one of the values new, update");
}

#[test]
fn places_count_characters_and_lines() {
    let all = findings(
        "<Order type='new' orderID='1'>\r\n <Head>\u{e9}\u{1f600}</Head><Oops/>\n\t<Line  colour='x'/>\n</Order>",
    );
    let places: Vec<(u32, u32, &str)> = all.iter().map(|f| (f.line, f.column, f.path.as_str())).collect();
    assert_eq!(places, [(2, 17, "Order/Oops"), (3, 9, "Order/Line")]);
}

#[test]
fn a_choice_is_not_made_for_the_author() {
    let dtd = Dtd::parse("<!ELEMENT r (a|b|(c,a))> <!ELEMENT a EMPTY> <!ELEMENT b EMPTY> <!ELEMENT c EMPTY>").unwrap();
    let findings = dtd.validate(&Document::parse("<r/>").unwrap());
    assert_eq!(findings[0].hint, "add one of a, b to r");
}

#[test]
fn an_unknown_element_may_be_the_missing_one_so_nothing_is_called_missing() {
    assert_eq!(only("<Head/><Whatever/>").kind, ValidationErrorKind::UnknownElement);
}

#[test]
fn a_misspelled_element_is_reported_once_and_not_as_missing_too() {
    assert_eq!(only("<Hed/><Line/>").kind, ValidationErrorKind::UnknownElement);
}

#[test]
fn several_mistakes_come_in_the_order_of_their_places() {
    use ValidationErrorKind as K;
    let all = findings("<Order type='old'><Line x='1'/><Head/><Nothing/></Order>");
    let kinds: Vec<ValidationErrorKind> = all.iter().map(|finding| finding.kind).collect();
    assert_eq!(
        kinds,
        [K::MissingAttribute, K::WrongValue, K::MissingElement, K::UnknownAttribute, K::WrongOrder, K::UnknownElement]
    );
}
