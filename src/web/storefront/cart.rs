//! The cart, and handing it over to the procurement system (P5).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::RequestId;
use marketgate_domain::money::Money;
use marketgate_store::{OrgView, Snapshot};
use serde::Deserialize;

use crate::context::Context;
use crate::flow::Error;
use crate::flow::request_approval::withdraw;
use crate::flow::return_cart;
use crate::query::life::{self, RequestLife};
use crate::web::pages::{PageError, page, see_other};
use crate::web::shop::Shop;
use crate::web::ui::storefront::cart::{self, CartLine, CartState, CartView};
use crate::web::ui::storefront::return_cart::{self as return_page, ReturnView};

/// A form with nothing but its proof of origin.
#[derive(Debug, Deserialize)]
pub struct Proof {
    #[serde(default)]
    csrf: String,
}

/// Shows the cart.
#[get("/p/{token}/cart")]
pub async fn show(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::BrowseCatalog).await?;
    let ids = shop.session.cart.clone();
    let all = move |view: &OrgView<'_, Snapshot>| {
        let found = ids.iter().map(|id| life::request(view, *id));
        Ok(found.filter_map(Result::transpose).collect::<Result<Vec<RequestLife>, _>>()?)
    };
    let lines = shop.look(&context, all).await?;
    let view = CartView {
        totals: totals(&lines),
        lines: lines
            .iter()
            .map(|line| CartLine { request: &line.request, product: &line.product.name, seller: &line.seller.name })
            .collect(),
        system: &shop.connection.name,
        state: if shop.is_open() { CartState::Open } else { CartState::Returned },
    };
    Ok(page(StatusCode::OK, cart::page(&shop.page(&context), &view), &shop.policy()))
}

/// One amount for each currency.
fn totals(lines: &[RequestLife]) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for amount in lines.iter().map(|line| line.request.quote.amount) {
        match totals.iter_mut().find(|total| total.currency() == amount.currency()) {
            Some(total) => *total = total.plus(amount).unwrap_or(*total),
            None => totals.push(amount),
        }
    }
    totals
}

/// Takes a line out.
#[post("/p/{token}/cart/{request}/remove")]
pub async fn remove(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<(String, String)>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::RequestApproval).await?;
    shop.check_form(&context, &request, &form.csrf)?;
    let id: RequestId = id.parse().map_err(|_| PageError::new(&context, &Error::NotFound))?;
    withdraw(&context, &shop.session, id).await.map_err(|error| PageError::new(&context, &error))?;
    Ok(see_other(&shop.path("/cart")))
}

/// "Return cart": goes on to the form that hands it over.
#[post("/p/{token}/cart/return")]
pub async fn give_back(
    context: Data<Context>,
    request: HttpRequest,
    token: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::RequestApproval).await?;
    shop.check_form(&context, &request, &form.csrf)?;
    Ok(see_other(&shop.path("/return")))
}

/// The form that the browser posts to the buyer: by itself where scripts run, by its button everywhere. Asking for it again
/// gives the same cart.
#[get("/p/{token}/return")]
pub async fn hand_over(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::RequestApproval).await?;
    let form = return_cart::return_cart(&context, &shop.session).await;
    let form = form.map_err(|error| PageError::new(&context, &error))?;
    let view = ReturnView {
        action: &form.action,
        field: form.field,
        value: &form.value,
        autosubmit: true,
        lines: form.lines,
        system: &shop.connection.name,
    };
    Ok(page(StatusCode::OK, return_page::page(&shop.page(&context), &view), &shop.policy()))
}
