//! Setup requests as other people's systems really wrote them, re-addressed to the demo's Coupa: each opens the store.

use std::path::PathBuf;

use marketgate::demo::seed::ACME_COUPA;
use marketgate_simulator::browser::Browser;

use super::assert_answered;
use crate::harness::post::parse;
use crate::harness::{Market, cxml_folder};

/// Every sample of a setup request, with its name.
pub fn setup_requests() -> Vec<(String, String)> {
    let folder = cxml_folder().join("samples");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("posr-"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 10, "only {} samples in {}", paths.len(), folder.display());
    paths
        .iter()
        .map(|path| (path.display().to_string(), readdressed(&std::fs::read_to_string(path).unwrap())))
        .collect()
}

/// The same document with other parties; everything else stays byte for byte.
fn readdressed(text: &str) -> String {
    let document = parse(text);
    let mut changes: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    for (party, (domain, identity)) in
        [("From", ACME_COUPA.buyer), ("To", ACME_COUPA.supplier), ("Sender", ACME_COUPA.sender)]
    {
        let party = document.descendants().find(|node| node.has_tag_name(party)).unwrap();
        for credential in party.children().filter(|node| node.has_tag_name("Credential")) {
            let written = credential.attributes().find(|attribute| attribute.name() == "domain").unwrap();
            changes.push((written.range_value(), domain.to_owned()));
            for (name, value) in [("Identity", identity), ("SharedSecret", ACME_COUPA.secret)] {
                let Some(element) = credential.children().find(|node| node.has_tag_name(name)) else { continue };
                changes.push((element.first_child().unwrap().range(), value.to_owned()));
            }
        }
    }
    changes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = text.to_owned();
    for (range, value) in changes {
        text.replace_range(range, &value);
    }
    text
}

#[actix_web::test]
#[ignore = "needs the sample documents"]
async fn every_sample_of_a_setup_request_opens_the_store() {
    let market = Market::start().await;
    let browser = Browser::new().unwrap();
    for (name, document) in setup_requests() {
        let answer = market.post(document).await;
        assert_eq!((answer.http_status, answer.code()), (200, 200), "{name}: {}", answer.text);
        let page = browser.open(&answer.start_page().unwrap().parse().unwrap()).await.unwrap();
        assert_eq!(page.status, 200, "{name}");
        assert!(page.links().iter().any(|link| link.text == "My requests"), "{name}: {}", page.text());
    }
    market.finish().await;
}

#[actix_web::test]
#[ignore = "needs the sample documents"]
async fn every_other_request_among_the_samples_is_refused_in_cxml() {
    let market = Market::start().await;
    for entry in std::fs::read_dir(cxml_folder().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let answer = market.post_as("text/xml", std::fs::read(&path).unwrap()).await;
        let code = answer.code();
        assert!((answer.http_status, matches!(code, 401 | 406)) == (200, true), "{}: {code}", path.display());
    }
    assert_answered(&market.ping().await, 200);
    market.finish().await;
}
