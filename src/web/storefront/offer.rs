//! An offer: its terms, the choice, and "Request approval" (P5).

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::day;
use marketgate_domain::id::{OfferId, RequestId};
use marketgate_domain::money::{Money, parse_decimal};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::quote::{Selection, quote};
use marketgate_domain::seller::Seller;
use marketgate_domain::subscription::NotDirect;
use marketgate_store::{OrgView, Snapshot};
use serde::Deserialize;

use crate::context::Context;
use crate::flow::Error;
use crate::flow::request_approval::{ApprovalForm, Proposal, request_approval};
use crate::flow::subscribe::{self, Subscriber, SubscriptionForm};
use crate::query::storefront::{self, Viewer};
use crate::web::pages::{PageError, page, see_other};
use crate::web::shop::Shop;
use crate::web::storefront::cart;
use crate::web::ui::storefront::offer::{self, OfferView, RequestOption};

/// An offer with everything its page shows.
struct Found {
    offer: Offer,
    product: Product,
    seller: Seller,
    duplicate: Option<Agreement>,
    direct: Result<(), NotDirect>,
}

/// Shows an offer.
#[get("/p/{token}/offers/{id}")]
pub async fn show(
    context: Data<Context>,
    path: Path<(String, String)>,
    again: Query<Again>,
) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::BrowseCatalog).await?;
    let found = find(&context, &shop, &id).await?;
    let resumed = shop.session.resume.as_ref().filter(|pending| pending.offer == found.offer.id);
    let chosen_before = match again.request() {
        Some(request) => earlier(&context, &shop, &found.offer, request).await?,
        None => resumed.map(|pending| pending.selection.clone()),
    };
    let selection =
        chosen_before.unwrap_or_else(|| Selection { months: only_duration(&found.offer), ..Selection::default() });
    Ok(render(&context, &shop, &found, &selection, None, StatusCode::OK))
}

/// The request whose choice the page begins with, in the address.
#[derive(Debug, Deserialize)]
pub struct Again {
    again: Option<String>,
}

impl Again {
    fn request(&self) -> Option<RequestId> {
        self.again.as_ref()?.parse().ok()
    }
}

/// What the visitor chose in an earlier request for the offer.
async fn earlier(
    context: &Data<Context>,
    shop: &Shop,
    offer: &Offer,
    request: RequestId,
) -> Result<Option<Selection>, PageError> {
    let (user, offer) = (shop.session.user, offer.id);
    let chosen = move |view: &OrgView<'_, Snapshot>| {
        let request = view.request(request)?.filter(|request| request.requester == user && request.offer == offer);
        Ok(request.map(|request| request.quote.selection))
    };
    shop.look(context, chosen).await
}

/// Takes the form: prices it again, puts the offer into the cart, or goes on to hand the cart over.
#[post("/p/{token}/offers/{id}/request")]
pub async fn choose(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<(String, String)>,
    form: Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, PageError> {
    let (shop, found) = sent(&context, &request, path, &form, Action::RequestApproval).await?;
    let selection = match selection(&form) {
        Ok(selection) => selection,
        Err(problem) => return Ok(unreadable(&context, &shop, &found, &problem)),
    };
    let then = form.get("then").map_or("return", String::as_str);
    if then == "preview" {
        return Ok(render(&context, &shop, &found, &selection, None, StatusCode::OK));
    }
    let wish = ApprovalForm { proposal: proposal(&found, &form), selection: selection.clone() };
    match request_approval(&context, &shop.session, wish).await {
        Ok(_) if then == "add" => Ok(see_other(&shop.path("/cart"))),
        // The session as it is with the new line.
        Ok(_) => cart::hand_over(&context, &shop).await,
        Err(error) => refused(&context, &shop, &found, &selection, &error),
    }
}

/// Takes the same form without a round trip: subscribes, and goes on to the agreement with its next step (C3b).
#[post("/p/{token}/offers/{id}/subscribe")]
pub async fn subscribe_directly(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<(String, String)>,
    form: Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, PageError> {
    let (shop, found) = sent(&context, &request, path, &form, Action::Subscribe).await?;
    let selection = match selection(&form) {
        Ok(selection) => selection,
        Err(problem) => return Ok(unreadable(&context, &shop, &found, &problem)),
    };
    let wanted =
        SubscriptionForm { proposal: proposal(&found, &form), selection: selection.clone(), purchase_order: None };
    match subscribe::subscribe(&context, subscriber(&shop), wanted).await {
        Ok(agreement) => Ok(see_other(&shop.path(&format!("/agreements/{agreement}")))),
        Err(error) => refused(&context, &shop, &found, &selection, &error),
    }
}

/// Who sent the form of an offer's page, and the offer.
async fn sent(
    context: &Data<Context>,
    request: &HttpRequest,
    path: Path<(String, String)>,
    form: &BTreeMap<String, String>,
    action: Action,
) -> Result<(Shop, Found), PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(context, &token, action).await?;
    shop.check_form(context, request, form.get("csrf").map_or("", String::as_str))?;
    let found = find(context, &shop, &id).await?;
    Ok((shop, found))
}

/// The page again, with what is wrong with the choice; or the page that says what failed.
fn refused(
    context: &Data<Context>,
    shop: &Shop,
    found: &Found,
    selection: &Selection,
    error: &Error,
) -> Result<HttpResponse, PageError> {
    match error {
        Error::Refused(_) | Error::BadRequest(_) | Error::Conflict(_) => {
            let problem = error.to_string();
            Ok(render(context, shop, found, selection, Some(&problem), StatusCode::UNPROCESSABLE_ENTITY))
        }
        error => Err(shop.error(context, error)),
    }
}

fn unreadable(context: &Context, shop: &Shop, found: &Found, problem: &str) -> HttpResponse {
    let blank = Selection { months: only_duration(&found.offer), ..Selection::default() };
    render(context, shop, found, &blank, Some(problem), StatusCode::UNPROCESSABLE_ENTITY)
}

fn proposal(found: &Found, form: &BTreeMap<String, String>) -> Proposal {
    Proposal {
        offer: found.offer.id,
        revision: form.get("revision").and_then(|text| text.parse().ok()).unwrap_or(0),
        accepted: form.get("accept").is_some_and(|accept| accept == "yes"),
    }
}

fn subscriber(shop: &Shop) -> Subscriber {
    Subscriber::visitor(&shop.session, shop.user.email.clone())
}

async fn find(context: &Data<Context>, shop: &Shop, id: &str) -> Result<Found, PageError> {
    let now = context.clock.business();
    let (viewer, subscriber) = (Viewer::new(shop.session.account, &shop.connection, now), subscriber(shop));
    let (id, account) = (id.parse::<OfferId>(), shop.session.account);
    let one = move |view: &OrgView<'_, Snapshot>| {
        let id = *id.as_ref().map_err(|_| Error::NotFound)?;
        let (offer, product, seller) = storefront::offer(view.catalogue(), &viewer, id)?.ok_or(Error::NotFound)?;
        let duplicate = view.running_agreement(account, product.id, day::of(now))?;
        let direct = subscribe::check(view.catalogue(), &subscriber, &offer, now)?;
        Ok(Found { offer, product, seller, duplicate, direct })
    };
    shop.look(context, one).await
}

