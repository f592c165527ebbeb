//! The audit trail: who did what (A2).

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::event::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::optional;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api::{self, AuditFilter, AuditPlace, AuditRow};

/// One line of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditRecord)]
pub struct AuditView {
    /// Its place in the trail.
    #[schema(example = "1042-0")]
    id: String,
    /// Business time.
    at: Timestamp,
    actor: ActorView,
    /// A stable verb, for example `order.accepted`.
    action: String,
    /// What it was done to.
    subject: String,
    organization: Option<String>,
    /// One sentence.
    detail: String,
}

/// Who did something.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Actor)]
pub struct ActorView {
    /// `system`, `connection`, `punchout_user`, `operator` or `anonymous`.
    kind: &'static str,
    /// Which part of the program.
    part: Option<String>,
    connection: Option<String>,
    /// The person, or the user that an API token acts as.
    user: Option<String>,
}

impl From<&AuditRow> for AuditView {
    fn from((place, record): &AuditRow) -> Self {
        Self {
            id: place.to_string(),
            at: record.at,
            actor: (&record.actor).into(),
            action: record.action.clone(),
            subject: record.subject.clone(),
            organization: optional(record.organization),
            detail: record.detail.clone(),
        }
    }
}

impl From<&Actor> for ActorView {
    fn from(actor: &Actor) -> Self {
        let (kind, part, connection, user) = match actor {
            Actor::System { part } => ("system", Some(part), None, None),
            Actor::Connection { connection } => ("connection", None, Some(connection), None),
            Actor::PunchoutUser { connection, user } => ("punchout_user", None, Some(connection), Some(user)),
            Actor::Operator { user } => ("operator", None, None, Some(user)),
            Actor::Anonymous => ("anonymous", None, None, None),
        };
        Self { kind, part: part.cloned(), connection: optional(connection), user: optional(user) }
    }
}

/// Lists audit records.
#[utoipa::path(
    tag = "audit",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those about this organization."),
        ("action" = Option<String>, Query, description = "Only those with this verb, for example `order.refused`."),
        ("subject" = Option<String>, Query, description = "Only those about this thing, by its id."),
    ),
    responses((status = 200, description = "A page", body = List<AuditView>))
)]
#[get("/audit")]
pub async fn list_audit(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadAudit)?;
    let mut query = ListQuery::of(&request);
    let filter = AuditFilter {
        organization: query.value("organization"),
        action: query.text("action"),
        subject: query.text("subject"),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::audit(snapshot, &filter, window)).await?;
    Ok(list::<AuditView, _, _>(page))
}

/// Reads an audit record.
#[utoipa::path(tag = "audit", params(("id" = String, Path)), responses((status = 200, description = "The record", body = AuditView)))]
#[get("/audit/{id}")]
pub async fn read_audit_record(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadAudit)?;
    let id: AuditPlace = id(&path)?;
    let found = look_for(&context, move |snapshot| api::audit_record(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(AuditView::from(&found)))
}
