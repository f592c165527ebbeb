//! Products.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::id::ProductId;
use marketgate_domain::product::{Product, ProductType};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api;

/// What is listed in the marketplace.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductView {
    id: String,
    /// What procurement systems see as SupplierPartID.
    code: String,
    name: String,
    summary: String,
    /// Paragraphs, separated by blank lines.
    description: String,
    category: String,
    /// `saas`, `ami`, `container` or `professional_services`.
    product_type: &'static str,
    seller: String,
    /// What to do once the agreement exists.
    setup: String,
}

impl From<&Product> for ProductView {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id.to_string(),
            code: product.code.clone(),
            name: product.name.clone(),
            summary: product.summary.clone(),
            description: product.description.clone(),
            category: product.category.clone(),
            product_type: product_type(product.product_type),
            seller: product.seller.to_string(),
            setup: product.setup.clone(),
        }
    }
}

fn product_type(product_type: ProductType) -> &'static str {
    match product_type {
        ProductType::SaaS => "saas",
        ProductType::Ami => "ami",
        ProductType::Container => "container",
        ProductType::ProfessionalServices => "professional_services",
    }
}

/// Lists products.
#[utoipa::path(
    tag = "catalog",
    params(Paging, ("seller" = Option<String>, Query, description = "Only those of this seller.")),
    responses((status = 200, description = "A page", body = List<ProductView>))
)]
#[get("/products")]
pub async fn list_products(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let mut query = ListQuery::of(&request);
    let seller = query.value("seller");
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::products(snapshot, seller, window)).await?;
    Ok(list::<ProductView, _, _>(page))
}

/// Reads a product.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The product", body = ProductView)))]
#[get("/products/{id}")]
pub async fn read_product(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let id: ProductId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::product(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(ProductView::from(&found)))
}
