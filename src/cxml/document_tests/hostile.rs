//! Hostile documents are refused with the right status and bounded work. Files in `testdata/hostile` are named by the status
//! that they deserve; the large ones are made here.

use super::fixtures::*;
use crate::mask::mask_secrets;
use crate::{Limits, StatusCode, WireErrorKind, admit, read};

#[test]
fn every_hostile_file_is_refused_as_its_name_says() {
    let mut seen = 0;
    for entry in std::fs::read_dir(testdata("hostile")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((status, _)) = name.split_once('-') else { continue };
        let bytes = std::fs::read(&path).unwrap();
        let error = try_reading(&bytes).expect_err(&name);
        assert_eq!(error.status().0.to_string(), status, "{name}: {error}");
        mask_secrets(&bytes);
        seen += 1;
    }
    assert!(seen >= 12, "only {seen} hostile documents found");
}

fn kind_of(text: &str) -> WireErrorKind {
    try_reading(text.as_bytes()).unwrap_err().kind
}

fn repeated(times: u32, piece: impl Fn(u32) -> String) -> String {
    (0..times).fold(String::new(), |all, i| all + &piece(i))
}

#[test]
fn deep_wide_and_crowded_documents_stop_at_the_gate() {
    let limits = Limits::default();
    let deep = "<a>".repeat(500_000);
    let wide = format!("<a {}/>", repeated(20_000, |i| format!("a{i}='1' ")));
    let crowded = repeated(3_000, |i| format!("<a xmlns:n{i}='urn:{i}'>"));
    for text in [deep, wide, crowded] {
        let error = admit(text.as_bytes(), None, &limits).unwrap_err();
        assert_eq!(error.kind, WireErrorKind::TooComplex);
    }
}

#[test]
fn a_large_entity_is_never_expanded() {
    let text = format!("<!DOCTYPE a [<!ENTITY e '{}'>]><a>{}</a>", "x".repeat(10_000), "&e;".repeat(10_000));
    let admitted = admit(text.as_bytes(), None, &Limits::default()).unwrap();
    assert!(admitted.text().len() <= text.len());
    assert_eq!(read(&admitted).unwrap_err().kind, WireErrorKind::Entity);
}

#[test]
fn a_long_internal_subset_is_refused() {
    let text = format!("<!DOCTYPE a [{}]><a/>", "<!ENTITY % p 'x'>".repeat(5_000));
    assert_eq!(kind_of(&text), WireErrorKind::TooComplex);
}

#[test]
fn a_huge_body_is_answered_499() {
    let limits = Limits { max_bytes: 1000, ..Limits::default() };
    let error = admit(&[b' '; 1001], Some("text/xml"), &limits).unwrap_err();
    assert_eq!(error.status(), StatusCode::DOCUMENT_SIZE_ERROR);
}

#[test]
fn control_characters_and_broken_encodings_are_refused() {
    for bytes in
        [&b"<a>\0</a>"[..], b"<a>\x01</a>", b"<a>&#1;</a>", b"<a>\xff</a>", b"<a>\xed\xa0\x80</a>", b"<a>]]></a>\0"]
    {
        assert_eq!(try_reading(bytes).unwrap_err().status(), StatusCode::NOT_ACCEPTABLE);
    }
    let error = admit(b"\xff\xfe<\0a\0/\0>", None, &Limits::default()).unwrap_err();
    assert_eq!(error.kind, WireErrorKind::Encoding, "half a code unit");
}

#[test]
fn a_gate_and_a_parser_that_disagree_still_refuse() {
    for text in [
        "<a b='<c>'/>",
        "<a b=c>",
        "<a></b>",
        "<a/><a/>",
        "<!DOCTYPE a><!DOCTYPE a><a/>",
        "<a><!DOCTYPE a></a>",
        "<a b='1' b='2'/>",
    ] {
        assert_eq!(try_reading(text.as_bytes()).unwrap_err().status(), StatusCode::NOT_ACCEPTABLE, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = try_reading(&bytes);
        let _ = admit(&bytes, Some("multipart/mixed; boundary=b"), &Limits::default());
        proptest::prop_assert_eq!(mask_secrets(&bytes).bytes.len(), bytes.len());
    }

    #[test]
    fn random_markup_never_panics(text in "(<[a-z/!?\\[]{0,3}|[a-z]{1,3}=|'|\"|>|/>|&[a-z#1]{0,3};|-->|\\]\\]>|SharedSecret|<!DOCTYPE|--b\n| ){0,40}") {
        let _ = try_reading(text.as_bytes());
        let _ = admit(text.as_bytes(), Some("multipart/mixed; boundary=b"), &Limits::default());
        proptest::prop_assert_eq!(mask_secrets(text.as_bytes()).bytes.len(), text.len());
    }
}
