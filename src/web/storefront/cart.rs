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
use crate::flow::return_cart::{self, CartForm, LeftLine};
use crate::flow::take_back::remove_line;
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
    let (keeper, session, now) = (context.clone(), shop.session.clone(), context.clock.business());
    let contents = context.read(move |snapshot| return_cart::contents(&keeper, snapshot, &session, now)).await;
    let left_lines = contents.map_err(|error| shop.error(&context, &error))?.left;
    let is_left = |line: &RequestLife| left_lines.iter().any(|left| left.request.id == line.request.id);
    let view = CartView {
        left: left(&left_lines),
        totals: totals(lines.iter().filter(|line| !is_left(line))),
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
fn totals<'a>(lines: impl Iterator<Item = &'a RequestLife>) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for amount in lines.map(|line| line.request.quote.amount) {
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
    let (shop, id) = asked(&context, &request, path, &form).await?;
    remove_line(&context, &shop.session, id).await.map_err(|error| shop.error(&context, &error))?;
    Ok(see_other(&shop.path("/cart")))
}

/// The visit and the request that a form with nothing but its proof is about.
pub(super) async fn asked(
    context: &Data<Context>,
    request: &HttpRequest,
    path: Path<(String, String)>,
    form: &Proof,
) -> Result<(Shop, RequestId), PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(context, &token, Action::RequestApproval).await?;
    shop.check_form(context, request, &form.csrf)?;
    let id = id.parse().map_err(|_| shop.error(context, &Error::NotFound))?;
    Ok((shop, id))
}

/// "Return cart": the one step that hands the cart over; the page with the form follows.
#[post("/p/{token}/cart/return")]
pub async fn give_back(
    context: Data<Context>,
    request: HttpRequest,
    token: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::RequestApproval).await?;
    shop.check_form(&context, &request, &form.csrf)?;
    hand_over(&context, &shop).await
}

/// Returns the cart and leads to its form.
pub async fn hand_over(context: &Data<Context>, shop: &Shop) -> Result<HttpResponse, PageError> {
    return_cart::return_cart(context, &shop.session).await.map_err(|error| shop.error(context, &error))?;
    Ok(see_other(&shop.path("/return")))
}

/// The form that the browser posts to the buyer: by itself where scripts run, by its button everywhere. A cart that was not
/// returned has none: the address leads to the cart, whose button returns it.
#[get("/p/{token}/return")]
pub async fn show_form(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::RequestApproval).await?;
    if shop.is_open() {
        return Ok(see_other(&shop.path("/cart")));
    }
    let form = return_cart::cart_form(&context, &shop.session).await;
    let form = form.map_err(|error| shop.error(&context, &error))?;
    Ok(page(StatusCode::OK, return_page::page(&shop.page(&context), &view(&form, &shop)), &shop.policy()))
}

fn view<'a>(form: &'a CartForm, shop: &'a Shop) -> ReturnView<'a> {
    ReturnView {
        action: &form.action,
        field: form.field,
        value: &form.value,
        // What left the cart is for reading first.
        autosubmit: form.left.is_empty(),
        lines: form.lines,
        left: left(&form.left),
        system: &shop.connection.name,
    }
}

/// The lines that left the cart, as pages say it.
fn left(lines: &[LeftLine]) -> Vec<(&str, String)> {
    lines.iter().map(|line| (line.request.offer_name.as_str(), line.reason.to_string())).collect()
}
