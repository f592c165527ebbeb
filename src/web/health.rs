//! For load balancers and supervisors (R4).

use std::sync::atomic::Ordering;

use actix_web::web::Data;
use actix_web::{HttpResponse, Responder, route};
use marketgate_store::{StoreError, sessions};

use crate::context::Context;

/// The process runs.
#[route("/healthz", method = "GET", method = "HEAD")]
pub async fn healthz() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// The process can do its work: everything is in place, and the database answers.
#[route("/readyz", method = "GET", method = "HEAD")]
pub async fn readyz(context: Data<Context>) -> impl Responder {
    if !context.is_ready.load(Ordering::Acquire) {
        return HttpResponse::ServiceUnavailable()
            .content_type("text/plain")
            .body("starting: not everything is in place yet\n");
    }
    match context.read(sessions::has_operator).await {
        Ok(_) => HttpResponse::Ok().content_type("text/plain").body("ready\n"),
        Err(error) => {
            let error: StoreError = error;
            tracing::warn!(%error, "not ready");
            HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::http::StatusCode;
    use actix_web::test::{TestRequest, call_service, init_service};

    use super::*;
    use crate::web::api::site::Site;

    #[actix_web::test]
    async fn ready_is_said_only_once_everything_is_in_place() {
        let site = Site::seeded().await;
        let service = init_service(App::new().app_data(Data::new(site.context.clone())).service(readyz)).await;
        let ask = || async { call_service(&service, TestRequest::get().uri("/readyz").to_request()).await.status() };
        assert_eq!(ask().await, StatusCode::SERVICE_UNAVAILABLE);
        site.context.say_ready();
        assert_eq!(ask().await, StatusCode::OK);
    }
}
