//! The two endpoints that the marketplace calls: invoices (with injected faults) and confirmations. Errors travel as cXML
//! under HTTP 200, so that the sender has to read the status.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::confirming;
use crate::core::Core;
use crate::invoicing::{self, Fault};
use crate::mime::Entity;
use crate::receiving::{Reply, not_acceptable};
use crate::wire::answer::{self, CxmlStatus};

const SLOW_MS_MAX: u64 = 60_000;

/// `POST /cxml/invoices`.
pub(super) async fn invoices(request: HttpRequest, core: web::Data<Core>, body: web::Bytes) -> HttpResponse {
    let fault = core.ledger().invoice_faults.pop_front();
    match fault {
        None => reply(&core, &take_invoice(&core, &request, &body)),
        Some(Fault::CloseUnread) => dropped(),
        Some(Fault::Close) => {
            take_invoice(&core, &request, &body);
            dropped()
        }
        Some(Fault::Http(code)) => HttpResponse::build(StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY))
            .content_type("text/html")
            .body("<html><body>not cXML, on purpose</body></html>"),
        Some(Fault::Status { code, text }) => {
            let status = CxmlStatus::new(code, text, "this answer was ordered by the rehearsal");
            reply(&core, &Reply::new(status, core.config.buyers.first()))
        }
        Some(Fault::SlowMs(delay_ms)) => {
            let answer = take_invoice(&core, &request, &body);
            tokio::time::sleep(Duration::from_millis(delay_ms.min(SLOW_MS_MAX))).await;
            reply(&core, &answer)
        }
    }
}

/// `POST /cxml/confirmations`.
pub(super) async fn confirmations(core: web::Data<Core>, body: web::Bytes) -> HttpResponse {
    let answer = match std::str::from_utf8(&body) {
        Ok(document) => confirming::receive(&core, document),
        Err(_) => undecodable(),
    };
    reply(&core, &answer)
}

fn take_invoice(core: &Core, request: &HttpRequest, body: &[u8]) -> Reply {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let multipart = content_type.trim_start().to_ascii_lowercase().starts_with("multipart/related");
    let document = if multipart {
        let Some(part) = Entity::of_content(content_type, body).parts().into_iter().next() else {
            let status = CxmlStatus::new(500, "Unexpected server error", "the multipart body cannot be split");
            return Reply::new(status, None);
        };
        part.content()
    } else {
        body.to_vec()
    };
    match String::from_utf8(document) {
        Ok(document) => invoicing::receive(core, &document, multipart),
        Err(_) => undecodable(),
    }
}

fn undecodable() -> Reply {
    Reply::new(not_acceptable("the document is not UTF-8"), None)
}

fn reply(core: &Core, reply: &Reply) -> HttpResponse {
    let document = answer::write(&reply.status, reply.dtd_version, &core.payload_id(), &core.document_time());
    HttpResponse::Ok().content_type("text/xml; charset=UTF-8").body(document)
}

/// An answer that breaks off: the sender sees the connection close before a whole response.
fn dropped() -> HttpResponse {
    HttpResponse::Ok().body(BrokenBody)
}

struct BrokenBody;

impl MessageBody for BrokenBody {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(1_000)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<web::Bytes, io::Error>>> {
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "dropped by the rehearsal"))))
    }
}
