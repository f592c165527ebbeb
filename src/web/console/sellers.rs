//! Sellers of record.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::SellerId;
use marketgate_domain::seller::Seller;
use marketgate_domain::tax::TaxRule;
use maud::Markup;
use serde_json::{Map, Value, json};

use super::form::{Filled, Problems, last_part, object, read_and_judge};
use super::{Older, Operator, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::flow::register_seller::{change_seller, register_seller};
use crate::interchange::catalog::seller::{USUAL_PAYMENT_TERMS_DAYS, read_seller};
use crate::query::console;
use crate::web::pages::{PageError, see_other};
use crate::web::ui::console::catalog;
use crate::web::ui::console::editor::{self, EditField, Editor, Input};

/// The newest sellers, or the next older page.
#[get("/console/sellers")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::sellers(snapshot, before)).await?;
    let rows: Vec<_> = found.rows.iter().collect();
    let next = next("sellers", &found);
    Ok(answer(catalog::sellers(&operator.page(&context), &rows, &pager(next.as_ref()))))
}

/// One seller with its tax table.
#[get("/console/sellers/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: SellerId = id(&context, &path)?;
    let seller = look_for(&context, move |snapshot| console::seller(snapshot, id)).await?;
    Ok(answer(catalog::seller(&operator.page(&context), &seller)))
}

/// The form for a new seller.
#[get("/console/sellers/new")]
pub async fn enter(context: Data<Context>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let usual = Filled::default().with("payment_terms_days", USUAL_PAYMENT_TERMS_DAYS.to_string());
    Ok(answer(editor(&context, &operator, None, &usual, &Problems::default())))
}

/// Enters a new seller, or says what is wrong with it.
#[post("/console/sellers/new")]
pub async fn register(
    context: Data<Context>,
    request: HttpRequest,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let mut problems = Problems::default();
    let id = SellerId::new(context.random.uuid());
    let seller = read_typed(typed(&filled), id, &mut problems);
    if let (Some(seller), true) = (seller, problems.is_empty()) {
        match register_seller(&context, operator.actor(), seller).await {
            Ok(entered) => return Ok(see_other(&format!("/console/sellers/{}", entered.id))),
            Err(error) => problems.note_refusal(&context, error, field_of)?,
        }
    }
    Ok(answer(editor(&context, &operator, None, &filled, &problems)))
}

/// The form for the particulars of a seller.
#[get("/console/sellers/{id}/edit")]
pub async fn edit(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let id: SellerId = id(&context, &path)?;
    let seller = look_for(&context, move |snapshot| console::seller(snapshot, id)).await?;
    Ok(answer(editor(&context, &operator, Some(&seller), &showing(&seller), &Problems::default())))
}

/// Changes the particulars of a seller, or says what is wrong.
#[post("/console/sellers/{id}/edit")]
pub async fn change(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let id: SellerId = id(&context, &path)?;
    let before = look_for(&context, move |snapshot| console::seller(snapshot, id)).await?;
    let mut problems = Problems::default();
    let mut given = typed(&filled);
    given.insert("invoice_prefix".to_owned(), before.invoice_prefix.as_str().into());
    let after = read_typed(given, id, &mut problems);
    if let (Some(after), true) = (after, problems.is_empty()) {
        match change_seller(&context, operator.actor(), id, move |seller| *seller = after.clone()).await {
            Ok(changed) => return Ok(see_other(&format!("/console/sellers/{}", changed.id))),
            Err(error) => problems.note_refusal(&context, error, field_of)?,
        }
    }
    Ok(answer(editor(&context, &operator, Some(&before), &filled, &problems)))
}

/// The seller that was typed; everything that is wrong with it is in `problems` afterwards.
fn read_typed(given: Map<String, Value>, id: SellerId, problems: &mut Problems) -> Option<Seller> {
    let stand_in = json!({
        "invoice_prefix": "X-", "name": "X", "legal_name": "X", "contact": "x@example.com", "payment_terms_days": 0, "tax_rules": [],
        "address": { "street": ["X"], "city": "X", "country": "US" },
    });
    read_and_judge(given, &stand_in, problems, field_of, |members| read_seller(members, id), Seller::faults)
}

/// What was typed, as the JSON of a seller.
fn typed(filled: &Filled) -> Map<String, Value> {
    let address = object([
        ("street", Some(filled.lines("street").into())),
        ("city", filled.text("city")),
        ("state", filled.text("state")),
        ("postal_code", filled.text("postal_code")),
        ("country", filled.text("country")),
    ]);
    let remit_to = object([("code", filled.text("code")), ("bank_reference", filled.text("bank_reference"))]);
    object([
        ("invoice_prefix", filled.text("invoice_prefix")),
        ("name", filled.text("name")),
        ("legal_name", filled.text("legal_name")),
        ("address", Some(Value::Object(address))),
        ("tax_id", filled.text("tax_id")),
        ("remit_to", Some(Value::Object(remit_to))),
        ("contact", filled.text("contact")),
        ("payment_terms_days", filled.number("payment_terms_days")),
        ("tax_rules", Some(filled.lines("tax_rules").iter().map(|line| tax_rule(line)).collect())),
    ])
}

