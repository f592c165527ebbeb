//! "Send for approval again", from a mail: a signed address, one button (P10).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::id::{OrganizationId, RequestId};
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_store::OrgView;

use crate::approver_link::is_genuine_again;
use crate::context::Context;
use crate::flow::Error;
use crate::flow::send_again::{GoOn, send_again};
use crate::web::pages::{PageError, page, public_context, see_other};
use crate::web::security::{PagePolicy, came_from_here};
use crate::web::ui::public::send_again::{self, SendAgainView};

type Address = Path<(String, String, String)>;

/// Shows the request and the button: opening an address must change nothing, link scanners open every one.
#[get("/again/{organization}/{request}/{signature}")]
pub async fn show(context: Data<Context>, request: HttpRequest, address: Address) -> Result<HttpResponse, PageError> {
    let (organization, id) = genuine(&context, &address)?;
    let found = find(&context, organization, id).await?;
    let view = SendAgainView { request: &found, action: request.path(), start_there: None };
    Ok(page(StatusCode::OK, send_again::page(&public_context(&context), &view), &PagePolicy::default()))
}

/// Puts the choice down and leads on.
#[post("/again/{organization}/{request}/{signature}")]
pub async fn put_down(
    context: Data<Context>,
    request: HttpRequest,
    address: Address,
) -> Result<HttpResponse, PageError> {
    let (organization, id) = genuine(&context, &address)?;
    if !came_from_here(&request) {
        return Err(PageError::stale_form(&context));
    }
    match send_again(&context, organization, id).await.map_err(|error| PageError::new(&context, &error))? {
        GoOn::Redirect(url) => Ok(see_other(&url)),
        GoOn::StartThere(system) => {
            let found = find(&context, organization, id).await?;
            let view = SendAgainView { request: &found, action: request.path(), start_there: Some(&system) };
            Ok(page(StatusCode::OK, send_again::page(&public_context(&context), &view), &PagePolicy::default()))
        }
    }
}

fn genuine(context: &Data<Context>, address: &Address) -> Result<(OrganizationId, RequestId), PageError> {
    let not_found = || PageError::new(context, &Error::NotFound);
    let (organization, request, signature) = &**address;
    let organization: OrganizationId = organization.parse().map_err(|_| not_found())?;
    let request: RequestId = request.parse().map_err(|_| not_found())?;
    if is_genuine_again(context, organization, request, signature) {
        Ok((organization, request))
    } else {
        Err(not_found())
    }
}

async fn find(
    context: &Data<Context>,
    organization: OrganizationId,
    id: RequestId,
) -> Result<ProcurementRequest, PageError> {
    let found = context.read(move |snapshot| OrgView::vouched(snapshot, organization).request(id)).await;
    found
        .map_err(Error::Store)
        .and_then(|found| found.ok_or(Error::NotFound))
        .map_err(|error| PageError::new(context, &error))
}
