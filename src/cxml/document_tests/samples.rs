//! Documents of other people's systems, where they are at hand: each is read as what it is.

use std::path::PathBuf;

use super::fixtures::try_reading;
use crate::{Body, Limits, MessagePayload, RequestPayload, ResponsePayload, WireErrorKind, admit, read};

/// The folder with `dtd` and `samples`.
pub fn reference_folder() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cxml");
    std::env::var_os("MARKETGATE_CXML_DIR").map_or_else(default, PathBuf::from)
}

fn body_name(body: &Body) -> String {
    match body {
        Body::Request { payload, .. } => payload.name().to_owned(),
        Body::Message { payload: MessagePayload::PunchOutOrderMessage(_), .. } => "PunchOutOrderMessage".to_owned(),
        Body::Message { payload: MessagePayload::Other { name, .. }, .. } => name.clone(),
        Body::Response { payload, .. } => match payload {
            None => "Response".to_owned(),
            Some(ResponsePayload::ProfileResponse(_)) => "ProfileResponse".to_owned(),
            Some(ResponsePayload::PunchOutSetupResponse(_)) => "PunchOutSetupResponse".to_owned(),
            Some(ResponsePayload::Other { name, .. }) => name.clone(),
        },
    }
}

fn expected(file: &str) -> Option<&'static str> {
    const BY_PREFIX: [(&str, &str); 20] = [
        ("bad-garbage", "GarbageRequest"),
        ("catalogupload-", "CatalogUploadRequest"),
        ("confirmation-", "ConfirmationRequest"),
        ("derived-utf16le-bom-order", "OrderRequest"),
        ("derived-utf8-bom-posr", "PunchOutSetupRequest"),
        ("invoice-", "InvoiceDetailRequest"),
        ("order-", "OrderRequest"),
        ("poom-", "PunchOutOrderMessage"),
        ("posr-", "PunchOutSetupRequest"),
        ("posresp-", "PunchOutSetupResponse"),
        ("productactivity-", "ProductActivityMessage"),
        ("profile-request-", "ProfileRequest"),
        ("profile-response-", "ProfileResponse"),
        ("quotemessage-", "QuoteMessage"),
        ("quoterequest-", "QuoteMessage"),
        ("resp-", "Response"),
        ("shipnotice-", "ShipNoticeRequest"),
        ("statusupdate-", "StatusUpdateRequest"),
        ("subscriptionchangemessage-", "SubscriptionChangeMessage"),
        ("supplierlistrequest-", "SupplierListRequest"),
    ];
    BY_PREFIX.iter().find(|(prefix, _)| file.starts_with(prefix)).map(|(_, name)| *name)
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn every_sample_is_read_as_what_it_is() {
    let mut seen = 0;
    for entry in std::fs::read_dir(reference_folder().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        seen += 1;
        let result = try_reading(&std::fs::read(&path).unwrap());
        if file.starts_with("index-") || file.starts_with("contract-") {
            assert_eq!(result.unwrap_err().kind, WireErrorKind::NotCxml, "{file}");
        } else if file.starts_with("bad-order-nested") || file.starts_with("order-anonymizer-buyer") {
            assert_eq!(result.unwrap_err().kind, WireErrorKind::Missing, "{file}");
        } else {
            let envelope = result.unwrap_or_else(|error| panic!("{file}: {error}"));
            if let Some(name) = expected(&file) {
                assert_eq!(body_name(&envelope.body), name, "{file}");
            }
            assert!(!envelope.timestamp.text.is_empty(), "{file}");
        }
    }
    assert!(seen > 50, "only {seen} samples found");
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn a_recorded_multipart_body_is_taken_apart() {
    let path = reference_folder().join("samples/extra-derived-multipart-related-catalogupload.mime");
    let recorded = std::fs::read_to_string(path).unwrap();
    let recorded = recorded.replace("\r\n", "\n");
    let (head, body) = recorded.split_once("\n\n").unwrap();
    let joined = head.replace("\n ", " ").replace("\n\t", " ");
    let is_type = |line: &&str| line.to_ascii_lowercase().starts_with("content-type:");
    let (_, content_type) = joined.lines().find(is_type).unwrap().split_once(':').unwrap();
    let admitted = admit(body.as_bytes(), Some(content_type.trim()), &Limits::default()).unwrap();
    let Body::Request { payload: RequestPayload::CatalogUploadRequest(upload), .. } = read(&admitted).unwrap().body
    else {
        panic!("not an upload")
    };
    assert_eq!(admitted.attachments.len(), 1);
    assert!(admitted.attachments[0].is_referenced_by(&upload.attachment));
}
