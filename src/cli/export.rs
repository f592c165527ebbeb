//! `marketgate export`: the catalogue as JSON, the form that can be imported.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use actix_web::rt::System;
use anyhow::{Context as _, bail};
use marketgate_store::Store;
use reqwest::Method;

use super::offline;
use super::server::{Server, text};
use crate::config::Config;
use crate::interchange::catalog::schema::schema;
use crate::query::catalog_file::Export as Walk;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The file to write; standard output without it.
    file: Option<PathBuf>,
    /// Write the JSON Schema of such files instead, for editors and checks.
    #[arg(long)]
    schema: bool,
    /// Configuration file of a server that does not run.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    config: Option<PathBuf>,
    /// Address of a running server, in place of its database.
    #[arg(long, value_name = "URL")]
    url: Option<reqwest::Url>,
    /// API token for --url. Better given in the environment: command lines are seen by others on the machine.
    #[arg(long, value_name = "TOKEN", env = "MARKETGATE_TOKEN", hide_env_values = true)]
    token: Option<secrecy::SecretString>,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out: Box<dyn Write> = match &self.file {
            Some(path) => {
                Box::new(File::create(path).with_context(|| format!("{} cannot be written", path.display()))?)
            }
            None => Box::new(io::stdout().lock()),
        };
        if self.schema {
            writeln!(out, "{}", serde_json::to_string_pretty(&schema())?)?;
        } else if let Some(url) = self.url {
            System::new().block_on(download(&Server { url, token: self.token }, &mut out))?;
        } else {
            let config = Config::load(self.config.as_deref(), std::env::vars())?;
            let store = offline::open(&config.store.dir, "take the catalogue from it with --url")?;
            let done = write(&store, &mut out);
            store.close()?;
            done?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn write(store: &Store, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    let mut walk = Walk::default();
    while let Some(piece) = store.read(|snapshot| walk.clone().next(snapshot))? {
        out.write_all(piece.text.as_bytes())?;
        walk = piece.rest;
    }
    Ok(out.flush()?)
}

async fn download(server: &Server, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut response = server.send(Method::GET, &["catalog"], |request| request).await?;
    let status = response.status();
    if !status.is_success() {
        let body = response.bytes().await.context("the answer broke off")?;
        return match server.understand(status, &body)? {
            Some(answer) => bail!("{} answered {status}: {}", server.url, text(&answer, "detail")),
            None => Err(server.is_another()),
        };
    }
    while let Some(piece) = response.chunk().await.context("the answer broke off: the file is not whole")? {
        out.write_all(&piece)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::seed::OPERATOR_TOKEN;
    use crate::web::api::site::Running;

    #[actix_web::test]
    async fn a_running_server_and_its_database_give_the_same_file() {
        let running = Running::start().await;
        let mut offline = Vec::new();
        write(&running.context().store, &mut offline).unwrap();
        let mut online = Vec::new();
        download(&Server::at(&running.url, Some(OPERATOR_TOKEN)), &mut online).await.unwrap();
        assert!(online == offline && online.len() > 10_000);
        let refused = download(&Server::at(&running.url, Some("guess")), &mut Vec::new()).await.unwrap_err();
        assert!(refused.to_string().contains("refused the token"), "{refused:#}");
        running.stop().await;
    }
}
