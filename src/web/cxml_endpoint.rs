//! `POST /cxml`: the one address for every cXML request; `GET /cxml` answers the ping (P1).
//!
//! Whatever can be answered in cXML travels in HTTP 200: procurement systems take any other reply for a broken network and
//! send the same thing again for hours.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, post};
use futures_util::StreamExt;
use jiff::Timestamp;
use marketgate_cxml::error::{WireError, WireErrorKind};
use marketgate_cxml::mime::is_multipart;
use marketgate_cxml::outgoing::{Reply, Stamp, write_response};
use marketgate_cxml::punchout_setup::PunchOutSetupResponse;
use marketgate_cxml::status::{Status, StatusCode};
use marketgate_cxml::write::DtdVersion;
use marketgate_domain::id::MessageId;
use marketgate_store::messages::{Direction, MessageSummary};
use ring::digest::{SHA256, digest};

use super::content_coding::{Coding, TAKEN};
use super::error::judge;
use super::security::source_address;
use crate::context::Context;
use crate::flow::Error;
use crate::flow::receive_document::{Answer, Incoming, Outcome, Unlogged, receive_document, record_denial};
use crate::message_log::{Entry, month_of};
use crate::render::parties;

/// Answers the ping.
#[get("/cxml")]
pub async fn ping(context: Data<Context>) -> HttpResponse {
    let status = Status::new(StatusCode::OK).with_content("Ping Response Message");
    let stamp = stamp(&context);
    answer(write_response(&stamp, &status, Reply::StatusOnly, DtdVersion::PUNCHOUT))
}

/// Takes a cXML request.
#[post("/cxml")]
pub async fn receive(context: Data<Context>, request: HttpRequest, body: Payload) -> HttpResponse {
    let at = context.clock.wall();
    let source = source_address(&context, &request);
    let content_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let settings = &context.config.cxml;
    let is_multipart = content_type.as_deref().is_some_and(is_multipart);
    let limit = if is_multipart { settings.max_multipart_bytes() } else { settings.max_request_bytes() };
    let coding = Coding::of(&request);
    let bytes = match whole(body, limit, stated_length(&request)).await {
        Ok(bytes) => bytes,
        Err(error) => return refuse_unread(&context, &error),
    };
    let Some(coding) = coding else { return refuse_coding(&context) };
    let bytes = match decoded(coding, bytes, limit).await {
        Ok(bytes) => bytes,
        Err(error) => return refuse_unread(&context, &error),
    };
    let incoming = Incoming { bytes, content_type, source: source.clone(), at };
    let outcome = receive_document(&context, incoming).await;
    if !matches!(outcome.unlogged, Unlogged::Exchange)
        && let Err(error @ (Error::Unauthenticated | Error::BlankAroundSecret | Error::Forbidden(_))) = &outcome.result
    {
        let subject = outcome.summary.document_type.clone();
        if let Err(failed) = record_denial(&context, &source, &subject, &error.to_string()).await {
            tracing::error!(error = %failed, "a denial could not be recorded");
        }
    }
    respond(&context, outcome, at).await
}

/// Reads the whole body before judging it: answering early breaks connections behind some proxies. What is over the limit
/// is read to a bound and thrown away.
async fn whole(mut body: Payload, limit: usize, stated: usize) -> Result<Vec<u8>, WireError> {
    // Room for all of a large body at once: a list that grows is copied, and holds the body twice meanwhile.
    let mut bytes = Vec::with_capacity(if stated <= limit { stated } else { 0 });
    let mut received = 0usize;
    while let Some(chunk) = body.next().await {
        let chunk =
            chunk.map_err(|error| WireError::new(WireErrorKind::Mime, "a complete request", error.to_string()))?;
        received = received.saturating_add(chunk.len());
        if received > limit.saturating_mul(4) {
            break;
        }
        if received <= limit {
            bytes.extend_from_slice(&chunk);
        }
    }
    if received > limit {
        return Err(WireError::new(
            WireErrorKind::TooLarge,
            format!("at most {limit} bytes"),
            format!("{received} bytes"),
        ));
    }
    Ok(bytes)
}

/// `Content-Length`, 0 where the client does not say.
fn stated_length(request: &HttpRequest) -> usize {
    let stated = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    stated.unwrap_or_default()
}

