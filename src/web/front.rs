//! What every request goes through before a route is looked for: spellings of the one address for documents, HEAD, and clients of HTTP/1.0.

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::http::uri::{PathAndQuery, Uri};
use actix_web::http::{ConnectionType, Method, Version};
use actix_web::middleware::Next;

/// The address for documents (P1).
const ENDPOINT: &str = "/cxml";

/// Makes of the request what was meant, and of the answer what the client understands.
pub async fn as_meant(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if request.method() == Method::HEAD {
        // The same answer; the server leaves its body out.
        request.head_mut().method = Method::GET;
    }
    if let Some(uri) = endpoint_of(request.uri()) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    let is_old = request.version() <= Version::HTTP_10;
    if is_old {
        // A compressed answer has no length beforehand.
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
    let mut response = next.call(request).await?;
    if is_old && matches!(response.response().body().size(), BodySize::Stream) {
        // Chunks are unknown to HTTP/1.0: the end of the connection is the end of the answer.
        let head = response.response_mut().head_mut();
        head.no_chunking(true);
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// The address for documents, if a slash too many is all that is wrong with this one.
fn endpoint_of(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let is_meant = segments.next() == ENDPOINT.get(1..) && segments.next().is_none() && path != ENDPOINT;
    if !is_meant {
        return None;
    }
    let meant = uri.query().map_or_else(|| ENDPOINT.to_owned(), |query| format!("{ENDPOINT}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(meant).ok()?);
    Uri::from_parts(parts).ok()
}
