//! The address of the page that approvers see: signed, read-only, no sign-in (P6). Approvers are never our users.
//!
//! The signature covers organization and request, made with a key of the keyring; whoever holds the address may read that
//! one request and nothing else.

use marketgate_domain::id::{OrganizationId, RequestId};
use marketgate_domain::procurement_request::ProcurementRequest;

use crate::context::Context;

/// The address of a request's page.
pub fn url(context: &Context, request: &ProcurementRequest) -> String {
    let signature = context.keyring.sign(&subject(request.organization, request.id));
    context.url(&format!("/approve/{}/{}/{signature}", request.organization, request.id))
}

/// Whether a signature belongs to an address of ours.
pub fn is_genuine(context: &Context, organization: OrganizationId, request: RequestId, signature: &str) -> bool {
    context.keyring.is_signed(&subject(organization, request), signature)
}

/// The address of the page that sends a request for approval again (P10).
pub fn again_url(context: &Context, request: &ProcurementRequest) -> String {
    let signature = context.keyring.sign(&again_subject(request.organization, request.id));
    context.url(&format!("/again/{}/{}/{signature}", request.organization, request.id))
}

/// Whether a signature belongs to such an address of ours.
pub fn is_genuine_again(context: &Context, organization: OrganizationId, request: RequestId, signature: &str) -> bool {
    context.keyring.is_signed(&again_subject(organization, request), signature)
}

fn again_subject(organization: OrganizationId, request: RequestId) -> String {
    format!("send again {organization} {request}")
}

fn subject(organization: OrganizationId, request: RequestId) -> String {
    format!("approver page {organization} {request}")
}
