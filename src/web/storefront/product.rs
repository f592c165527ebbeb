//! A product with the offers that the visitor may see.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::ProductId;

use crate::context::Context;
use crate::flow::Error;
use crate::query::storefront::{self, Viewer};
use crate::web::pages::{PageError, page};
use crate::web::shop::Shop;
use crate::web::ui::storefront::product::{self, OfferRow, ProductView};

/// Shows a product.
#[get("/p/{token}/products/{id}")]
pub async fn show(context: Data<Context>, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::BrowseCatalog).await?;
    let viewer = Viewer::new(shop.session.account, &shop.connection, context.clock.business());
    let now = viewer.now;
    let found = context
        .read(move |snapshot| {
            let id: ProductId = id.parse().map_err(|_| Error::NotFound)?;
            storefront::product(snapshot, &viewer, id)?.ok_or(Error::NotFound)
        })
        .await
        .map_err(|error| shop.error(&context, &error))?;
    let refusals: Vec<_> = found.offers.iter().map(|offer| offer.requestable(&found.product, now).err()).collect();
    let rows = found.offers.iter().zip(&refusals).map(|(offer, refusal)| OfferRow { offer, refusal: refusal.as_ref() });
    let view = ProductView { product: &found.product, seller: &found.seller, offers: rows.collect() };
    Ok(page(StatusCode::OK, product::page(&shop.page(&context), &view), &shop.policy()))
}
