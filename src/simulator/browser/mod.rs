//! A person's browser without JavaScript and without cookies: opens pages, follows redirects by hand, fills in and submits
//! forms with the headers a real browser would send. For rehearsals and tests over real HTTP.

mod entities;
mod forms;
mod scanner;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, ORIGIN, REFERRER_POLICY};
use reqwest::{Client, Method};
use url::{Url, form_urlencoded};

pub use forms::{Button, Field, Form, Link};

use crate::exchange;

const REDIRECTS_MAX: usize = 10;
const PAGE_BYTES_MAX: usize = 4 << 20;
const PAGE_LIMIT: Duration = Duration::from_mins(1);

/// Why a page could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Nobody answered, or not in time.
    #[error("{url} cannot be opened: {complaint}")]
    Unreachable {
        /// Where the browser wanted to go.
        url: String,
        /// What went wrong.
        complaint: String,
    },
    /// A redirect led nowhere usable, or round in circles.
    #[error("the redirect at {url} leads nowhere")]
    Redirect {
        /// The page that redirected.
        url: String,
    },
    /// The page has no such button or link.
    #[error("{url} has no {what}; it offers {offered:?}")]
    NotOnPage {
        /// The page.
        url: String,
        /// What was looked for.
        what: String,
        /// What there is instead.
        offered: Vec<String>,
    },
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(reqwest::Error),
}

/// The browser. It keeps no state between pages: whoever needs cookies fails here, as in a buyer's iframe.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
}

/// A page as it was shown.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its address after all redirects.
    pub url: Url,
    /// Its HTTP status.
    pub status: u16,
    /// Its text as received.
    pub body: String,
    /// The redirects on the way here.
    pub hops: Vec<Hop>,
    headers: HeaderMap,
}

/// One redirect on the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// The address that answered.
    pub url: Url,
    /// With which HTTP status.
    pub status: u16,
}

struct Request {
    method: Method,
    url: Url,
    form: Option<String>,
    origin: Option<String>,
    site: &'static str,
}

impl Browser {
    /// A new browser. A TLS provider must be installed in the process.
    pub fn new() -> Result<Self, BrowserError> {
        exchange::client().map(|client| Self { client }).map_err(BrowserError::Client)
    }

    /// Opens an address as if it were typed in.
    pub async fn open(&self, url: &Url) -> Result<Page, BrowserError> {
        self.load(Request { method: Method::GET, url: url.clone(), form: None, origin: None, site: "none" }).await
    }

    /// Follows the link with that visible text.
    pub async fn follow(&self, page: &Page, text: &str) -> Result<Page, BrowserError> {
        let links = page.links();
        let link = links.iter().find(|link| link.text == text).ok_or_else(|| BrowserError::NotOnPage {
            url: page.url.to_string(),
            what: format!("link {text:?}"),
            offered: links.iter().map(|link| link.text.clone()).collect(),
        })?;
        let site = site(&page.url, &link.url);
        self.load(Request { method: Method::GET, url: link.url.clone(), form: None, origin: None, site }).await
    }

    /// Presses the button with that visible text, its form as it stands.
    pub async fn press(&self, page: &Page, text: &str) -> Result<Page, BrowserError> {
        let form = page.form_with_button(text)?;
        self.submit(page, &form, Some(text)).await
    }

    /// Submits a form, with a button by its visible text or without one.
    pub async fn submit(&self, page: &Page, form: &Form, button: Option<&str>) -> Result<Page, BrowserError> {
        let pressed = match button {
            Some(text) => Some(form.button(text).ok_or_else(|| BrowserError::NotOnPage {
                url: page.url.to_string(),
                what: format!("button {text:?}"),
                offered: form.buttons.iter().map(|button| button.text.clone()).collect(),
            })?),
            None => None,
        };
        let mut url = pressed.and_then(|button| button.action.clone()).unwrap_or_else(|| form.action.clone());
        let data = form.data(pressed);
        let site = site(&page.url, &url);
        if form.method == "post" {
            let origin = Some(origin_header(page, &url));
            return self.load(Request { method: Method::POST, url, form: Some(data), origin, site }).await;
        }
        url.set_query(Some(&data));
        self.load(Request { method: Method::GET, url, form: None, origin: None, site }).await
    }

    async fn load(&self, mut request: Request) -> Result<Page, BrowserError> {
        let mut hops = Vec::new();
        loop {
            let page = self.fetch(&request).await?;
            request = match redirect(&page, &request) {
                Next::Stay => return Ok(Page { hops, ..page }),
                Next::Go(next) if hops.len() < REDIRECTS_MAX => next,
                Next::Go(_) | Next::Nowhere => return Err(BrowserError::Redirect { url: page.url.to_string() }),
            };
            hops.push(Hop { url: page.url, status: page.status });
        }
    }

