//! `Idempotency-Key` (the IETF draft of that name): a call that is sent again is not carried out again.
//!
//! One place for all operations that change something. Without the header nothing changes. With it, the first call that takes effect
//! keeps its answer for a time; one that was refused, or failed, frees its key if nothing was done. The operation is given a context whose
//! every commit notes with the key that something was.

use std::rc::Rc;

use actix_web::body::{BoxBody, MessageBody, to_bytes};
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpMessage, HttpResponse, rt};
use marketgate_store::calls::CallOutcome;
use ring::digest::{Context as Digest, SHA256};

use super::caller::Caller;
use super::problem::{Fault, Problem};
use crate::context::Context;
use crate::flow::call_once::{KeyedCall, Verdict, begin, keep, noting, release};
use crate::keyring::hexadecimal;

/// The header.
pub const HEADER: &str = "idempotency-key";

/// Says that an answer was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Longest key.
const LONGEST_KEY: usize = 255;

/// Longest body of a call with a key: it is compared with the first one.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// Put into an answer that holds what is shown only once: it is not kept.
#[derive(Debug, Clone, Copy)]
pub struct ShownOnce;

type Served = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// Carries a call out once, or answers what is known of it.
pub async fn once(context: &Context, request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Served {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let given = request.headers().get(HEADER).filter(|_| changes).map(read_key);
    match given {
        None => Ok(next.call(request).await?.map_into_boxed_body()),
        Some(Err(problem)) => Ok(request.into_response(problem.answer(context.random.uuid()))),
        Some(Ok(key)) => keyed(context, request, next, key).await,
    }
}

async fn keyed(
    context: &Context,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    key: String,
) -> Served {
    let body = match whole_body(&mut request).await {
        Ok(body) => body,
        Err(problem) => return Ok(request.into_response(problem.answer(context.random.uuid()))),
    };
    let caller = request.extensions().get::<Caller>().map(|caller| caller.user().to_string()).unwrap_or_default();
    let call = KeyedCall { caller, key, fingerprint: fingerprint(&request, &body) };
    let answered = match begin(context, &call).await {
        Ok(Verdict::First(under_way)) => {
            request.set_payload(body.into());
            let mut with = Extensions::new();
            with.insert(Data::new(noting(context, &call)));
            request.add_data_container(Rc::new(with));
            let context = context.clone();
            // Carried to its end even if the caller goes away: the answer is to be kept.
            let carried = rt::spawn(async move {
                let served = carry_out(&context, request, next, &call).await;
                drop(under_way);
                served
            });
            return carried.await.unwrap_or_else(|error| Err(actix_web::error::ErrorInternalServerError(error)));
        }
        Ok(verdict) => again(verdict),
        Err(error) => Err(error.into()),
    };
    let response = answered.unwrap_or_else(|problem| problem.answer(context.random.uuid()));
    Ok(request.into_response(response))
}

async fn carry_out(
    context: &Context,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    call: &KeyedCall,
) -> Served {
    let response = match next.call(request).await {
        Ok(response) => response.map_into_boxed_body(),
        Err(error) => {
            freed(context, call).await;
            return Err(error);
        }
    };
    if !response.status().is_success() {
        freed(context, call).await;
        return Ok(response);
    }
    let is_shown_once = response.response().extensions().get::<ShownOnce>().is_some();
    let (request, response) = response.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let content_type = head.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let text = String::from_utf8_lossy(&body).into_owned();
    let outcome =
        CallOutcome::Answered { status: head.status().as_u16(), content_type, body: (!is_shown_once).then_some(text) };
    if let Err(error) = keep(context, call, outcome).await {
        tracing::error!(%error, "the answer to a call with an idempotency key could not be kept");
    }
    Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
}

async fn freed(context: &Context, call: &KeyedCall) {
    if let Err(error) = release(context, call).await {
        tracing::error!(%error, "an idempotency key could not be freed");
    }
}

/// The answer to a call that is not the first under its key.
fn again(verdict: Verdict) -> Result<HttpResponse, Problem> {
    let (status, detail) = match verdict {
        Verdict::Again { status, content_type, body: Some(body) } => {
            let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::OK));
            response.insert_header((REPLAYED, HeaderValue::from_static("true")));
            if let Some(content_type) = content_type {
                response.content_type(content_type);
            }
            return Ok(response.body(body));
        }
        Verdict::Again { body: None, .. } | Verdict::First(_) => (
            StatusCode::CONFLICT,
            "This call was carried out before. Its answer held a secret that is shown only once, and was not kept.",
        ),
        Verdict::OtherRequest => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "This idempotency key was used for another request: use a new key for a new request.",
        ),
        Verdict::UnderWay => {
            (StatusCode::CONFLICT, "The first call with this idempotency key is still under way: try again later.")
        }
        Verdict::AnswerLost => (
            StatusCode::CONFLICT,
            "This call took effect, but the program ended or failed before its answer was kept: look what became of it, and use \
             a new idempotency key for what is still to be done.",
        ),
    };
    Err(Problem::http(status, detail))
}

/// The key, bare or as the quoted string that the draft wants.
fn read_key(value: &HeaderValue) -> Result<String, Problem> {
    let text = value.to_str().unwrap_or_default().trim();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let fits = (1..=LONGEST_KEY).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    if fits {
        return Ok(bare.to_owned());
    }
    let detail = format!("1 to {LONGEST_KEY} visible ASCII characters are expected, for example a UUID");
    Err(Problem::invalid(vec![Fault { pointer: "Idempotency-Key".to_owned(), detail }]))
}

async fn whole_body(request: &mut ServiceRequest) -> Result<Bytes, Problem> {
    let broken =
        |error: &dyn std::fmt::Display| Problem::http(StatusCode::BAD_REQUEST, format!("The body broke off: {error}"));
    let payload = request.extract::<Payload>().await.map_err(|error| broken(&error))?;
    let read = payload.to_bytes_limited(LONGEST_BODY).await.map_err(|_| {
        let detail = format!("With an idempotency key a body has at most {LONGEST_BODY} bytes.");
        Problem::http(StatusCode::PAYLOAD_TOO_LARGE, detail)
    })?;
    read.map_err(|error| broken(&error))
}

fn fingerprint(request: &ServiceRequest, body: &[u8]) -> String {
    let mut digest = Digest::new(&SHA256);
    for part in [request.method().as_str().as_bytes(), request.uri().to_string().as_bytes(), body] {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hexadecimal(digest.finish().as_ref())
}
