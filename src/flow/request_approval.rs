//! "Request approval": an offer, as chosen, becomes a procurement request in the session's cart (P5, P6).

use marketgate_domain::access::{Action, Principal, Scope, authorize};
use marketgate_domain::event::Actor;
use marketgate_domain::id::{AccountId, OfferId, RequestId};
use marketgate_domain::money::Currency;
use marketgate_domain::offer::Offer;
use marketgate_domain::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use marketgate_domain::punchout::{PunchoutSession, SessionState};
use marketgate_domain::quote::{Selection, quote};
use marketgate_domain::tax;
use marketgate_store::Tx;
use marketgate_store::{catalog, connections, organizations, requests, sessions};

use super::{Error, audit};
use crate::context::Context;
use crate::keyring::hexadecimal;

/// A cart holds so many lines at most: one bad or huge cart is lost whole at the buyer.
const MOST_LINES: usize = 50;

/// An offer as somebody saw it and agrees to it.
#[derive(Debug, Clone, Copy)]
pub struct Proposal {
    /// The offer.
    pub offer: OfferId,
    /// The revision that was shown.
    pub revision: u32,
    /// Whether the legal documents were accepted.
    pub accepted: bool,
}

/// What the form asked for.
#[derive(Debug, Clone)]
pub struct ApprovalForm {
    /// The offer as the page showed it.
    pub proposal: Proposal,
    /// What was chosen.
    pub selection: Selection,
}

/// The principal of a session.
pub fn principal(session: &PunchoutSession) -> Principal {
    Principal::Punchout {
        organization: session.organization,
        account: session.account,
        connection: session.connection,
        user: session.user,
    }
}

/// Puts an offer into the cart.
///
/// # Errors
/// [`Error::NotFound`] for an offer that the account may not know, [`Error::Refused`] with the reason the page shows,
/// [`Error::Conflict`] when the offer changed while the page was open or the cart was returned already.
pub async fn request_approval(
    context: &Context,
    session: &PunchoutSession,
    form: ApprovalForm,
) -> Result<RequestId, Error> {
    authorize(&principal(session), Action::RequestApproval, Scope::Organization(session.organization))
        .map_err(|denial| Error::Forbidden(denial.to_string()))?;
    let id = RequestId::new(context.random.uuid());
    let (session_id, now) = (session.id, context.clock.business());
    let rules = context.quote_rules.clone();
    let value = context
        .store
        .transact_async(move |tx| {
            let mut session = sessions::session(tx, session_id)?.ok_or(Error::NotFound)?;
            check_open(&session)?;
            check_room(&session)?;
            let offer = proposed_offer(tx, session.account, &form.proposal)?;
            let product = catalog::product(tx, offer.product)?.ok_or(Error::NotFound)?;
            let connection = connections::require(tx, session.organization, session.connection)?;
            if !connection.takes_seller(offer.seller) {
                return Err(Error::NotFound);
            }
            check_currency(tx, &session, offer.terms.currency())?;
            let quote = quote(&offer, &product, form.selection.clone(), &connection.lines, &rules, now)?;
            let request = Draft { id, session: &session, offer: &offer, now }.request(tx, quote)?;
            session.cart.push(id);
            session.acted = true;
            sessions::put(tx, &session)?;
            requests::put(tx, &request)?;
            let actor = Actor::PunchoutUser { connection: session.connection, user: session.user };
            let detail = format!("{} sent for approval at {}", request.quote.line.description, request.quote.amount);
            audit::record(tx, now, actor, Some(session.organization), "request.created", &id.to_string(), &detail)?;
            Ok::<_, Error>(id)
        })
        .await?;
    Ok(value)
}

/// Whether the visit still takes part.
pub(super) fn check_open(session: &PunchoutSession) -> Result<(), Error> {
    if session.state == SessionState::Returned {
        return Err(Error::Conflict(
            "The cart was returned already: start again from your procurement system.".to_owned(),
        ));
    }
    Ok(())
}

fn check_room(session: &PunchoutSession) -> Result<(), Error> {
    if session.cart.len() >= MOST_LINES {
        return Err(Error::Conflict(format!(
            "A cart holds at most {MOST_LINES} lines: return it and start another one, or take a line out."
        )));
    }
    Ok(())
}

/// A procurement system takes one currency for each cart.
fn check_currency(tx: &Tx<'_>, session: &PunchoutSession, currency: Currency) -> Result<(), Error> {
    let Some(first) = session.cart.first() else { return Ok(()) };
    let first = requests::find(tx, session.organization, *first)?.ok_or(Error::NotFound)?;
    let taken = first.quote.amount.currency();
    if taken == currency {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "The cart has lines in {taken} and this offer is in {currency}; a procurement system takes one currency for each cart. \
         Return the cart and request this offer in a new visit, or remove the lines of the cart first."
    )))
}

/// The offer that is agreed to, as it still is.
pub(super) fn proposed_offer(tx: &Tx<'_>, account: AccountId, proposal: &Proposal) -> Result<Offer, Error> {
    let offer =
        catalog::offer(tx, proposal.offer)?.filter(|offer| offer.is_visible_to(account)).ok_or(Error::NotFound)?;
    if offer.revision != proposal.revision {
        return Err(Error::Conflict(
            "The seller changed the offer while the page was open: look at it again.".to_owned(),
        ));
    }
    if !proposal.accepted && !offer.terms.legal_documents().is_empty() {
        return Err(Error::BadRequest("Accept the offer's documents to go on.".to_owned()));
    }
    Ok(offer)
}

struct Draft<'a> {
    id: RequestId,
    session: &'a PunchoutSession,
    offer: &'a Offer,
    now: jiff::Timestamp,
}

impl Draft<'_> {
    fn request(&self, tx: &Tx<'_>, quote: marketgate_domain::quote::Quote) -> Result<ProcurementRequest, Error> {
        let Self { id, session, offer, now } = *self;
        let seller = catalog::require_seller(tx, offer.seller)?;
        let organization = organizations::require(tx, session.organization)?;
        let user = organizations::user(tx, session.organization, session.user)?.ok_or(Error::NotFound)?;
        let currency = quote.amount.currency();
        let tax = tax::assess(&seller.tax_rules, &organization.address.country, currency, &[quote.amount])
            .map_err(|error| Error::BadRequest(error.to_string()))?;
        Ok(ProcurementRequest {
            id,
            organization: session.organization,
            account: session.account,
            connection: session.connection,
            session: session.id,
            requester: session.user,
            requester_email: user.email,
            product: offer.product,
            seller: offer.seller,
            offer: offer.id,
            revision: offer.revision,
            offer_name: offer.name.clone(),
            tax_estimate: tax.total,
            acceptance: acceptance(offer, now),
            quote,
            status: RequestStatus::Requested,
            warned_days: None,
            made_in_test: session.test,
            created_at: now,
            changed_at: now,
        })
    }
}

/// Proof that an offer's documents were accepted.
pub(super) fn acceptance(offer: &Offer, accepted_at: jiff::Timestamp) -> Acceptance {
    Acceptance { documents_sha256: documents_hash(offer), accepted_at }
}

/// SHA-256 over titles, versions and texts, each with its length in front, so that no two sets of documents look alike.
fn documents_hash(offer: &Offer) -> String {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for document in offer.terms.legal_documents() {
        for text in [&document.title, &document.version, &document.text] {
            digest.update(&(text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
    }
    hexadecimal(digest.finish().as_ref())
}
