//! `marketgate export`: the catalogue as JSON, the form that can be imported.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actix_web::rt::System;
use anyhow::{Context as _, bail};
use marketgate_store::Store;
use reqwest::Method;
use tempfile::NamedTempFile;

use super::offline;
use super::server::{Installation, Server, text};
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
    #[command(flatten)]
    installation: Installation,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match &self.file {
            Some(path) => replace(path, |out| self.write_to(out))?,
            None => self.write_to(&mut io::stdout().lock())?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn write_to(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        if self.schema {
            writeln!(out, "{}", serde_json::to_string_pretty(&schema())?)?;
        } else if let Some(server) = self.installation.server() {
            System::new().block_on(download(&server, out))?;
        } else {
            let config = self.installation.config()?;
            let store = offline::open(&config.store.dir, "take the catalogue from it with --url")?;
            let done = write(&store, out);
            store.close()?;
            done?;
        }
        Ok(out.flush()?)
    }
}

/// Writes a file whole or not at all: what stood there before stays until the new content is on the disk.
fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    // A link stays a link; a pipe or a device is written to as it is.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if target.exists() && !target.is_file() {
        return write(&mut File::options().write(true).open(&target).with_context(cannot)?);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = draft_in(folder).with_context(cannot)?;
    write(draft.as_file_mut())?;
    draft.as_file().sync_all().with_context(cannot)?;
    draft.persist(&target).map_err(|error| error.error).with_context(cannot)?;
    Ok(())
}

/// An unnamed neighbour, readable as any file that is made here.
fn draft_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut draft = tempfile::Builder::new();
    #[cfg(unix)]
    draft.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    draft.prefix(".export-").tempfile_in(folder)
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

    #[test]
    fn a_failed_export_leaves_the_file_of_the_last_one_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("catalog.json");
        let says = |text: &'static str| move |out: &mut dyn Write| Ok(out.write_all(text.as_bytes())?);
        replace(&path, says("first")).unwrap();
        let half = replace(&path, |out| {
            out.write_all(b"half")?;
            bail!("the answer broke off")
        });
        assert!(half.is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "first");
        replace(&path, says("second")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left there");
        let nowhere = replace(&dir.path().join("none/catalog.json"), says("x")).unwrap_err();
        assert!(format!("{nowhere:#}").contains("cannot be written"), "{nowhere:#}");
    }
}
