//! Imports of the catalogue. A file is taken in whole, then it goes on by itself; its resource tells how far it is.

use std::path::{Path as FilePath, PathBuf};

use actix_web::http::{StatusCode, header};
use actix_web::web::{Bytes, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::StreamExt;
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_store::StoreError;
use marketgate_store::imports::{self, CatalogImport, ImportCount, ImportCounts, ImportFault, ImportOutcome};
use serde::Serialize;
use tempfile::{NamedTempFile, TempPath};
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::ListQuery;
use super::problem::Problem;
use super::{Answer, PREFIX, id, look_for};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::import_catalog::{Format, ProgressNow, Source, import_catalog as begin, waiting_files};
use crate::interchange::catalog::file::{CatalogRecord, FileFault};

/// What is written to the disk at once.
const PIECE: usize = 1 << 20;

/// An import of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogImport)]
pub struct ImportView {
    id: String,
    /// Whether the file is only checked.
    dry_run: bool,
    /// `running`, `checked` (a dry run without errors), `applied` or `failed` (nothing was applied). While it is `running`, no other
    /// import can begin; afterwards the next one can begin at once.
    state: &'static str,
    /// What is being done: `reading`, `checking`, `staging` or `moving` (everybody sees it already, and its records are moved to
    /// their places).
    phase: Option<&'static str>,
    /// How much of the phase is done: bytes while it reads, else records.
    done: Option<u64>,
    /// How much there is to do in the phase.
    total: Option<u64>,
    /// Wall time.
    started_at: Timestamp,
    /// Wall time at which it was applied or failed.
    ended_at: Option<Timestamp>,
    counts: ImportCountsView,
    /// Why it failed, in words.
    error: Option<String>,
    /// What is wrong with the file, the first 1000.
    errors: Vec<FileFault>,
    /// How much is wrong with the file.
    error_count: u64,
}

/// What an import changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct ImportCountsView {
    sellers: ImportCountView,
    products: ImportCountView,
    offers: ImportCountView,
}

/// How many records were made, changed and found as they are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportCount)]
pub struct ImportCountView {
    new: u64,
    changed: u64,
    unchanged: u64,
}

impl From<ImportCount> for ImportCountView {
    fn from(ImportCount { new, changed, unchanged }: ImportCount) -> Self {
        Self { new, changed, unchanged }
    }
}

impl ImportView {
    fn of(import: &CatalogImport, now: Option<ProgressNow>) -> Self {
        let (state, error) = match &import.outcome {
            // What is stored says how it ends; it has ended when the next one may begin.
            _ if now.is_some() => ("running", None),
            ImportOutcome::Running => ("running", None),
            ImportOutcome::Checked => ("checked", None),
            ImportOutcome::Applied => ("applied", None),
            ImportOutcome::Failed { error } => ("failed", Some(error.clone())),
        };
        let fault = |ImportFault { line, field, detail }: &ImportFault| FileFault {
            line: *line,
            field: field.clone(),
            detail: detail.clone(),
        };
        let ImportCounts { sellers, products, offers } = import.counts;
        Self {
            id: import.id.to_string(),
            dry_run: import.dry_run,
            state,
            phase: now.map(|now| now.phase.word()),
            done: now.map(|now| now.done),
            total: now.map(|now| now.total),
            started_at: import.started_at,
            ended_at: if now.is_some() { None } else { import.ended_at },
            counts: ImportCountsView { sellers: sellers.into(), products: products.into(), offers: offers.into() },
            error,
            errors: import.faults.iter().map(fault).collect(),
            error_count: import.fault_count,
        }
    }
}

/// Imports a catalogue file, completely or not at all.
///
/// Sellers, products and offers that exist are changed, those that do not are made; what is not in the file stays. The answer comes
/// when the file is taken in; the import goes on, and its resource tells how far it is and, with line and field, what is wrong. One
/// import at a time. With `dry_run` the file is only checked.
#[utoipa::path(
    tag = "catalog",
    params(("dry_run" = Option<bool>, Query, description = "`true`: check the file, change nothing.")),
    request_body(content((CatalogRecord = "application/json"), (String = "text/csv"))),
    responses((status = 202, description = "The import that was begun", body = ImportView))
)]
#[post("/catalog/imports")]
pub async fn import_catalog(context: Data<Context>, caller: Caller, request: HttpRequest, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let mut query = ListQuery::of(&request);
    let dry_run = query.one_of("dry_run", &[("true", true), ("false", false)]).unwrap_or_default();
    query.finish()?;
    let format = format(&request)?;
    // Before a large file is sent for nothing.
    context.imports.check_free()?;
    let temporary = take_in(&context, payload).await?;
    let source = Source { path: temporary.to_path_buf(), format, temporary: Some(temporary) };
    let begun = begin(&context, caller.actor(), source, dry_run).await?;
    let view = ImportView::of(&begun.import, Some(begun.progress.now()));
    let place = format!("{PREFIX}/catalog/imports/{}", view.id);
    Ok(HttpResponse::Accepted().insert_header((header::LOCATION, place)).json(view))
}

/// Reads how far an import is, and what came of it.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The import", body = ImportView)))]
#[get("/catalog/imports/{id}")]
pub async fn read_import(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let id = id(&path)?;
    // In this order: an import that has ended in between is shown as one that goes on, not as one that stands still.
    let now = context.imports.progress(id);
    let import = look_for(&context, move |snapshot| imports::find(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(ImportView::of(&import, now)))
}

fn format(request: &HttpRequest) -> Result<Format, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(Format::Json),
        "text/csv" => Ok(Format::Csv),
        _ => {
            let detail = "Send the file with the Content-Type \"application/json\" or \"text/csv\".".to_owned();
            Err(Problem::http(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail))
        }
    }
}

/// Writes the body to a file that removes itself.
async fn take_in(context: &Context, mut payload: Payload) -> Result<TempPath, Problem> {
    let mib = context.config.api.max_import_mib;
    let folder = waiting_files(context);
    let mut file = Some(on_disk(move || new_file(&folder)).await?);
    let (mut waiting, mut length) = (Vec::new(), 0_usize);
    loop {
        let piece = payload.next().await.transpose();
        let piece =
            piece.map_err(|error| Problem::http(StatusCode::BAD_REQUEST, format!("The body broke off: {error}")))?;
        let is_last = piece.is_none();
        let piece: Bytes = piece.unwrap_or_default();
        length += piece.len();
        if length > mib << 20 {
            let detail = format!("A catalogue file has at most {mib} MiB (api.max_import_mib).");
            return Err(Problem::http(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        waiting.extend_from_slice(&piece);
        if waiting.len() >= PIECE || is_last {
            let (bytes, mut open) = (std::mem::take(&mut waiting), file.take());
            file = on_disk(move || {
                if let Some(open) = &mut open {
                    std::io::Write::write_all(open, &bytes)?;
                }
                Ok(open)
            })
            .await?;
        }
        if is_last {
            let closed = file.take().map(NamedTempFile::into_temp_path);
            return closed.ok_or_else(|| Error::from(StoreError::Closed).into());
        }
    }
}

fn new_file(folder: &FilePath) -> std::io::Result<NamedTempFile> {
    std::fs::create_dir_all(folder)?;
    NamedTempFile::new_in(PathBuf::from(folder))
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, Problem> {
    let worked = tokio::task::spawn_blocking(work).await;
    let worked = worked.map_err(|error| Error::from(StoreError::Panicked { detail: error.to_string() }))?;
    Ok(worked.map_err(|error| Error::from(StoreError::from_io(&error)))?)
}
