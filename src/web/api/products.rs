//! Products.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::{ProductId, SellerId};
use marketgate_domain::product::{Product, ProductType};
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, owned_text, parsed, set, titled};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::problem::Problem;
use super::view::word;
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::list_product::{change_product as describe_product, list_product as enter_product};
use crate::interchange::catalog::product::PRODUCT_TYPES;
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
            product_type: word(&PRODUCT_TYPES, product.product_type),
            seller: product.seller.to_string(),
            setup: product.setup.clone(),
        }
    }
}

/// A product to list.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct NewProduct {
    /// 1 to 40 letters, digits and hyphens, unique whatever the case; never changes.
    #[schema(example = "gatewren-soc")]
    code: String,
    name: String,
    /// One sentence for lists.
    summary: String,
    /// Paragraphs, separated by blank lines.
    #[schema(required = false)]
    description: String,
    category: String,
    /// `saas`, `ami`, `container` or `professional_services`; never changes.
    product_type: String,
    /// Identifier of the seller; never changes.
    seller: String,
    /// What to do once the agreement exists.
    #[schema(required = false)]
    setup: String,
}

/// Changes of a product. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct ProductPatch {
    #[schema(required = false)]
    name: String,
    #[schema(required = false)]
    summary: String,
    #[schema(required = false)]
    description: String,
    #[schema(required = false)]
    category: String,
    #[schema(required = false)]
    setup: String,
}

/// What can be said anew about a product.
#[derive(Debug, Default)]
struct Said {
    name: Option<String>,
    summary: Option<String>,
    description: Option<String>,
    category: Option<String>,
    setup: Option<String>,
}

impl Said {
    fn read(members: &mut Members) -> Self {
        let mut text = |name| members.optional(name, owned_text);
        Self {
            name: text("name"),
            summary: text("summary"),
            description: text("description"),
            category: text("category"),
            setup: text("setup"),
        }
    }

    fn apply(&self, product: &mut Product) {
        set(&mut product.name, self.name.as_ref());
        set(&mut product.summary, self.summary.as_ref());
        set(&mut product.description, self.description.as_ref());
        set(&mut product.category, self.category.as_ref());
        set(&mut product.setup, self.setup.as_ref());
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

/// Lists a product in the marketplace.
///
/// It can be bought once it has an offer.
#[utoipa::path(tag = "catalog", request_body = NewProduct, responses((status = 201, description = "The product", body = ProductView)))]
#[post("/products")]
pub async fn list_product(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let mut members = Members::of(payload).await?;
    let code = members.required("code", owned_text);
    let product_type = members.required("product_type", |value| titled(value, &PRODUCT_TYPES, ProductType::title));
    let seller: Option<SellerId> = members.required("seller", parsed);
    members.must_name(&["name", "summary", "category"]);
    let said = Said::read(&mut members);
    members.finish()?;
    // A member that is not there was refused by now.
    let (Some(code), Some(product_type), Some(seller)) = (code, product_type, seller) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let mut product = Product {
        id: ProductId::new(context.random.uuid()),
        code,
        product_type,
        seller,
        name: String::new(),
        summary: String::new(),
        description: String::new(),
        category: String::new(),
        setup: String::new(),
    };
    said.apply(&mut product);
    let listed = enter_product(&context, caller.actor(), product).await?;
    Ok(HttpResponse::Created().json(ProductView::from(&listed)))
}

/// Changes what is said about a product.
///
/// Members that are not named stay as they are (JSON Merge Patch). Requests and agreements keep what they say.
#[utoipa::path(
    tag = "catalog",
    params(("id" = String, Path)),
    request_body = ProductPatch,
    responses((status = 200, description = "The product as it is now", body = ProductView))
)]
#[patch("/products/{id}")]
pub async fn change_product(context: Data<Context>, caller: Caller, path: Path<String>, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let id: ProductId = id(&path)?;
    let mut members = Members::of(payload).await?;
    let said = Said::read(&mut members);
    members.finish()?;
    let changed = describe_product(&context, caller.actor(), id, move |product| said.apply(product)).await?;
    Ok(HttpResponse::Ok().json(ProductView::from(&changed)))
}
