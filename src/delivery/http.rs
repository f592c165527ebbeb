//! The client that posts documents: no redirects, hard limits on time and size, and a guard on addresses.
//!
//! Addresses are configured by buyers' administrators, so they must not become a way into our own network: names are
//! resolved here and private addresses refused at the moment of connecting (which is the only moment that cannot be
//! tricked by a name that changes its address), unless the configuration allows them. Proxy variables of the environment are
//! ignored: a proxy would resolve names by itself, past this guard.

use std::error::Error as StdError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use marketgate_cxml::envelope::Body;
use marketgate_cxml::guard::{Limits, admit};
use marketgate_cxml::read::read;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::classify::{Exchange, RetryAfter};
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

/// What came of posting a document.
#[derive(Debug)]
pub struct Posted {
    /// What the answer means.
    pub exchange: Exchange,
    /// The answer's body; empty where no answer came.
    pub answer: Vec<u8>,
    /// When the receiver wants the next try, if it said so.
    pub retry_after: Option<RetryAfter>,
}

impl Posted {
    fn unanswered(exchange: Exchange) -> Self {
        Self { exchange, answer: Vec::new(), retry_after: None }
    }
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
            .no_proxy()
            .connect_timeout(settings.connect_timeout())
            .timeout(settings.timeout())
            .dns_resolver(Arc::new(GuardedResolver { allow_private }));
        let client = builder.build().map_err(|error| in_words(&error))?;
        Ok(Self { client, allow_private })
    }

    /// Posts a document and waits for the answer.
    pub async fn post_cxml(&self, url: &str, document: Vec<u8>) -> Posted {
        let refused = |reason: String| Posted::unanswered(Exchange::NotSent { reason, temporary: false });
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
            Err(error) => Posted::unanswered(failure(&error)),
        }
    }
}

async fn understand(response: Response) -> Posted {
    let http_status = response.status().as_u16();
    let content_type = header(&response, "content-type");
    let retry_after = header(&response, "retry-after").and_then(|value| RetryAfter::parse(&value));
    let location = header(&response, "location").filter(|_| response.status().is_redirection());
    let body = match body(response).await {
        Ok(body) => body,
        Err(error) => return Posted::unanswered(Exchange::NoAnswer { reason: in_words(&error) }),
    };
    let limits = Limits { max_bytes: LONGEST_ANSWER, ..Limits::default() };
    let envelope = admit(&body, content_type.as_deref(), &limits).and_then(|admitted| read(&admitted));
    let exchange = match envelope.map(|envelope| envelope.body) {
        Ok(Body::Response { status, .. }) => {
            let content = status.content.trim();
            let text = if content.is_empty() { status.text } else { format!("{} - {content}", status.text) };
            Exchange::Cxml { http_status, code: status.code.0, text: excerpt(&text) }
        }
        _ => Exchange::Foreign { http_status, text: excerpt(&foreign_text(location, &body)) },
    };
    Posted { exchange, answer: body, retry_after }
}

/// What to keep of an answer without a cXML Status: where a redirect leads, or the body.
fn foreign_text(location: Option<String>, body: &[u8]) -> String {
    match location {
        Some(location) => format!(
            "the receiver redirects to {location}. Redirects are not followed: enter the right address in the connection"
        ),
        None => String::from_utf8_lossy(body).into_owned(),
    }
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
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
        let temporary = !causes(error).iter().any(|cause| cause.is::<PrivateAddress>());
        Exchange::NotSent { reason, temporary }
    } else {
        Exchange::NoAnswer { reason }
    }
}

/// The error with its causes: the outer one alone says next to nothing.
fn in_words(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        text = format!("{text}: {cause}");
    }
    if text.contains("HandshakeFailure") || text.contains("ProtocolVersion") {
        text.push_str(" (the server's TLS may be too old: TLS 1.2 with modern ciphers is needed)");
    }
    text
}

fn excerpt(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_EXCERPT).collect()
}

