//! "My requests": what became of them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::id::RequestId;
use marketgate_store::{OrgView, Snapshot};

use super::cart::{Proof, asked};
use super::{ROWS, counted, newest_only};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::take_back::take_back;
use crate::query::life::{self, RequestLife};
use crate::web::pages::{PageError, page, see_other};
use crate::web::shop::Shop;
use crate::web::ui::storefront::requests::{self, RequestView};

/// The newest requests of the visitor.
#[get("/p/{token}/requests")]
pub async fn list(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::ReadRequests).await?;
    let requester = shop.session.user;
    let found = shop.look(&context, move |view| Ok(life::requests_of(view, requester, ROWS)?)).await?;
    let rows: Vec<RequestView<'_>> = found.iter().map(|life| view(life, context.clock.business())).collect();
    let summary = counted(rows.len(), "request");
    let markup = requests::list(&shop.page(&context), &rows, &newest_only(&summary));
    Ok(page(StatusCode::OK, markup, &shop.policy()))
}

/// One request with its life.
#[get("/p/{token}/requests/{id}")]
pub async fn show(context: Data<Context>, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::ReadRequests).await?;
    let requester = shop.session.user;
    let one = move |view: &OrgView<'_, Snapshot>| {
        let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
        life::request_of(view, requester, id)?.ok_or(Error::NotFound)
    };
    let found = shop.look(&context, one).await?;
    Ok(page(
        StatusCode::OK,
        requests::one(&shop.page(&context), &view(&found, context.clock.business())),
        &shop.policy(),
    ))
}

/// The requester takes a pending request back (O6b).
#[post("/p/{token}/requests/{id}/take-back")]
pub async fn withdraw(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<(String, String)>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let (shop, id) = asked(&context, &request, path, &form).await?;
    take_back(&context, &shop.session, id).await.map_err(|error| shop.error(&context, &error))?;
    Ok(see_other(&shop.path(&format!("/requests/{id}"))))
}

/// A request as pages show it.
pub fn view(life: &RequestLife, now: Timestamp) -> RequestView<'_> {
    RequestView {
        request: &life.request,
        product: &life.product.name,
        seller: &life.seller.name,
        agreement: life.agreement.as_ref(),
        invoices: life.invoices.iter().collect(),
        again: life.can_be_sent_again(now),
    }
}
