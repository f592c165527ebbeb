//! The running server that a command talks to, because only one process can have the database open.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::config::{Config, ConfigError};
use crate::tls;

/// A server that takes longer to be reached is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Which server, and how it knows us.
#[derive(Debug, clap::Args)]
pub(super) struct Server {
    /// Address of the running server.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    pub(super) url: Url,
    /// API token. Better given in the environment: command lines are seen by others on the machine.
    #[arg(long, value_name = "TOKEN", env = "MARKETGATE_TOKEN", hide_env_values = true)]
    pub(super) token: Option<SecretString>,
}

/// Which installation: over its running server, or by the database of one that does not run.
#[derive(Debug, clap::Args)]
pub(super) struct Installation {
    /// Configuration file of a server that does not run.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<std::path::PathBuf>,
    /// Address of a running server, in place of its database.
    #[arg(long, value_name = "URL")]
    url: Option<Url>,
    /// API token for --url. Better given in the environment: command lines are seen by others on the machine.
    #[arg(long, value_name = "TOKEN", env = "MARKETGATE_TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
}

impl Installation {
    /// The running server, if one is named.
    pub(super) fn server(&self) -> Option<Server> {
        self.url.clone().map(|url| Server { url, token: self.token.clone() })
    }

    /// The settings of the server that does not run.
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        Config::load(self.config.as_deref(), std::env::vars())
    }
}

/// A text member of an answer; the empty one if it is not there.
pub(super) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

impl Server {
    /// Asks the server; what is not there is `None`.
    pub(super) async fn call(&self, method: Method, path: &[&str]) -> anyhow::Result<Option<Value>> {
        let response = self.send(method, path, |request| request).await?;
        let status = response.status();
        let body = response.bytes().await.context("the answer broke off")?;
        self.understand(status, &body)
    }

    /// Sends a request and waits until its answer begins.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &[&str],
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Response> {
        self.send_to(method, self.address(path)?, complete).await
    }

    /// The address of an operation.
    pub(super) fn address(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow!("{} is not the address of a server", self.url))?
            .pop_if_empty()
            .extend(["api", "v1"].iter().chain(path));
        Ok(url)
    }

    /// [`Self::send`], to an address.
    pub(super) async fn send_to(
        &self,
        method: Method,
        url: Url,
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> anyhow::Result<Response> {
        let Some(token) = &self.token else {
            bail!("no API token: set MARKETGATE_TOKEN or give --token; `marketgate token create NAME` makes one");
        };
        tls::install_provider();
        let client = Client::builder().redirect(Policy::none()).no_proxy().connect_timeout(CONNECT_TIMEOUT).build()?;
        let sent = complete(client.request(method, url).bearer_auth(token.expose_secret())).send().await;
        sent.map_err(|error| {
            let is_away = error.is_connect() || error.is_timeout();
            let remedy = if is_away {
                "is it running? Start it with `marketgate serve`, or name another one with --url"
            } else {
                "the connection broke"
            };
            anyhow::Error::new(error).context(format!("no answer from {}: {remedy}", self.url))
        })
    }

    /// What an answer says; what is not there is `None`.
    pub(super) fn understand(&self, status: StatusCode, body: &[u8]) -> anyhow::Result<Option<Value>> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| self.is_another())?;
        match status {
            StatusCode::NOT_FOUND => Ok(None),
            StatusCode::UNAUTHORIZED => bail!(
                "{} refused the token: check MARKETGATE_TOKEN or --token; after many wrong ones wait a minute",
                self.url
            ),
            status if status.is_success() => Ok(Some(answer)),
            status => bail!("{} answered {status}: {}", self.url, text(&answer, "detail")),
        }
    }

    pub(super) fn is_another(&self) -> anyhow::Error {
        anyhow!("what answers at {} is not a marketgate server of this version; name another one with --url", self.url)
    }
}

#[cfg(test)]
impl Server {
    pub(super) fn at(url: &str, token: Option<&str>) -> Self {
        Self { url: url.parse().unwrap(), token: token.map(SecretString::from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_server_that_is_not_there_is_said_to_be_away() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let away = Server::at(&format!("http://{free}"), Some("any")).call(Method::GET, &["jobs"]).await.unwrap_err();
        assert!(away.to_string().contains("is it running?"), "{away:#}");
        let silent = Server::at(&format!("http://{free}"), None).call(Method::GET, &["jobs"]).await.unwrap_err();
        assert!(silent.to_string().contains("MARKETGATE_TOKEN"), "{silent:#}");
    }

    #[test]
    fn another_server_is_recognised_as_one() {
        let other = Server::at("http://127.0.0.1:1", None);
        let error = other.understand(StatusCode::OK, b"<html>").unwrap_err().to_string();
        assert!(error.contains("not a marketgate server"), "{error}");
        let body = br#"{"detail":"The database does not answer."}"#;
        let error = other.understand(StatusCode::SERVICE_UNAVAILABLE, body).unwrap_err().to_string();
        assert!(error.contains("503") && error.contains("does not answer"), "{error}");
    }
}
