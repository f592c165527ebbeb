//! Buying organizations with their accounts.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch};
use marketgate_domain::access::Action;
use marketgate_domain::id::OrganizationId;
use marketgate_domain::organization::{Account, Organization};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, flag};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{AddressView, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::change_organization::{self as flow, OrganizationChange};
use crate::query::api;

/// A buying company.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Organization)]
pub struct OrganizationView {
    id: String,
    name: String,
    address: AddressView,
    /// E-mail addresses that are told about refused orders.
    admins: Vec<String>,
    accounts: Vec<AccountView>,
    automatic_approval: AutomaticApprovalView,
}

/// What the organization lets its people subscribe to without a round trip through its procurement system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AutomaticApproval)]
pub struct AutomaticApprovalView {
    /// Offers that cost nothing: free ones and trials.
    free: bool,
    /// Offers that need a licence of one's own.
    byol: bool,
}

/// Changes of an organization. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct OrganizationPatch {
    #[schema(required = false)]
    automatic_approval: AutomaticApprovalPatch,
}

/// Changes of what needs nobody's approval.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct AutomaticApprovalPatch {
    #[schema(required = false)]
    free: bool,
    #[schema(required = false)]
    byol: bool,
}

/// A unit of an organization that subscribes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    id: String,
    name: String,
    /// E-mail address that is told what happens to the account's agreements.
    contact: String,
}

impl From<&Organization> for OrganizationView {
    fn from(organization: &Organization) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name.clone(),
            address: (&organization.address).into(),
            admins: organization.admins.iter().map(|admin| admin.as_str().to_owned()).collect(),
            accounts: views(&organization.accounts),
            automatic_approval: AutomaticApprovalView {
                free: organization.automatic_approval.free,
                byol: organization.automatic_approval.byol,
            },
        }
    }
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self { id: account.id.to_string(), name: account.name.clone(), contact: account.contact.as_str().to_owned() }
    }
}

/// Lists organizations.
#[utoipa::path(tag = "organizations", params(Paging), responses((status = 200, description = "A page", body = List<OrganizationView>)))]
#[get("/organizations")]
pub async fn list_organizations(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadConnections)?;
    let window = ListQuery::of(&request).window()?;
    let page = look(&context, move |snapshot| api::organizations(snapshot, window)).await?;
    Ok(list::<OrganizationView, _, _>(page))
}

/// Reads an organization.
#[utoipa::path(tag = "organizations", params(("id" = String, Path)), responses((status = 200, description = "The organization", body = OrganizationView)))]
#[get("/organizations/{id}")]
pub async fn read_organization(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadConnections)?;
    let id: OrganizationId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::organization(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(OrganizationView::from(&found)))
}

/// Changes an organization.
///
/// Members that are not named stay as they are (JSON Merge Patch).
#[utoipa::path(
    tag = "organizations",
    params(("id" = String, Path)),
    request_body = OrganizationPatch,
    responses((status = 200, description = "The organization as it is now", body = OrganizationView))
)]
#[patch("/organizations/{id}")]
pub async fn change_organization(
    context: Data<Context>,
    caller: Caller,
    path: Path<String>,
    payload: Payload,
) -> Answer {
    caller.may(Action::ChangeOrganization)?;
    let id: OrganizationId = id(&path)?;
    let mut members = Members::of(payload).await?;
    let change = members.part("automatic_approval", |part| {
        let (approve_free, approve_byol) = (part.optional("free", flag), part.optional("byol", flag));
        Some(OrganizationChange { approve_free, approve_byol })
    });
    members.finish()?;
    let changed = flow::change_organization(&context, caller.actor(), id, change.unwrap_or_default()).await?;
    Ok(HttpResponse::Ok().json(OrganizationView::from(&changed)))
}
