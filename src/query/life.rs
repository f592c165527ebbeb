//! The life of requests: what was asked for, and what came of it, in one organization.

use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::id::{AgreementId, OrganizationId, RequestId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::offer::Offer;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use marketgate_store::{Reader, StoreError, agreements, catalog, invoices, requests};

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

/// The newest requests of an organization.
pub fn requests(
    reader: &impl Reader,
    organization: OrganizationId,
    limit: usize,
) -> Result<Vec<RequestLife>, StoreError> {
    let found = requests::newest(reader, organization, None, limit)?;
    let lives = found.into_iter().map(|request| request_life(reader, request));
    lives.filter_map(Result::transpose).collect()
}

/// One request of an organization.
pub fn request(
    reader: &impl Reader,
    organization: OrganizationId,
    id: RequestId,
) -> Result<Option<RequestLife>, StoreError> {
    match requests::find(reader, organization, id)? {
        Some(request) => request_life(reader, request),
        None => Ok(None),
    }
}

/// The newest agreements of an organization.
pub fn agreements(
    reader: &impl Reader,
    organization: OrganizationId,
    limit: usize,
) -> Result<Vec<AgreementLife>, StoreError> {
    let found = agreements::newest(reader, organization, None, limit)?;
    found.into_iter().map(|agreement| agreement_life(reader, agreement)).filter_map(Result::transpose).collect()
}

/// One agreement of an organization.
pub fn agreement(
    reader: &impl Reader,
    organization: OrganizationId,
    id: AgreementId,
) -> Result<Option<AgreementLife>, StoreError> {
    match agreements::find(reader, organization, id)? {
        Some(agreement) => agreement_life(reader, agreement),
        None => Ok(None),
    }
}

fn request_life(reader: &impl Reader, request: ProcurementRequest) -> Result<Option<RequestLife>, StoreError> {
    let Some(product) = catalog::product(reader, request.product)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, request.seller)?;
    let agreement = match &request.status {
        RequestStatus::Fulfilled { agreement, .. } => agreements::find(reader, request.organization, *agreement)?,
        _ => None,
    };
    let invoices = agreement.as_ref().map_or(Ok(Vec::new()), |agreement| invoices_of(reader, agreement))?;
    Ok(Some(RequestLife { request, product, seller, agreement, invoices }))
}

fn agreement_life(reader: &impl Reader, agreement: Agreement) -> Result<Option<AgreementLife>, StoreError> {
    let Some(product) = catalog::product(reader, agreement.product)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, agreement.seller)?;
    let offer = catalog::offer_revision(reader, agreement.offer, agreement.revision)?;
    let charges = agreements::charges(reader, agreement.organization, agreement.id)?;
    let invoices = invoices_of(reader, &agreement)?;
    Ok(Some(AgreementLife { agreement, product, seller, offer, charges, invoices }))
}

/// The invoices that bill a charge of the agreement.
fn invoices_of(reader: &impl Reader, agreement: &Agreement) -> Result<Vec<Invoice>, StoreError> {
    let mut found = invoices::of_order(reader, agreement.organization, agreement.order)?;
    found.retain(|invoice| invoice.lines.iter().any(|line| line.charge.agreement == agreement.id));
    Ok(found)
}
