//! StatusUpdateRequest: what a buyer or a network says later about a document of ours. It is kept and shown in words in the message log,
//! and found there by the purchase order that the document was about. Nothing is decided by it.

use marketgate_cxml::comments::Comments;
use marketgate_cxml::status_update::{StatusSubject, StatusUpdateRequest};
use marketgate_domain::id::OrganizationId;
use marketgate_store::inbox::StoredAnswer;
use marketgate_store::messages::{self, Direction, MessageField, MessageSummary};
use marketgate_store::{Reader, StoreError};

use super::Error;
use crate::context::Context;

/// Documents under one payloadID that are looked through for ours.
const MOST_OF_ONE_PAYLOAD_ID: usize = 20;

/// Records the update before it is answered.
///
/// # Errors
/// [`Error::Store`].
pub async fn receive_status_update(
    context: &Context,
    update: &StatusUpdateRequest,
    summary: MessageSummary,
) -> Result<StoredAnswer, Error> {
    let about = update.document_reference.clone();
    let mut summary = MessageSummary { cxml_status: Some(200), ..summary };
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            if let (Some(payload_id), Some(organization)) = (&about, summary.organization) {
                summary.order_id = order_of(tx, organization, payload_id)?;
            }
            messages::put(tx, &summary)?;
            Ok(())
        })
        .await?;
    Ok(StoredAnswer { status: 200, text: "OK".to_owned(), content: String::new(), refused: false })
}

/// The purchase order that a document of ours to that organization was about.
fn order_of(
    reader: &impl Reader,
    organization: OrganizationId,
    payload_id: &str,
) -> Result<Option<String>, StoreError> {
    let found = messages::search(reader, MessageField::PayloadId, payload_id, None, MOST_OF_ONE_PAYLOAD_ID)?;
    let is_ours =
        |message: &MessageSummary| message.direction == Direction::Out && message.organization == Some(organization);
    Ok(found.into_iter().filter(is_ours).find_map(|message| message.order_id))
}

/// The update as a sentence, for example `Invoice NWT-7: rejected, status 423 (Bad tax). Tax is missing.`
pub fn in_words(update: &StatusUpdateRequest) -> String {
    let (subject, said, comments): (String, &str, &[Comments]) = match &update.subject {
        StatusSubject::Invoice(status) => {
            (named("Invoice", status.invoice_id.as_deref()), &status.kind, &status.comments)
        }
        StatusSubject::DocumentStatus(status) => {
            let kind = status.document_type.as_deref().unwrap_or("Document");
            (named(kind, status.document_id.as_deref()), &status.kind, &status.comments)
        }
        StatusSubject::Other { name, .. } => (named(name, update.document_reference.as_deref()), "", &[]),
        StatusSubject::Document => (named("Document", update.document_reference.as_deref()), "", &[]),
    };
    let status = format!("status {} ({})", update.status.code, update.status.text);
    let mut words = match said {
        "" => format!("{subject}: {status}."),
        said => format!("{subject}: {said}, {status}."),
    };
    let texts = comments.iter().map(|comment| comment.text.as_str());
    for text in std::iter::once(update.status.content.as_str()).chain(texts).filter(|text| !text.is_empty()) {
        words.push(' ');
        words.push_str(text);
    }
    words
}

fn named(kind: &str, name: Option<&str>) -> String {
    name.map_or_else(|| kind.to_owned(), |name| format!("{kind} {name}"))
}
