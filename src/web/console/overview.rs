//! The overview: the page after signing in.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;

use super::outbox::row;
use super::{Operator, answer, look};
use crate::context::Context;
use crate::query::console;
use crate::web::pages::PageError;
use crate::web::ui::console::overview::{self, Counts, OverviewView};

/// Shows how much there is, and what needs a person.
#[get("/console")]
pub async fn show(context: Data<Context>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::OperateOutbox).await?;
    let now = context.clock.business();
    let found = look(&context, move |snapshot| console::overview(snapshot, now)).await?;
    let view = OverviewView {
        counts: Counts {
            waiting_requests: found.waiting_requests,
            orders: found.orders,
            agreements: found.agreements,
            invoices: found.invoices,
            waiting_messages: found.waiting_messages,
            connections: found.connections,
        },
        stuck: found.stuck.iter().map(row).collect(),
        refused: found.refused.iter().collect(),
        testing: found.testing.iter().collect(),
        recent: &found.recent,
    };
    Ok(answer(overview::page(&operator.page(&context), &view)))
}
