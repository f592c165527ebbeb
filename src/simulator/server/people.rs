//! The handlers behind the pages: find, do, show. Everything that changes something is same-origin checked first and ends
//! in a redirect, so that a reload repeats nothing.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use maud::Markup;

use super::guard;
use crate::SimulatorError;
use crate::core::Core;
use crate::ordering::{self, ResendAs};
use crate::pages;
use crate::punch_out::{self, SetupDraft};

/// An error page.
pub(super) fn problem(status: u16, title: &str, text: &str) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(pages::problem(title, text, None).into_string())
}

pub(super) async fn not_found() -> HttpResponse {
    problem(404, "Not found", "There is nothing at this address, or it has been forgotten: the memory is bounded.")
}

pub(super) async fn style() -> HttpResponse {
    HttpResponse::Ok().content_type("text/css; charset=utf-8").body(include_str!("../pages/style.css"))
}

pub(super) async fn home(core: web::Data<Core>) -> HttpResponse {
    show(&pages::home(&core))
}

pub(super) async fn punch_out(request: HttpRequest, core: web::Data<Core>, key: web::Path<String>) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    match punch_out::punch_out(&core, &key, &SetupDraft::default()).await {
        Ok(started) => HttpResponse::SeeOther().insert_header((LOCATION, started.start_page_url.as_str())).finish(),
        Err(SimulatorError::Setup(failure)) => HttpResponse::BadGateway()
            .content_type("text/html; charset=utf-8")
            .body(pages::setup_failed(&failure).into_string()),
        Err(error) => failed(&error),
    }
}

pub(super) async fn cart(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    let cart = core.ledger().cart(*id).cloned();
    match cart {
        Some(cart) => show(&pages::cart(&cart)),
        None => not_found().await,
    }
}

pub(super) async fn approve(request: HttpRequest, core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    match ordering::approve(&core, *id).await {
        Ok(attempt) => to(&format!("/orders/{}", attempt.po_number)),
        Err(error) => failed(&error),
    }
}

pub(super) async fn reject(request: HttpRequest, core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    match ordering::reject(&core, *id) {
        Ok(()) => to(&format!("/carts/{id}")),
        Err(error) => failed(&error),
    }
}

pub(super) async fn order(core: web::Data<Core>, po_number: web::Path<String>) -> HttpResponse {
    let order = core.ledger().order(&po_number).cloned();
    match order {
        Some(order) => show(&pages::order(&order)),
        None => not_found().await,
    }
}

pub(super) async fn resend(
    request: HttpRequest,
    core: web::Data<Core>,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    let (po_number, how) = path.into_inner();
    let how = match how.as_str() {
        "same" => ResendAs::SameDocument,
        "new" => ResendAs::NewPayloadId,
        _ => return not_found().await,
    };
    match ordering::resend(&core, &po_number, how).await {
        Ok(_) => to(&format!("/orders/{po_number}")),
        Err(error) => failed(&error),
    }
}

pub(super) async fn invoice(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    let invoice = core.ledger().invoices.iter().find(|invoice| invoice.id == *id).cloned();
    match invoice {
        Some(invoice) => show(&pages::invoice(&invoice)),
        None => not_found().await,
    }
}

pub(super) async fn confirmation(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    let confirmation = core.ledger().confirmations.iter().find(|received| received.id == *id).cloned();
    match confirmation {
        Some(confirmation) => show(&pages::confirmation(&confirmation)),
        None => not_found().await,
    }
}

pub(super) async fn mailbox(core: web::Data<Core>) -> HttpResponse {
    show(&pages::mailbox(&core.mails()))
}

pub(super) async fn mail(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    match core.mails().into_iter().find(|mail| mail.id == *id) {
        Some(mail) => show(&pages::mail(&mail)),
        None => not_found().await,
    }
}

fn show(page: &Markup) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.0.clone())
}

fn to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

fn cross_site() -> HttpResponse {
    problem(403, "Refused", "This form did not come from a page of the simulator.")
}

fn failed(error: &SimulatorError) -> HttpResponse {
    let status = match error {
        SimulatorError::UnknownBuyer(_) | SimulatorError::UnknownCart(_) | SimulatorError::UnknownOrder(_) => 404,
        SimulatorError::CartNotWaiting { .. } => 409,
        _ => 502,
    };
    problem(status, "That did not work", &error.to_string())
}
