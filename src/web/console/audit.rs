//! The audit trail (A2).

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;

use super::{Older, Operator, answer, look, next, pager};
use crate::context::Context;
use crate::flow::Error;
use crate::query::console::{self, parse_place};
use crate::web::pages::PageError;
use crate::web::ui::console::audit;

/// The newest records, or the next older page.
#[get("/console/audit")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ReadAudit).await?;
    let parse = |text: &str| parse_place(text).ok_or_else(|| PageError::new(&context, &Error::NotFound));
    let before = older.before.as_deref().map(parse).transpose()?;
    let found = look(&context, move |snapshot| console::audit(snapshot, before)).await?;
    let next = next("audit", &found);
    Ok(answer(audit::list(&operator.page(&context), &found.rows, &pager(next.as_ref()))))
}
