//! Who works in the console: the sign-in behind the cookie.

use actix_web::HttpRequest;
use actix_web::web::Data;
use marketgate_domain::access::{Action, Scope, authorize};
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_store::sessions::OperatorSession;

use crate::context::Context;
use crate::flow::Error;
use crate::flow::sign_in::{principal, signed_in};
use crate::web::pages::{PageError, VERSION};
use crate::web::security::{came_from_here, same_token};
use crate::web::ui::context::{Nav, PageContext, SignedIn};

/// A signed-in operator.
#[derive(Debug)]
pub struct Operator {
    session: OperatorSession,
    cookie: String,
}

/// Name of the sign-in cookie. With TLS the browser itself sees to it that nobody else can set it.
pub fn cookie_name(context: &Context) -> &'static str {
    if context.public_url.starts_with("https://") { "__Host-marketgate" } else { "marketgate" }
}

impl Operator {
    /// The operator behind a request's cookie.
    ///
    /// # Errors
    /// The way to the sign-in form.
    pub async fn enter(context: &Data<Context>, request: &HttpRequest) -> Result<Self, PageError> {
        let cookie = request.cookie(cookie_name(context)).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        let session = signed_in(context, &cookie).await.map_err(|error| PageError::new(context, &error))?;
        match session {
            Some(session) => Ok(Self { session, cookie }),
            None => Err(PageError::sign_in_first(request.uri().path())),
        }
    }

    /// [`Self::enter`], allowed to do something to the whole installation.
    ///
    /// # Errors
    /// As [`Self::enter`], or the page that says why not.
    pub async fn allowed(context: &Data<Context>, request: &HttpRequest, action: Action) -> Result<Self, PageError> {
        let operator = Self::enter(context, request).await?;
        authorize(&principal(&operator.session), action, Scope::Installation)
            .map_err(|denial| PageError::new(context, &Error::Forbidden(denial.to_string())))?;
        Ok(operator)
    }

    /// Refuses a form that was not sent by one of this sign-in's pages.
    ///
    /// # Errors
    /// The page that says so.
    pub fn check_form(&self, context: &Data<Context>, request: &HttpRequest, csrf: &str) -> Result<(), PageError> {
        if came_from_here(request) && same_token(csrf, &self.session.csrf) {
            Ok(())
        } else {
            Err(PageError::stale_form(context))
        }
    }

    /// Who acts, in the audit trail.
    pub fn actor(&self) -> Actor {
        Actor::Operator { user: self.session.user }
    }

    /// Who it is.
    pub fn user(&self) -> UserId {
        self.session.user
    }

    /// The cookie's value.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// What the console's pages need to know.
    pub fn page<'a>(&'a self, context: &Context) -> PageContext<'a> {
        PageContext {
            base: "/console",
            nav: Nav::Console,
            signed_in: Some(SignedIn { organization: "Operator", connection: None, user: self.session.email.as_str() }),
            csrf: Some(&self.session.csrf),
            demo: context.installation.demo.is_some(),
            test_mode: false,
            version: VERSION,
            now: context.clock.business(),
        }
    }
}
