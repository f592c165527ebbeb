//! `marketgate jobs`: talks to the running server, because only one process can have the database open.

use std::process::ExitCode;

use actix_web::rt::System;
use anyhow::bail;
use reqwest::Method;
use serde_json::Value;

use super::server::{Server, text};

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

fn outcome(run: &Value) -> String {
    let duration_ms = run.get("duration_ms").and_then(Value::as_u64).unwrap_or(0);
    format!("{} in {duration_ms} ms: {}", text(run, "outcome"), text(run, "summary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::seed::OPERATOR_TOKEN;
    use crate::web::api::site::Running;

    #[actix_web::test]
    async fn jobs_are_listed_and_run_and_a_wrong_name_or_token_is_explained() {
        let running = Running::start().await;
        let known = Server::at(&running.url, Some(OPERATOR_TOKEN));
        let ran = run_job(&known, "expire_offers").await.unwrap();
        assert!(ran.starts_with("expire_offers done in "), "{ran}");
        let listed = list(&known).await.unwrap();
        assert!(listed.contains("bill_due_charges") && listed.contains("done in "), "{listed}");
        let unknown = run_job(&known, "brew coffee/../x").await.unwrap_err().to_string();
        assert!(unknown.contains("expire_offers, purge"), "{unknown}");
        let wrong = list(&Server::at(&running.url, Some("guess"))).await.unwrap_err().to_string();
        assert!(wrong.contains("refused the token"), "{wrong}");
        running.stop().await;
    }
}