/// A line such as `DE; vat; 19; VAT 19 %`; `*` is every country.
fn tax_rule(line: &str) -> Value {
    let mut parts = line.splitn(4, ';').map(str::trim);
    let mut part = || parts.next().filter(|part| !part.is_empty()).map(Value::from);
    let country = part().filter(|country| country != "*");
    Value::Object(object([
        ("buyer_country", country),
        ("category", part()),
        ("rate_percent", part()),
        ("description", part()),
    ]))
}

fn tax_line(rule: &TaxRule) -> String {
    let country = rule.buyer_country.as_ref().map_or("*", |country| country.as_str());
    format!("{country}; {}; {}; {}", rule.category, rule.rate_percent, rule.description)
}

fn showing(seller: &Seller) -> Filled {
    let some = |text: &Option<String>| text.clone().unwrap_or_default();
    let lines = |all: Vec<String>| all.join("\n");
    Filled::showing([
        ("name", seller.name.clone()),
        ("legal_name", seller.legal_name.clone()),
        ("street", lines(seller.address.street.clone())),
        ("city", seller.address.city.clone()),
        ("state", some(&seller.address.state)),
        ("postal_code", some(&seller.address.postal_code)),
        ("country", seller.address.country.as_str().to_owned()),
        ("tax_id", some(&seller.tax_id)),
        ("code", some(&seller.remit_to.code)),
        ("bank_reference", some(&seller.remit_to.bank_reference)),
        ("contact", seller.contact.as_str().to_owned()),
        ("payment_terms_days", seller.payment_terms_days.to_string()),
        ("tax_rules", lines(seller.tax_rules.iter().map(tax_line).collect())),
    ])
}

/// The address is one value for the rules: what is wrong with it stands at its first field. The tax table is one field.
fn field_of(pointer: &str) -> String {
    match pointer {
        "/address" => "street".to_owned(),
        pointer if pointer.starts_with("/address/street/") => "street".to_owned(),
        pointer if pointer.starts_with("/tax_rules/") => "tax_rules".to_owned(),
        pointer => last_part(pointer),
    }
}

/// The form. The invoice prefix is asked for once.
fn editor(
    context: &Context,
    operator: &Operator,
    seller: Option<&Seller>,
    filled: &Filled,
    problems: &Problems,
) -> Markup {
    let field = |name, label, hint, input| EditField { name, label, hint, input, problem: problems.of(name) };
    let kind = |kind, name| Input::Line { kind, value: filled.value(name) };
    let line = |name| kind("text", name);
    let lines = |name, rows| Input::Lines { rows, value: filled.value(name) };
    let prefix = match seller {
        Some(seller) => {
            field("invoice_prefix", "Invoice prefix", "Never changes.", Input::Fixed(&seller.invoice_prefix))
        }
        None => field(
            "invoice_prefix",
            "Invoice prefix",
            "Unique, never changes: numbers are the prefix and a count.",
            line("invoice_prefix"),
        ),
    };
    let fields = vec![
        field("name", "Name", "On pages and in carts.", line("name")),
        field("legal_name", "Legal entity", "On invoices.", line("legal_name")),
        prefix,
        field("street", "Street", "One or more lines.", lines("street", 2)),
        field("city", "City", "", line("city")),
        field("state", "State or province", "Where the country has them.", line("state")),
        field("postal_code", "Postal code", "", line("postal_code")),
        field("country", "Country", "Two letters, for example US.", line("country")),
        field("contact", "E-mail", "Is told about orders.", kind("email", "contact")),
        field("tax_id", "Tax id", "With its country prefix, for example DE123456789.", line("tax_id")),
        field("code", "Remit-to code", "Under which buyers' systems know the account.", line("code")),
        field(
            "bank_reference",
            "Bank reference",
            "Printed on invoices: an IBAN, which is checked, or any other text that says which account it is.",
            line("bank_reference"),
        ),
        field(
            "payment_terms_days",
            "Invoices due, days",
            "Where the offer says nothing else.",
            kind("number", "payment_terms_days"),
        ),
        field(
            "tax_rules",
            "Tax",
            "A line for each rule: country; category; per cent; printed as. For example: DE; vat; 19; VAT 19 %. * is every country; the first that fits counts.",
            lines("tax_rules", 4),
        ),
    ];
    let base = "/console/sellers";
    let (title, action) = match seller {
        Some(seller) => (seller.name.as_str(), format!("{base}/{}/edit", seller.id)),
        None => ("New seller", format!("{base}/new")),
    };
    let editor = Editor {
        title,
        lead: "Invoices that were issued keep what they say.",
        trail: vec![(base.to_owned(), "Sellers"), (String::new(), title)],
        current: "sellers",
        action,
        submit: "Save",
        fields,
        problem: problems.of(""),
        is_wrong: !problems.is_empty(),
        warning: None,
    };
    editor::page(&operator.page(context), &editor)
}
