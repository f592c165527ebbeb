//! "My requests": what became of them.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::RequestId;
use marketgate_store::{OrgView, Snapshot};

use super::{ROWS, counted, newest_only};
use crate::context::Context;
use crate::flow::Error;
use crate::query::life::{self, RequestLife};
use crate::web::pages::{PageError, page};
use crate::web::shop::Shop;
use crate::web::ui::storefront::requests::{self, RequestView};

/// The newest requests of the organization.
#[get("/p/{token}/requests")]
pub async fn list(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::ReadRequests).await?;
    let found = shop.look(&context, |view| Ok(life::requests(view, ROWS)?)).await?;
    let rows: Vec<RequestView<'_>> = found.iter().map(view).collect();
    let summary = counted(rows.len(), "request");
    let markup = requests::list(&shop.page(&context), &rows, &newest_only(&summary));
    Ok(page(StatusCode::OK, markup, &shop.policy()))
}

/// One request with its life.
#[get("/p/{token}/requests/{id}")]
pub async fn show(context: Data<Context>, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::ReadRequests).await?;
    let one = move |view: &OrgView<'_, Snapshot>| {
        let id: RequestId = id.parse().map_err(|_| Error::NotFound)?;
        life::request(view, id)?.ok_or(Error::NotFound)
    };
    let found = shop.look(&context, one).await?;
    Ok(page(StatusCode::OK, requests::one(&shop.page(&context), &view(&found)), &shop.policy()))
}

/// A request as pages show it.
pub fn view(life: &RequestLife) -> RequestView<'_> {
    RequestView {
        request: &life.request,
        product: &life.product.name,
        seller: &life.seller.name,
        agreement: life.agreement.as_ref(),
        invoices: life.invoices.iter().collect(),
    }
}
