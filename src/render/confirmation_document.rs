//! The answer to an order as ConfirmationRequest: the whole order accepted or refused.

use marketgate_cxml::comments::Comments;
use marketgate_cxml::confirmation::{ConfirmationKind, ConfirmationRequest};
use marketgate_cxml::envelope::DeploymentMode;
use marketgate_cxml::outgoing::{OutgoingRequest, Stamp, write_request};
use marketgate_cxml::time::WireTime;
use marketgate_cxml::write::DtdVersion;
use marketgate_domain::connection::Connection;
use marketgate_domain::purchase_order::{OrderOutcome, OrderVersion, PurchaseOrder};
use marketgate_domain::refusal_summary::summary_text;

use super::parties;

/// Writes the document about one version of an order. None if the connection does not say who is who.
pub fn write(
    stamp: &Stamp,
    order: &PurchaseOrder,
    version: &OrderVersion,
    connection: &Connection,
    secret: &str,
) -> Option<String> {
    let (kind, comments) = match &version.outcome {
        OrderOutcome::Accepted { .. } => (ConfirmationKind::Accept, None),
        OrderOutcome::Refused { lines } => (ConfirmationKind::Reject, Some(Comments::new(summary_text(lines, "\n")))),
    };
    let request = ConfirmationRequest {
        confirm_id: format!("{}-{}", order.number, version.version),
        kind,
        notice_date: WireTime::at(stamp.timestamp),
        updates: None,
        total: None,
        comments,
        extrinsics: Vec::new(),
        order_id: order.number.clone(),
        order_date: Some(WireTime::read(&version.order_date)).filter(|date| !date.text.is_empty()),
        order_payload_id: version.payload_id.clone(),
        items: Vec::new(),
        ..ConfirmationRequest::default()
    };
    let header = parties::header(connection.supplier()?, connection.buyer()?, Some(secret));
    let declared = parties::version(&connection.versions.fulfill, DtdVersion::CONFIRMATION);
    Some(write_request(stamp, &header, DeploymentMode::Production, OutgoingRequest::Confirmation(&request), declared))
}
