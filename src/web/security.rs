//! What protects pages: headers, the policy of each page, and the check that a form came from one of ours.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use subtle::ConstantTimeEq;

use crate::context::Context;

/// The cross-site request said of itself by the browser.
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// Headers of every answer.
pub const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Who may show a page in a frame, and where its forms may go beside ourselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagePolicy {
    /// Origins that may show it in a frame.
    pub frame_ancestors: Vec<String>,
    /// Origins that its forms may be posted to.
    pub form_targets: Vec<String>,
}

impl PagePolicy {
    /// The Content-Security-Policy.
    pub fn header(&self) -> HeaderValue {
        let sources = |own: &str, list: &[String]| {
            let usable =
                list.iter().filter(|origin| origin.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',')));
            std::iter::once(own.to_owned())
                .chain(usable.cloned())
                .filter(|s| !s.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let ancestors =
            if self.frame_ancestors.is_empty() { "'none'".to_owned() } else { sources("", &self.frame_ancestors) };
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; base-uri 'none'; form-action {}; frame-ancestors {ancestors}",
            sources("'self'", &self.form_targets),
        );
        HeaderValue::from_str(&policy)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
    }
}

/// Whether a form was sent by one of our own pages, as far as the browser tells.
///
/// Browsers say so themselves (`Sec-Fetch-Site`); older ones name the page's origin. Pages with a strict referrer policy
/// send `Origin: null`, so that alone proves nothing either way; the token in the form decides then.
pub fn came_from_here(request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (text(SEC_FETCH_SITE), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some("null") | None) => true,
        (None, Some(origin)) => {
            let host = request.connection_info().host().to_owned();
            origin.split_once("://").is_some_and(|(_, name)| name == host)
        }
    }
}

/// The address to throttle by. Behind proxies that are known, the one they name; the last one that is not theirs.
pub fn source_address(context: &Context, request: &HttpRequest) -> String {
    let peer = request.peer_addr().map(|address| address.ip());
    let trusted = &context.config.server.trusted_proxies;
    let believed = |address: &IpAddr| trusted.contains(address);
    if peer.is_none_or(|peer| !believed(&peer)) {
        return peer.map_or_else(|| "unknown".to_owned(), |peer| peer.to_string());
    }
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let addresses = forwarded.rsplit(',').filter_map(|text| text.trim().parse::<IpAddr>().ok());
    addresses
        .into_iter()
        .find(|address| !believed(address))
        .or(peer)
        .map_or_else(String::new, |address| address.to_string())
}

/// Compares tokens in constant time.
pub fn same_token(given: &str, expected: &str) -> bool {
    !expected.is_empty() && bool::from(given.as_bytes().ct_eq(expected.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_page_is_framed_and_posts_only_where_it_may() {
        let policy = PagePolicy {
            frame_ancestors: vec!["https://acme.example".into()],
            form_targets: vec!["https://acme.example".into(), "x; script-src *".into()],
        };
        let header = policy.header();
        let text = header.to_str().unwrap();
        assert!(
            text.contains("form-action 'self' https://acme.example; frame-ancestors https://acme.example"),
            "{text}"
        );
        assert!(!text.contains('*'), "{text}");
        assert!(
            PagePolicy::default().header().to_str().unwrap().ends_with("form-action 'self'; frame-ancestors 'none'")
        );
    }

    #[test]
    fn a_form_from_elsewhere_is_recognised() {
        let from = |headers: &[(&'static str, &'static str)]| {
            let mut request = TestRequest::post().insert_header(("host", "market.example"));
            for header in headers {
                request = request.insert_header(*header);
            }
            came_from_here(&request.to_http_request())
        };
        assert!(from(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "same-site"), ("origin", "https://other.example")]));
        assert!(from(&[("origin", "https://market.example")]));
        assert!(!from(&[("origin", "https://evil.example")]));
    }

    #[test]
    fn an_empty_token_never_fits() {
        assert!(same_token("abc", "abc"));
        assert!(!same_token("abd", "abc"));
        assert!(!same_token("", ""));
    }
}
