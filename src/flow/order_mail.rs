//! Who is told about an order, and what (O4, O5).

use jiff::Timestamp;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::event::{Email, OutboxIntent, Payload};
use marketgate_domain::id::OutboxId;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::{LineRefusal, PurchaseOrder};
use marketgate_store::{Reader, StoreError, Tx, catalog, organizations, outbox};

use crate::approver_link::again_url;
use crate::context::Context;
use crate::render::mail::{self, MailText, NewAgreement};

/// What there is to tell.
#[derive(Debug)]
pub(super) enum OrderMail<'a> {
    /// Agreements exist.
    Accepted { agreements: &'a [Agreement], charges: &'a [Charge], requests: &'a [ProcurementRequest] },
    /// Nothing exists.
    Refused { lines: &'a [LineRefusal], requests: &'a [ProcurementRequest] },
}

/// The mail, or none where nobody is known who could read it.
pub(super) fn write(
    context: &Context,
    reader: &impl Reader,
    order: &PurchaseOrder,
    mail: &OrderMail<'_>,
) -> Result<Option<Email>, StoreError> {
    let organization = organizations::require(reader, order.organization)?;
    let (to, text, about) = match mail {
        OrderMail::Accepted { agreements, charges, requests } => {
            let to = receivers(requests, requests.iter().filter_map(|request| contact(&organization, request)));
            (to, accepted(reader, order, agreements, charges, requests)?, requests.first())
        }
        OrderMail::Refused { lines, requests } => {
            let to = receivers(requests, organization.admins.iter().cloned());
            (
                to,
                mail::order_refused(&order.number, lines, requests, |request| again_url(context, request)),
                requests.first(),
            )
        }
    };
    let MailText { subject, text } = text;
    Ok((!to.is_empty()).then(|| Email { to, subject, text, about: about.map(|request| request.id) }))
}

/// Queues a mail to a request's requester and the organization's administrators; nothing where nobody could read it.
/// `times` are business and wall time.
pub(super) fn tell_requester(
    tx: &mut Tx<'_>,
    request: &ProcurementRequest,
    text: MailText,
    id: OutboxId,
    times: (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    tell_requester_and(tx, request, text, id, times, Vec::new())
}

/// [`tell_requester`], and others.
pub(super) fn tell_requester_and(
    tx: &mut Tx<'_>,
    request: &ProcurementRequest,
    text: MailText,
    id: OutboxId,
    times: (Timestamp, Timestamp),
    others: Vec<EmailAddress>,
) -> Result<(), StoreError> {
    let organization = organizations::require(tx, request.organization)?;
    let to = receivers(std::slice::from_ref(request), organization.admins.iter().cloned().chain(others));
    if to.is_empty() {
        return Ok(());
    }
    let MailText { subject, text } = text;
    let intent = OutboxIntent {
        id,
        lane: format!("mail {}", request.id),
        connection: None,
        organization: request.organization,
        payload: Payload::Email(Email { to, subject, text, about: Some(request.id) }),
    };
    let (now, wall_now) = times;
    outbox::enqueue(tx, intent, now, wall_now)
}

/// Queues the mail about a direct subscription: to who subscribed and the account's contact. `times` are business and wall time.
pub(super) fn tell_subscriber(
    tx: &mut Tx<'_>,
    agreement: &Agreement,
    description: &str,
    charges: &[Charge],
    id: OutboxId,
    times: (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let organization = organizations::require(tx, agreement.organization)?;
    let contact = organization.account(agreement.account).map(|account| account.contact.clone());
    let to = everybody_once(agreement.requester_email.clone().into_iter().chain(contact));
    if to.is_empty() {
        return Ok(());
    }
    let product = catalog::product(tx, agreement.product)?;
    let MailText { subject, text } = mail::subscribed(&NewAgreement {
        agreement,
        description,
        charges: charges.iter().collect(),
        seller: &catalog::require_seller(tx, agreement.seller)?.name,
        setup: product.as_ref().map_or("", |product| &product.setup),
    });
    let intent = OutboxIntent {
        id,
        lane: format!("mail {}", agreement.id),
        connection: None,
        organization: agreement.organization,
        payload: Payload::Email(Email { to, subject, text, about: None }),
    };
    let (now, wall_now) = times;
    outbox::enqueue(tx, intent, now, wall_now)
}

fn accepted(
    reader: &impl Reader,
    order: &PurchaseOrder,
    agreements: &[Agreement],
    charges: &[Charge],
    requests: &[ProcurementRequest],
) -> Result<MailText, StoreError> {
    let mut named = Vec::new();
    for (agreement, request) in agreements.iter().zip(requests) {
        let seller = catalog::require_seller(reader, agreement.seller)?.name;
        let setup = catalog::product(reader, agreement.product)?.map(|product| product.setup).unwrap_or_default();
        named.push((agreement, request, seller, setup));
    }
    let created: Vec<NewAgreement<'_>> = named
        .iter()
        .map(|(agreement, request, seller, setup)| NewAgreement {
            agreement,
            description: &request.quote.line.description,
            charges: charges.iter().filter(|charge| charge.id.agreement == agreement.id).collect(),
            seller,
            setup,
        })
        .collect();
    Ok(mail::order_accepted(&order.number, &created))
}

fn contact(organization: &Organization, request: &ProcurementRequest) -> Option<EmailAddress> {
    organization.account(request.account).map(|account| account.contact.clone())
}

/// The requesters first, everybody once.
fn receivers(requests: &[ProcurementRequest], others: impl Iterator<Item = EmailAddress>) -> Vec<EmailAddress> {
    everybody_once(requests.iter().filter_map(|request| request.requester_email.clone()).chain(others))
}

fn everybody_once(addresses: impl Iterator<Item = EmailAddress>) -> Vec<EmailAddress> {
    let mut all: Vec<EmailAddress> = Vec::new();
    for address in addresses {
        if !all.contains(&address) {
            all.push(address);
        }
    }
    all
}
