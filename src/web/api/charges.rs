//! Charges: amounts due under agreements.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::charge::{Charge, ChargeState};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{MoneyView, optional};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api::{self, ChargeFilter, ChargePlace};

const STATES: [(&str, bool); 2] = [("planned", false), ("invoiced", true)];

/// An amount due at a moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Charge)]
pub struct ChargeView {
    /// The agreement's id, a slash, and the number.
    #[schema(example = "agr-01920000000070008000000000000001/2")]
    id: String,
    agreement: String,
    /// Number under its agreement, from 1.
    number: u32,
    organization: String,
    /// The order that brought it; null under a direct subscription.
    order: Option<String>,
    amount: MoneyView,
    /// What for.
    description: String,
    /// When it may be invoiced, business time.
    due_at: Timestamp,
    /// `planned` or `invoiced`.
    state: &'static str,
    /// The invoice that it is on.
    invoice: Option<String>,
}

impl From<&Charge> for ChargeView {
    fn from(charge: &Charge) -> Self {
        let (state, invoice) = match charge.state {
            ChargeState::Planned => ("planned", None),
            ChargeState::Invoiced { invoice } => ("invoiced", Some(invoice)),
        };
        Self {
            id: charge.id.to_string(),
            agreement: charge.id.agreement.to_string(),
            number: charge.id.number,
            organization: charge.organization.to_string(),
            order: optional(charge.order),
            amount: charge.amount.into(),
            description: charge.description.clone(),
            due_at: charge.due_at,
            state,
            invoice: optional(invoice),
        }
    }
}

/// Lists charges, by number under the newest agreement first.
#[utoipa::path(
    tag = "agreements",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("agreement" = Option<String>, Query, description = "Only those under this agreement."),
        ("state" = Option<String>, Query, description = "`planned` or `invoiced`."),
    ),
    responses((status = 200, description = "A page", body = List<ChargeView>))
)]
#[get("/charges")]
pub async fn list_charges(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let mut query = ListQuery::of(&request);
    let filter = ChargeFilter {
        organization: query.value("organization"),
        agreement: query.value("agreement"),
        invoiced: query.one_of("state", &STATES),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::charges(snapshot, &filter, window)).await?;
    Ok(list::<ChargeView, _, _>(page))
}

/// Reads a charge. Both parts together are its id.
#[utoipa::path(
    tag = "agreements",
    params(("agreement" = String, Path), ("number" = String, Path)),
    responses((status = 200, description = "The charge", body = ChargeView))
)]
#[get("/charges/{agreement}/{number}")]
pub async fn read_charge(context: Data<Context>, caller: Caller, path: Path<(String, String)>) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let (agreement, number) = path.into_inner();
    let place: ChargePlace = id(&format!("{agreement}/{number}"))?;
    let found = look_for(&context, move |snapshot| api::charge(snapshot, place.id())).await?;
    Ok(HttpResponse::Ok().json(ChargeView::from(&found)))
}
