//! The handlers behind the pages: find, do, show. Everything that changes something is same-origin checked first and ends
//! in a redirect, so that a reload repeats nothing.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use maud::Markup;

use super::guard;
use crate::SimulatorError;
use crate::core::Core;
use crate::ledger::{ConfirmationReceived, InvoiceReceived, StatusPush};
use crate::marketplace::{self, Step};
use crate::ordering::{self, ResendAs};
use crate::pages;
use crate::punch_out::{self, SetupDraft};
use crate::telling;
use crate::wire::status_update::{InvoiceStatusKind, StatusDraft};

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
        Some(cart) => {
            let order = cart.order_number().and_then(|number| core.ledger().order(number).cloned());
            show(&pages::cart(&cart, core.buyer(&cart.buyer_key).ok(), order.as_ref()))
        }
        None => not_found().await,
    }
}

pub(super) async fn approve(request: HttpRequest, core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    match ordering::approve(&core, *id).await {
        Ok(attempt) => {
            if attempt.is_sent() {
                marketplace::wait_for_documents(&core, &attempt.po_number).await;
            }
            to(&format!("/orders/{}", attempt.po_number))
        }
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
    let Some(trail) = documents_of(&core, &po_number) else { return not_found().await };
    let numbers: Vec<String> =
        trail.invoices.iter().filter_map(|received| Some(received.invoice.as_ref()?.invoice_number.clone())).collect();
    let places = marketplace::places(&core, &po_number, &numbers).await;
    show(&pages::order(&core, &trail, &places))
}

/// An order with everything that came because of it.
fn documents_of(core: &Core, po_number: &str) -> Option<pages::OrderDocuments> {
    let mails = core.mails().into_iter().filter(|mail| mail.is_about(po_number)).collect();
    let ledger = core.ledger();
    let bills = |received: &&InvoiceReceived| {
        received.invoice.as_ref().is_some_and(|invoice| invoice.po_numbers.iter().any(|number| number == po_number))
    };
    let confirms = |received: &&ConfirmationReceived| received.po_number == po_number;
    Some(pages::OrderDocuments {
        order: ledger.order(po_number)?.clone(),
        confirmations: ledger.confirmations.iter().filter(confirms).cloned().collect(),
        mails,
        invoices: ledger.invoices.iter().filter(bills).cloned().collect(),
    })
}

/// Moves business time and shows the home page.
pub(super) async fn later(request: HttpRequest, core: web::Data<Core>, step: web::Path<String>) -> HttpResponse {
    move_clock(&request, &core, &step, "/").await
}

/// Moves business time and shows what came for the order.
pub(super) async fn later_for_order(
    request: HttpRequest,
    core: web::Data<Core>,
    path: web::Path<(String, String)>,
) -> HttpResponse {
    let (po_number, step) = path.into_inner();
    if core.ledger().order(&po_number).is_none() {
        return not_found().await;
    }
    move_clock(&request, &core, &step, &format!("/orders/{po_number}")).await
}

async fn move_clock(request: &HttpRequest, core: &Core, step: &str, back: &str) -> HttpResponse {
    if !guard::is_same_origin(request) {
        return cross_site();
    }
    let Some(step) = Step::of(step) else { return not_found().await };
    match marketplace::advance(core, step).await {
        Ok(()) => to(back),
        Err(error) => failed(&error),
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
    let Some(invoice) = received_invoice(&core, *id) else { return not_found().await };
    let buyer = invoice.buyer_key.as_deref().and_then(|key| core.buyer(key).ok());
    let payload_id = invoice.invoice.as_ref().map(|invoice| invoice.payload_id.as_str());
    let about = |push: &&StatusPush| Some(push.draft.document_payload_id.as_str()) == payload_id;
    let statuses: Vec<_> = core.ledger().statuses.iter().filter(about).cloned().collect();
    show(&pages::invoice(&invoice, buyer, &statuses))
}

/// Tells the marketplace a later status of an invoice.
pub(super) async fn tell(request: HttpRequest, core: web::Data<Core>, path: web::Path<(u64, String)>) -> HttpResponse {
    if !guard::is_same_origin(&request) {
        return cross_site();
    }
    let (id, kind) = path.into_inner();
    let draft = received_invoice(&core, id)
        .zip(InvoiceStatusKind::from_name(&kind))
        .and_then(|(invoice, kind)| StatusDraft::of_invoice(&invoice, kind, ""));
    let Some(draft) = draft else { return not_found().await };
    match telling::push_status(&core, draft).await {
        Ok(_) => to(&format!("/invoices/{id}")),
        Err(error) => failed(&error),
    }
}

fn received_invoice(core: &Core, id: u64) -> Option<InvoiceReceived> {
    core.ledger().invoices.iter().find(|invoice| invoice.id == id).cloned()
}

pub(super) async fn status(core: web::Data<Core>, id: web::Path<u64>) -> HttpResponse {
    let status = core.ledger().statuses.iter().find(|push| push.id == *id).cloned();
    match status {
        Some(status) => show(&pages::status(&status)),
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
        SimulatorError::CartNotWaiting { .. } | SimulatorError::NoStatusUpdates(_) | SimulatorError::NoClock => 409,
        _ => 502,
    };
    problem(status, "That did not work", &error.to_string())
}
