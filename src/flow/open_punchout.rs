//! PunchOutSetupRequest: opens a session and answers with the address of its StartPage (P1 to P3).

use jiff::{SignedDuration, Timestamp};
use marketgate_cxml::buyer_cookie::BuyerCookie;
use marketgate_cxml::punchout_setup::{Operation, PunchOutSetupRequest};
use marketgate_domain::connection::Connection;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::event::Actor;
use marketgate_domain::id::{AccountId, ProductId, PunchoutSessionId, UserId};
use marketgate_domain::punchout::{PendingSelection, PunchoutSession, SessionState};
use marketgate_domain::user::User;
use marketgate_store::Reader;
use marketgate_store::StoreError;
use marketgate_store::Tx;
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::sessions::{self, PunchoutToken};
use marketgate_store::{catalog, organizations};
use url::Url;

use super::{Error, audit};
use crate::context::Context;
use crate::query::storefront::{self, Viewer};

/// A selection that waits for the next visit is forgotten after this time.
const PENDING_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is to be opened.
#[derive(Debug)]
pub struct Setup<'a> {
    /// The authenticated connection.
    pub connection: &'a Connection,
    /// The request.
    pub request: &'a PunchOutSetupRequest,
    /// `payloadID` of the envelope.
    pub payload_id: &'a str,
    /// `deploymentMode="test"`.
    pub test: bool,
    /// The entry of the message log, recorded with the session.
    pub summary: MessageSummary,
}

/// Opens a session; the address of its StartPage comes back.
///
/// # Errors
/// [`Error::NotImplemented`] for operations that are not offered, [`Error::BadRequest`] where the browser could never
/// return, [`Error::Forbidden`] for a return address outside the connection's list.
pub async fn open_punchout(context: &Context, setup: Setup<'_>) -> Result<String, Error> {
    let browser_form_post = check(&setup)?;
    let wall_now = context.clock.wall();
    let settings = &context.config.punchout;
    let (start_token, path_token) = (context.random.token(), context.random.token());
    let start = PunchoutToken::Start {
        session: PunchoutSessionId::new(context.random.uuid()),
        path_token: path_token.clone(),
        expires_at: after(wall_now, i64::from(settings.start_token_seconds)),
    };
    let opening = Opening {
        connection: setup.connection.clone(),
        visitor: visitor(setup.request, setup.connection),
        new_user: UserId::new(context.random.uuid()),
        selected: selected_part(setup.request, setup.connection),
        buyer_cookie: setup.request.buyer_cookie.clone(),
        browser_form_post,
        setup_payload_id: setup.payload_id.to_owned(),
        test: setup.test || setup.connection.test_mode,
        business_now: context.clock.business(),
        wall_now,
        expires_at: after(wall_now, i64::from(settings.session_minutes) * 60),
    };
    let (summary, token) = (setup.summary, start_token.clone());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let PunchoutToken::Start { session: id, .. } = &start else { return Ok(()) };
            let session = opening.session(tx, *id)?;
            let detail = format!("PunchOut session for {} opened", opening.visitor.name());
            let actor = Actor::Connection { connection: session.connection };
            audit::record(
                tx,
                opening.business_now,
                actor,
                Some(session.organization),
                "session.opened",
                &id.to_string(),
                &detail,
            )?;
            sessions::put(tx, &session)?;
            sessions::put_token(tx, &token, &start)?;
            sessions::put_token(tx, &path_token, &PunchoutToken::Path { session: *id })?;
            messages::put(tx, &MessageSummary { session: Some(*id), ..summary.clone() })?;
            Ok(())
        })
        .await?;
    Ok(context.url(&format!("/punchout/start/{start_token}")))
}

fn check(setup: &Setup<'_>) -> Result<String, Error> {
    let operation = setup.request.operation;
    if operation != Operation::Create {
        return Err(Error::NotImplemented(format!(
            "The PunchOut operation \"{}\" is not offered by this connection: carts are returned with operationAllowed=\"create\".",
            operation.as_str()
        )));
    }
    let address = setup.request.browser_form_post.as_deref().map(str::trim).unwrap_or_default();
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(host) = url.as_ref().and_then(Url::host_str) else {
        return Err(Error::BadRequest(
            "BrowserFormPost/URL is missing or not an http(s) address: without it the cart cannot be returned."
                .to_owned(),
        ));
    };
    if !setup.connection.may_return_to(host) {
        return Err(Error::Forbidden(format!(
            "BrowserFormPost points to {host}, which is not a return host of this connection: add it to the connection's list."
        )));
    }
    Ok(address.to_owned())
}

/// The person that the procurement system speaks for.
#[derive(Debug, Clone)]
struct Visitor {
    email: Option<EmailAddress>,
    /// How the procurement system calls the person; `None` for a guest, whom it does not name.
    login: Option<String>,
    display_name: String,
    account: AccountId,
}

impl Visitor {
    fn name(&self) -> &str {
        self.login.as_deref().unwrap_or(GUEST)
    }
}

