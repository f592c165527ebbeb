//! `marketgate import`: a catalogue file, completely or not at all.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use actix_web::rt::System;
use anyhow::{Context as _, bail};
use marketgate_domain::event::Actor;
use marketgate_store::imports::{CatalogImport, ImportOutcome};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::offline;
use super::progress_bar::ProgressBar;
use super::server::{Installation, Server, text};
use crate::context::Context;
use crate::flow::import_catalog::{Format, Source, import_catalog, recover, summary};

/// Between two looks at how far it is.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The file: NAME.json with the full model, NAME.csv with simple products.
    #[arg(value_parser = readable)]
    file: PathBuf,
    /// Check the file and say what it would change; change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    installation: Installation,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    /// What is wrong with the file: line, field, detail.
    faults: Vec<(u64, String, String)>,
    fault_count: u64,
    /// Why nothing was applied, where it was not.
    error: Option<String>,
    /// What was changed, in words.
    summary: String,
}

fn readable(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match (format_of(&path), path.is_file()) {
        (None, _) => Err("a file with the ending .json or .csv is expected".to_owned()),
        (_, false) => Err("there is no such file".to_owned()),
        (Some(_), true) => Ok(path),
    }
}

fn format_of(path: &Path) -> Option<Format> {
    let ending = path.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "json" => Some(Format::Json),
        "csv" => Some(Format::Csv),
        _ => None,
    }
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let format = format_of(&self.file).unwrap_or(Format::Json);
        let came = if let Some(server) = self.installation.server() {
            System::new().block_on(send(&server, &self.file, format, self.dry_run))?
        } else {
            let config = self.installation.config()?;
            let context = offline::context(&config, "import over it with --url")?;
            let store = context.store.clone();
            let came = System::new().block_on(apply(&context, &self.file, format, self.dry_run));
            store.close()?;
            came?
        };
        Ok(tell(&came, &self.file, self.dry_run))
    }
}

