//! What every request of the API goes through: who calls, and one form for everything that goes wrong.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use super::PREFIX;
use super::caller::Caller;
use super::document::allowed_methods;
use super::idempotency;
use super::problem::Problem;
use crate::context::Context;
use crate::flow::Error;
use crate::web::methods;

/// Finds out who calls, answers errors as problems, and keeps answers out of caches.
pub async fn guard(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method() == Method::HEAD {
        // The same operation; the server leaves the body of its answer out.
        request.head_mut().method = Method::GET;
    }
    let Some(context) = request.app_data::<Data<Context>>().cloned() else {
        return Err(Problem::from(Error::NotFound).into());
    };
    let mut response = match admit(&context, &request).await {
        Ok(()) => idempotency::once(&context, request, next).await?,
        Err(problem) => request.into_response(problem.answer(context.random.uuid())),
    };
    if let Some(error) = response.response().error() {
        let problem = error.as_error::<Problem>().cloned().unwrap_or_else(|| {
            // Something that answered before our handler did: its text is about the request.
            Problem::http(error.as_response_error().status_code(), error.to_string())
        });
        let (request, _) = response.into_parts();
        response = ServiceResponse::new(request, problem.answer(context.random.uuid()));
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// What does not exist, or is open to everybody, is said to anybody; everything else to those only who show a token.
async fn admit(context: &Context, request: &ServiceRequest) -> Result<(), Problem> {
    if request.match_pattern().is_some_and(|pattern| methods::allowed(&pattern).is_none()) {
        let caller = Caller::enter(context, request).await?;
        request.extensions_mut().insert(caller);
    }
    Ok(())
}

/// Whatever no operation answers: another method of a path that exists, or nothing at all.
pub async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pattern = request.match_pattern();
    let allowed = pattern.as_deref().and_then(|path| path.strip_prefix(PREFIX)).and_then(allowed_methods);
    let allowed = allowed.or_else(|| methods::allowed(pattern.as_deref()?).map(str::to_owned));
    Err(allowed.map_or_else(|| Error::NotFound.into(), |methods| Problem::wrong_method(&methods)))
}
