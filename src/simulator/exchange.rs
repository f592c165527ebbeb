//! One HTTP POST of a cXML document, alone or with attachments: no redirects, a time limit, a bounded answer, and never a secret in an error.

use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use url::Url;

/// Longer answers are cut here.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// What came back.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// `Err` holds the transport's complaint in words.
    pub(crate) outcome: Result<HttpAnswer, String>,
    pub(crate) elapsed: Duration,
}

/// What is posted; holds a secret, so it shows nothing of itself.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) content_type: String,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl From<String> for Body {
    /// A document alone.
    fn from(document: String) -> Self {
        Self { content_type: "text/xml; charset=UTF-8".to_owned(), bytes: document.into_bytes() }
    }
}

/// The client for documents: redirects would carry a secret elsewhere, and idle connections would outlive the runtime
/// that opened them.
pub(crate) fn client() -> Result<Client, reqwest::Error> {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(0)
        .no_proxy()
        .build()
}

/// Posts a document and waits at most `limit` for the whole answer.
pub(crate) async fn post(client: &Client, url: &Url, user_agent: &str, body: Body, limit: Duration) -> Exchange {
    let started = Instant::now();
    let request = client
        .post(url.clone())
        .header(CONTENT_TYPE, body.content_type)
        .header(USER_AGENT, user_agent)
        .timeout(limit)
        .body(body.bytes);
    let outcome = match request.send().await {
        Ok(response) => read_answer(response).await,
        Err(error) => Err(complaint(error)),
    };
    Exchange { outcome, elapsed: started.elapsed() }
}

async fn read_answer(mut response: reqwest::Response) -> Result<HttpAnswer, String> {
    let status = response.status().as_u16();
    let body = read_bounded(&mut response, ANSWER_BYTES_MAX).await.map_err(complaint)?;
    Ok(HttpAnswer { status, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Reads a body up to a limit and drops the rest.
pub(crate) async fn read_bounded(
    response: &mut reqwest::Response,
    bytes_max: usize,
) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = bytes_max.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if room < chunk.len() {
            break;
        }
    }
    Ok(body)
}

/// The whole chain of causes: the outermost text alone says nothing.
pub(crate) fn complaint(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
