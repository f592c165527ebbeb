//! Who visits the storefront: the live session behind the token in the path, with everything its pages need to know.

use actix_web::HttpRequest;
use actix_web::web::Data;
use marketgate_domain::access::{Action, Scope, authorize};
use marketgate_domain::connection::Connection;
use marketgate_domain::organization::Organization;
use marketgate_domain::punchout::{PunchoutSession, SessionState};
use marketgate_domain::user::User;
use marketgate_store::{OrgView, Snapshot, connections, organizations};
use url::Url;

use super::pages::{PageError, VERSION};
use super::security::{PagePolicy, came_from_here, same_token};
use super::ui::context::{Nav, PageContext, SignedIn};
use crate::context::Context;
use crate::flow::request_approval::principal;
use crate::flow::{Error, enter_session};

/// A visit.
#[derive(Debug)]
pub struct Shop {
    /// The session.
    pub session: PunchoutSession,
    /// The connection it came over.
    pub connection: Connection,
    /// The organization.
    pub organization: Organization,
    /// The person.
    pub user: User,
    base: String,
    csrf: String,
}

impl Shop {
    /// The visit behind a token, allowed to do something.
    ///
    /// # Errors
    /// The page that says that the session is over, or why the action is not allowed.
    pub async fn enter(context: &Data<Context>, token: &str, action: Action) -> Result<Self, PageError> {
        let wall_now = context.clock.wall();
        let path_token = token.to_owned();
        let loaded = context.read(move |snapshot| load(snapshot, &path_token, wall_now)).await;
        let (session, connection, organization, user) = match loaded {
            Ok(loaded) => loaded,
            Err(Error::NotFound) => return Err(PageError::session_ended(context)),
            Err(error) => return Err(PageError::new(context, &error)),
        };
        authorize(&principal(&session), action, Scope::Organization(session.organization))
            .map_err(|denial| PageError::new(context, &Error::Forbidden(denial.to_string())))?;
        let csrf = context.keyring.sign(&format!("storefront form {token}"));
        Ok(Self { session, connection, organization, user, base: format!("/p/{token}"), csrf })
    }

    /// Refuses a form that was not sent by one of this visit's pages.
    ///
    /// # Errors
    /// The page that says so.
    pub fn check_form(&self, context: &Data<Context>, request: &HttpRequest, csrf: &str) -> Result<(), PageError> {
        if came_from_here(request) && same_token(csrf, &self.csrf) {
            Ok(())
        } else {
            Err(PageError::stale_form_within(&self.page(context), self.policy()))
        }
    }

    /// Reads what the visit may see of its own organization, and nothing of another one.
    ///
    /// # Errors
    /// The page for what the closure says.
    pub async fn look<T, F>(&self, context: &Data<Context>, look: F) -> Result<T, PageError>
    where
        F: Fn(&OrgView<'_, Snapshot>) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let principal = principal(&self.session);
        let seen = context.read(move |snapshot| look(&OrgView::of(snapshot, &principal).ok_or(Error::NotFound)?)).await;
        seen.map_err(|error| self.error(context, &error))
    }

    /// The page for an error, with the ways back into the visit.
    pub fn error(&self, context: &Data<Context>, error: &Error) -> PageError {
        PageError::within(context, &self.page(context), self.policy(), error)
    }

    /// The path of one of this visit's pages.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.base)
    }

    /// Whether the cart can still be changed.
    pub fn is_open(&self) -> bool {
        self.session.state == SessionState::Open
    }

    /// What the visit's pages need to know.
    pub fn page<'a>(&'a self, context: &Context) -> PageContext<'a> {
        PageContext {
            base: &self.base,
            nav: Nav::Storefront { cart_lines: if self.is_open() { self.session.cart.len() } else { 0 } },
            signed_in: Some(SignedIn {
                organization: &self.organization.name,
                connection: Some(&self.connection.name),
                user: self.user.name(),
            }),
            csrf: Some(&self.csrf),
            demo: context.installation.demo.is_some(),
            test_mode: self.session.test,
            version: VERSION,
            now: context.clock.business(),
        }
    }

    /// Who may frame the visit's pages: the connection's list, else the system that the cart goes back to.
    pub fn policy(&self) -> PagePolicy {
        let configured = self.connection.punchout.frame_ancestors.clone();
        let buyer = origin(&self.session.browser_form_post);
        let frame_ancestors = if configured.is_empty() { buyer.clone().into_iter().collect() } else { configured };
        PagePolicy { frame_ancestors, form_targets: buyer.into_iter().collect() }
    }
}

type Loaded = (PunchoutSession, Connection, Organization, User);

fn load(snapshot: &Snapshot, path_token: &str, wall_now: jiff::Timestamp) -> Result<Loaded, Error> {
    let session = enter_session::session(snapshot, path_token, wall_now)?;
    let connection = connections::require(snapshot, session.organization, session.connection)?;
    if !connection.enabled {
        return Err(Error::NotFound);
    }
    let organization = organizations::require(snapshot, session.organization)?;
    let user = organizations::user(snapshot, session.organization, session.user)?.ok_or(Error::NotFound)?;
    Ok((session, connection, organization, user))
}

/// The origin as a policy can name it. A host with characters that policies do not know (an underscore is the usual one)
/// cannot be named: then the scheme stands for it, or the cart could not go home.
fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let origin = url.origin();
    let nameable =
        url.host_str()?.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'[' | b']'));
    match (origin.is_tuple(), nameable) {
        (true, true) => Some(origin.ascii_serialization()),
        (true, false) => Some(format!("{}:", url.scheme())),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn a_buyer_whose_host_no_policy_can_name_still_gets_its_cart() {
        assert_eq!(origin("https://acme.example:8443/cart?id=1").as_deref(), Some("https://acme.example:8443"));
        assert_eq!(origin("http://return_to_supplier.example/").as_deref(), Some("http:"));
        assert_eq!(origin("javascript:alert(1)"), None);
    }
}
