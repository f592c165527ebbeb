//! Who calls: the token behind `Authorization: Bearer` (A3). Cookies count for nothing here, so no other site can make a
//! browser call.

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use marketgate_domain::access::{Action, Principal, Scope, authorize};
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_store::tokens::ApiToken;

use super::problem::Problem;
use crate::context::Context;
use crate::flow::Error;
use crate::flow::manage_tokens::{acts_as, principal, recognise};
use crate::web::security::source_address;

/// Under this name wrong tokens are counted.
const IDENTITY: &str = "api token";

/// A machine with a valid token.
#[derive(Debug, Clone)]
pub struct Caller {
    principal: Principal,
    user: UserId,
    name: String,
}

impl Caller {
    /// Finds out who calls. Only wrong tokens count as tries: a request without one has not guessed.
    ///
    /// # Errors
    /// 401 for whatever does not fit, also after too many tries.
    pub async fn enter(context: &Context, request: &ServiceRequest) -> Result<Self, Problem> {
        let Some(token) = bearer(request) else { return Err(Error::Unauthenticated.into()) };
        let source = source_address(context, request.request());
        let wall_now = context.clock.wall();
        if !context.logins.allows(&source, IDENTITY, wall_now) {
            return Err(Error::Unauthenticated.into());
        }
        let found = context.read(move |snapshot| recognise(snapshot, &token)).await?;
        if found.is_none() {
            context.logins.failed(&source, IDENTITY, wall_now);
        }
        found.as_ref().map(Self::of).ok_or_else(|| Error::Unauthenticated.into())
    }

    fn of(token: &ApiToken) -> Self {
        Self { principal: principal(token), user: acts_as(token), name: token.name.clone() }
    }

    /// Asks the authorization function for the whole installation.
    ///
    /// # Errors
    /// 403 with the reason.
    pub fn may(&self, action: Action) -> Result<(), Problem> {
        authorize(&self.principal, action, Scope::Installation)
            .map_err(|denial| Error::Forbidden(denial.to_string()).into())
    }

    /// Whose permissions count.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Who acts, for use cases that want a user.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Who acts, in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::Operator { user: self.user }
    }

    /// Name of the token.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The API's middleware has put the caller there; a request that did not go through it has none.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| Error::Unauthenticated.into()))
    }
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_bearer_token_is_a_token() {
        let found = |value: &str| bearer(&TestRequest::get().insert_header(("authorization", value)).to_srv_request());
        assert_eq!(found("Bearer abc"), Some("abc".to_owned()));
        assert_eq!(found("bearer  abc "), Some("abc".to_owned()));
        for other in ["Basic YTpi", "Bearer", "Bearer ", "abc", "Bearerabc"] {
            assert_eq!(found(other), None, "{other:?}");
        }
    }
}
