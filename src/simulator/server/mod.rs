//! The HTTP side: routes, limits and response headers. Handlers here are thin; the verbs live in their own modules.

mod checkout;
mod cxml;
mod guard;
mod people;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpServer, web};

use crate::core::Core;

/// Larger than any cart or invoice with attachments of a rehearsal.
const BODY_BYTES_MAX: usize = 16 << 20;

/// Builds the server on a bound listener; it runs when it is polled.
pub(crate) fn run(listener: TcpListener, core: Arc<Core>) -> io::Result<Server> {
    let policy = guard::content_security_policy(&core);
    let core = web::Data::from(core);
    let factory = move || {
        App::new()
            .app_data(core.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .wrap(headers(&policy))
            .configure(routes)
            .default_service(web::to(people::not_found))
    };
    let server = HttpServer::new(factory)
        .workers(1)
        .max_connections(256)
        .client_request_timeout(Duration::from_secs(10))
        .shutdown_timeout(5)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

fn headers(policy: &str) -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", policy))
        .add(("Referrer-Policy", "same-origin"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Cache-Control", "no-store"))
}

fn routes(routes: &mut web::ServiceConfig) {
    routes
        .route("/cxml/invoices", web::post().to(cxml::invoices))
        .route("/cxml/confirmations", web::post().to(cxml::confirmations))
        .route("/punchout/checkout", web::post().to(checkout::receive))
        .route("/", web::get().to(people::home))
        .route("/style.css", web::get().to(people::style))
        .route("/buyers/{key}/punchout", web::post().to(people::punch_out))
        .route("/carts/{id}", web::get().to(people::cart))
        .route("/carts/{id}/approve", web::post().to(people::approve))
        .route("/carts/{id}/reject", web::post().to(people::reject))
        .route("/orders/{po_number}", web::get().to(people::order))
        .route("/orders/{po_number}/later/{step}", web::post().to(people::later_for_order))
        .route("/later/{step}", web::post().to(people::later))
        .route("/orders/{po_number}/resend/{how}", web::post().to(people::resend))
        .route("/invoices/{id}", web::get().to(people::invoice))
        .route("/invoices/{id}/status/{kind}", web::post().to(people::tell))
        .route("/statuses/{id}", web::get().to(people::status))
        .route("/confirmations/{id}", web::get().to(people::confirmation))
        .route("/mail", web::get().to(people::mailbox))
        .route("/mail/{id}", web::get().to(people::mail));
}
