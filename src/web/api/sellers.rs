//! Sellers of record.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::SellerId;
use marketgate_domain::seller::Seller;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{AddressView, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api;

/// Who lists products and bills for them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Seller)]
pub struct SellerView {
    id: String,
    name: String,
    /// Legal entity, on invoices.
    legal_name: String,
    address: AddressView,
    tax_id: Option<String>,
    /// Prefix of invoice numbers.
    invoice_prefix: String,
    /// E-mail address that is told about orders.
    contact: String,
    payment_terms_days: u32,
    tax_rules: Vec<TaxRuleView>,
}

/// Tax by the buyer's country; the first rule that fits counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxRule)]
pub struct TaxRuleView {
    /// Null fits every country.
    buyer_country: Option<String>,
    category: String,
    #[schema(example = "19")]
    rate_percent: String,
    description: String,
}

impl From<&Seller> for SellerView {
    fn from(seller: &Seller) -> Self {
        Self {
            id: seller.id.to_string(),
            name: seller.name.clone(),
            legal_name: seller.legal_name.clone(),
            address: (&seller.address).into(),
            tax_id: seller.tax_id.clone(),
            invoice_prefix: seller.invoice_prefix.clone(),
            contact: seller.contact.as_str().to_owned(),
            payment_terms_days: seller.payment_terms_days,
            tax_rules: views(&seller.tax_rules),
        }
    }
}

impl From<&marketgate_domain::tax::TaxRule> for TaxRuleView {
    fn from(rule: &marketgate_domain::tax::TaxRule) -> Self {
        Self {
            buyer_country: rule.buyer_country.as_ref().map(|country| country.as_str().to_owned()),
            category: rule.category.clone(),
            rate_percent: rule.rate_percent.to_string(),
            description: rule.description.clone(),
        }
    }
}

/// Lists sellers.
#[utoipa::path(tag = "catalog", params(Paging), responses((status = 200, description = "A page", body = List<SellerView>)))]
#[get("/sellers")]
pub async fn list_sellers(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let window = ListQuery::of(&request).window()?;
    let page = look(&context, move |snapshot| api::sellers(snapshot, window)).await?;
    Ok(list::<SellerView, _, _>(page))
}

/// Reads a seller.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The seller", body = SellerView)))]
#[get("/sellers/{id}")]
pub async fn read_seller(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let id: SellerId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::seller(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(SellerView::from(&found)))
}
