//! The bytes of a document on its way out: written once, kept, and sent unchanged at every try.
//!
//! The kept copy has no secret in it. The secret is put back when it is sent, so a rotated one takes effect at the next try
//! while payloadID, timestamp and content stay the same (B5).

use marketgate_cxml::mask::mask_secrets;
use marketgate_cxml::outgoing::Stamp;
use marketgate_domain::connection::Connection;
use marketgate_domain::event::{OutboxMessage, Payload};
use marketgate_domain::id::MessageId;
use marketgate_store::messages::{self, Direction, MessageSummary};
use marketgate_store::{Reader, StoreError, connections, invoices, orders, outbox};
use secrecy::{ExposeSecret, SecretString};

use crate::context::Context;
use crate::flow::Error;
use crate::flow::authenticate::outgoing_secret;
use crate::message_log::month_of;
use crate::render::{confirmation_document, invoice_document};

/// Stands for the secret while a document is written. No secret of a connection can be this long.
const PLACEHOLDER: &str = "marketgate-puts-the-shared-secret-here-when-the-document-is-sent";

/// A document that is ready to leave.
#[derive(Debug)]
pub struct Prepared {
    /// Where to.
    pub url: String,
    /// With the secret.
    pub bytes: Vec<u8>,
    /// The entry of the message log, its outcome still open.
    pub summary: MessageSummary,
}

/// Writes the document at the first try, reads the kept one at later tries.
///
/// # Errors
/// [`Error`] when records are missing, the connection is incomplete or the secret does not open.
pub async fn prepare(context: &Context, message: &OutboxMessage) -> Result<Prepared, Error> {
    let (connection, url) = target(context, message).await?;
    let secret = outgoing_secret(context, &connection).await?;
    let (kept, summary) = match message.document {
        Some(document) => kept(context, document).await?,
        None => first(context, message, &connection).await?,
    };
    let bytes = with_secret(&kept, &secret);
    Ok(Prepared { url, bytes, summary })
}

async fn target(context: &Context, message: &OutboxMessage) -> Result<(Connection, String), Error> {
    let id = message.intent.connection.ok_or(Error::NotFound)?;
    let connection = context.read(move |snapshot| connections::by_id(snapshot, id)).await?.ok_or(Error::NotFound)?;
    let url = match message.intent.payload {
        Payload::Confirmation { .. } => connection.confirmation_url().map(str::to_owned),
        _ => connection.invoicing.url.clone(),
    };
    let incomplete =
        || Error::BadRequest(format!("The connection \"{}\" has no address for this document.", connection.name));
    let url = url.ok_or_else(incomplete)?;
    Ok((connection, url))
}

async fn first(
    context: &Context,
    message: &OutboxMessage,
    connection: &Connection,
) -> Result<(String, MessageSummary), Error> {
    let stamp = Stamp { payload_id: context.payload_id(), timestamp: message.created_at };
    let (facts, for_connection) = (message.clone(), connection.clone());
    let stamped = stamp.clone();
    let written = context.read(move |snapshot| write(snapshot, &stamped, &facts, &for_connection)).await?;
    let masked = mask_secrets(written.document.as_bytes());
    let id = MessageId::new(context.random.uuid());
    context.store.messages().append_async(id, &masked.bytes).await?;
    let summary = MessageSummary {
        id,
        at: context.clock.wall(),
        direction: Direction::Out,
        connection: Some(connection.id),
        organization: Some(connection.organization),
        document_type: written.document_type.to_owned(),
        payload_id: stamp.payload_id,
        order_id: Some(written.order_number),
        user_email: None,
        http_status: None,
        cxml_status: None,
        duration_ms: 0,
        diagnosis: String::new(),
        sha256: masked.sha256_of_original,
        size_bytes: written.document.len() as u64,
        month: month_of(id),
        reply_to: None,
        session: None,
        requests: Vec::new(),
    };
    let (outbox_id, stored) = (message.intent.id, summary.clone());
    context
        .store
        .transact_async(move |tx| -> Result<(), StoreError> {
            messages::put(tx, &stored)?;
            outbox::remember_document(tx, outbox_id, id).map(drop)
        })
        .await?;
    Ok((String::from_utf8_lossy(&masked.bytes).into_owned(), summary))
}

struct Written {
    document: String,
    document_type: &'static str,
    order_number: String,
}

fn write(
    reader: &impl Reader,
    stamp: &Stamp,
    message: &OutboxMessage,
    connection: &Connection,
) -> Result<Written, Error> {
    let incomplete =
        || Error::BadRequest(format!("The connection \"{}\" names no buyer or no supplier identity.", connection.name));
    match &message.intent.payload {
        Payload::Invoice { invoice } => {
            let invoice = invoices::by_id(reader, *invoice)?.ok_or(Error::NotFound)?;
            let document = invoice_document::write(stamp, &invoice, connection, PLACEHOLDER).ok_or_else(incomplete)?;
            let order_number = invoice.purchase_order.unwrap_or_default();
            Ok(Written { document, document_type: "InvoiceDetailRequest", order_number })
        }
        Payload::Confirmation { order, version } => {
            let order = orders::find(reader, message.intent.organization, *order)?.ok_or(Error::NotFound)?;
            let received =
                order.versions.iter().rev().find(|received| received.version == *version).ok_or(Error::NotFound)?;
            let document = confirmation_document::write(stamp, &order, received, connection, PLACEHOLDER)
                .ok_or_else(incomplete)?;
            Ok(Written { document, document_type: "ConfirmationRequest", order_number: order.number })
        }
        Payload::Email(_) => Err(Error::BadRequest("A mail is not a cXML document.".to_owned())),
    }
}

async fn kept(context: &Context, id: MessageId) -> Result<(String, MessageSummary), Error> {
    let store = context.store.clone();
    let (summary, bytes) = context
        .read(move |snapshot| Ok::<_, StoreError>((messages::find(snapshot, id)?, store.messages().read(id)?)))
        .await?;
    let (summary, bytes) = summary.zip(bytes).ok_or(Error::NotFound)?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), summary))
}

/// Puts the secret where the writer left the placeholder, which the mask has turned into as many asterisks.
fn with_secret(kept: &str, secret: &SecretString) -> Vec<u8> {
    let masked = format!("<SharedSecret>{}</SharedSecret>", "*".repeat(PLACEHOLDER.len()));
    let escaped =
        secret.expose_secret().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#13;");
    kept.replacen(&masked, &format!("<SharedSecret>{escaped}</SharedSecret>"), 1).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_put_back_escaped_and_only_in_its_place() {
        let written = format!("<cXML><SharedSecret>{PLACEHOLDER}</SharedSecret><Description>*</Description></cXML>");
        let kept = String::from_utf8(mask_secrets(written.as_bytes()).bytes).unwrap();
        assert!(!kept.contains(PLACEHOLDER));
        let sent = String::from_utf8(with_secret(&kept, &SecretString::from("a&b<c"))).unwrap();
        assert_eq!(sent, "<cXML><SharedSecret>a&amp;b&lt;c</SharedSecret><Description>*</Description></cXML>");
    }
}
