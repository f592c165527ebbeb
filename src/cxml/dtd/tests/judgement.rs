//! The verdict on small documents, one rule at a time. Each line was compared with libxml2.

use roxmltree::Document;

use crate::dtd::Dtd;
use crate::{Limits, admit};

pub const SMALL: &str = r#"
<!ELEMENT r (a?, e?, m?, p?, any?, n?, ds:S*)>
<!ATTLIST r i ID #IMPLIED ref IDREF #IMPLIED refs IDREFS #IMPLIED t NMTOKEN #IMPLIED ts NMTOKENS #IMPLIED
            en (x|y) #IMPLIED fx CDATA #FIXED "q" ent ENTITY #IMPLIED>
<!ELEMENT a (e*)>
<!ATTLIST a i ID #IMPLIED>
<!ELEMENT e EMPTY>
<!ELEMENT m (#PCDATA|e)*>
<!ELEMENT p (#PCDATA)>
<!ELEMENT any ANY>
<!ELEMENT n (e,a)+>
<!ELEMENT amb ((a,e)|(a,p))>
<!ELEMENT ds:S (a?)>
<!ATTLIST ds:S xmlns:ds CDATA #FIXED "urn:ds" Id ID #IMPLIED>
<!ELEMENT ds:M (#PCDATA|ds:S)*>
<!ATTLIST ds:M xmlns:ds CDATA #FIXED "urn:ds">
<!ELEMENT rq EMPTY>
<!ATTLIST rq a CDATA #REQUIRED xml:lang CDATA #IMPLIED>
<!ENTITY pic SYSTEM "pic.gif" NDATA gif>
"#;

fn verdict(text: &str) -> bool {
    let admitted = admit(text.as_bytes(), None, &Limits::default()).unwrap();
    Dtd::parse(SMALL).unwrap().validate_admitted(&admitted).unwrap().is_empty()
}

fn assert_verdicts(good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(verdict(text), "should be valid: {text}");
    }
    for text in bad {
        assert!(!verdict(text), "should not be valid: {text}");
    }
}

#[test]
fn element_content_takes_blanks_comments_and_instructions_only() {
    assert_verdicts(
        &["<r><a> &#32;&#10; </a></r>", "<r>\n<a/>\n</r>", "<r><a><!-- x --><?pi?></a></r>"],
        &[
            "<r><a><![CDATA[ ]]></a></r>",
            "<r><a><![CDATA[]]></a></r>",
            "<r>text</r>",
            "<r><a/>&#160;</r>",
            "<r><a>&lt;</a></r>",
        ],
    );
}

#[test]
fn an_empty_element_takes_nothing_at_all() {
    assert_verdicts(
        &["<e></e>", "<e/>"],
        &["<e> </e>", "<e><!-- x --></e>", "<e><?p?></e>", "<e><![CDATA[]]></e>", "<e>&#32;</e>", "<e><e/></e>"],
    );
}

#[test]
fn text_and_mixed_content_take_text_in_every_form() {
    assert_verdicts(
        &[
            "<p><![CDATA[x]]><!-- c --><?pi?>&lt;</p>",
            "<m>x<e/>y<![CDATA[]]><e/></m>",
            "<any>x<e/><![CDATA[x]]><p/></any>",
            "<p/>",
        ],
        &["<p><e/></p>", "<m><a/></m>", "<any><unknown/></any>"],
    );
}

#[test]
fn children_follow_their_model() {
    assert_verdicts(
        &["<r><a/><p/></r>", "<r><n><e/><a/><e/><a/></n></r>", "<amb><a/><e/></amb>", "<amb><a/><p/></amb>", "<r/>"],
        &[
            "<r><p/><a/></r>",
            "<r><a/><a/></r>",
            "<n><e/><a/><e/></n>",
            "<n/>",
            "<n></n>",
            "<amb><a/></amb>",
            "<r><rq/></r>",
        ],
    );
}

#[test]
fn any_declared_element_may_be_the_root() {
    assert_verdicts(&["<a/>", "<!DOCTYPE zz SYSTEM 'no.dtd'><r/>"], &["<unknown/>", "<S/>"]);
}

#[test]
fn attributes_are_declared_present_and_of_their_type() {
    assert_verdicts(
        &[
            "<rq a=''/>",
            "<rq a='x' xml:lang='en'/>",
            "<r en='&#120;' fx='q' t='-1' ts=' a b '/>",
            "<r fx='&#113;' ent='pic'/>",
        ],
        &[
            "<rq/>",
            "<rq a='x' lang='en'/>",
            "<rq a='x' other='y'/>",
            "<rq a='x' xmlns='urn:z'/>",
            "<r en=' x'/>",
            "<r en='X'/>",
            "<r fx='z'/>",
            "<r t=' x'/>",
            "<r t=''/>",
            "<r ts='x&#10;y'/>",
            "<r ent='foo'/>",
            "<r xml:id='a'/>",
        ],
    );
}

#[test]
fn ids_are_unique_and_references_lead_somewhere() {
    assert_verdicts(
        &["<r i='z' ref='x'><a i='x'/></r>", "<r ref='x' i='x'/>", "<r refs='x  y' i='y'><a i='x'/></r>"],
        &[
            "<r i='x'><a i='x'/></r>",
            "<r ref='x'/>",
            "<r refs='x y' i='x'/>",
            "<r refs=' x' i='x'/>",
            "<r i='1x'/>",
            "<r i='x '/>",
        ],
    );
}

#[test]
fn prefixes_count_as_written() {
    assert_verdicts(
        &["<r><ds:S/></r>", "<r><ds:S xmlns:ds='urn:ds' Id='x'/><ds:S Id='y'/></r>"],
        &[
            "<r><ds:S xmlns:ds='urn:other'/></r>",
            "<r xmlns:ds='urn:ds'><ds:S/></r>",
            "<r><ds:S xmlns:ds='urn:ds'><ds:a/></ds:S></r>",
            "<r><ds:S xmlns:ds='urn:ds' ds:Id='x'/></r>",
            "<rq x:a='x'/>",
            "<x:rq a='x'/>",
            "<r><any xmlns:zz='urn:zz'/></r>",
        ],
    );
}

/// libxml2 forgives an undeclared prefix in a model of children and not in mixed content.
#[test]
fn mixed_content_wants_its_prefixes_declared() {
    assert_verdicts(
        &["<ds:M xmlns:ds='urn:ds'>t<ds:S/></ds:M>", "<ds:M><ds:S xmlns:ds='urn:ds'/></ds:M>", "<ds:M>t</ds:M>"],
        &["<ds:M>t<ds:S/></ds:M>", "<ds:M><ds:S xmlns:ds='urn:ds'/><ds:S/></ds:M>"],
    );
}

#[test]
fn a_parsed_document_gets_the_same_verdict() {
    let dtd = Dtd::parse(SMALL).unwrap();
    let standalone = "<?xml version='1.0' standalone='yes'?><r> <a/></r>";
    for (text, is_valid) in [("<r><a/></r>", true), ("<r><a/><a/></r>", false), (standalone, false)] {
        let document = Document::parse(text).unwrap();
        assert_eq!(dtd.is_valid(&document), is_valid, "{text}");
        assert_eq!(dtd.validate(&document).is_empty(), is_valid, "{text}");
    }
}

#[test]
fn deep_and_wide_documents_cost_no_stack_and_few_findings() {
    let dtd = Dtd::parse("<!ELEMENT a (a*)>").unwrap();
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert!(dtd.is_valid(&Document::parse(&deep).unwrap()));
    let wide = format!("<a>{}</a>", "<b/>".repeat(100_000));
    assert_eq!(dtd.validate(&Document::parse(&wide).unwrap()).len(), crate::dtd::MAX_FINDINGS);
}
