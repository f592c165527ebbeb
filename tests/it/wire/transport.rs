//! HTTP as clients speak it: spellings of the address, compressed bodies, old versions, other methods (P1, Z).

use std::io::{Read, Write};
use std::net::TcpStream;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use marketgate::demo::seed::ACME_COUPA;
use marketgate_store::messages;

use super::{acme_setup, assert_answered};
use crate::harness::post::{Answer, request};
use crate::harness::{Market, MarketOptions};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn zlib(body: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// One request over a connection of its own, headers and body as given; the whole answer.
async fn raw(market: &Market, head: String, body: Vec<u8>) -> String {
    let url = market.url("/");
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let exchanged = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(crate::harness::PATIENCE)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    exchanged.await.unwrap()
}

async fn raw_post(market: &Market, path: &str, headers: &str, body: Vec<u8>) -> String {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    raw(market, head, body).await
}

fn answer(raw: &str) -> Answer {
    let http_status = raw.split(' ').nth(1).unwrap().parse().unwrap();
    let text = raw.split_once("\r\n\r\n").unwrap().1.to_owned();
    Answer { http_status, text }
}

fn header<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    let head = raw.split_once("\r\n\r\n").unwrap().0;
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[actix_web::test]
async fn a_slash_too_many_leads_to_the_same_endpoint() {
    let market = Market::start().await;
    for (number, path) in ["/cxml/", "//cxml", "/cxml//", "/cxml/?a=b", "/cxml"].into_iter().enumerate() {
        let body = acme_setup(&format!("{number}@test")).into_bytes();
        assert_answered(&answer(&raw_post(&market, path, "", body).await), 200);
    }
    assert!(raw_post(&market, "/cxml/x", "", Vec::new()).await.starts_with("HTTP/1.1 404"));
    market.finish().await;
}

#[actix_web::test]
async fn a_compressed_body_is_read_and_another_coding_refused() {
    let market = Market::start().await;
    for (coding, number) in [("gzip", 1), ("x-gzip", 2), ("deflate", 3), ("identity", 4)] {
        let plain = acme_setup(&format!("{number}@test")).into_bytes();
        let body = match coding {
            "identity" => plain,
            "deflate" => zlib(&plain),
            _ => gzip(&plain),
        };
        let raw = raw_post(&market, "/cxml", &format!("Content-Encoding: {coding}\r\n"), body).await;
        assert_answered(&answer(&raw), 200);
    }
    for coding in ["br", "zstd", "gzip, gzip", "compress"] {
        let raw = raw_post(&market, "/cxml", &format!("Content-Encoding: {coding}\r\n"), b"x".to_vec()).await;
        assert_eq!((answer(&raw).http_status, answer(&raw).code()), (415, 406), "{raw}");
        assert_eq!(header(&raw, "accept-encoding"), Some("gzip, deflate"));
    }
    let broken = raw_post(&market, "/cxml", "Content-Encoding: gzip\r\n", b"<cXML/>".to_vec()).await;
    assert_answered(&answer(&broken), 406);
    market.finish().await;
}

#[actix_web::test]
async fn what_is_small_when_packed_and_too_large_when_unpacked_is_499() {
    let settings = vec![("cxml.max_request_kib", "64".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    let body = gzip(&vec![b' '; 30 << 20]);
    assert!(body.len() < 64 * 1024 * 4);
    assert_answered(&answer(&raw_post(&market, "/cxml", "Content-Encoding: gzip\r\n", body).await), 499);
    market.finish().await;
}

#[actix_web::test]
async fn a_client_of_http_1_0_gets_no_chunks() {
    let market = Market::start().await;
    for path in ["/", "/cxml", "/api/docs", "/api/v1/openapi.json", "/sign-in", "/nothing"] {
        let head = format!("GET {path} HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
        let raw = raw(&market, head, Vec::new()).await;
        assert_eq!(
            (header(&raw, "transfer-encoding"), header(&raw, "content-encoding")),
            (None, None),
            "{path}: {raw}"
        );
        let length: usize = header(&raw, "content-length").expect("a length").parse().unwrap();
        assert_eq!(raw.split_once("\r\n\r\n").unwrap().1.len(), length, "{path}");
    }
    market.finish().await;
}

/// A document with an attachment has a limit of its own; the document in it keeps the usual one.
#[actix_web::test]
async fn an_attachment_may_be_larger_than_a_document() {
    let settings = vec![("cxml.max_request_kib", "64".to_owned()), ("cxml.max_multipart_kib", "256".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    let multipart = |document: &str, attachment: usize| {
        let mut body = format!("--b\r\nContent-Type: text/xml\r\n\r\n{document}\r\n--b\r\nContent-ID: <a@x>\r\n\r\n");
        body.push_str(&"x".repeat(attachment));
        body.push_str("\r\n--b--\r\n");
        body
    };
    let kind = "multipart/related; boundary=b";
    let profile = |number: &str| request(&ACME_COUPA, number, "<ProfileRequest/>");
    assert_answered(&market.post_as(kind, multipart(&profile("1@test"), 200 * 1024)).await, 200);
    for (document, attachment, said) in [
        (profile("2@test"), 300 * 1024, "bytes"),
        (
            profile("3@test").replace("</cXML>", &format!("<!--{}--></cXML>", "x".repeat(70 * 1024))),
            10,
            "the cXML part",
        ),
    ] {
        let refused = market.post_as(kind, multipart(&document, attachment)).await;
        assert_answered(&refused, 499);
        assert!(refused.words().contains(said), "{}", refused.words());
    }
    let kept = market.read(|snapshot| Ok(messages::newest(snapshot, None, 10)?));
    let with_attachment = kept.iter().find(|summary| summary.payload_id == "1@test").expect("a summary");
    let bytes = market.context().store.messages().read(with_attachment.id).unwrap().unwrap();
    assert!(bytes.len() > 200 * 1024 && bytes.ends_with(b"--b--\r\n"));
    market.finish().await;
}

#[actix_web::test]
async fn head_answers_as_get_and_another_method_is_405_with_those_that_are() {
    let market = Market::start().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut seen = 0;
    for (pattern, methods) in marketgate::web::methods::ALL {
        let path: String =
            pattern.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/");
        let send = |method: reqwest::Method| {
            client.request(method, market.url(&path)).header("accept-encoding", "identity").send()
        };
        let wrong = send(reqwest::Method::PUT).await.unwrap();
        assert_eq!(wrong.status(), 405, "{path}");
        assert_eq!(wrong.headers()["allow"], *methods, "{path}");
        if methods.contains("HEAD") {
            let (head, get) = (send(reqwest::Method::HEAD).await.unwrap(), send(reqwest::Method::GET).await.unwrap());
            assert_eq!(head.status(), get.status(), "{path}");
            assert_eq!(head.headers().get("content-type"), get.headers().get("content-type"), "{path}");
            assert_eq!(head.bytes().await.unwrap().len(), 0, "{path}");
        }
        seen += 1;
    }
    assert!(seen > 50, "only {seen} addresses");
    market.finish().await;
}