async fn decoded(coding: Coding, bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, WireError> {
    if coding == Coding::Identity {
        return Ok(bytes);
    }
    let decoded = actix_web::web::block(move || coding.decode(bytes, limit)).await;
    decoded.unwrap_or_else(|error| {
        Err(WireError::new(WireErrorKind::Encoding, "a body that can be decoded", error.to_string()))
    })
}

/// HTTP's own answer, because a client may send the body again without the coding; the document says the same.
fn refuse_coding(context: &Context) -> HttpResponse {
    let text = format!("The Content-Encoding of the request is not taken here: send {TAKEN}, or no Content-Encoding.");
    let status = Status::new(StatusCode::NOT_ACCEPTABLE).with_content(text);
    let document = write_response(&stamp(context), &status, Reply::StatusOnly, DtdVersion::PUNCHOUT);
    HttpResponse::UnsupportedMediaType()
        .insert_header((header::ACCEPT_ENCODING, TAKEN))
        .content_type("text/xml; charset=UTF-8")
        .body(document)
}

/// Another method than GET and POST: HTTP says which there are, and the document says the same.
pub fn wrong_method(context: &Context, allowed: &'static str) -> HttpResponse {
    let text = format!("This address takes {allowed}: post the document.");
    let status = Status::new(StatusCode::NOT_IMPLEMENTED).with_content(text);
    let document = write_response(&stamp(context), &status, Reply::StatusOnly, DtdVersion::PUNCHOUT);
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, allowed))
        .content_type("text/xml; charset=UTF-8")
        .body(document)
}

fn refuse_unread(context: &Context, error: &WireError) -> HttpResponse {
    let stamp = stamp(context);
    tracing::info!(%error, "a cXML request was not read");
    answer(write_response(&stamp, &Status::from(error), Reply::StatusOnly, DtdVersion::PUNCHOUT))
}

async fn respond(context: &Context, outcome: Outcome, began: Timestamp) -> HttpResponse {
    let Outcome { mut summary, unlogged, connection, result } = outcome;
    let version = connection
        .as_ref()
        .map_or(DtdVersion::PUNCHOUT, |connection| parties::version(&connection.versions.cxml, DtdVersion::PUNCHOUT));
    let stamp = stamp(context);
    let (status, document) = match &result {
        Ok(Answer::Profile(profile)) => {
            let status = Status::new(StatusCode::OK);
            (StatusCode::OK, write_response(&stamp, &status, Reply::Profile(profile), version))
        }
        Ok(Answer::StartPage(url)) => {
            let setup = PunchOutSetupResponse { start_page: url.clone() };
            let status = Status { text: "success".to_owned(), ..Status::new(StatusCode::OK) };
            (StatusCode::OK, write_response(&stamp, &status, Reply::PunchOutSetup(&setup), version))
        }
        Ok(Answer::Status(stored)) => {
            let code = StatusCode(stored.status);
            let status = Status { text: stored.text.clone(), ..Status::new(code).with_content(&stored.content) };
            (code, write_response(&stamp, &status, Reply::StatusOnly, version))
        }
        Err(error) => {
            let status = refusal(error, &stamp);
            (status.code, write_response(&stamp, &status, Reply::StatusOnly, version))
        }
    };
    summary.cxml_status = Some(status.0);
    summary.duration_ms = u64::try_from(context.clock.wall().duration_since(began).as_millis()).unwrap_or(0);
    if summary.diagnosis.is_empty() {
        summary.diagnosis = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
    }
    tracing::info!(document = summary.document_type, status = status.0, duration_ms = summary.duration_ms, "cXML");
    log_exchange(context, summary, unlogged, &stamp, &result, &document).await;
    answer(document)
}

fn refusal(error: &Error, stamp: &Stamp) -> Status {
    let judgement = judge(error);
    if judgement.cxml >= 500 {
        tracing::error!(%error, payload_id = stamp.payload_id, "a cXML request failed");
    }
    let code = StatusCode(judgement.cxml);
    Status::new(code).with_content(judgement.text)
}

/// Both directions go to the message log. The StartPage's token is as good as a password, so the log gets asterisks.
async fn log_exchange(
    context: &Context,
    summary: MessageSummary,
    unlogged: Unlogged,
    stamp: &Stamp,
    result: &Result<Answer, Error>,
    document: &str,
) {
    let id = MessageId::new(context.random.uuid());
    let logged = match result {
        Ok(Answer::StartPage(url)) => {
            let token = url.rsplit('/').next().unwrap_or_default();
            document.replace(token, &"*".repeat(token.len()))
        }
        _ => document.to_owned(),
    };
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, document.as_bytes()).as_ref().get(..32).unwrap_or(&[0; 32]));
    let response = MessageSummary {
        id,
        at: context.clock.wall(),
        direction: Direction::Out,
        document_type: format!("Response to {}", summary.document_type),
        payload_id: stamp.payload_id.clone(),
        sha256,
        size_bytes: document.len() as u64,
        month: month_of(id),
        reply_to: Some(summary.id),
        ..summary.clone()
    };
    match unlogged {
        Unlogged::Exchange => return,
        Unlogged::Nothing => {}
        Unlogged::Summary => context.message_log.note(Entry { summary, document: None }).await,
        Unlogged::Everything(bytes) => context.message_log.note(Entry { summary, document: Some(bytes) }).await,
    }
    context.message_log.note(Entry { summary: response, document: Some(logged.into_bytes()) }).await;
}

fn stamp(context: &Context) -> Stamp {
    Stamp { payload_id: context.payload_id(), timestamp: context.clock.business() }
}

fn answer(document: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/xml; charset=UTF-8").body(document)
}
