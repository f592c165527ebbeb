//! Somebody subscribes directly, without a round trip through a procurement system (C3b): the agreement, its charges, the mail
//! and the audit record are one commit.

use jiff::Timestamp;
use marketgate_domain::access::{Action, Principal, Scope, authorize};
use marketgate_domain::day;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::event::Actor;
use marketgate_domain::fault::{Fault, Faults};
use marketgate_domain::id::{AccountId, AgreementId, ConnectionId, OrganizationId, OutboxId, PunchoutSessionId};
use marketgate_domain::offer::Offer;
use marketgate_domain::punchout::PunchoutSession;
use marketgate_domain::quote::Selection;
use marketgate_domain::subscription::{self, Integration, NotDirect, SubscriptionFacts, Wish};
use marketgate_store::{Reader, Tx, agreements, catalog, connections, organizations, sessions};

use super::request_approval::{Proposal, acceptance, check_open, principal, proposed_offer};
use super::{Error, audit, order_mail};
use crate::context::Context;

/// Who subscribes.
#[derive(Debug, Clone)]
pub struct Subscriber {
    principal: Principal,
    actor: Actor,
    organization: OrganizationId,
    account: AccountId,
    email: Option<EmailAddress>,
    visit: Option<Visit>,
}

/// The visit in which somebody subscribes.
#[derive(Debug, Clone, Copy)]
struct Visit {
    session: PunchoutSessionId,
    connection: ConnectionId,
    test: bool,
}

impl Subscriber {
    /// Somebody who came from a procurement system.
    pub fn visitor(session: &PunchoutSession, email: Option<EmailAddress>) -> Self {
        Self {
            principal: principal(session),
            actor: Actor::PunchoutUser { connection: session.connection, user: session.user },
            organization: session.organization,
            account: session.account,
            email,
            visit: Some(Visit { session: session.id, connection: session.connection, test: session.test }),
        }
    }

    /// Somebody who may do so for an account.
    pub fn on_behalf(
        principal: Principal,
        actor: Actor,
        organization: OrganizationId,
        account: AccountId,
        email: Option<EmailAddress>,
    ) -> Self {
        Self { principal, actor, organization, account, email, visit: None }
    }
}

/// What somebody wants to subscribe to.
#[derive(Debug, Clone)]
pub struct SubscriptionForm {
    /// The offer as it was shown.
    pub proposal: Proposal,
    /// What was chosen.
    pub selection: Selection,
    /// The number that the buyer wants on the invoices (O8).
    pub purchase_order: Option<String>,
}

impl SubscriptionForm {
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        if let Some(number) = &self.purchase_order {
            faults.text("purchase_order", number, (1, 100));
        }
        faults.all()
    }
}

/// Whether an account may subscribe to an offer directly.
///
/// # Errors
/// Why not.
pub fn check(
    reader: &impl Reader,
    subscriber: &Subscriber,
    offer: &Offer,
    now: Timestamp,
) -> Result<Result<(), NotDirect>, Error> {
    Ok(facts(reader, subscriber, offer.clone(), now)?.check(now))
}

/// Subscribes.
///
/// # Errors
/// [`Error::NotFound`] for an offer that the account may not know, [`Error::Conflict`] or [`Error::Refused`] where the direct road is
/// not open, [`Error::BadRequest`] where documents are not accepted, [`Error::Faults`].
pub async fn subscribe(
    context: &Context,
    subscriber: Subscriber,
    form: SubscriptionForm,
) -> Result<AgreementId, Error> {
    authorize(&subscriber.principal, Action::Subscribe, Scope::Organization(subscriber.organization))
        .map_err(|denial| Error::Forbidden(denial.to_string()))?;
    Error::check(form.faults())?;
    let subscribing = Subscribing {
        id: AgreementId::new(context.random.uuid()),
        message: OutboxId::new(context.random.uuid()),
        context: context.clone(),
        now: context.clock.business(),
        wall_now: context.clock.wall(),
        subscriber,
        form,
    };
    let id = context.store.transact_async(move |tx| subscribing.run(tx)).await?;
    context.outbox_bell.notify_one();
    context.billing_bell.notify_one();
    Ok(id)
}

/// Everything that one subscription needs, so that it can be run again.
struct Subscribing {
    id: AgreementId,
    message: OutboxId,
    context: Context,
    now: Timestamp,
    wall_now: Timestamp,
    subscriber: Subscriber,
    form: SubscriptionForm,
}

impl Subscribing {
    fn run(&self, tx: &mut Tx<'_>) -> Result<AgreementId, Error> {
        let Self { subscriber, form, now, .. } = self;
        if let Some(visit) = subscriber.visit {
            let mut session = sessions::session(tx, visit.session)?.ok_or(Error::NotFound)?;
            check_open(&session)?;
            session.acted = true;
            sessions::put(tx, &session)?;
        }
        let offer = proposed_offer(tx, subscriber.account, &form.proposal)?;
        let facts = facts(tx, subscriber, offer, *now)?;
        let wish = Wish {
            id: self.id,
            selection: form.selection.clone(),
            acceptance: acceptance(&facts.offer, *now),
            requester_email: subscriber.email.clone(),
            purchase_order: form.purchase_order.clone(),
        };
        let (agreement, charges) = subscription::subscribe(&facts, wish, &self.context.quote_rules, *now)?;
        agreements::put(tx, &agreement)?;
        for charge in &charges {
            agreements::put_charge(tx, charge)?;
        }
        let what = format!("{}: {}", facts.product.name, facts.offer.name);
        order_mail::tell_subscriber(tx, &agreement, &what, &charges, self.message, (*now, self.wall_now))?;
        let detail = format!("{what} subscribed to directly at {}", agreement.value);
        let (actor, organization) = (subscriber.actor.clone(), Some(subscriber.organization));
        audit::record(tx, *now, actor, organization, "agreement.subscribed", &self.id.to_string(), &detail)?;
        Ok(self.id)
    }
}

/// What the decision is made from. An offer of a seller whom the visit's connection does not take is not there.
fn facts(
    reader: &impl Reader,
    subscriber: &Subscriber,
    offer: Offer,
    now: Timestamp,
) -> Result<SubscriptionFacts, Error> {
    let Subscriber { organization, account, visit, .. } = *subscriber;
    let test = match visit {
        Some(visit) => {
            let connection = connections::require(reader, organization, visit.connection)?;
            if !connection.takes_seller(offer.seller) {
                return Err(Error::NotFound);
            }
            visit.test || connection.test_mode
        }
        None => false,
    };
    Ok(SubscriptionFacts {
        organization: organizations::require(reader, organization)?,
        integration: Integration::of(&connections::of(reader, organization, usize::MAX)?),
        account,
        product: catalog::product(reader, offer.product)?.ok_or(Error::NotFound)?,
        seller: catalog::require_seller(reader, offer.seller)?,
        running: agreements::running_under_offer(reader, organization, (account, offer.id), day::of(now))?,
        offer,
        test,
    })
}

impl From<NotDirect> for Error {
    fn from(reason: NotDirect) -> Self {
        match reason {
            NotDirect::Refused(refusal) => Self::Refused(refusal),
            other => Self::Conflict(other.to_string()),
        }
    }
}
