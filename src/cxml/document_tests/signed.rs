//! Signatures are recognised and can be cut out of the bytes that came, whatever their encoding.

use super::fixtures::*;
use crate::envelope::Envelope;
use crate::{Limits, admit, read};

const SIGNATURE: &str = "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo><ds:Reference URI='#cXMLSignedInfo'/>\
                         <ds:Reference URI='#cXMLData'/></ds:SignedInfo><ds:SignatureValue>q1&#x41;\u{e9}==</ds:SignatureValue></ds:Signature>";

fn signed(prolog: &str) -> String {
    let body = String::from_utf8(enveloped("<ProfileRequest/>")).unwrap();
    let body = body.replace("<cXML ", "<cXML signatureVersion='1.0' xml:lang='fr' ");
    format!("{prolog}{}", body.replace("</cXML>", &format!("\n{SIGNATURE}</cXML>")))
}

fn cut_out(bytes: &[u8], content_type: Option<&str>) -> (Envelope, Vec<u8>) {
    let admitted = admit(bytes, content_type, &Limits::default()).unwrap();
    let envelope = read(&admitted).unwrap();
    let range = admitted.original_range(envelope.signatures[0].range.clone()).unwrap();
    (envelope, bytes[range].to_vec())
}

#[test]
fn a_signature_is_kept_byte_by_byte() {
    let prologs = ["", "\u{feff}<?xml version='1.0'?>", "\n<!DOCTYPE cXML SYSTEM 'caf\u{e9}-\u{1f600}.dtd'>\n"];
    for prolog in prologs {
        let (envelope, bytes) = cut_out(signed(prolog).as_bytes(), None);
        assert_eq!(String::from_utf8(bytes).unwrap(), SIGNATURE, "{prolog}");
        assert_eq!(envelope.signatures[0].references, ["#cXMLSignedInfo", "#cXMLData"]);
        assert_eq!((envelope.is_signed, envelope.signature_version.as_deref()), (true, Some("1.0")));
    }
}

#[test]
fn a_signature_is_found_in_other_encodings_too() {
    let text = signed("<!DOCTYPE cXML SYSTEM '\u{e9}\u{1f600}.dtd'>");
    let little: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let expected: Vec<u8> = SIGNATURE.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(cut_out(&little, None).1, expected);
    let latin = |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let text = signed("<?xml version='1.0' encoding='iso-8859-1'?><!-- \u{e9} -->");
    assert_eq!(cut_out(&latin(&text), None).1, latin(SIGNATURE));
}

#[test]
fn an_unsigned_document_has_no_signature() {
    let envelope = reading(&enveloped("<ProfileRequest/>"));
    assert!(!envelope.is_signed && envelope.signatures.is_empty());
}
