//! Offers, and the changes of them that the API makes: last day and name of a private one, withdrawal.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::id::OfferId;
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::offer_change::OfferChange as Wanted;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, owned_text, text};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::problem::Problem;
use super::terms::TermsView;
use super::view::word;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::change_offer::change_offer as release_change;
use crate::query::api::{self, OfferFilter};

const STATES: [(&str, OfferState); 3] =
    [("released", OfferState::Released), ("expired", OfferState::Expired), ("withdrawn", OfferState::Withdrawn)];

const END_DATE: &str = "availability_end_date";

/// Longest name of an offer: carts show it behind the product's.
const LONGEST_NAME: usize = 120;

/// An offer in its newest revision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub struct OfferView {
    id: String,
    product: String,
    seller: String,
    name: String,
    /// With the id: the agreement proposal that a cart refers to.
    revision: u32,
    is_private: bool,
    /// The accounts that a private offer was made for.
    accounts: Vec<String>,
    /// Last day on which it can be bought; null for public offers.
    availability_end_date: Option<Date>,
    /// `released`, `expired` or `withdrawn`. Noted by a job: whether an offer can be bought depends on its last day.
    state: &'static str,
    released_at: Timestamp,
    terms: TermsView,
}

/// An offer after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferChange {
    /// The offer in its new revision.
    offer: OfferView,
    /// How many waiting requests the new revision superseded.
    superseded_requests: usize,
}

/// Changes of an offer. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct OfferPatch {
    /// Last day on which a private offer can be bought.
    #[schema(required = false)]
    availability_end_date: Date,
    /// Name for people.
    #[schema(required = false)]
    name: String,
}

impl From<&Offer> for OfferView {
    fn from(offer: &Offer) -> Self {
        let accounts = match &offer.visibility {
            Visibility::Public => Vec::new(),
            Visibility::Private { accounts } => accounts.iter().map(ToString::to_string).collect(),
        };
        Self {
            id: offer.id.to_string(),
            product: offer.product.to_string(),
            seller: offer.seller.to_string(),
            name: offer.name.clone(),
            revision: offer.revision,
            is_private: offer.is_private(),
            accounts,
            availability_end_date: offer.availability_end_date,
            state: word(&STATES, offer.state),
            released_at: offer.released_at,
            terms: (&offer.terms).into(),
        }
    }
}

/// Lists offers in their newest revisions.
#[utoipa::path(
    tag = "catalog",
    params(
        Paging,
        ("product" = Option<String>, Query, description = "Only those of this product."),
        ("seller" = Option<String>, Query, description = "Only those of this seller."),
        ("state" = Option<String>, Query, description = "`released`, `expired` or `withdrawn`."),
    ),
    responses((status = 200, description = "A page", body = List<OfferView>))
)]
#[get("/offers")]
pub async fn list_offers(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let mut query = ListQuery::of(&request);
    let filter = OfferFilter {
        product: query.value("product"),
        seller: query.value("seller"),
        state: query.one_of("state", &STATES),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::offers(snapshot, &filter, window)).await?;
    Ok(list::<OfferView, _, _>(page))
}

/// Reads an offer in its newest revision.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The offer", body = OfferView)))]
#[get("/offers/{id}")]
pub async fn read_offer(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let found = offer(&context, id(&path)?).await?;
    Ok(HttpResponse::Ok().json(OfferView::from(&found)))
}

/// Changes a private offer.
///
/// A change releases a new revision: requests that wait for an order on an older one are superseded, and their requesters
/// told. A last day in the past ends the offer. Agreements that exist are not touched.
#[utoipa::path(
    tag = "catalog",
    params(("id" = String, Path)),
    request_body = OfferPatch,
    responses((status = 200, description = "The offer as it is now", body = OfferChange))
)]
#[patch("/offers/{id}")]
pub async fn change_offer(context: Data<Context>, caller: Caller, path: Path<String>, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let id: OfferId = id(&path)?;
    let mut members = Members::of(payload).await?;
    let last_day = members.optional(END_DATE, |value| {
        text(value)?.parse::<Date>().map_err(|_| "a day is expected, for example \"2027-03-31\"".to_owned())
    });
    let name = members.optional("name", |value| {
        let name = owned_text(value)?;
        if (1..=LONGEST_NAME).contains(&name.trim().chars().count()) {
            Ok(name)
        } else {
            Err(format!("1 to {LONGEST_NAME} characters are expected"))
        }
    });
    members.finish()?;
    let wanted = Wanted { availability_end_date: last_day, name, ..Wanted::default() };
    answer(&context, &caller, id, wanted).await
}

/// Takes an offer back, for good.
///
/// Requests that wait for an order on it are superseded, and their requesters told. Agreements that exist are not touched.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The offer as it is now", body = OfferChange)))]
#[post("/offers/{id}/withdraw")]
pub async fn withdraw_offer(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    answer(&context, &caller, id(&path)?, Wanted { withdraw: true, ..Wanted::default() }).await
}

async fn answer(context: &Context, caller: &Caller, id: OfferId, wanted: Wanted) -> Answer {
    let about_day = wanted.availability_end_date.is_some();
    let changed = release_change(context, caller.actor(), id, wanted).await;
    let changed = changed.map_err(|error| if about_day { placed(error) } else { error.into() })?;
    let offer = OfferView::from(&changed.offer);
    Ok(HttpResponse::Ok().json(OfferChange { offer, superseded_requests: changed.superseded }))
}

/// What the rules say against a day is about that day.
fn placed(error: crate::flow::Error) -> Problem {
    Problem::from(error).about(&format!("#/{END_DATE}"))
}

async fn offer(context: &Context, id: OfferId) -> Result<Offer, Problem> {
    look_for(context, move |snapshot| api::offer(snapshot, id)).await
}
