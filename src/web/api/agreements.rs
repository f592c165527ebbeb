//! Agreements: what approved orders and direct subscriptions created.

use std::collections::BTreeMap;

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::agreement::{Agreement, AgreementStatus};
use marketgate_domain::entitlement::{Amount, Entitlement};
use marketgate_domain::id::{AccountId, AgreementId, OfferId};
use marketgate_domain::quote::Selection;
use marketgate_store::organizations;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, decimal, flag, owned_text, parsed, units, whole_number};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::problem::{Fault, Problem};
use super::view::{MoneyView, optional, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::request_approval::Proposal;
use crate::flow::subscribe::{Subscriber, SubscriptionForm, subscribe};
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
    /// How it came about: `order` or `direct`.
    origin: &'static str,
    /// The connection over which it was ordered and is invoiced; null of a direct subscription.
    connection: Option<String>,
    seller: String,
    product: String,
    offer: String,
    /// Revision of the offer.
    revision: u32,
    /// The procurement request that it fulfils; null of a direct subscription.
    request: Option<String>,
    /// The order that created it; null of a direct subscription.
    order: Option<String>,
    /// The buyer's number of the order, or the one that was given with a direct subscription.
    purchase_order: Option<String>,
    /// The order's line, as the buyer numbers it; null of a direct subscription.
    order_line: Option<u32>,
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
        let ordered = agreement.ordered();
        Self {
            id: agreement.id.to_string(),
            organization: agreement.organization.to_string(),
            account: agreement.account.to_string(),
            origin: if ordered.is_some() { "order" } else { "direct" },
            connection: optional(ordered.map(|link| link.connection)),
            seller: agreement.seller.to_string(),
            product: agreement.product.to_string(),
            offer: agreement.offer.to_string(),
            revision: agreement.revision,
            request: optional(ordered.map(|link| link.request)),
            order: optional(ordered.map(|link| link.order)),
            purchase_order: agreement.purchase_order().map(str::to_owned),
            order_line: ordered.map(|link| link.order_line),
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

/// What an agreement gives the right to use.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entitlements {
    /// Every chosen or metered dimension, and everything that a fixed price grants; the product as a whole where the terms name nothing.
    entitlements: Vec<EntitlementView>,
}

/// The right to use something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entitlement)]
pub struct EntitlementView {
    /// Key of the dimension; null where no dimension is meant.
    dimension: Option<String>,
    /// For people.
    name: String,
    /// How many units; null where usage is billed as it occurs, and where nothing is counted.
    units: Option<u32>,
    /// Whether usage is billed as it occurs.
    is_metered: bool,
    /// Last day; null where it runs until somebody ends it.
    until: Option<Date>,
    /// `ACTIVE` through the last day, UTC, then `EXPIRED`.
    status: &'static str,
}

impl From<&Entitlement> for EntitlementView {
    fn from(entitlement: &Entitlement) -> Self {
        Self {
            dimension: entitlement.dimension.clone(),
            name: entitlement.name.clone(),
            units: match entitlement.amount {
                Amount::Units(units) => Some(units),
                Amount::AsUsed | Amount::Included => None,
            },
            is_metered: entitlement.amount == Amount::AsUsed,
            until: entitlement.until,
            status: entitlement.status.word(),
        }
    }
}

/// A direct subscription.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct NewAgreement {
    /// The account that subscribes.
    account: String,
    /// An offer that the account may see.
    offer: String,
    /// Its revision, as it was shown to who agrees.
    revision: u32,
    /// Duration, where the offer has several.
    #[schema(required = false)]
    months: u32,
    /// Units of each dimension, where the offer lets choose them.
    #[schema(required = false)]
    quantities: BTreeMap<String, u32>,
    /// Estimate of the usage in the offer's currency, in place of the default budget.
    #[schema(required = false, example = "2500.00")]
    usage_estimate: String,
    /// Whether the offer's legal documents are accepted; needed where it has some.
    #[schema(required = false)]
    accept_documents: bool,
    /// Who is told, besides the account's contact.
    #[schema(required = false)]
    requester_email: String,
    /// Number that the buyer wants on the invoices; only while no connection of the organization is switched on.
    #[schema(required = false)]
    purchase_order: String,
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

/// Reads what an agreement gives the right to use.
///
/// What the seller asks before it lets somebody in, and what the buyer sees on the agreement's page.
#[utoipa::path(tag = "agreements", params(("id" = String, Path)), responses((status = 200, description = "The entitlements", body = Entitlements)))]
#[get("/agreements/{id}/entitlements")]
pub async fn read_entitlements(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let id: AgreementId = id(&path)?;
    let life = look_for(&context, move |snapshot| api::agreement_life(snapshot, id)).await?;
    let entitlements = views(&life.entitlements(context.clock.business()));
    Ok(HttpResponse::Ok().json(Entitlements { entitlements }))
}

/// Subscribes directly.
///
/// Without a round trip through a procurement system: to everything but services while no connection of the organization is switched
/// on; otherwise to usage (unless purchases start in the procurement system), and to what costs nothing where the organization
/// approves that in general. The answer to anything else is 409 with what to do instead.
#[utoipa::path(tag = "agreements", request_body = NewAgreement, responses((status = 201, description = "The agreement", body = AgreementView)))]
#[post("/agreements")]
pub async fn subscribe_directly(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::Subscribe)?;
    let mut members = Members::of(payload).await?;
    let account: Option<AccountId> = members.required("account", parsed);
    let offer: Option<OfferId> = members.required("offer", parsed);
    let revision = members.required("revision", whole_number);
    let selection = Selection {
        months: members.nullable("months", whole_number),
        quantities: members.nullable("quantities", units).unwrap_or_default(),
        estimate: members.nullable("usage_estimate", decimal),
    };
    let accepted = members.optional("accept_documents", flag).unwrap_or(false);
    let email = members.nullable("requester_email", parsed);
    let purchase_order = members.nullable("purchase_order", owned_text);
    members.finish()?;
    // A member that is not there was refused by now.
    let (Some(account), Some(offer), Some(revision)) = (account, offer, revision) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let owner = look(&context, move |snapshot| organizations::of_account(snapshot, account)).await?;
    let organization = owner.ok_or_else(|| no_account(account))?.id;
    let (principal, actor) = (caller.principal().clone(), caller.actor());
    let subscriber = Subscriber::on_behalf(principal, actor, organization, account, email);
    let form = SubscriptionForm { proposal: Proposal { offer, revision, accepted }, selection, purchase_order };
    let id = subscribe(&context, subscriber, form).await?;
    let found = look_for(&context, move |snapshot| api::agreement(snapshot, id)).await?;
    Ok(HttpResponse::Created().json(AgreementView::from(&found)))
}

fn no_account(account: AccountId) -> Problem {
    Problem::invalid(vec![Fault { pointer: "#/account".to_owned(), detail: format!("there is no account {account}") }])
}
