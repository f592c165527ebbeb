//! Offers: prepared, released, changed and withdrawn.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::id::{OfferId, ProductId};
use marketgate_domain::offer::Offer;
use marketgate_domain::offer_change::OfferChange as Wanted;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, day, flag, owned_text, parsed};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::problem::Problem;
use super::view::word;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::change_offer::{change_offer as release_change, waiting};
use crate::flow::create_offer::{NewOffer as Prepared, create_offer as prepare};
use crate::interchange::catalog::offer::{OFFER_STATES, OfferHead, account_texts};
use crate::interchange::catalog::terms::{TermsRecord, read_terms};
use crate::query::api::{self, OfferFilter};

/// Longest body: legal documents are texts in full.
const LONGEST: usize = 1024 * 1024;

/// An offer in its newest revision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Offer)]
pub struct OfferView {
    id: String,
    product: String,
    seller: String,
    name: String,
    /// With the id: the agreement proposal that a cart refers to. 0 until the offer is released.
    revision: u32,
    is_private: bool,
    /// The accounts that a private offer was made for.
    accounts: Vec<String>,
    /// Last day on which it can be bought; null for public offers.
    availability_end_date: Option<Date>,
    /// `draft`, `released`, `expired` or `withdrawn`. Expiry is noted by a job: whether an offer can be bought depends on its last day.
    state: &'static str,
    released_at: Timestamp,
    terms: TermsRecord,
}

/// What hangs on an offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferWaiting {
    /// How many requests wait for an order on it. A change of a private offer supersedes them.
    waiting_requests: usize,
}

/// An offer after a change.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferChange {
    /// The offer in its new revision.
    offer: OfferView,
    /// How many waiting requests the new revision superseded.
    superseded_requests: usize,
}

/// An offer to prepare.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct NewOffer {
    /// Identifier of the product; its seller is the offer's. Never changes.
    product: String,
    /// Name for people: one line of at most 120 characters.
    #[schema(example = "Standard, 12 months")]
    name: String,
    /// The accounts that a private offer is made for; an offer without them is public. Never change.
    #[schema(required = false)]
    accounts: Vec<String>,
    /// Last day on which a private offer can be bought.
    #[schema(required = false)]
    availability_end_date: Option<Date>,
    terms: TermsRecord,
    /// Release it at once; otherwise it is a draft, which nobody sees who buys.
    #[schema(required = false)]
    release: bool,
}

/// Changes of an offer. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct OfferPatch {
    /// Last day on which a private offer can be bought; null takes that of a draft away.
    #[schema(required = false)]
    availability_end_date: Option<Date>,
    /// Name for people.
    #[schema(required = false)]
    name: String,
    /// All terms, not only those that differ.
    #[schema(required = false)]
    terms: TermsRecord,
}

impl From<&Offer> for OfferView {
    fn from(offer: &Offer) -> Self {
        Self {
            id: offer.id.to_string(),
            product: offer.product.to_string(),
            seller: offer.seller.to_string(),
            name: offer.name.clone(),
            revision: offer.revision,
            is_private: offer.is_private(),
            accounts: account_texts(offer),
            availability_end_date: offer.availability_end_date,
            state: word(&OFFER_STATES, offer.state),
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
        ("state" = Option<String>, Query, description = "`draft`, `released`, `expired` or `withdrawn`."),
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
        state: query.one_of("state", &OFFER_STATES),
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
    let id: OfferId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::offer(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(OfferView::from(&found)))
}

/// Counts what waits on an offer: worth a look before it is changed.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The count", body = OfferWaiting)))]
#[get("/offers/{id}/waiting")]
pub async fn read_offer_waiting(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let id: OfferId = id(&path)?;
    look_for(&context, move |snapshot| api::offer(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(OfferWaiting { waiting_requests: waiting(&context, id).await? }))
}

/// Prepares an offer.
///
/// A draft until it is released; with `release` it can be bought at once.
#[utoipa::path(tag = "catalog", request_body = NewOffer, responses((status = 201, description = "The offer", body = OfferView)))]
#[post("/offers")]
pub async fn create_offer(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let mut members = Members::of_at_most(payload, LONGEST).await?;
    let product: Option<ProductId> = members.required("product", parsed);
    let head = OfferHead::read(&mut members);
    let terms = members.required_part("terms", read_terms);
    let release = members.optional("release", flag).unwrap_or(false);
    members.finish()?;
    // A member that is not there was refused by now.
    let (Some(product), Some(head), Some(terms)) = (product, head, terms) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let OfferHead { name, visibility, availability_end_date } = head;
    let wanted = Prepared { product, name, visibility, availability_end_date, terms, release };
    let created = prepare(&context, caller.actor(), wanted).await?;
    Ok(HttpResponse::Created().json(OfferView::from(&created)))
}

/// Changes an offer.
///
/// A draft just changes. A change of a released offer releases a new revision: requests that wait for an order on an older one are
/// superseded, and their requesters told. A last day in the past ends the offer; a payment schedule can no longer change. Agreements
/// that exist are not touched.
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
    let mut members = Members::of_at_most(payload, LONGEST).await?;
    let last_day = members
        .optional("availability_end_date", |value| if value.is_null() { Ok(None) } else { day(value).map(Some) });
    let name = members.optional("name", owned_text);
    let terms = members.part("terms", read_terms);
    members.finish()?;
    let wanted = Wanted {
        availability_end_date: last_day.flatten(),
        without_last_day: last_day == Some(None),
        name,
        terms,
        ..Wanted::default()
    };
    answer(&context, &caller, id, wanted).await
}

/// Releases a draft.
///
/// From then on those whom it is made for can buy it.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The offer as it is now", body = OfferChange)))]
#[post("/offers/{id}/release")]
pub async fn release_offer(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    answer(&context, &caller, id(&path)?, Wanted { release: true, ..Wanted::default() }).await
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
    let changed = release_change(context, caller.actor(), id, wanted).await?;
    let offer = OfferView::from(&changed.offer);
    Ok(HttpResponse::Ok().json(OfferChange { offer, superseded_requests: changed.superseded }))
}
