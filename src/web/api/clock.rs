//! The clock: both times, and moving business time in a demo.

use actix_web::web::{Data, Payload};
use actix_web::{HttpResponse, get, post};
use jiff::{Span, Timestamp};
use marketgate_domain::access::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::body::{Members, text};
use super::caller::Caller;
use super::problem::Problem;
use crate::context::Context;
use crate::flow::advance_clock::advance_clock;

/// Both times of the installation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clock)]
pub struct ClockView {
    /// Offers, charges, jobs and documents go by it.
    business_time: Timestamp,
    /// Sessions, tokens and tries go by it.
    wall_time: Timestamp,
    /// Whether business time can be moved: in a demo.
    movable: bool,
}

/// A step of business time.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct ClockStep {
    /// ISO 8601 duration, forward.
    #[schema(example = "P30D")]
    advance: String,
}

/// Where the clock stands after a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockMove {
    business_time: Timestamp,
    /// Moments on the way at which something fell due or ended; jobs ran at each.
    steps: usize,
}

/// Reads both times.
#[utoipa::path(tag = "clock", responses((status = 200, description = "Both times", body = ClockView)))]
#[get("/clock")]
pub async fn read_clock(context: Data<Context>, caller: Caller) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let movable = context.installation.demo.is_some() && context.clock.movable().is_some();
    let (business_time, wall_time) = (context.clock.business(), context.clock.wall());
    Ok(HttpResponse::Ok().json(ClockView { business_time, wall_time, movable }))
}

/// Moves business time forward, in a demo.
///
/// Steps from event to event: an installment that falls due on the way is invoiced with the date of its day.
#[utoipa::path(tag = "clock", request_body = ClockStep, responses((status = 200, description = "Where it stands now", body = ClockMove)))]
#[post("/clock")]
pub async fn move_clock(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::OperateOutbox)?;
    let mut members = Members::of(payload).await?;
    let span = members.required("advance", |value| {
        text(value)?.parse::<Span>().map_err(|_| "a duration is expected, for example \"P30D\"".to_owned())
    });
    members.finish()?;
    // A member that is not there was refused by now.
    let moved = advance_clock(&context, span.unwrap_or_default()).await;
    let moved = moved.map_err(|error| Problem::from(error).about("#/advance"))?;
    Ok(HttpResponse::Ok().json(ClockMove { business_time: moved.now, steps: moved.steps }))
}