fn causes(error: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// A name that leads only into networks that are not public. Trying again does not help.
#[derive(Debug, thiserror::Error)]
#[error("{host} only has private addresses (delivery.allow_private_addresses)")]
struct PrivateAddress {
    host: String,
}

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
                return Err(PrivateAddress { host }.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address belongs to a host of the public internet, by the registries of special-purpose addresses.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or_else(|| is_public_v6(v6), is_public_v4),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarking = a == 198 && (b == 18 || b == 19);
    let protocol_assignments = a == 192 && b == 0 && c == 0;
    let relay_to_ipv6 = a == 192 && b == 88 && c == 99;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || benchmarking
        || protocol_assignments
        || relay_to_ipv6
        || a == 0
        || a >= 240)
}

/// Only global unicast (2000::/3) is public. Inside of it 6to4, Teredo and other protocol assignments can carry any IPv4 address.
/// Everything else lies outside of it: loopback, IPv4-compatible, NAT64, unique local, link-local, multicast.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global_unicast = first & 0xe000 == 0x2000;
    let protocol_assignments = first == 0x2001 && second < 0x200;
    let six_to_four = first == 0x2002;
    let documentation = (first == 0x2001 && second == 0xdb8) || (first == 0x3fff && second < 0x1000);
    global_unicast && !(protocol_assignments || six_to_four || documentation)
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
            "64:ff9b:1::a00:1",
            "64:ff9b::808:808",
            "2002:a00:1::1",
            "2001::a00:1",
            "2001:db8::1",
            "3fff::1",
            "::a00:1",
            "::ffff:0:10.0.0.1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "192.0.0.8",
            "192.88.99.1",
            "198.18.0.1",
            "240.0.0.1",
            "224.0.0.1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[actix_web::test]
    async fn a_name_that_leads_into_our_own_network_is_refused_for_good() {
        let exchange = client(false).post_cxml("http://localhost:9/", Vec::new()).await.exchange;
        let Exchange::NotSent { reason, temporary } = exchange else { panic!("{exchange:?}") };
        assert!(!temporary && reason.contains("localhost only has private addresses"), "{reason}");
    }

    #[actix_web::test]
    async fn a_port_without_a_listener_may_answer_later() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let exchange = client(true).post_cxml(&format!("http://localhost:{port}/"), Vec::new()).await.exchange;
        assert!(matches!(exchange, Exchange::NotSent { temporary: true, .. }), "{exchange:?}");
    }

    #[actix_web::test]
    async fn a_redirect_is_reported_with_its_target_and_not_followed() {
        let posted = client(true).post_cxml(&one_answer("302 Found"), Vec::new()).await;
        let Exchange::Foreign { http_status: 302, text } = posted.exchange else { panic!("not a redirect") };
        assert!(text.contains("redirects to http://10.0.0.1/elsewhere"), "{text}");
        assert_eq!(posted.retry_after, Some(RetryAfter::Seconds(120)));
    }

    fn client(allow_private_addresses: bool) -> HttpClient {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let settings = Delivery {
            retry_seconds: vec![60],
            retries_on_cxml_500: 1,
            connect_timeout_seconds: 5,
            timeout_seconds: 5,
            allow_private_addresses,
        };
        HttpClient::new(&settings).unwrap()
    }

    /// A server that takes one request and answers it with that status; its address comes back.
    fn one_answer(status: &'static str) -> String {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let headers = "Location: http://10.0.0.1/elsewhere\r\nRetry-After: 120\r\nContent-Length: 0";
            stream.write_all(format!("HTTP/1.1 {status}\r\n{headers}\r\n\r\n").as_bytes()).unwrap();
        });
        format!("http://{address}/")
    }

    #[test]
    fn excerpts_are_short_and_on_one_line() {
        assert_eq!(excerpt("<html>\n  <body>Not\tfound"), "<html> <body>Not found");
        assert_eq!(excerpt(&"x".repeat(1000)).len(), LONGEST_EXCERPT);
    }
}