fn only_duration(offer: &Offer) -> Option<u32> {
    offer.terms.choices().and_then(|choices| choices.first()).map(|choice| choice.months)
}

/// What the form says: durations, quantities and the estimate.
fn selection(form: &BTreeMap<String, String>) -> Result<Selection, String> {
    let mut selection = Selection::default();
    for (name, value) in form {
        let value = value.trim();
        if let Some(dimension) = name.strip_prefix("quantity.") {
            let count = if value.is_empty() { 0 } else { whole_number(value)? };
            if count > 0 {
                selection.quantities.insert(dimension.to_owned(), count);
            }
        } else if name == "months" && !value.is_empty() {
            selection.months = Some(whole_number(value)?);
        } else if name == "estimate" && !value.is_empty() {
            selection.estimate = Some(parse_decimal(value).map_err(|error| format!("The estimate: {error}"))?);
        }
    }
    Ok(selection)
}

fn whole_number(text: &str) -> Result<u32, String> {
    text.parse::<u32>()
        .ok()
        .filter(|count| *count <= 1_000_000)
        .ok_or_else(|| format!("\"{text}\" is not a whole number up to 1,000,000."))
}

fn render(
    context: &Context,
    shop: &Shop,
    found: &Found,
    selection: &Selection,
    problem: Option<&str>,
    status: StatusCode,
) -> HttpResponse {
    let now = context.clock.business();
    let refusal = found.offer.requestable(&found.product, now).err();
    let request = match &refusal {
        Some(refusal) => RequestOption::Blocked(refusal),
        None if shop.is_open() => RequestOption::Open,
        None => RequestOption::ViewOnly,
    };
    let settings = &shop.connection.lines;
    let quoted = quote(&found.offer, &found.product, selection.clone(), settings, &context.quote_rules, now);
    let view = OfferView {
        product: &found.product,
        seller: &found.seller,
        offer: &found.offer,
        request,
        selection,
        quote: quoted.as_ref().ok(),
        default_budget: default_budget(context, &found.offer),
        problem,
        duplicate: found.duplicate.as_ref(),
        direct: found.direct.as_ref().err(),
    };
    page(status, offer::page(&shop.page(context), &view), &shop.policy())
}

fn default_budget(context: &Context, offer: &Offer) -> Option<Money> {
    offer.terms.usage()?;
    let currency = offer.terms.currency();
    context.quote_rules.blanket_values.iter().copied().find(|value| value.currency() == currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_form_becomes_a_selection() {
        let read = selection(&form(&[
            ("months", "12"),
            ("quantity.user", "10"),
            ("quantity.site", ""),
            ("estimate", " 2500.50 "),
        ]));
        let read = read.unwrap();
        assert_eq!(read.months, Some(12));
        assert_eq!(read.quantities, BTreeMap::from([("user".to_owned(), 10)]));
        assert_eq!(read.estimate.map(|estimate| estimate.to_string()).as_deref(), Some("2500.50"));
    }

    #[test]
    fn what_is_not_a_number_is_named() {
        for fields in [("months", "a year"), ("quantity.user", "-1"), ("quantity.user", "1000001"), ("estimate", "1e9")]
        {
            assert!(selection(&form(&[fields])).is_err(), "{fields:?}");
        }
    }
}
