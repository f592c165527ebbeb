//! Procurement requests: what users sent for approval.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::id::RequestId;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::quote::QuoteLine;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{MoneyView, RefusalView, optional};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::take_back::take_back_for;
use crate::interchange::catalog::terms::pricing_model;
use crate::query::api::{self, RequestFilter};

const STATUSES: [(&str, &str); 7] = [
    ("REQUESTED", "REQUESTED"),
    ("IN_CART", "IN_CART"),
    ("FULFILLED", "FULFILLED"),
    ("REFUSED", "REFUSED"),
    ("WITHDRAWN", "WITHDRAWN"),
    ("SUPERSEDED", "SUPERSEDED"),
    ("EXPIRED", "EXPIRED"),
];

/// A request for approval, from the click to the agreement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProcurementRequest)]
pub struct RequestView {
    /// Also the SupplierPartAuxiliaryID of its cart line.
    id: String,
    organization: String,
    account: String,
    connection: String,
    /// The user who asked.
    requester: String,
    requester_email: Option<String>,
    product: String,
    seller: String,
    offer: String,
    /// Revision of the offer.
    revision: u32,
    offer_name: String,
    /// As in the offer's terms.
    pricing_model: &'static str,
    months: Option<u32>,
    /// What is approved: contract value and budget together.
    amount: MoneyView,
    /// Usage that approval covers.
    budget: Option<MoneyView>,
    tax_estimate: MoneyView,
    /// The cart line.
    line: CartLineView,
    /// Last day on which an order at this price is taken.
    valid_until: Date,
    /// `REQUESTED`, `IN_CART`, `FULFILLED`, `REFUSED`, `WITHDRAWN`, `SUPERSEDED` or `EXPIRED`.
    status: &'static str,
    /// The agreement of a fulfilled request.
    agreement: Option<String>,
    /// The buyer's number of the order that fulfilled it, or was refused.
    purchase_order: Option<String>,
    /// Why the order was refused.
    refusal: Option<RefusalView>,
    created_at: Timestamp,
    changed_at: Timestamp,
}

/// A line as the buyer's system sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CartLine)]
pub struct CartLineView {
    /// `Service` or `Material`.
    kind: &'static str,
    quantity: String,
    unit_price: MoneyView,
    unit: String,
    /// UNSPSC.
    classification: String,
    /// SupplierPartID.
    part_id: String,
    description: String,
}

impl From<&ProcurementRequest> for RequestView {
    fn from(request: &ProcurementRequest) -> Self {
        let (agreement, purchase_order, refusal) = match &request.status {
            RequestStatus::Fulfilled { agreement, purchase_order } => (Some(agreement), Some(purchase_order), None),
            RequestStatus::Refused { reason, purchase_order } => (None, Some(purchase_order), Some(reason)),
            _ => (None, None, None),
        };
        Self {
            id: request.id.to_string(),
            organization: request.organization.to_string(),
            account: request.account.to_string(),
            connection: request.connection.to_string(),
            requester: request.requester.to_string(),
            requester_email: request.requester_email.as_ref().map(|email| email.as_str().to_owned()),
            product: request.product.to_string(),
            seller: request.seller.to_string(),
            offer: request.offer.to_string(),
            revision: request.revision,
            offer_name: request.offer_name.clone(),
            pricing_model: pricing_model(request.quote.pricing_model),
            months: request.quote.months,
            amount: request.quote.amount.into(),
            budget: request.quote.budget.map(MoneyView::from),
            tax_estimate: request.tax_estimate.into(),
            line: (&request.quote.line).into(),
            valid_until: request.quote.valid_until,
            status: request.status.word(),
            agreement: optional(agreement),
            purchase_order: purchase_order.cloned(),
            refusal: refusal.map(RefusalView::from),
            created_at: request.created_at,
            changed_at: request.changed_at,
        }
    }
}

impl From<&QuoteLine> for CartLineView {
    fn from(line: &QuoteLine) -> Self {
        Self {
            kind: line.kind.word(),
            quantity: line.quantity.to_string(),
            unit_price: line.unit_price.into(),
            unit: line.unit.as_str().to_owned(),
            classification: line.classification.as_str().to_owned(),
            part_id: line.part_id.clone(),
            description: line.description.clone(),
        }
    }
}

/// Lists procurement requests.
#[utoipa::path(
    tag = "requests",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("connection" = Option<String>, Query, description = "Only those over this connection."),
        ("status" = Option<String>, Query, description = "Only those in this status, for example `IN_CART`."),
    ),
    responses((status = 200, description = "A page", body = List<RequestView>))
)]
#[get("/requests")]
pub async fn list_requests(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadRequests)?;
    let mut query = ListQuery::of(&request);
    let filter = RequestFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        status: query.one_of("status", &STATUSES),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::requests(snapshot, &filter, window)).await?;
    Ok(list::<RequestView, _, _>(page))
}

/// Reads a procurement request.
#[utoipa::path(tag = "requests", params(("id" = String, Path)), responses((status = 200, description = "The request", body = RequestView)))]
#[get("/requests/{id}")]
pub async fn read_request(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadRequests)?;
    let id: RequestId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::request(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(RequestView::from(&found)))
}

/// Takes a pending request back (O6b).
///
/// An order that comes all the same is refused as WITHDRAWN_REQUEST. The procurement system is not told.
#[utoipa::path(tag = "requests", params(("id" = String, Path)), responses((status = 200, description = "The request as it is now", body = RequestView)))]
#[post("/requests/{id}/withdraw")]
pub async fn withdraw_request(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::WithdrawRequests)?;
    let taken_back = take_back_for(&context, caller.actor(), id(&path)?).await?;
    Ok(HttpResponse::Ok().json(RequestView::from(&taken_back)))
}
