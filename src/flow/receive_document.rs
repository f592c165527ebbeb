//! A cXML document arrives: read, authenticated, logged and handed to the flow of its request (P1).

use std::time::Duration;

use jiff::Timestamp;
use marketgate_cxml::content::{Fingerprint, fingerprint};
use marketgate_cxml::envelope::{Body, DeploymentMode, Envelope, RequestPayload};
use marketgate_cxml::error::{WireError, WireErrorKind};
use marketgate_cxml::guard::{Admitted, Limits, admit};
use marketgate_cxml::mask::{Masked, mask_in_place};
use marketgate_cxml::profile::ProfileResponse;
use marketgate_cxml::read::read_document_of;
use marketgate_cxml::signature::{SignaturePolicy, SignatureState};
use marketgate_domain::connection::{Connection, Signatures, Validation};
use marketgate_domain::event::Actor;
use marketgate_domain::id::MessageId;
use marketgate_store::StoreError;
use marketgate_store::inbox::StoredAnswer;
use marketgate_store::messages::{Direction, MessageSummary};

use super::authenticate::{authenticate, claimed_identity};
use super::open_punchout::{Setup, open_punchout};
use super::receive_order::{ReceivedOrder, receive_order};
use super::receive_status_update::{in_words, receive_status_update};
use super::{Error, answer_profile, audit};
use crate::context::Context;
use crate::message_log::month_of;

/// Of documents that come to nothing the log keeps so many bytes: strangers must not fill the disk.
const KEPT_OF_STRANGERS: usize = 64 * 1024;

/// So long waits an answer to wrong credentials after too many of them.
const LATE: Duration = Duration::from_secs(1);

/// A document as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// The body.
    pub bytes: Vec<u8>,
    /// The HTTP header.
    pub content_type: Option<String>,
    /// Where it came from, for throttling.
    pub source: String,
    /// When it came, wall time.
    pub at: Timestamp,
}

/// What is to be answered.
#[derive(Debug)]
pub enum Answer {
    /// What this server takes.
    Profile(ProfileResponse),
    /// Where to send the browser.
    StartPage(String),
    /// A status alone.
    Status(StoredAnswer),
}

/// What of a document is still to be written to the log.
#[derive(Debug)]
pub enum Unlogged {
    /// Nothing, and its answer neither: one of too many refusals, which are counted.
    Exchange,
    /// Nothing.
    Nothing,
    /// The summary.
    Summary,
    /// The summary and these bytes, secrets masked.
    Everything(Vec<u8>),
}

/// What became of a document.
#[derive(Debug)]
pub struct Outcome {
    /// What is known about it, for the log; its status is the caller's to fill in.
    pub summary: MessageSummary,
    /// What of it is still to be written to the log.
    pub unlogged: Unlogged,
    /// The connection, if it was authenticated.
    pub connection: Option<Connection>,
    /// The answer.
    pub result: Result<Answer, Error>,
}

/// Takes a document to its end.
pub async fn receive_document(context: &Context, incoming: Incoming) -> Outcome {
    let id = MessageId::new(context.random.uuid());
    let at = incoming.at;
    let (masked, opened) = open_on_blocking_pool(context, incoming).await;
    let mut summary = blank_summary(id, at, &masked);
    let (Opened { envelope, fingerprint, findings }, connection) = match opened {
        Ok(opened) => opened,
        Err(Refused { error, is_late: true, .. }) => {
            tokio::time::sleep(LATE).await;
            return Outcome { summary, unlogged: Unlogged::Exchange, connection: None, result: Err(error) };
        }
        Err(Refused { envelope, connection, error, .. }) => {
            describe(&mut summary, envelope.as_deref());
            let mut bytes = masked.bytes;
            if let Some(connection) = &connection {
                assign(&mut summary, connection);
            } else {
                bytes.truncate(KEPT_OF_STRANGERS);
                bytes.shrink_to_fit();
            }
            let connection = connection.map(|connection| *connection);
            return Outcome { summary, unlogged: Unlogged::Everything(bytes), connection, result: Err(error) };
        }
    };
    describe(&mut summary, Some(&envelope));
    if !findings.is_empty() {
        summary.diagnosis = findings;
    }
    assign(&mut summary, &connection);
    // The document is on the disk before anything points at it.
    if let Err(error) = context.store.messages().append_async(id, masked.bytes).await {
        return Outcome {
            summary,
            unlogged: Unlogged::Nothing,
            connection: Some(connection),
            result: Err(error.into()),
        };
    }
    let (result, logged) = dispatch(context, &connection, *envelope, fingerprint, &summary).await;
    let unlogged = if logged && result.is_ok() { Unlogged::Nothing } else { Unlogged::Summary };
    Outcome { summary, unlogged, connection: Some(connection), result }
}

