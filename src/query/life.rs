//! The life of requests: what was asked for, and what came of it, in one organization.

use std::collections::BTreeSet;

use jiff::Timestamp;
use marketgate_domain::agreement::{Agreement, Origin};
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::entitlement::{self, Entitlement};
use marketgate_domain::id::{AgreementId, RequestId, UserId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::offer::Offer;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::product::Product;
use marketgate_domain::quote::Quote;
use marketgate_domain::seller::Seller;
use marketgate_store::{OrgView, Reader, StoreError, catalog};

/// A request with everything that came of it.
#[derive(Debug, Clone)]
pub struct RequestLife {
    /// The request.
    pub request: ProcurementRequest,
    /// What was asked for.
    pub product: Product,
    /// From whom.
    pub seller: Seller,
    /// The offer as it is now.
    pub offer: Option<Offer>,
    /// The agreement, once there is one.
    pub agreement: Option<Agreement>,
    /// Its invoices, oldest first.
    pub invoices: Vec<Invoice>,
}

impl RequestLife {
    /// Whether "send for approval again" helps (P10).
    pub fn can_be_sent_again(&self, now: Timestamp) -> bool {
        self.offer.as_ref().is_some_and(|offer| self.request.can_be_sent_again(offer, &self.product, now))
    }
}

/// An agreement with everything about it.
#[derive(Debug, Clone)]
pub struct AgreementLife {
    /// The agreement.
    pub agreement: Agreement,
    /// What is subscribed to.
    pub product: Product,
    /// From whom.
    pub seller: Seller,
    /// What it was agreed at; none where the request is gone.
    pub quote: Option<Quote>,
    /// The offer in the revision that was agreed, where it is still known.
    pub offer: Option<Offer>,
    /// Its charges.
    pub charges: Vec<Charge>,
    /// Its invoices, oldest first.
    pub invoices: Vec<Invoice>,
}

impl AgreementLife {
    /// What the agreement gives the right to use.
    pub fn entitlements(&self, now: Timestamp) -> Vec<Entitlement> {
        let terms = self.offer.as_ref().map(|offer| &offer.terms);
        let of = |quote| entitlement::entitlements(&self.agreement, quote, terms, now);
        self.quote.as_ref().map(of).unwrap_or_default()
    }
}

/// The newest requests that one person made: other people's requests and prices are not theirs to see (A4).
pub fn requests_of<R: Reader>(
    view: &OrgView<'_, R>,
    requester: UserId,
    limit: usize,
) -> Result<Vec<RequestLife>, StoreError> {
    let lives = view.requests_of(requester, limit)?.into_iter().map(|request| request_life(view, request));
    lives.filter_map(Result::transpose).collect()
}

/// One request, if that person made it.
pub fn request_of<R: Reader>(
    view: &OrgView<'_, R>,
    requester: UserId,
    id: RequestId,
) -> Result<Option<RequestLife>, StoreError> {
    match view.request(id)?.filter(|request| request.requester == requester) {
        Some(request) => request_life(view, request),
        None => Ok(None),
    }
}

/// One request.
pub fn request<R: Reader>(view: &OrgView<'_, R>, id: RequestId) -> Result<Option<RequestLife>, StoreError> {
    match view.request(id)? {
        Some(request) => request_life(view, request),
        None => Ok(None),
    }
}

/// The newest agreements.
pub fn agreements<R: Reader>(view: &OrgView<'_, R>, limit: usize) -> Result<Vec<AgreementLife>, StoreError> {
    let lives = view.agreements(limit)?.into_iter().map(|agreement| agreement_life(view, agreement));
    lives.filter_map(Result::transpose).collect()
}

/// One agreement.
pub fn agreement<R: Reader>(view: &OrgView<'_, R>, id: AgreementId) -> Result<Option<AgreementLife>, StoreError> {
    match view.agreement(id)? {
        Some(agreement) => agreement_life(view, agreement),
        None => Ok(None),
    }
}

fn request_life<R: Reader>(
    view: &OrgView<'_, R>,
    request: ProcurementRequest,
) -> Result<Option<RequestLife>, StoreError> {
    let Some(product) = catalog::product(view.catalogue(), request.product)? else { return Ok(None) };
    let seller = catalog::require_seller(view.catalogue(), request.seller)?;
    let agreement = match &request.status {
        RequestStatus::Fulfilled { agreement, .. } => view.agreement(*agreement)?,
        _ => None,
    };
    let charges = agreement.as_ref().map_or(Ok(Vec::new()), |agreement| view.charges(agreement.id))?;
    let invoices = invoices_of(view, &charges)?;
    let offer = catalog::offer(view.catalogue(), request.offer)?;
    Ok(Some(RequestLife { request, product, seller, offer, agreement, invoices }))
}

fn agreement_life<R: Reader>(view: &OrgView<'_, R>, agreement: Agreement) -> Result<Option<AgreementLife>, StoreError> {
    let Some(product) = catalog::product(view.catalogue(), agreement.product)? else { return Ok(None) };
    let seller = catalog::require_seller(view.catalogue(), agreement.seller)?;
    let offer = catalog::offer_revision(view.catalogue(), agreement.offer, agreement.revision)?;
    let quote = match &agreement.origin {
        Origin::Ordered(link) => view.request(link.request)?.map(|request| request.quote),
        Origin::Direct { direct } => Some(direct.quote.clone()),
    };
    let charges = view.charges(agreement.id)?;
    let invoices = invoices_of(view, &charges)?;
    Ok(Some(AgreementLife { agreement, product, seller, quote, offer, charges, invoices }))
}

/// The invoices that these charges are on, oldest first.
fn invoices_of<R: Reader>(view: &OrgView<'_, R>, charges: &[Charge]) -> Result<Vec<Invoice>, StoreError> {
    let on = |charge: &Charge| match charge.state {
        ChargeState::Planned => None,
        ChargeState::Invoiced { invoice } => Some(invoice),
    };
    let ids: BTreeSet<_> = charges.iter().filter_map(on).collect();
    ids.into_iter().filter_map(|id| view.invoice(id).transpose()).collect()
}
