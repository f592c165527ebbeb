//! The server: routes, limits and headers of every answer.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::error::UrlencodedError;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::web::{self, Data, FormConfig, PayloadConfig, ServiceConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use marketgate_domain::access::Action;
use rustls::ServerConfig;

use super::pages::{PageError, public_context};
use super::security::PagePolicy;
use super::shop::Shop;
use super::{api, console, cxml_endpoint, front, health, methods, public, security, storefront};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::receive_document::record_denial;

/// Largest form that is read.
const LARGEST_FORM: usize = 256 * 1024;

/// Seconds that a client may take to send the head of a request.
const HEAD_SECONDS: u64 = 10;

/// Starts serving on a socket that is bound already.
///
/// # Errors
/// What the system says.
pub fn serve(context: &Context, listener: TcpListener, tls: Option<ServerConfig>) -> std::io::Result<Server> {
    let settings = &context.config.server;
    let shared = Data::new(context.clone());
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(shared.clone())
            .app_data(FormConfig::default().limit(LARGEST_FORM).error_handler(unreadable_form))
            .app_data(PayloadConfig::new(LARGEST_FORM))
            .wrap(from_fn(observe))
            .wrap(Compress::default())
            .wrap(from_fn(front::as_meant))
            .configure(routes)
            .default_service(web::to(nothing_here))
    })
    .client_request_timeout(Duration::from_secs(HEAD_SECONDS))
    .max_connections(settings.max_connections)
    .shutdown_timeout(settings.shutdown_seconds)
    .disable_signals();
    if settings.workers > 0 {
        server = server.workers(settings.workers);
    }
    let server = match tls {
        Some(config) => server.listen_rustls_0_23(listener, config)?,
        None => server.listen(listener)?,
    };
    Ok(server.run())
}

/// All routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(cxml_endpoint::ping)
        .service(cxml_endpoint::receive)
        .service(health::healthz)
        .service(health::readyz)
        .service(public::home)
        .service(public::asset)
        .service(public::setup_form)
        .service(public::set_up)
        .service(public::sign_in_form)
        .service(public::sign_in_now)
        .service(public::sign_out_now)
        .configure(storefront::routes)
        .configure(console::routes)
        .configure(api::routes);
}

/// Whatever no route answers: another method of an address that exists, or nothing at all.
async fn nothing_here(context: Data<Context>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let pattern = request.match_pattern().unwrap_or_default();
    let visit = match request.path().strip_prefix("/p/").and_then(|rest| rest.split('/').next()) {
        Some(token) => Shop::enter(&context, token, Action::BrowseCatalog).await.ok(),
        None => None,
    };
    match (methods::allowed(&pattern), visit) {
        (Some(allowed), _) if pattern == "/cxml" => Ok(cxml_endpoint::wrong_method(&context, allowed)),
        (Some(allowed), Some(shop)) => Err(PageError::wrong_method(&shop.page(&context), shop.policy(), allowed)),
        (Some(allowed), None) => {
            Err(PageError::wrong_method(&public_context(&context), PagePolicy::default(), allowed))
        }
        (None, Some(shop)) => Err(shop.error(&context, &Error::NotFound)),
        (None, None) => Err(PageError::new(&context, &Error::NotFound)),
    }
}

/// A form that is too large, or not a form.
fn unreadable_form(error: UrlencodedError, request: &HttpRequest) -> actix_web::Error {
    match request.app_data::<Data<Context>>() {
        Some(context) => PageError::unreadable_form(context, request.path(), &error).into(),
        None => error.into(),
    }
}

/// Sets the headers of every answer and logs it: by the route's pattern, because paths hold tokens.
async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let method = request.method().clone();
    let route = request.match_pattern().unwrap_or_else(|| "(none)".to_owned());
    let context = request.app_data::<Data<Context>>().cloned();
    let began = context.as_ref().map(|context| context.clock.wall());
    let mut response = next.call(request).await?;
    for (name, value) in security::HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let status = response.status();
    if let (Some(context), Some(began)) = (context, began) {
        if status == StatusCode::FORBIDDEN {
            // Forged forms and missing roles are for the audit trail (A2).
            let source = security::source_address(&context, response.request());
            let reason = format!("{method} was refused with 403");
            if let Err(error) = record_denial(&context, &source, &route, &reason).await {
                tracing::error!(%error, "a denial could not be recorded");
            }
        }
        let duration_ms = context.clock.wall().duration_since(began).as_millis();
        if status >= StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%method, route, status = status.as_u16(), duration_ms, "request");
        } else {
            tracing::debug!(%method, route, status = status.as_u16(), duration_ms, "request");
        }
    }
    Ok(response)
}