struct Opened {
    envelope: Box<Envelope>,
    fingerprint: Fingerprint,
    /// What the DTD says against it, in words; empty where it says nothing.
    findings: String,
}

/// A document that comes to nothing, with what was found out about it.
struct Refused {
    envelope: Option<Box<Envelope>>,
    /// Who sent it, if that was proven.
    connection: Option<Box<Connection>>,
    error: Error,
    /// See [`Unproven::is_late`].
    is_late: bool,
}

/// Parsing and secrets cost processor time and a look into the store: neither belongs on a thread that serves requests.
async fn open_on_blocking_pool(
    context: &Context,
    incoming: Incoming,
) -> (Masked, Result<(Opened, Connection), Refused>) {
    let context = context.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let opened = open(&context, &incoming);
        (mask_in_place(incoming.bytes), opened)
    })
    .await;
    opened.unwrap_or_else(|error| {
        tracing::error!(%error, "reading a document was abandoned");
        let failed = Error::Store(StoreError::Panicked { detail: error.to_string() });
        // What could not even be masked is not kept.
        (mask_in_place(Vec::new()), Err(Refused { envelope: None, connection: None, error: failed, is_late: false }))
    })
}

fn open(context: &Context, incoming: &Incoming) -> Result<(Opened, Connection), Refused> {
    let unreadable =
        |error: WireError| Refused { envelope: None, connection: None, error: error.into(), is_late: false };
    let settings = &context.config.cxml;
    let limits = Limits {
        max_bytes: settings.max_request_bytes(),
        max_multipart_bytes: settings.max_multipart_bytes(),
        ..Limits::default()
    };
    let admitted = admit(&incoming.bytes, incoming.content_type.as_deref(), &limits).map_err(unreadable)?;
    let (envelope, fingerprint) = read(&admitted).map_err(unreadable)?;
    let connection = match identify(context, incoming, &envelope) {
        Ok(connection) => connection,
        Err(Unproven { error, is_late }) => {
            return Err(Refused { envelope: Some(envelope), connection: None, error, is_late });
        }
    };
    // What is not taken here is answered 450, whatever else is wrong with it.
    let is_taken = !matches!(envelope.body, Body::Request { payload: RequestPayload::Other { .. }, .. });
    let validated = || if is_taken { validate(context, &connection, &admitted) } else { Ok(String::new()) };
    let checked = check_signature(&connection, &envelope).and_then(|()| validated());
    match checked {
        Ok(findings) => Ok((Opened { envelope, fingerprint, findings }, connection)),
        Err(error) => {
            Err(Refused { envelope: Some(envelope), connection: Some(Box::new(connection)), error, is_late: false })
        }
    }
}

fn read(admitted: &Admitted) -> Result<(Box<Envelope>, Fingerprint), WireError> {
    let document = admitted.parse()?;
    let envelope = Box::new(read_document_of(&document, &answer_profile::TAKEN)?);
    if !matches!(envelope.body, Body::Request { .. }) {
        return Err(WireError::new(WireErrorKind::NotCxml, "a cXML Request", "a Message or Response")
            .in_element("cXML")
            .with_remedy("post requests to this address; carts and responses go to the buyer's system"));
    }
    Ok((envelope, fingerprint(&document)))
}

/// Asks the connection's policy. A signature is kept with the document, byte by byte, and never verified here.
fn check_signature(connection: &Connection, envelope: &Envelope) -> Result<(), Error> {
    let policy = match connection.signatures {
        Signatures::Ignore => SignaturePolicy::Ignore,
        Signatures::Require => SignaturePolicy::Require,
        Signatures::Refuse => SignaturePolicy::Refuse,
    };
    let state = if envelope.is_signed { SignatureState::Unchecked } else { SignatureState::Absent };
    policy.decide(state).map_err(Error::Signature)
}

/// Holds the document against its DTD where the connection wants it: what is found goes to the message log, or refuses the
/// document.
fn validate(context: &Context, connection: &Connection, admitted: &Admitted) -> Result<String, Error> {
    let Some(dtds) = context.dtds.as_ref().filter(|_| !connection.validate.is_off()) else { return Ok(String::new()) };
    let report = match dtds.check(admitted) {
        Ok(report) => report,
        // A DTD that is not there says nothing about the document.
        Err(error) => return Ok(format!("Not validated: {error}")),
    };
    let Some(first) = report.findings.first() else { return Ok(String::new()) };
    let findings = format!(
        "Not valid by {}: {first} ({} findings)",
        report.dtd.as_ref().map_or_else(String::new, ToString::to_string),
        report.findings.len()
    );
    match connection.validate {
        Validation::Strict => Err(Error::Invalid(findings)),
        Validation::Off | Validation::Warn => Ok(findings),
    }
}

