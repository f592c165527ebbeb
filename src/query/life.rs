//! The life of requests: what was asked for, and what came of it, in one organization.

use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::id::{AgreementId, RequestId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::offer::Offer;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::product::Product;
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
    /// The agreement, once there is one.
    pub agreement: Option<Agreement>,
    /// Its invoices, oldest first.
    pub invoices: Vec<Invoice>,
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
    /// The offer in the revision that was ordered, where it is still known.
    pub offer: Option<Offer>,
    /// Its charges.
    pub charges: Vec<Charge>,
    /// Its invoices, oldest first.
    pub invoices: Vec<Invoice>,
}

/// The newest requests.
pub fn requests<R: Reader>(view: &OrgView<'_, R>, limit: usize) -> Result<Vec<RequestLife>, StoreError> {
    let lives = view.requests(limit)?.into_iter().map(|request| request_life(view, request));
    lives.filter_map(Result::transpose).collect()
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
    let invoices = agreement.as_ref().map_or(Ok(Vec::new()), |agreement| invoices_of(view, agreement))?;
    Ok(Some(RequestLife { request, product, seller, agreement, invoices }))
}

fn agreement_life<R: Reader>(view: &OrgView<'_, R>, agreement: Agreement) -> Result<Option<AgreementLife>, StoreError> {
    let Some(product) = catalog::product(view.catalogue(), agreement.product)? else { return Ok(None) };
    let seller = catalog::require_seller(view.catalogue(), agreement.seller)?;
    let offer = catalog::offer_revision(view.catalogue(), agreement.offer, agreement.revision)?;
    let charges = view.charges(agreement.id)?;
    let invoices = invoices_of(view, &agreement)?;
    Ok(Some(AgreementLife { agreement, product, seller, offer, charges, invoices }))
}

/// The invoices that bill a charge of the agreement.
fn invoices_of<R: Reader>(view: &OrgView<'_, R>, agreement: &Agreement) -> Result<Vec<Invoice>, StoreError> {
    let mut found = view.invoices_of_order(agreement.order)?;
    found.retain(|invoice| invoice.lines.iter().any(|line| line.charge.agreement == agreement.id));
    Ok(found)
}
