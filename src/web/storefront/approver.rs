//! The page for approvers: read-only, by a signed address, without sign-in (P6).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use marketgate_domain::id::{OrganizationId, RequestId};
use marketgate_domain::offer::Offer;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::product::Product;
use marketgate_domain::purchase_order::check_request;
use marketgate_domain::refusal::Refusal;
use marketgate_domain::seller::Seller;
use marketgate_store::{OrgView, Reader, catalog};

use crate::approver_link::is_genuine;
use crate::context::Context;
use crate::flow::Error;
use crate::web::pages::{PageError, page, public_context};
use crate::web::security::PagePolicy;
use crate::web::ui::storefront::approver::{self, ApproverView};

struct Found {
    request: ProcurementRequest,
    organization: Organization,
    product: Product,
    seller: Seller,
    requested: Option<Offer>,
    current: Option<Offer>,
    requester: String,
}

/// Shows a request to whoever holds its address.
#[get("/approve/{organization}/{request}/{signature}")]
pub async fn show(context: Data<Context>, path: Path<(String, String, String)>) -> Result<HttpResponse, PageError> {
    let (organization, request, signature) = path.into_inner();
    let not_found = || PageError::new(&context, &Error::NotFound);
    let organization: OrganizationId = organization.parse().map_err(|_| not_found())?;
    let request: RequestId = request.parse().map_err(|_| not_found())?;
    if !is_genuine(&context, organization, request, &signature) {
        return Err(not_found());
    }
    let found = context.read(move |snapshot| find(snapshot, organization, request)).await;
    let found = found.map_err(|error| PageError::new(&context, &error))?;
    let now = context.clock.business();
    let refusal = refusal(&found, now);
    let view = ApproverView {
        request: &found.request,
        product: &found.product,
        seller: &found.seller,
        terms: found.requested.as_ref().map(|offer| &offer.terms),
        private: found.requested.as_ref().is_some_and(Offer::is_private),
        requester: &found.requester,
        organization: &found.organization.name,
        refusal: refusal.as_ref(),
    };
    Ok(page(StatusCode::OK, approver::page(&public_context(&context), &view), &PagePolicy::default()))
}

fn find(reader: &impl Reader, organization: OrganizationId, id: RequestId) -> Result<Found, Error> {
    let view = OrgView::vouched(reader, organization);
    let request = view.request(id)?.ok_or(Error::NotFound)?;
    let user = view.user(request.requester)?;
    Ok(Found {
        organization: view.organization()?,
        product: catalog::product(reader, request.product)?.ok_or(Error::NotFound)?,
        seller: catalog::require_seller(reader, request.seller)?,
        requested: catalog::offer_revision(reader, request.offer, request.revision)?,
        current: catalog::offer(reader, request.offer)?,
        requester: user.map_or_else(|| "unknown".to_owned(), |user| user.name().to_owned()),
        request,
    })
}

/// Why approving would lead nowhere, by the rules that an order would meet now.
fn refusal(found: &Found, now: jiff::Timestamp) -> Option<Refusal> {
    let (request, offer) = (&found.request, found.current.as_ref()?);
    let undecided = request.awaits_order();
    undecided.then(|| check_request(request, offer, &found.product, now).err()).flatten()
}
