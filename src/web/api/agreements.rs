//! Agreements: what approved orders created.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::agreement::{Agreement, AgreementStatus};
use marketgate_domain::id::AgreementId;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::MoneyView;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::interchange::catalog::terms::pricing_model;
use crate::query::api::{self, AgreementFilter};

const STATUSES: [(&str, AgreementStatus); 1] = [("ACTIVE", AgreementStatus::Active)];

/// An agreement between an account and a seller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementView {
    id: String,
    organization: String,
    account: String,
    connection: String,
    seller: String,
    product: String,
    offer: String,
    /// Revision of the offer.
    revision: u32,
    /// The procurement request that it fulfils.
    request: String,
    order: String,
    /// The buyer's number of the order.
    purchase_order: String,
    /// The order's line, as the buyer numbers it.
    order_line: u32,
    /// As in the offer's terms.
    pricing_model: &'static str,
    /// Total contract value, without usage.
    value: MoneyView,
    /// Usage that was approved.
    budget: Option<MoneyView>,
    requester_email: Option<String>,
    start_date: Date,
    /// Last day; null where it runs until somebody ends it.
    end_date: Option<Date>,
    accepted_at: Timestamp,
    /// `ACTIVE`.
    status: &'static str,
}

impl From<&Agreement> for AgreementView {
    fn from(agreement: &Agreement) -> Self {
        Self {
            id: agreement.id.to_string(),
            organization: agreement.organization.to_string(),
            account: agreement.account.to_string(),
            connection: agreement.connection.to_string(),
            seller: agreement.seller.to_string(),
            product: agreement.product.to_string(),
            offer: agreement.offer.to_string(),
            revision: agreement.revision,
            request: agreement.request.to_string(),
            order: agreement.order.to_string(),
            purchase_order: agreement.purchase_order.clone(),
            order_line: agreement.order_line,
            pricing_model: pricing_model(agreement.pricing_model),
            value: agreement.value.into(),
            budget: agreement.budget.map(MoneyView::from),
            requester_email: agreement.requester_email.as_ref().map(|email| email.as_str().to_owned()),
            start_date: agreement.start_date,
            end_date: agreement.end_date,
            accepted_at: agreement.accepted_at,
            status: agreement.status.word(),
        }
    }
}

/// Lists agreements.
#[utoipa::path(
    tag = "agreements",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("connection" = Option<String>, Query, description = "Only those ordered over this connection."),
        ("status" = Option<String>, Query, description = "Only those in this status, for example `ACTIVE`."),
    ),
    responses((status = 200, description = "A page", body = List<AgreementView>))
)]
#[get("/agreements")]
pub async fn list_agreements(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let mut query = ListQuery::of(&request);
    let filter = AgreementFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        status: query.one_of("status", &STATUSES).map(AgreementStatus::word),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::agreements(snapshot, &filter, window)).await?;
    Ok(list::<AgreementView, _, _>(page))
}

/// Reads an agreement.
#[utoipa::path(tag = "agreements", params(("id" = String, Path)), responses((status = 200, description = "The agreement", body = AgreementView)))]
#[get("/agreements/{id}")]
pub async fn read_agreement(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let id: AgreementId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::agreement(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(AgreementView::from(&found)))
}
