//! The client that posts documents: no redirects, hard limits on time and size, and a guard on addresses.
//!
//! Addresses are configured by buyers' administrators, so they must not become a way into our own network: names are
//! resolved here and private addresses refused at the moment of connecting (which is the only moment that cannot be
//! tricked by a name that changes its address), unless the configuration allows them.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use marketgate_cxml::envelope::Body;
use marketgate_cxml::guard::{Limits, admit};
use marketgate_cxml::read::read;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::classify::Exchange;
use crate::config::delivery::Delivery;
use crate::render::parties::USER_AGENT;

/// More of an answer is not read.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// More of a foreign answer is not kept.
const LONGEST_EXCERPT: usize = 300;

/// Posts documents.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    allow_private: bool,
}

impl HttpClient {
    /// A client with the configured limits.
    ///
    /// # Errors
    /// In words.
    pub fn new(settings: &Delivery) -> Result<Self, String> {
        let allow_private = settings.allow_private_addresses;
        let builder = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(Policy::none())
            .connect_timeout(settings.connect_timeout())
            .timeout(settings.timeout())
            .dns_resolver(Arc::new(GuardedResolver { allow_private }));
        let client = builder.build().map_err(|error| in_words(&error))?;
        Ok(Self { client, allow_private })
    }

    /// Posts a document and waits for the answer: what it means, and its body, which is empty where no answer came.
    pub async fn post_cxml(&self, url: &str, document: Vec<u8>) -> (Exchange, Vec<u8>) {
        let refused = |reason: String| (Exchange::NotSent { reason, temporary: false }, Vec::new());
        let url = match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => return refused(format!("\"{url}\" is not an http(s) address")),
        };
        // Addresses given as numbers never reach the resolver.
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if let Some(address) = literal.filter(|address| !self.allow_private && !is_public(*address)) {
            return refused(format!("{address} is a private address (delivery.allow_private_addresses)"));
        }
        let request = self
            .client
            .post(url)
            .header("content-type", "text/xml; charset=UTF-8")
            .header("accept", "text/xml, application/xml")
            .body(document);
        match request.send().await {
            Ok(response) => understand(response).await,
            Err(error) => (failure(&error), Vec::new()),
        }
    }
}

async fn understand(response: Response) -> (Exchange, Vec<u8>) {
    let http_status = response.status().as_u16();
    let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let body = match body(response).await {
        Ok(body) => body,
        Err(error) => return (Exchange::NoAnswer { reason: in_words(&error) }, Vec::new()),
    };
    let limits = Limits { max_bytes: LONGEST_ANSWER, ..Limits::default() };
    let envelope = admit(&body, content_type.as_deref(), &limits).and_then(|admitted| read(&admitted));
    let exchange = match envelope.map(|envelope| envelope.body) {
        Ok(Body::Response { status, .. }) => {
            let content = status.content.trim();
            let text = if content.is_empty() { status.text } else { format!("{} - {content}", status.text) };
            Exchange::Cxml { http_status, code: status.code.0, text: excerpt(&text) }
        }
        _ => Exchange::Foreign { http_status, text: excerpt(&String::from_utf8_lossy(&body)) },
    };
    (exchange, body)
}

async fn body(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = LONGEST_ANSWER.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if room == 0 {
            break;
        }
    }
    Ok(body)
}

/// A connection that was never made has delivered nothing; everything later may have.
fn failure(error: &reqwest::Error) -> Exchange {
    let reason = in_words(error);
    if error.is_connect() || error.is_builder() {
        // A refused address stays refused; a name or a port that does not answer may do so later.
        let temporary = !reason.contains(PRIVATE);
        Exchange::NotSent { reason, temporary }
    } else {
        Exchange::NoAnswer { reason }
    }
}

/// The error with its causes: the outer one alone says next to nothing.
fn in_words(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    if text.contains("HandshakeFailure") || text.contains("ProtocolVersion") {
        text.push_str(" (the server's TLS may be too old: TLS 1.2 with modern ciphers is needed)");
    }
    text
}

fn excerpt(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_EXCERPT).collect()
}

const PRIVATE: &str = "only has private addresses";

#[derive(Debug)]
struct GuardedResolver {
    allow_private: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| allow_private || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{host} {PRIVATE} (delivery.allow_private_addresses)").into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address lies outside of every network that is somebody's own.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || benchmarking
        || a == 0
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let translated = first == 0x64 && second == 0xff9b;
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || translated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_private_networks_are_told_apart_from_public_ones() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn excerpts_are_short_and_on_one_line() {
        assert_eq!(excerpt("<html>\n  <body>Not\tfound"), "<html> <body>Not found");
        assert_eq!(excerpt(&"x".repeat(1000)).len(), LONGEST_EXCERPT);
    }
}