/// Says what came of it, errors as compilers do.
fn tell(came: &Came, file: &Path, dry_run: bool) -> ExitCode {
    for (line, field, detail) in &came.faults {
        println!("{}:{line}: {}{detail}", file.display(), place(field));
    }
    if came.fault_count > 0 {
        let shown = came.faults.len() as u64;
        let more = if shown < came.fault_count { format!(", the first {shown} are shown") } else { String::new() };
        let errors = if came.fault_count == 1 { "error" } else { "errors" };
        eprintln!("{} {errors}{more}; nothing was imported", came.fault_count);
    } else if let Some(error) = &came.error {
        eprintln!("marketgate: nothing was imported: {error}");
    } else {
        println!("{}: {}", if dry_run { "would import" } else { "imported" }, came.summary);
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

/// A JSON Pointer as people write it: `products[3].code: `; a column is itself.
fn place(field: &str) -> String {
    let mut place = String::new();
    for part in field.split('/').filter(|part| !part.is_empty()) {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            place.push_str(&format!("[{part}]"));
        } else {
            let part = part.replace("~1", "/").replace("~0", "~");
            place.push_str(if place.is_empty() { "" } else { "." });
            place.push_str(&part);
        }
    }
    if place.is_empty() { place } else { place + ": " }
}

/// Into the database of a server that does not run.
async fn apply(context: &Context, file: &Path, format: Format, dry_run: bool) -> anyhow::Result<Came> {
    recover(context.clone(), context.imports.enter()?).await;
    let source = Source { path: file.to_owned(), format, temporary: None };
    let actor = Actor::System { part: "command line".to_owned() };
    let mut begun = import_catalog(context, actor, source, dry_run).await?;
    let mut bar = ProgressBar::new();
    let import = loop {
        if let Ok(ended) = tokio::time::timeout(LOOK_AGAIN, &mut begun.end).await {
            break ended?;
        }
        let now = begun.progress.now();
        bar.show(now.phase.word(), now.done, now.total);
    };
    bar.end();
    Ok(came(import))
}

fn came(import: CatalogImport) -> Came {
    Came {
        fault_count: import.fault_count,
        error: match import.outcome {
            ImportOutcome::Failed { error } => Some(error),
            _ => None,
        },
        summary: summary(&import.counts),
        faults: import.faults.into_iter().map(|fault| (fault.line, fault.field, fault.detail)).collect(),
    }
}

/// Over a running server.
async fn send(server: &Server, file: &Path, format: Format, dry_run: bool) -> anyhow::Result<Came> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut url = server.address(&["catalog", "imports"])?;
    if dry_run {
        url.set_query(Some("dry_run=true"));
    }
    let kind = if format == Format::Csv { "text/csv" } else { "application/json" };
    let response = server.send_to(Method::POST, url, |request| request.header(CONTENT_TYPE, kind).body(bytes)).await?;
    let status = response.status();
    let body = response.bytes().await.context("the answer broke off")?;
    let Some(begun) = server.understand(status, &body)? else { return Err(server.is_another()) };
    let id = text(&begun, "id").to_owned();
    let mut bar = ProgressBar::new();
    loop {
        let seen = server.call(Method::GET, &["catalog", "imports", &id]).await;
        let seen = seen.with_context(|| format!("the import {id} goes on, or has ended: ask for it later"))?;
        let Some(import) = seen else { bail!("the server does not know the import {id} any more") };
        let number = |member: &str| import.get(member).and_then(Value::as_u64).unwrap_or(0);
        let phase = text(&import, "phase");
        if phase.is_empty() && text(&import, "state") != "running" {
            bar.end();
            return Ok(came_over(&import));
        }
        bar.show(phase, number("done"), number("total"));
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

fn came_over(import: &Value) -> Came {
    let faults = import.get("errors").and_then(Value::as_array).into_iter().flatten().map(|fault| {
        let line = fault.get("line").and_then(Value::as_u64).unwrap_or(0);
        (line, text(fault, "field").to_owned(), text(fault, "detail").to_owned())
    });
    let counts = |kind: &str| {
        let count =
            |member: &str| import.pointer(&format!("/counts/{kind}/{member}")).and_then(Value::as_u64).unwrap_or(0);
        format!("{kind}: {} new, {} changed, {} unchanged", count("new"), count("changed"), count("unchanged"))
    };
    Came {
        faults: faults.collect(),
        fault_count: import.get("error_count").and_then(Value::as_u64).unwrap_or(0),
        error: import.get("error").and_then(Value::as_str).map(str::to_owned),
        summary: ["sellers", "products", "offers"].map(counts).join("; "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::demo::seed::OPERATOR_TOKEN;
    use crate::web::api::site::Running;

    const HEAD: &str = "code,name,summary,category,product_type,seller,offer,pricing";

    fn file(dir: &Path, lines: &[&str]) -> PathBuf {
        let path = dir.join("new.csv");
        std::fs::write(&path, format!("{HEAD}\n{}\n", lines.join("\n"))).unwrap();
        path
    }

    #[actix_web::test]
    async fn over_a_running_server_and_offline_the_same_comes_of_the_same_file() {
        let dir = tempfile::tempdir().unwrap();
        let running = Running::start().await;
        let server = Server::at(&running.url, Some(OPERATOR_TOKEN));
        let prefix = running.context().store.read(|snapshot| marketgate_store::catalog::sellers(snapshot, 1)).unwrap();
        let prefix = &prefix[0].invoice_prefix;
        let good = format!("cli-1,Gate,Keeps,Security,saas,{prefix},Own licence,byol");
        let wrong = "cli-2,Gate,Keeps,Security,saas,NOBODY-,Own licence,byol";
        let path = file(dir.path(), &[&good, wrong]);
        let refused = send(&server, &path, Format::Csv, false).await.unwrap();
        assert_eq!(
            refused,
            Came {
                summary: refused.summary.clone(),
                ..apply(running.context(), &path, Format::Csv, true).await.unwrap()
            }
        );
        let places: Vec<_> = refused.faults.iter().map(|(line, field, _)| (*line, field.as_str())).collect();
        assert_eq!((places, refused.fault_count), (vec![(3, "seller")], 1));
        let path = file(dir.path(), &[&good]);
        for (dry_run, new) in [(true, 1), (false, 1), (false, 0)] {
            let done = send(&server, &path, Format::Csv, dry_run).await.unwrap();
            assert_eq!(done.error, None);
            assert!(done.summary.contains(&format!("offers: {new} new, 0 changed")), "{}", done.summary);
        }
        running.stop().await;
    }

    #[test]
    fn places_are_named_as_people_write_them() {
        assert_eq!(place("/products/3/code"), "products[3].code: ");
        assert_eq!(place("/offers/0/terms/schedule/2/amount"), "offers[0].terms.schedule[2].amount: ");
        assert_eq!((place("price").as_str(), place("")), ("price: ", String::new()));
    }

    #[test]
    fn only_files_that_can_be_read_are_taken() {
        assert!(readable("catalog.xml").unwrap_err().contains(".json or .csv"));
        assert!(readable("/nowhere/catalog.json").unwrap_err().contains("no such file"));
    }

    #[test]
    fn a_database_that_is_open_elsewhere_is_said_to_be() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config::with(&[("store.dir", &dir.path().display().to_string())]).unwrap();
        let options = marketgate_store::StoreOptions::new(marketgate_store::StoreKind::Real);
        let running = marketgate_store::Store::open(dir.path(), &options).unwrap();
        let error = offline::context(&config, "import over it with --url").unwrap_err().to_string();
        assert!(error.contains("--url"), "{error}");
        running.close().unwrap();
        offline::context(&config, "").unwrap().store.close().unwrap();
    }
}