fn visitor(request: &PunchOutSetupRequest, connection: &Connection) -> Visitor {
    let email =
        request.user_email().or(request.extrinsic("UserEmail")).and_then(|text| text.parse::<EmailAddress>().ok());
    let login = match (&email, request.user_name()) {
        (Some(email), _) => Some(email.folded()),
        (None, name) => name.map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned),
    };
    let names = [request.extrinsic("FirstName"), request.extrinsic("LastName")];
    let display_name = names.into_iter().flatten().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned();
    let placed = connection.punchout.account_extrinsic.as_ref().and_then(|map| {
        let value = request.extrinsic(&map.name)?.trim();
        map.accounts.get(value).copied()
    });
    Visitor { email, login, display_name, account: placed.unwrap_or(connection.default_account) }
}

/// The part that the buyer picked in its own catalogue, unless it is a placeholder for the whole store (P3).
fn selected_part(request: &PunchOutSetupRequest, connection: &Connection) -> Option<String> {
    let part = request.selected()?.supplier_part_id.trim();
    let home = connection.punchout.home_part_ids.iter().any(|home| home.eq_ignore_ascii_case(part));
    (!part.is_empty() && !home).then(|| part.to_owned())
}

/// What pages call a visitor whom the procurement system does not name.
const GUEST: &str = "guest";

struct Opening {
    connection: Connection,
    visitor: Visitor,
    new_user: UserId,
    selected: Option<String>,
    buyer_cookie: BuyerCookie,
    browser_form_post: String,
    setup_payload_id: String,
    test: bool,
    business_now: Timestamp,
    wall_now: Timestamp,
    expires_at: Timestamp,
}

impl Opening {
    fn session(&self, tx: &mut Tx<'_>, id: PunchoutSessionId) -> Result<PunchoutSession, StoreError> {
        let user = self.provision(tx)?;
        let selected = self.product(tx, user.account)?;
        let unknown_part = if selected.is_none() { self.selected.clone() } else { None };
        Ok(PunchoutSession {
            id,
            organization: self.connection.organization,
            connection: self.connection.id,
            user: user.id,
            account: user.account,
            buyer_cookie: self.buyer_cookie.text.clone(),
            buyer_cookie_markup: self.buyer_cookie.markup.clone(),
            browser_form_post: self.browser_form_post.clone(),
            setup_payload_id: self.setup_payload_id.clone(),
            test: self.test,
            selected,
            unknown_part,
            resume: self.resume(tx, user.id)?,
            cart: Vec::new(),
            state: SessionState::Open,
            opened_at: None,
            acted: false,
            created_at: self.wall_now,
            expires_at: self.expires_at,
        })
    }

    /// The person as known, or newly provisioned; in the account that the request places them in.
    fn provision(&self, tx: &mut Tx<'_>) -> Result<User, StoreError> {
        let organization = self.connection.organization;
        let known = match &self.visitor.login {
            Some(login) => organizations::user_by_login(tx, organization, login)?,
            // Two guests may be two people: each visit is a person of its own, who sees no requests of another visit.
            None => None,
        };
        let mut user = known.clone().unwrap_or_else(|| User {
            id: self.new_user,
            organization,
            account: self.visitor.account,
            email: self.visitor.email.clone(),
            login: self.visitor.login.clone().unwrap_or_else(|| format!("{GUEST} {}", self.new_user)),
            display_name: self.visitor.login.as_ref().map_or_else(|| GUEST.to_owned(), |_| String::new()),
            created_at: self.business_now,
        });
        user.account = self.visitor.account;
        if !self.visitor.display_name.is_empty() {
            user.display_name.clone_from(&self.visitor.display_name);
        }
        if known.as_ref() != Some(&user) {
            organizations::put_user(tx, &user)?;
        }
        Ok(user)
    }

    /// What the person wanted to send for approval again, once and not for ever.
    fn resume(&self, tx: &mut Tx<'_>, user: UserId) -> Result<Option<PendingSelection>, StoreError> {
        let pending = sessions::take_pending(tx, self.connection.organization, user)?;
        let fresh = |pending: &PendingSelection| self.wall_now.duration_since(pending.created_at) < PENDING_FOR;
        Ok(pending.filter(fresh))
    }

    /// The product behind the picked part, if it has an offer that the account sees now: else the visit begins in the store, with a
    /// notice, and not at a page that says "not found".
    fn product(&self, reader: &impl Reader, account: AccountId) -> Result<Option<ProductId>, StoreError> {
        let Some(part) = &self.selected else { return Ok(None) };
        let Some(product) = catalog::product_by_code(reader, part)? else { return Ok(None) };
        let viewer = Viewer::new(account, &self.connection, self.business_now);
        Ok(storefront::product(reader, &viewer, product.id)?.map(|listed| listed.product.id))
    }
}

pub(super) fn after(moment: Timestamp, seconds: i64) -> Timestamp {
    moment.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
