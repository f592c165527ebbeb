//! `marketgate jobs`: talks to the running server, because only one process can have the database open.

use std::process::ExitCode;
use std::time::Duration;

use actix_web::rt::System;
use anyhow::{Context as _, anyhow, bail};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::tls;

/// A server that takes longer to be reached is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Jobs {
    #[command(subcommand)]
    command: JobsCommand,
}

#[derive(Debug, clap::Subcommand)]
enum JobsCommand {
    /// List the jobs with their schedules and last runs.
    ///
    /// Example: marketgate jobs list
    List {
        #[command(flatten)]
        server: Server,
    },
    /// Run a job now, wait for it, and say what it did.
    ///
    /// Exit code 1 if it failed.
    ///
    /// Example: marketgate jobs run bill_due_charges
    Run {
        /// Name of the job.
        name: String,
        #[command(flatten)]
        server: Server,
    },
}

/// Which server, and how it knows us.
#[derive(Debug, clap::Args)]
struct Server {
    /// Address of the running server.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: Url,
    /// API token. Better given in the environment: command lines are seen by others on the machine.
    #[arg(long, value_name = "TOKEN", env = "MARKETGATE_TOKEN", hide_env_values = true)]
    token: Option<SecretString>,
}

impl Jobs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        System::new().block_on(async move {
            match self.command {
                JobsCommand::List { server } => print!("{}", list(&server).await?),
                JobsCommand::Run { name, server } => println!("{}", run_job(&server, &name).await?),
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}

async fn list(server: &Server) -> anyhow::Result<String> {
    let jobs = server.call(Method::GET, &["jobs"]).await?.ok_or_else(|| server.is_another())?;
    let mut out = format!("{:<20} {:<16} LAST RUN\n", "JOB", "SCHEDULE (UTC)");
    for job in items(&jobs) {
        let last = job.get("runs").and_then(|runs| runs.get(0));
        let last =
            last.map_or_else(|| "never".to_owned(), |run| format!("{}  {}", text(run, "started_at"), outcome(run)));
        out.push_str(&format!("{:<20} {:<16} {last}\n", text(job, "name"), text(job, "schedule")));
    }
    Ok(out)
}

async fn run_job(server: &Server, name: &str) -> anyhow::Result<String> {
    if let Some(run) = server.call(Method::POST, &["jobs", name, "run"]).await? {
        return Ok(format!("{name} {}", outcome(&run)));
    }
    let jobs = server.call(Method::GET, &["jobs"]).await?.ok_or_else(|| server.is_another())?;
    let names: Vec<&str> = items(&jobs).map(|job| text(job, "name")).collect();
    bail!("there is no job \"{name}\"; the jobs are {}", names.join(", "))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.get("items").and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn outcome(run: &Value) -> String {
    let duration_ms = run.get("duration_ms").and_then(Value::as_u64).unwrap_or(0);
    format!("{} in {duration_ms} ms: {}", text(run, "outcome"), text(run, "summary"))
}

impl Server {
    /// Asks the server; what is not there is `None`.
    async fn call(&self, method: Method, path: &[&str]) -> anyhow::Result<Option<Value>> {
        let Some(token) = &self.token else {
            bail!("no API token: set MARKETGATE_TOKEN or give --token; `marketgate token create NAME` makes one");
        };
        let mut url = self.url.clone();
        url.path_segments_mut()
            .map_err(|()| anyhow!("{} is not the address of a server", self.url))?
            .pop_if_empty()
            .extend(["api", "v1"].iter().chain(path));
        tls::install_provider();
        let client = Client::builder().redirect(Policy::none()).no_proxy().connect_timeout(CONNECT_TIMEOUT).build()?;
        let sent = client.request(method, url).bearer_auth(token.expose_secret()).send().await;
        let response = sent.map_err(|error| {
            let is_away = error.is_connect() || error.is_timeout();
            let remedy = if is_away {
                "is it running? Start it with `marketgate serve`, or name another one with --url"
            } else {
                "the connection broke"
            };
            anyhow::Error::new(error).context(format!("no answer from {}: {remedy}", self.url))
        })?;
        let status = response.status();
        let body = response.bytes().await.context("the answer broke off")?;
        self.understand(status, &body)
    }

    fn understand(&self, status: StatusCode, body: &[u8]) -> anyhow::Result<Option<Value>> {
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

    fn is_another(&self) -> anyhow::Error {
        anyhow!("what answers at {} is not a marketgate server of this version; name another one with --url", self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::seed::OPERATOR_TOKEN;
    use crate::web::api::site::Running;

    fn server(url: &str, token: Option<&str>) -> Server {
        Server { url: url.parse().unwrap(), token: token.map(SecretString::from) }
    }

    #[actix_web::test]
    async fn jobs_are_listed_and_run_and_a_wrong_name_or_token_is_explained() {
        let running = Running::start().await;
        let known = server(&running.url, Some(OPERATOR_TOKEN));
        let ran = run_job(&known, "expire_offers").await.unwrap();
        assert!(ran.starts_with("expire_offers done in "), "{ran}");
        let listed = list(&known).await.unwrap();
        assert!(listed.contains("bill_due_charges") && listed.contains("done in "), "{listed}");
        let unknown = run_job(&known, "brew coffee/../x").await.unwrap_err().to_string();
        assert!(unknown.contains("expire_offers, retry_outbox"), "{unknown}");
        let wrong = list(&server(&running.url, Some("guess"))).await.unwrap_err().to_string();
        assert!(wrong.contains("refused the token"), "{wrong}");
        running.stop().await;
    }

    #[actix_web::test]
    async fn a_server_that_is_not_there_is_said_to_be_away() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let away = server(&format!("http://{free}"), Some("any")).call(Method::GET, &["jobs"]).await.unwrap_err();
        assert!(away.to_string().contains("is it running?"), "{away:#}");
        let silent = server(&format!("http://{free}"), None).call(Method::GET, &["jobs"]).await.unwrap_err();
        assert!(silent.to_string().contains("MARKETGATE_TOKEN"), "{silent:#}");
    }

    #[test]
    fn another_server_is_recognised_as_one() {
        let other = server("http://127.0.0.1:1", None);
        let error = other.understand(StatusCode::OK, b"<html>").unwrap_err().to_string();
        assert!(error.contains("not a marketgate server"), "{error}");
        let body = br#"{"detail":"The database does not answer."}"#;
        let error = other.understand(StatusCode::SERVICE_UNAVAILABLE, body).unwrap_err().to_string();
        assert!(error.contains("503") && error.contains("does not answer"), "{error}");
    }
}