fn identify(context: &Context, incoming: &Incoming, envelope: &Envelope) -> Result<Connection, Unproven> {
    let nobody = Unproven { error: Error::Unauthenticated, is_late: false };
    let header = envelope.header.as_ref().ok_or(nobody)?;
    let identity = claimed_identity(header);
    let now = context.clock.wall();
    // The right secret is taken whatever failed before: several buyers may share a network's address.
    let found = authenticate(context, header);
    if let Err(error @ (Error::Unauthenticated | Error::BlankAroundSecret)) = found {
        let is_late = !context.logins.allows(&incoming.source, &identity, now);
        let count = context.logins.failed(&incoming.source, &identity, now);
        if !is_late || count.is_power_of_two() {
            tracing::warn!(source = incoming.source, identity, count, "cXML credentials were refused");
        }
        return Err(Unproven { error, is_late });
    }
    found.map_err(|error| Unproven { error, is_late: false })
}

/// Why a sender is not who it says.
struct Unproven {
    error: Error,
    /// Too many failed before: the answer waits, and nothing of the document is recorded.
    is_late: bool,
}

/// The flow of the request; true where that flow has recorded the summary itself.
async fn dispatch(
    context: &Context,
    connection: &Connection,
    envelope: Envelope,
    fingerprint: Fingerprint,
    summary: &MessageSummary,
) -> (Result<Answer, Error>, bool) {
    let Body::Request { deployment_mode, payload } = envelope.body else {
        return (Err(Error::BadRequest("not a Request".to_owned())), false);
    };
    let test = deployment_mode == DeploymentMode::Test;
    match payload {
        RequestPayload::ProfileRequest => (Ok(Answer::Profile(answer_profile::profile(&context.url("/cxml")))), false),
        RequestPayload::PunchOutSetupRequest(request) => {
            let summary = MessageSummary { cxml_status: Some(200), ..summary.clone() };
            let payload_id = &envelope.payload_id;
            let setup = Setup { connection, request: &request, payload_id, test, summary };
            (open_punchout(context, setup).await.map(Answer::StartPage), true)
        }
        RequestPayload::OrderRequest(order) => {
            let received = ReceivedOrder {
                connection: connection.clone(),
                order,
                payload_id: envelope.payload_id,
                test,
                fingerprint,
                summary: summary.clone(),
            };
            (receive_order(context, received).await.map(Answer::Status), true)
        }
        RequestPayload::StatusUpdateRequest(update) => {
            (receive_status_update(context, &update, summary.clone()).await.map(Answer::Status), true)
        }
        other => (
            Err(Error::NotImplemented(format!(
                "{} is not taken here. The ProfileResponse of this address lists what is.",
                other.name()
            ))),
            false,
        ),
    }
}

fn blank_summary(id: MessageId, at: Timestamp, masked: &Masked) -> MessageSummary {
    MessageSummary {
        id,
        at,
        direction: Direction::In,
        connection: None,
        organization: None,
        document_type: "unknown".to_owned(),
        payload_id: String::new(),
        order_id: None,
        user_email: None,
        http_status: Some(200),
        cxml_status: None,
        duration_ms: 0,
        diagnosis: String::new(),
        sha256: masked.sha256_of_original,
        size_bytes: masked.bytes.len() as u64,
        month: month_of(id),
        reply_to: None,
        session: None,
        requests: Vec::new(),
    }
}

fn assign(summary: &mut MessageSummary, connection: &Connection) {
    summary.connection = Some(connection.id);
    summary.organization = Some(connection.organization);
}

fn describe(summary: &mut MessageSummary, envelope: Option<&Envelope>) {
    let Some(envelope) = envelope else { return };
    summary.payload_id.clone_from(&envelope.payload_id);
    let Body::Request { payload, .. } = &envelope.body else { return };
    payload.name().clone_into(&mut summary.document_type);
    match payload {
        RequestPayload::OrderRequest(order) => summary.order_id = Some(order.header.order_id.clone()),
        RequestPayload::StatusUpdateRequest(update) => summary.diagnosis = in_words(update),
        RequestPayload::PunchOutSetupRequest(setup) => summary.user_email = setup.user_email().map(str::to_owned),
        _ => {}
    }
}

/// Records that somebody was refused at the door (A2: every denial is an audit record).
///
/// # Errors
/// [`Error::Store`].
pub async fn record_denial(context: &Context, source: &str, subject: &str, reason: &str) -> Result<(), Error> {
    let now = context.clock.business();
    let (subject, detail) = (subject.to_owned(), format!("{reason} (from {source})"));
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            audit::record(tx, now, Actor::Anonymous, None, "access.denied", &subject, &detail)?;
            Ok(())
        })
        .await?;
    Ok(())
}
