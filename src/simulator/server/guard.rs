//! What protects a person's browser: a strict content security policy, and the same-origin check of every form that
//! changes something. The cart post and the cXML endpoints come from elsewhere by design and are not checked here.

use actix_web::HttpRequest;
use actix_web::http::header::{HOST, HeaderName, ORIGIN};

use crate::core::Core;

/// The forms may lead to the marketplace, because "open the marketplace" answers with a redirect to it.
pub(super) fn content_security_policy(core: &Core) -> String {
    let marketplace = core.config.supplier_endpoint.origin().ascii_serialization();
    format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {marketplace}; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Whether a request comes from one of our own pages. Without any sign of where it comes from it does not.
pub(super) fn is_same_origin(request: &HttpRequest) -> bool {
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let own = header(HOST).map(|host| format!("http://{host}"));
    own.is_some() && header(ORIGIN) == own.as_deref()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn asked(headers: &[(&'static str, &'static str)]) -> bool {
        let request = headers.iter().fold(TestRequest::post(), |request, header| request.insert_header(*header));
        is_same_origin(&request.to_http_request())
    }

    #[test]
    fn a_form_of_our_own_page_passes() {
        assert!(asked(&[("sec-fetch-site", "same-origin")]));
        assert!(asked(&[("host", "127.0.0.1:99"), ("origin", "http://127.0.0.1:99")]));
    }

    #[test]
    fn a_form_from_elsewhere_or_from_nowhere_is_refused() {
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("host", "a"), ("origin", "http://a")]));
        assert!(!asked(&[("host", "127.0.0.1:99"), ("origin", "http://127.0.0.1:98")]));
        assert!(!asked(&[("host", "127.0.0.1:99"), ("origin", "null")]));
        assert!(!asked(&[("host", "127.0.0.1:99")]));
    }
}
