//! API tokens: made (and shown once), listed without themselves, ended.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_store::tokens::ApiToken;
use serde::Serialize;
use utoipa::ToSchema;

use super::Answer;
use super::body::{Members, text};
use super::caller::Caller;
use super::idempotency::ShownOnce;
use super::list::{List, ListQuery, Paging, cut, list};
use super::look;
use crate::context::Context;
use crate::flow::manage_tokens::{acts_as, check_name, create_token, revoke_token};
use crate::query::api;

/// A token, without itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    name: String,
    /// The user that the audit trail names for what is done with it.
    acts_as: String,
    made_by: String,
    created_at: Timestamp,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedToken {
    /// The token. It is not kept and cannot be shown again.
    token: String,
    name: String,
    /// The user that the audit trail names for what is done with it.
    acts_as: String,
    created_at: Timestamp,
}

/// A token to be made.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct NewToken {
    /// Unique: 1 to 64 letters, digits, `-`, `_` and `.`.
    #[schema(example = "erp")]
    name: String,
}

impl From<&ApiToken> for TokenView {
    fn from(token: &ApiToken) -> Self {
        Self {
            name: token.name.clone(),
            acts_as: acts_as(token).to_string(),
            made_by: token.made_by.clone(),
            created_at: token.created_at,
        }
    }
}

/// Lists tokens by name.
#[utoipa::path(tag = "tokens", params(Paging), responses((status = 200, description = "A page", body = List<TokenView>)))]
#[get("/tokens")]
pub async fn list_tokens(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ChangeConnections)?;
    let window = ListQuery::of(&request).window()?;
    let all = look(&context, api::tokens).await?;
    let page = cut(all, &window, |token| &token.name);
    Ok(list::<TokenView, _, _>(page))
}

/// Makes a token and shows it, once.
#[utoipa::path(tag = "tokens", request_body = NewToken, responses((status = 201, description = "The token", body = CreatedToken)))]
#[post("/tokens")]
pub async fn make_token(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::ChangeConnections)?;
    let mut members = Members::of(payload).await?;
    let name = members.required("name", |value| {
        let name = text(value)?;
        check_name(name).map(|()| name.to_owned())
    });
    members.finish()?;
    // A member that is not there was refused by now.
    let made_by = format!("token {}", caller.name());
    let created = create_token(&context, caller.actor(), &made_by, &name.unwrap_or_default()).await?;
    let mut response = HttpResponse::Created().json(CreatedToken {
        token: created.reveal().to_owned(),
        name: created.record.name.clone(),
        acts_as: acts_as(&created.record).to_string(),
        created_at: created.record.created_at,
    });
    response.extensions_mut().insert(ShownOnce);
    Ok(response)
}

/// Ends a token: it opens nothing any more.
#[utoipa::path(tag = "tokens", params(("name" = String, Path)), responses((status = 204, description = "It is ended")))]
#[delete("/tokens/{name}")]
pub async fn end_token(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ChangeConnections)?;
    revoke_token(&context, caller.actor(), &path).await?;
    Ok(HttpResponse::NoContent().finish())
}
