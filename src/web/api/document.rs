//! The OpenAPI document. One list makes both the routes and the document, so neither can have what the other lacks.

use std::sync::LazyLock;

use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Content, ObjectBuilder, OpenApi as Document, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema, Type,
};
use utoipa::{Modify, OpenApi};

use super::problem::{MEDIA_TYPE, ProblemView};
use super::{
    agreements, audit, catalog, charges, clock, connections, imports, invoices, jobs, messages, offers, orders,
    organizations,
};
use super::{outbox, products, requests, sellers, tokens};

/// Schemas of what is sent to us, or of which a member may be missing: in all others every member is always there.
const PARTIAL: [&str; 13] = [
    "AutomaticApprovalPatch",
    "ConnectionPatch",
    "FixedUpfront",
    "NewAgreement",
    "NewOffer",
    "NewProduct",
    "NewSeller",
    "OfferPatch",
    "OrganizationPatch",
    "Problem",
    "ProductPatch",
    "SellerPatch",
    "Terms",
];

macro_rules! operations {
    ($($module:ident :: $name:ident),+ $(,)?) => {
        /// Puts every operation into the scope of the API.
        pub fn operations(config: &mut ServiceConfig) {
            config$(.service($module::$name))+;
        }

        #[derive(OpenApi)]
        #[openapi(
            info(
                title = "marketgate",
                version = "1",
                description = "What machines of the operator read and do. Every request carries an API token. Lists are paged: \
                    `next` of a page is the value of `after` for the page behind it. Errors are Problem Details (RFC 9457).",
                license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
            ),
            servers((url = "/api/v1")),
            security(("token" = [])),
            paths($($module::$name),+),
            components(schemas(ProblemView)),
            modifiers(&Common)
        )]
        struct Api;
    };
}

operations![
    catalog::export_catalog,
    imports::import_catalog,
    imports::read_import,
    organizations::list_organizations,
    organizations::read_organization,
    organizations::change_organization,
    connections::list_connections,
    connections::read_connection,
    connections::change_connection,
    connections::release,
    connections::download_catalog,
    sellers::list_sellers,
    sellers::read_seller,
    sellers::register_seller,
    sellers::change_seller,
    products::list_products,
    products::read_product,
    products::list_product,
    products::change_product,
    offers::list_offers,
    offers::read_offer,
    offers::read_offer_waiting,
    offers::create_offer,
    offers::change_offer,
    offers::release_offer,
    offers::withdraw_offer,
    requests::list_requests,
    requests::read_request,
    requests::withdraw_request,
    orders::list_orders,
    orders::read_order,
    agreements::list_agreements,
    agreements::read_agreement,
    agreements::read_entitlements,
    agreements::subscribe_directly,
    charges::list_charges,
    charges::read_charge,
    invoices::list_invoices,
    invoices::read_invoice,
    outbox::list_outbox,
    outbox::read_outbox_message,
    outbox::requeue,
    outbox::discard,
    outbox::found_delivered,
    messages::list_messages,
    messages::read_message,
    messages::download_document,
    audit::list_audit,
    audit::read_audit_record,
    jobs::list_jobs,
    jobs::read_job,
    jobs::run_job,
    clock::read_clock,
    clock::move_clock,
    tokens::list_tokens,
    tokens::make_token,
    tokens::end_token,
];

/// What all operations have in common.
struct Common;

impl Modify for Common {
    fn modify(&self, document: &mut Document) {
        let problem = ResponseBuilder::new()
            .description("Why the request was not carried out")
            .content(MEDIA_TYPE, Content::new(Some(Ref::from_schema_name("Problem"))))
            .build();
        for item in document.paths.paths.values_mut() {
            let changing = [&mut item.post, &mut item.patch, &mut item.delete];
            for operation in changing.into_iter().flatten() {
                operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            }
            for operation in methods_mut(item) {
                operation.responses.responses.insert("default".to_owned(), RefOr::T(problem.clone()));
            }
        }
        let Some(components) = &mut document.components else { return };
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token."));
        components.add_security_scheme("token", SecurityScheme::Http(scheme.build()));
        for (name, schema) in &mut components.schemas {
            if let (RefOr::T(Schema::Object(object)), false) = (schema, PARTIAL.contains(&name.as_str())) {
                object.required = object.properties.keys().cloned().collect();
            }
        }
    }
}

/// The header that keeps a call from being carried out twice.
fn idempotency_key() -> Parameter {
    let text = "A name that the caller gives this call, for example a UUID. The same call under the same name is carried out once; \
                sent again, it gets the first answer.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255))))
        .build()
}

fn methods_mut(item: &mut PathItem) -> impl Iterator<Item = &mut utoipa::openapi::path::Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// The document.
pub static DOCUMENT: LazyLock<Document> = LazyLock::new(Api::openapi);

/// The document as it is served and compared.
pub static TEXT: LazyLock<String> = LazyLock::new(|| {
    // A document that cannot be written cannot happen; the golden test would see an empty one.
    let mut text = serde_json::to_string_pretty(&*DOCUMENT).unwrap_or_default();
    text.push('\n');
    text
});

/// The operations of a path with their methods.
pub fn methods(item: &PathItem) -> impl Iterator<Item = (&'static str, &utoipa::openapi::path::Operation)> {
    [("GET", &item.get), ("POST", &item.post), ("PATCH", &item.patch), ("DELETE", &item.delete)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_ref().map(|operation| (method, operation)))
}

/// The methods that a path takes, for `Allow`.
pub fn allowed_methods(path: &str) -> Option<String> {
    let item = DOCUMENT.paths.paths.get(path)?;
    Some(methods(item).map(|(method, _)| method).collect::<Vec<_>>().join(", "))
}

/// Serves the document, to anybody: it says nothing about this installation.
#[get("/api/v1/openapi.json")]
pub async fn download() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(TEXT.as_str())
}
