//! Jobs: when they run, what they did, and running one by hand.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_store::jobs::{JobOutcome, JobRun, JobTrigger};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, answer, cut};
use super::problem::Problem;
use super::view::views;
use super::{Answer, look};
use crate::config::jobs::Jobs;
use crate::context::Context;
use crate::flow::Error;
use crate::jobs::table::Job;
use crate::query::api::{self, JobHistory, Page};

/// Runs that the list shows of each job.
const FEW_RUNS: usize = 5;

/// Runs that one job shows.
const MANY_RUNS: usize = 50;

/// Recurring work.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobView {
    name: &'static str,
    /// Cron expression, UTC: minute, hour, day of month, month, day of week.
    #[schema(example = "*/5 * * * *")]
    schedule: String,
    /// Start of the last run that the schedule asked for, wall time.
    last_scheduled_at: Option<Timestamp>,
    /// The newest runs, newest first. Runs that an event asked for and that found nothing to do are not kept.
    runs: Vec<JobRunView>,
}

/// One run of a job.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JobRun)]
pub struct JobRunView {
    job: String,
    /// `schedule`, `catch_up`, `event`, `manual` or `clock`.
    trigger: &'static str,
    /// Wall time.
    started_at: Timestamp,
    /// Business time of the start.
    business_at: Timestamp,
    duration_ms: u64,
    /// `done` or `failed`.
    outcome: &'static str,
    /// How many things it changed.
    changed: u64,
    /// What it did, or why it failed, in words.
    summary: String,
}

impl JobView {
    fn of(history: &JobHistory, settings: &Jobs) -> Self {
        Self {
            name: history.job.name(),
            schedule: history.job.schedule(settings).to_owned(),
            last_scheduled_at: history.last_scheduled_at,
            runs: views(&history.runs),
        }
    }
}

impl From<&JobRun> for JobRunView {
    fn from(run: &JobRun) -> Self {
        let (outcome, changed, summary) = match &run.outcome {
            JobOutcome::Done { changed, summary } => ("done", *changed, summary),
            JobOutcome::Failed { error } => ("failed", 0, error),
        };
        Self {
            job: run.job.clone(),
            trigger: match run.trigger {
                JobTrigger::Schedule => "schedule",
                JobTrigger::CatchUp => "catch_up",
                JobTrigger::Event => "event",
                JobTrigger::Manual => "manual",
                JobTrigger::Clock => "clock",
            },
            started_at: run.started_at,
            business_at: run.business_at,
            duration_ms: run.duration_ms,
            outcome,
            changed,
            summary: summary.clone(),
        }
    }
}

/// Lists jobs by name, each with its newest runs.
#[utoipa::path(tag = "jobs", params(Paging), responses((status = 200, description = "A page", body = List<JobView>)))]
#[get("/jobs")]
pub async fn list_jobs(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadAudit)?;
    let window = ListQuery::of(&request).window()?;
    let all = look(&context, |snapshot| api::jobs(snapshot, FEW_RUNS)).await?;
    let Page { rows, next } = cut(all, &window, |history| history.job.name());
    let items = rows.iter().map(|history| JobView::of(history, &context.config.jobs)).collect();
    Ok(answer(items, next))
}

/// Reads a job with its newest runs.
#[utoipa::path(tag = "jobs", params(("name" = String, Path)), responses((status = 200, description = "The job", body = JobView)))]
#[get("/jobs/{name}")]
pub async fn read_job(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadAudit)?;
    let job = named(&path)?;
    let history = look(&context, move |snapshot| api::job(snapshot, job, MANY_RUNS)).await?;
    Ok(HttpResponse::Ok().json(JobView::of(&history, &context.config.jobs)))
}

/// Runs a job now and answers when it is done.
///
/// A run that is under way is waited for first: a job never overlaps itself. Running a job twice changes nothing more.
#[utoipa::path(tag = "jobs", params(("name" = String, Path)), responses((status = 200, description = "What the run did", body = JobRunView)))]
#[post("/jobs/{name}/run")]
pub async fn run_job(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::OperateOutbox)?;
    let run = named(&path)?.run(&context, JobTrigger::Manual).await?;
    Ok(HttpResponse::Ok().json(JobRunView::from(&run)))
}

fn named(name: &str) -> Result<Job, Problem> {
    Job::named(name).ok_or_else(|| Error::NotFound.into())
}