    async fn fetch(&self, request: &Request) -> Result<Page, BrowserError> {
        let unreachable =
            |error| BrowserError::Unreachable { url: request.url.to_string(), complaint: exchange::complaint(error) };
        let mut outgoing = self
            .client
            .request(request.method.clone(), request.url.clone())
            .timeout(PAGE_LIMIT)
            .header("Accept", "text/html,application/xhtml+xml")
            .header("Sec-Fetch-Site", request.site)
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document");
        if let Some(origin) = &request.origin {
            outgoing = outgoing.header(ORIGIN, origin);
        }
        if let Some(form) = &request.form {
            outgoing = outgoing.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.clone());
        }
        let mut response = outgoing.send().await.map_err(unreachable)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = exchange::read_bounded(&mut response, PAGE_BYTES_MAX).await.map_err(unreachable)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Page { url: request.url.clone(), status, body, hops: Vec::new(), headers })
    }
}

impl Page {
    /// Every form of the page.
    pub fn forms(&self) -> Vec<Form> {
        forms::forms(&self.body, &self.url)
    }

    /// Every link of the page.
    pub fn links(&self) -> Vec<Link> {
        forms::links(&self.body, &self.url)
    }

    /// The visible text, blanks folded.
    pub fn text(&self) -> String {
        forms::visible_text(&self.body)
    }

    /// The first form that has a button with that visible text.
    pub fn form_with_button(&self, text: &str) -> Result<Form, BrowserError> {
        let forms = self.forms();
        let offered = forms.iter().flat_map(|form| &form.buttons).map(|button| button.text.clone()).collect();
        forms.into_iter().find(|form| form.button(text).is_some()).ok_or_else(|| BrowserError::NotOnPage {
            url: self.url.to_string(),
            what: format!("button {text:?}"),
            offered,
        })
    }

    /// A response header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Where an answer sends the browser.
enum Next {
    Go(Request),
    Nowhere,
    Stay,
}

fn redirect(page: &Page, request: &Request) -> Next {
    let keeps_method = match page.status {
        301..=303 => false,
        307 | 308 => true,
        _ => return Next::Stay,
    };
    let target = page.header(LOCATION.as_str()).and_then(|location| request.url.join(location).ok());
    let Some(url) = target.filter(|url| matches!(url.scheme(), "http" | "https")) else { return Next::Nowhere };
    let site = if request.site == "none" { "none" } else { worse(request.site, site(&request.url, &url)) };
    if !keeps_method {
        return Next::Go(Request { method: Method::GET, form: None, origin: None, site, url });
    }
    let crossed = url.origin() != request.url.origin();
    let origin = request.origin.clone().map(|origin| if crossed { "null".to_owned() } else { origin });
    Next::Go(Request { method: request.method.clone(), form: request.form.clone(), origin, site, url })
}

/// What `Sec-Fetch-Site` says about going from one address to another.
fn site(from: &Url, to: &Url) -> &'static str {
    if from.origin() == to.origin() {
        "same-origin"
    } else if from.host_str() == to.host_str() && from.scheme() == to.scheme() {
        "same-site"
    } else {
        "cross-site"
    }
}

fn worse(one: &'static str, other: &'static str) -> &'static str {
    ["cross-site", "same-site"].into_iter().find(|site| [one, other].contains(site)).unwrap_or("same-origin")
}

/// The `Origin` of a form post: `null` from a page that forbids to say where one comes from (Fetch standard).
fn origin_header(page: &Page, to: &Url) -> String {
    let hidden = match page.header(REFERRER_POLICY.as_str()) {
        Some("no-referrer") => true,
        Some("same-origin") => page.url.origin() != to.origin(),
        _ => page.url.scheme() == "https" && to.scheme() == "http",
    };
    if hidden { "null".to_owned() } else { page.url.origin().ascii_serialization() }
}

/// Encodes form data the way a browser does.
fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut encoder = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        encoder.append_pair(name, &value.replace("\r\n", "\n").replace('\n', "\r\n"));
    }
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(policy: Option<&'static str>) -> Page {
        let mut headers = HeaderMap::new();
        if let Some(policy) = policy {
            headers.insert(REFERRER_POLICY, policy.parse().unwrap());
        }
        let url = Url::parse("http://127.0.0.1:1/shop").unwrap();
        Page { url, status: 200, body: String::new(), hops: Vec::new(), headers }
    }

    #[test]
    fn a_page_that_forbids_referrers_posts_with_a_null_origin() {
        let (own, other) = (Url::parse("http://127.0.0.1:1/a").unwrap(), Url::parse("http://127.0.0.1:2/a").unwrap());
        assert_eq!(origin_header(&page(Some("no-referrer")), &own), "null");
        assert_eq!(origin_header(&page(Some("same-origin")), &own), "http://127.0.0.1:1");
        assert_eq!(origin_header(&page(Some("same-origin")), &other), "null");
        assert_eq!(origin_header(&page(None), &other), "http://127.0.0.1:1");
    }

    #[test]
    fn two_ports_of_one_host_are_one_site_but_two_origins() {
        let at = |text| Url::parse(text).unwrap();
        assert_eq!(site(&at("http://127.0.0.1:1/"), &at("http://127.0.0.1:1/x")), "same-origin");
        assert_eq!(site(&at("http://127.0.0.1:1/"), &at("http://127.0.0.1:2/")), "same-site");
        assert_eq!(site(&at("http://127.0.0.1:1/"), &at("http://localhost:1/")), "cross-site");
        assert_eq!(worse("same-origin", "same-site"), "same-site");
    }
}
