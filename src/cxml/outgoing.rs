//! Owns the envelopes that leave: a payload, its header and its stamp become the text of a document.
//!
//! A response has no header and carries a payload only beside a 2xx status. A message passes through the browser and never
//! carries a secret. payloadID and timestamp come from the caller and stay the same over every retry.

use jiff::Timestamp;

use crate::catalog_upload::CatalogUploadRequest;
use crate::confirmation::ConfirmationRequest;
use crate::envelope::{DeploymentMode, Header};
use crate::invoice::InvoiceDetailRequest;
use crate::order::OrderRequest;
use crate::profile::ProfileResponse;
use crate::punchout_order::PunchOutOrderMessage;
use crate::punchout_setup::{PunchOutSetupRequest, PunchOutSetupResponse};
use crate::status::Status;
use crate::time::written;
use crate::write::{Charset, DocumentType, Dtd, DtdVersion, Element, render};

/// What makes a document this document and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// `@payloadID`: unique in space and time.
    pub payload_id: String,
    /// `@timestamp`.
    pub timestamp: Timestamp,
}

/// A response: no payload, or one of ours.
#[derive(Debug, Clone, Copy)]
pub enum Reply<'a> {
    /// The status alone.
    StatusOnly,
    /// What the server takes.
    Profile(&'a ProfileResponse),
    /// Where to send the browser.
    PunchOutSetup(&'a PunchOutSetupResponse),
}

/// A request of ours.
#[derive(Debug, Clone, Copy)]
pub enum OutgoingRequest<'a> {
    /// Asks what a server takes.
    Profile,
    /// An answer to an order.
    Confirmation(&'a ConfirmationRequest),
    /// An invoice or credit memo.
    Invoice(&'a InvoiceDetailRequest),
    /// A catalogue in an attachment.
    CatalogUpload(&'a CatalogUploadRequest),
    /// The buyer's side: opens a PunchOut session.
    PunchOutSetup(&'a PunchOutSetupRequest),
    /// The buyer's side: an order. Card numbers are not kept and therefore not written.
    Order(&'a OrderRequest),
}

/// Writes a response. A payload beside a status that is not 2xx is left out, as the guide demands.
pub fn write_response(stamp: &Stamp, status: &Status, reply: Reply<'_>, version: DtdVersion) -> String {
    let payload = match reply {
        Reply::Profile(profile) => Some(profile.element()),
        Reply::PunchOutSetup(setup) => Some(setup.element()),
        Reply::StatusOnly => None,
    };
    let payload = payload.filter(|_| status.code.is_success());
    let response = Element::new("Response").child(status.element()).child_opt(payload);
    let root = root(stamp).child(response);
    render(&root, DocumentType { dtd: Dtd::Cxml, version }, Charset::Utf8)
}

/// Writes a request, with the secret of the sender. An invoice for a purpose that `version` does not know declares the oldest that does.
pub fn write_request(
    stamp: &Stamp,
    header: &Header,
    mode: DeploymentMode,
    request: OutgoingRequest<'_>,
    version: DtdVersion,
) -> String {
    let version = match request {
        OutgoingRequest::Invoice(invoice) => invoice.header.purpose.known_since().max(version),
        _ => version,
    };
    let (dtd, payload) = match request {
        OutgoingRequest::Profile => (Dtd::Cxml, Element::new("ProfileRequest")),
        OutgoingRequest::Confirmation(confirmation) => (Dtd::Fulfill, confirmation.element(version)),
        OutgoingRequest::Invoice(invoice) => (Dtd::InvoiceDetail, invoice.element(version)),
        OutgoingRequest::CatalogUpload(upload) => (Dtd::Cxml, upload.element()),
        OutgoingRequest::PunchOutSetup(setup) => (Dtd::Cxml, setup.element(version)),
        OutgoingRequest::Order(order) => (Dtd::Cxml, order.element(version)),
    };
    let request = Element::new("Request").attr("deploymentMode", mode.as_str()).child(payload);
    render(&root(stamp).child(header.element(true)).child(request), DocumentType { dtd, version }, Charset::Utf8)
}

/// A cart on its way to the buyer.
#[derive(Debug, Clone, Copy)]
pub struct Cart<'a> {
    /// The cart.
    pub message: &'a PunchOutOrderMessage,
    /// The setup request that it answers.
    pub in_reply_to: Option<&'a str>,
    /// `Status`; 204 tells the buyer to leave its cart as it is.
    pub status: Option<&'a Status>,
    /// `@deploymentMode`.
    pub mode: DeploymentMode,
}

/// Writes a cart. Secrets in the header are left out: the browser shows the document.
pub fn write_cart(stamp: &Stamp, header: &Header, cart: Cart<'_>, version: DtdVersion, charset: Charset) -> String {
    let message = Element::new("Message")
        .attr("deploymentMode", cart.mode.as_str())
        .attr_opt("inReplyTo", cart.in_reply_to)
        .child_opt(cart.status.map(Status::element))
        .child(cart.message.element(version));
    let root = root(stamp).child(header.element(false)).child(message);
    render(&root, DocumentType { dtd: Dtd::Cxml, version }, charset)
}

fn root(stamp: &Stamp) -> Element {
    Element::new("cXML")
        .attr("payloadID", &stamp.payload_id)
        .attr("timestamp", &written(stamp.timestamp))
        .attr("xml:lang", "en-US")
}
