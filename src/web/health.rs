//! For load balancers and supervisors (R4).

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, route};
use marketgate_store::{StoreError, sessions};

use crate::context::Context;

/// The process runs.
#[route("/healthz", method = "GET", method = "HEAD")]
pub async fn healthz() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can do its work: the database answers.
#[route("/readyz", method = "GET", method = "HEAD")]
pub async fn readyz(context: Data<Context>) -> impl Responder {
    match context.read(sessions::has_operator).await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(error) => {
            let error: StoreError = error;
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
        }
    }
}
