//! Products, whoever may buy them.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::{ProductId, SellerId};
use marketgate_domain::product::Product;
use maud::Markup;
use serde_json::{Map, Value, json};

use super::form::{Filled, Problems, last_part, object, read_and_judge};
use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::flow::list_product::{change_product, list_product};
use crate::interchange::catalog::product::{NamedProduct, PRODUCT_TYPES};
use crate::query::console;
use crate::web::pages::{PageError, see_other};
use crate::web::ui::console::catalog::{self, ProductRow};
use crate::web::ui::console::editor::{self, EditField, Editor, Input};

/// The newest products, or the next older page.
#[get("/console/products")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::products(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| ProductRow {
        product: &entry.product,
        seller: &entry.seller,
        offers: entry.offers,
    });
    let next = next("products", &found);
    Ok(answer(catalog::products(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One product with its offers.
#[get("/console/products/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, seller, offers) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    let offers: Vec<_> = offers.iter().collect();
    Ok(answer(catalog::product(&operator.page(&context), &product, &seller, &offers)))
}

/// The form for a new product.
#[get("/console/products/new")]
pub async fn enter(context: Data<Context>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let sellers = look(&context, console::sellers_to_choose).await?;
    Ok(answer(editor(&context, &operator, None, &sellers, &Filled::default(), &Problems::default())))
}

/// Lists a new product, or says what is wrong with it.
#[post("/console/products/new")]
pub async fn list_new(
    context: Data<Context>,
    request: HttpRequest,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let mut problems = Problems::default();
    let id = ProductId::new(context.random.uuid());
    let named = read_typed(typed(&filled), id, &mut problems);
    let sellers = look(&context, console::sellers_to_choose).await?;
    let prefix = filled.value("seller").trim().to_owned();
    let seller = look(&context, move |snapshot| console::seller_by_prefix(snapshot, &prefix)).await?;
    if seller.is_none() && problems.of("seller").is_none() {
        problems.note("seller", "there is no such seller: enter it first");
    }
    if let (Some(named), Some(seller), true) = (named, seller, problems.is_empty()) {
        match list_product(&context, operator.actor(), named.identified(id, seller.id)).await {
            Ok(listed) => return Ok(see_other(&format!("/console/products/{}", listed.id))),
            Err(error) => problems.note_refusal(&context, error, last_part)?,
        }
    }
    Ok(answer(editor(&context, &operator, None, &sellers, &filled, &problems)))
}

/// The form for what is said about a product.
#[get("/console/products/{id}/edit")]
pub async fn edit(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, ..) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    Ok(answer(editor(&context, &operator, Some(&product), &[], &showing(&product), &Problems::default())))
}

/// Describes a product anew, or says what is wrong.
#[post("/console/products/{id}/edit")]
pub async fn describe(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, ..) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    let typed = filled.clone();
    let text =
        move |name: &str| typed.text(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let changed = change_product(&context, operator.actor(), id, move |product| {
        product.name = text("name");
        product.summary = text("summary");
        product.description = text("description");
        product.category = text("category");
        product.setup = text("setup");
    });
    match changed.await {
        Ok(changed) => Ok(see_other(&format!("/console/products/{}", changed.id))),
        Err(error) => {
            let mut problems = Problems::default();
            problems.note_refusal(&context, error, last_part)?;
            Ok(answer(editor(&context, &operator, Some(&product), &[], &filled, &problems)))
        }
    }
}

/// The product that was typed; everything that is wrong with it, but its seller, is in `problems` afterwards.
fn read_typed(given: Map<String, Value>, id: ProductId, problems: &mut Problems) -> Option<NamedProduct> {
    let stand_in =
        json!({ "code": "X", "name": "X", "summary": "X", "category": "X", "product_type": "saas", "seller": "X-" });
    // No rule looks at the seller's identifier.
    let judge = |named: &NamedProduct| named.clone().identified(id, SellerId::from_value(0)).faults();
    read_and_judge(given, &stand_in, problems, last_part, NamedProduct::read, judge)
}

fn typed(filled: &Filled) -> Map<String, Value> {
    let names = ["code", "name", "summary", "description", "category", "product_type", "seller", "setup"];
    object(names.map(|name| (name, filled.text(name))))
}

fn showing(product: &Product) -> Filled {
    Filled::showing([
        ("name", product.name.clone()),
        ("summary", product.summary.clone()),
        ("description", product.description.clone()),
        ("category", product.category.clone()),
        ("setup", product.setup.clone()),
    ])
}

/// The form. What never changes is shown and not asked for once the product exists.
fn editor(
    context: &Context,
    operator: &Operator,
    product: Option<&Product>,
    sellers: &[(String, String)],
    filled: &Filled,
    problems: &Problems,
) -> Markup {
    let field = |name, label, hint, input| EditField { name, label, hint, input, problem: problems.of(name) };
    let line = |name| Input::Line { kind: "text", value: filled.value(name) };
    let lines = |name, rows| Input::Lines { rows, value: filled.value(name) };
    let types = PRODUCT_TYPES.map(|(word, kind)| (word.to_owned(), kind.title().to_owned()));
    let mut fields = match product {
        Some(product) => vec![field("code", "Product code", "Never changes.", Input::Fixed(&product.code))],
        None => vec![
            field(
                "code",
                "Product code",
                "Letters, digits and hyphens: procurement systems see it as part number.",
                line("code"),
            ),
            field(
                "product_type",
                "Type",
                "",
                Input::Choice { options: types.into(), value: filled.value("product_type") },
            ),
            field("seller", "Seller", "", Input::Choice { options: sellers.to_vec(), value: filled.value("seller") }),
        ],
    };
    fields.extend([
        field("name", "Name", "", line("name")),
        field("summary", "Summary", "One sentence for lists.", line("summary")),
        field("category", "Category", "", line("category")),
        field("description", "Description", "Paragraphs, separated by blank lines.", lines("description", 8)),
        field("setup", "Set up", "What the buyer does once the agreement exists.", lines("setup", 3)),
    ]);
    let base = "/console/products";
    let (title, lead, action) = match product {
        Some(product) => (
            product.name.as_str(),
            "Requests and agreements keep what they say.",
            format!("{base}/{}/edit", product.id),
        ),
        None => ("New product", "It can be bought once it has an offer.", format!("{base}/new")),
    };
    let trail = vec![(base.to_owned(), "Products"), (String::new(), title)];
    let editor = Editor {
        title,
        lead,
        trail,
        current: "products",
        action,
        submit: "Save",
        fields,
        problem: problems.of(""),
        is_wrong: !problems.is_empty(),
        warning: None,
    };
    editor::page(&operator.page(context), &editor)
}
