//! `[server]`: listening and stopping.

use std::net::{IpAddr, SocketAddr};

use serde::Deserialize;
use url::Url;

use super::Section;

/// Listening and stopping.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    public_url: String,
    /// Threads; 0 means one for each processor.
    pub workers: usize,
    /// Open connections per worker.
    pub max_connections: usize,
    /// Seconds that open requests may take when the program stops.
    pub shutdown_seconds: u64,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Server {
    /// The address under which we are reached, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.public_url_for("http", self.listen)
    }

    /// The same for the address that was really bound, by `http` or `https`, where none is configured.
    pub fn public_url_for(&self, scheme: &str, bound: SocketAddr) -> String {
        if self.public_url.is_empty() {
            format!("{scheme}://{bound}")
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }
}

impl Section for Server {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let url = Url::parse(&self.public_url);
        let usable =
            url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none());
        if !self.public_url.is_empty() && !usable {
            problems.push("public_url: must look like https://market.example.com".to_owned());
        }
        if self.max_connections == 0 {
            problems.push("max_connections: must be at least 1".to_owned());
        }
        problems
    }
}
