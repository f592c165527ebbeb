//! From markup to an answer: headers, policy, error pages.

use std::fmt;

use actix_web::error::UrlencodedError;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use maud::Markup;
use tracing::Level;
use url::form_urlencoded;

use super::error::{Judgement, judge};
use super::security::PagePolicy;
use super::ui::context::{Nav, PageContext};
use super::ui::public::error as error_pages;
use super::ui::storefront::ended;
use crate::context::Context;
use crate::flow::Error;

/// Version of the program, on every page.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page.
pub fn page(status: StatusCode, markup: Markup, policy: &PagePolicy) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy.header()))
        // Pages show one person's data under an address that others must not get from a cache.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(markup.into_string())
}

/// Leads the browser on by GET.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location.to_owned())).finish()
}

/// What a public page needs to know.
pub fn public_context(context: &Context) -> PageContext<'static> {
    PageContext {
        base: "",
        nav: Nav::Public,
        signed_in: None,
        csrf: None,
        demo: context.installation.demo.is_some(),
        test_mode: false,
        version: VERSION,
        now: context.clock.business(),
    }
}

/// An error that is shown as a page. Holds the finished page: it is made where the context is at hand.
pub struct PageError {
    status: StatusCode,
    html: String,
    policy: PagePolicy,
    location: Option<String>,
    allow: Option<&'static str>,
}

impl PageError {
    /// The page for an error of a use case.
    pub fn new(context: &Context, error: &Error) -> Self {
        Self::within(context, &public_context(context), PagePolicy::default(), error)
    }

    /// [`Self::new`], as a page of a visit or of the console: it leads back there, under that page's policy.
    pub fn within(context: &Context, about: &PageContext<'_>, policy: PagePolicy, error: &Error) -> Self {
        let Judgement { http, text, level, .. } = judge(error);
        let request_id = context.random.uuid().simple().to_string();
        log(level, error, &request_id);
        let markup = match http {
            StatusCode::NOT_FOUND => error_pages::not_found(about),
            StatusCode::FORBIDDEN => error_pages::forbidden(about, &text),
            status if status.is_client_error() => error_pages::not_done(about, &text),
            _ => error_pages::failed(about, &request_id),
        };
        Self { status: http, html: markup.into_string(), policy, location: None, allow: None }
    }

    /// The session is over.
    pub fn session_ended(context: &Context) -> Self {
        let html = ended::page(&public_context(context)).into_string();
        // The page is harmless, and the person sits in the buyer's frame, wherever that is.
        let policy = PagePolicy { frame_ancestors: vec!["*".to_owned()], form_targets: Vec::new() };
        Self { status: StatusCode::GONE, html, policy, location: None, allow: None }
    }

    /// The way to the sign-in form, and back to the page afterwards.
    pub fn sign_in_first(path: &str) -> Self {
        let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let location = Some(format!("/sign-in?next={next}"));
        Self {
            status: StatusCode::SEE_OTHER,
            html: String::new(),
            policy: PagePolicy::default(),
            location,
            allow: None,
        }
    }

    /// A form from elsewhere, or from too long ago.
    pub fn stale_form(context: &Context) -> Self {
        Self::stale_form_within(&public_context(context), PagePolicy::default())
    }

    /// [`Self::stale_form`], as a page of a visit.
    pub fn stale_form_within(about: &PageContext<'_>, policy: PagePolicy) -> Self {
        let html = error_pages::stale_form(about).into_string();
        Self { status: StatusCode::FORBIDDEN, html, policy, location: None, allow: None }
    }

    /// What was sent is not a form, or too large. `path` is the address; below a visit's path the page leads back to the visit.
    pub fn unreadable_form(context: &Context, path: &str, error: &UrlencodedError) -> Self {
        let visit: String = path.split_inclusive('/').take(3).collect();
        let base = if path.starts_with("/p/") { visit.trim_end_matches('/') } else { "" };
        let about = PageContext { base, ..public_context(context) };
        let text = format!("The form could not be read: {error}. Open the page again and use its form.");
        let html = error_pages::not_done(&about, &text).into_string();
        Self { status: error.status_code(), html, policy: PagePolicy::default(), location: None, allow: None }
    }

    /// The address exists, but not for that method.
    pub fn wrong_method(about: &PageContext<'_>, policy: PagePolicy, allow: &'static str) -> Self {
        let text = format!("This address takes {allow} only. Open the page again and use what it offers.");
        let html = error_pages::not_done(about, &text).into_string();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, html, policy, location: None, allow: Some(allow) }
    }
}

fn log(level: Level, error: &Error, request_id: &str) {
    match level {
        Level::ERROR => tracing::error!(%error, request_id, "a page failed"),
        Level::WARN => tracing::warn!(%error, request_id, "a page was refused"),
        _ => tracing::debug!(%error, request_id, "a page was refused"),
    }
}

impl fmt::Debug for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PageError({})", self.status)
    }
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an error page with status {}", self.status)
    }
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(location) = &self.location {
            response.insert_header((header::LOCATION, location.clone()));
        }
        if let Some(allow) = self.allow {
            response.insert_header((header::ALLOW, allow));
        }
        response
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, self.policy.header()))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(self.html.clone())
    }
}
