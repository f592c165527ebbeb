//! Offers, public and private.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_domain::access::Action;
use marketgate_domain::id::{OfferId, ProductId};
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::offer_change::OfferChange;
use marketgate_domain::product::Product;
use marketgate_domain::terms::Terms;
use maud::Markup;
use serde_json::Value;

use super::form::{Filled, Problems, object, read};
use super::{Older, Operator, Proof, answer, id, look, look_for, next, pager};
use crate::context::Context;
use crate::flow::change_offer::{change_offer, waiting};
use crate::flow::create_offer::{NewOffer, create_offer};
use crate::interchange::catalog::offer::OfferHead;
use crate::interchange::catalog::simple::{self, Cells};
use crate::interchange::catalog::terms::{TermsRecord, read_terms};
use crate::interchange::members::{Misread, day, owned_text};
use crate::interchange::strict;
use crate::query::console;
use crate::web::pages::{PageError, see_other};
use crate::web::ui::console::catalog::{self, OfferRow};
use crate::web::ui::console::editor::{self, EditField, Editor, Input};
use crate::web::ui::format::plural;

/// The choice of a form that takes terms in JSON.
const IN_JSON: (&str, &str) = ("json", "Everything else: terms in JSON");

/// The newest offers, or the next older page.
#[get("/console/offers")]
pub async fn list(
    context: Data<Context>,
    request: HttpRequest,
    older: Query<Older>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let before = Older::before(&older, &context)?;
    let found = look(&context, move |snapshot| console::offers(snapshot, before)).await?;
    let rows = found.rows.iter().map(|entry| OfferRow { offer: &entry.offer, product: &entry.product });
    let next = next("offers", &found);
    Ok(answer(catalog::offers(&operator.page(&context), &rows.collect::<Vec<_>>(), &pager(next.as_ref()))))
}

/// One offer in its newest revision.
#[get("/console/offers/{id}")]
pub async fn show(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::BrowseCatalog).await?;
    let id: OfferId = id(&context, &path)?;
    let (offer, product) = look_for(&context, move |snapshot| console::offer(snapshot, id)).await?;
    let waiting = waiting(&context, id).await.map_err(|error| PageError::new(&context, &error))?;
    Ok(answer(catalog::offer(&operator.page(&context), &offer, &product, waiting)))
}

/// The form for a new offer of a product.
#[get("/console/products/{id}/offers/new")]
pub async fn enter(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, ..) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    let accounts = look(&context, console::accounts_to_choose).await?;
    let usual = Filled::default().with("currency", "USD").with("months", "12");
    Ok(answer(new_editor(&context, &operator, &product, accounts, &usual, &Problems::default())))
}

/// Prepares an offer, or says what is wrong with it.
#[post("/console/products/{id}/offers/new")]
pub async fn prepare(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let id: ProductId = id(&context, &path)?;
    let (product, ..) = look_for(&context, move |snapshot| console::product(snapshot, id)).await?;
    let mut problems = Problems::default();
    let in_json = filled.value("pricing") == IN_JSON.0;
    let field = |pointer: &str| field_of(pointer, in_json);
    let terms = if in_json { json_terms(&filled, &mut problems) } else { simple_terms(&filled, &mut problems) };
    let given = object([
        ("name", filled.text("name")),
        ("accounts", Some(filled.ticked("accounts").into())),
        ("availability_end_date", filled.text("availability_end_date")),
        ("terms", terms),
    ]);
    let wanted = read(given, &mut problems, field, |members| {
        let (head, terms) = (OfferHead::read(members), members.object("terms", read_terms));
        let (OfferHead { name, visibility, availability_end_date }, terms) = (head?, terms?);
        Some(NewOffer { product: id, name, visibility, availability_end_date, terms, release: false })
    });
    if let (Some(wanted), true) = (wanted, problems.is_empty()) {
        match create_offer(&context, operator.actor(), wanted).await {
            Ok(created) => return Ok(see_other(&format!("/console/offers/{}", created.id))),
            Err(error) => problems.note_refusal(&context, error, field)?,
        }
    }
    let accounts = look(&context, console::accounts_to_choose).await?;
    Ok(answer(new_editor(&context, &operator, &product, accounts, &filled, &problems)))
}

/// The form for changes of an offer.
#[get("/console/offers/{id}/edit")]
pub async fn edit(context: Data<Context>, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(&context, &request, Action::ChangeCatalog).await?;
    let id: OfferId = id(&context, &path)?;
    let (offer, _) = look_for(&context, move |snapshot| console::offer(snapshot, id)).await?;
    let shown = Filled::showing([
        ("name", offer.name.clone()),
        ("availability_end_date", offer.availability_end_date.map(|day| day.to_string()).unwrap_or_default()),
        ("terms", in_json(&offer.terms)),
    ]);
    change_page(&context, &operator, &offer, &shown, &Problems::default()).await
}

/// Changes an offer, or says why not.
#[post("/console/offers/{id}/edit")]
pub async fn change(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let (operator, filled) = Filled::sent(&context, &request, form).await?;
    let id: OfferId = id(&context, &path)?;
    let (offer, _) = look_for(&context, move |snapshot| console::offer(snapshot, id)).await?;
    let mut problems = Problems::default();
    let field = |pointer: &str| field_of(pointer, true);
    let last_day = filled.text("availability_end_date");
    let without_last_day = last_day.is_none();
    let given = object([
        ("name", filled.text("name")),
        ("availability_end_date", last_day),
        ("terms", json_terms(&filled, &mut problems)),
    ]);
    let wanted = read(given, &mut problems, field, |members| {
        let name = members.required("name", owned_text);
        let availability_end_date = members.nullable("availability_end_date", day);
        let terms = members.object("terms", read_terms);
        let (name, terms) = (Some(name?), Some(terms?));
        Some(OfferChange { name, availability_end_date, without_last_day, terms, ..OfferChange::default() })
    });
    if let (Some(wanted), true) = (wanted, problems.is_empty()) {
        match change_offer(&context, operator.actor(), id, wanted).await {
            Ok(changed) => return Ok(see_other(&format!("/console/offers/{}", changed.offer.id))),
            Err(error) => problems.note_refusal(&context, error, field)?,
        }
    }
    change_page(&context, &operator, &offer, &filled, &problems).await
}

/// Releases a draft.
#[post("/console/offers/{id}/release")]
pub async fn release(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    decide(&context, &request, &path, &form, OfferChange { release: true, ..OfferChange::default() }).await
}

/// Takes an offer back, for good.
#[post("/console/offers/{id}/withdraw")]
pub async fn withdraw(
    context: Data<Context>,
    request: HttpRequest,
    path: Path<String>,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    decide(&context, &request, &path, &form, OfferChange { withdraw: true, ..OfferChange::default() }).await
}

async fn decide(
    context: &Data<Context>,
    request: &HttpRequest,
    path: &str,
    form: &Proof,
    wanted: OfferChange,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::allowed(context, request, Action::ChangeCatalog).await?;
    operator.check_form(context, request, &form.csrf)?;
    let id: OfferId = id(context, path)?;
    let changed = change_offer(context, operator.actor(), id, wanted).await;
    changed.map_err(|error| PageError::new(context, &error))?;
    Ok(see_other(&format!("/console/offers/{id}")))
}

impl Cells for Filled {
    fn text(&self, name: &str) -> Option<Value> {
        Self::text(self, name)
    }

    fn number(&self, name: &str) -> Option<Value> {
        Self::number(self, name)
    }
}

/// The terms that the simple fields say. What would be lost is said too.
fn simple_terms(filled: &Filled, problems: &mut Problems) -> Option<Value> {
    let pricing = filled.value("pricing");
    let terms = simple::terms(pricing, filled);
    if terms.is_none() {
        problems.note("pricing", "choose a way of paying");
        return None;
    }
    for (cell, detail) in simple::lost(pricing, filled) {
        problems.note(cell, &detail);
    }
    terms
}

/// The terms that were typed in JSON. What is no JSON is said with its place in the field.
fn json_terms(filled: &Filled, problems: &mut Problems) -> Option<Value> {
    problems.typed_in_json("terms", filled.value("terms"));
    match strict::parse(filled.value("terms").as_bytes()) {
        Ok((terms, twice)) => {
            let within = |fault: Misread| Misread { pointer: format!("/terms{}", fault.pointer), ..fault };
            let twice: Vec<Misread> = twice.into_iter().map(within).collect();
            problems.note_misread(&twice, |pointer| field_of(pointer, true));
            Some(terms)
        }
        Err(error) => {
            problems.note("terms", &format!("this is not JSON: {error}"));
            None
        }
    }
}

fn in_json(terms: &Terms) -> String {
    // Terms have a JSON form: everything in them is text and numbers.
    serde_json::to_string_pretty(&TermsRecord::from(terms)).unwrap_or_default()
}

/// The field that a pointer belongs to; of terms in JSON there is one for all.
fn field_of(pointer: &str, in_json: bool) -> String {
    match pointer.strip_prefix("/terms") {
        Some(_) if in_json => "terms".to_owned(),
        Some(_) => simple::cell(pointer).to_owned(),
        None => pointer.split('/').nth(1).unwrap_or_default().to_owned(),
    }
}

fn new_editor(
    context: &Context,
    operator: &Operator,
    product: &Product,
    accounts: Vec<(String, String)>,
    filled: &Filled,
    problems: &Problems,
) -> Markup {
    let field = |name, label, hint, input| EditField { name, label, hint, input, problem: problems.of(name) };
    let kind = |kind, name| Input::Line { kind, value: filled.value(name) };
    let pricings = simple::PRICINGS.into_iter().chain([IN_JSON]);
    let pricings = pricings.map(|(word, title)| (word.to_owned(), title.to_owned())).collect();
    let made_for = Input::Boxes { options: accounts, ticked: filled.ticked("accounts") };
    let last_day = "Of a private offer, through the end of the day UTC.";
    let terms = "Payment schedules, choices of the buyer, legal documents: as the API writes them.";
    let fields = vec![
        field("name", "Name", "For example: Standard, 12 months.", kind("text", "name")),
        field("accounts", "Made for", "Nobody ticked: a public offer.", made_for),
        field("availability_end_date", "Last day", last_day, kind("date", "availability_end_date")),
        field("pricing", "Payment", "", Input::Choice { options: pricings, value: filled.value("pricing") }),
        field("price", "Price", "For the whole duration, each month, or for one unit.", kind("text", "price")),
        field("currency", "Currency", "Three letters, for example USD.", kind("text", "currency")),
        field("months", "Months", "Duration of a fixed, monthly or free offer.", kind("number", "months")),
        field("unit", "Unit", "What is counted, where use is paid.", kind("text", "unit")),
        field("trial_days", "Trial, days", "", kind("number", "trial_days")),
        field("terms", "Terms in JSON", terms, Input::Lines { rows: 6, value: filled.value("terms") }),
    ];
    let at_product = format!("/console/products/{}", product.id);
    let trail = vec![
        ("/console/products".to_owned(), "Products"),
        (at_product.clone(), product.name.as_str()),
        (String::new(), "New offer"),
    ];
    let editor = Editor {
        title: "New offer",
        lead: "A draft: nobody who buys sees it before it is released.",
        trail,
        current: "offers",
        action: format!("{at_product}/offers/new"),
        submit: "Save the draft",
        fields,
        problem: problems.of(""),
        is_wrong: !problems.is_empty(),
        warning: None,
    };
    editor::page(&operator.page(context), &editor)
}

async fn change_page(
    context: &Context,
    operator: &Operator,
    offer: &Offer,
    filled: &Filled,
    problems: &Problems,
) -> Result<HttpResponse, PageError> {
    let waiting = waiting(context, offer.id).await.map_err(|error| PageError::new(context, &error))?;
    let field = |name, label, hint, input| EditField { name, label, hint, input, problem: problems.of(name) };
    let kind = |kind, name| Input::Line { kind, value: filled.value(name) };
    let mut fields = vec![field("name", "Name", "", kind("text", "name"))];
    if offer.is_private() || offer.availability_end_date.is_some() {
        let hint = "A day in the past ends the offer at once. A public offer has none.";
        fields.push(field("availability_end_date", "Last day", hint, kind("date", "availability_end_date")));
    }
    let hint = "All terms. A payment schedule can no longer change once the offer is released.";
    fields.push(field("terms", "Terms in JSON", hint, Input::Lines { rows: 18, value: filled.value("terms") }));
    let at_offer = format!("/console/offers/{}", offer.id);
    let is_draft = offer.state == OfferState::Draft;
    let trail = vec![
        ("/console/offers".to_owned(), "Offers"),
        (at_offer.clone(), offer.name.as_str()),
        (String::new(), "Change"),
    ];
    let revised = "What changes is a new revision. Agreements that exist are not touched.";
    let editor = Editor {
        title: "Change the offer",
        lead: if is_draft { "A draft just changes." } else { revised },
        trail,
        current: "offers",
        action: format!("{at_offer}/edit"),
        submit: "Save",
        fields,
        problem: problems.of(""),
        is_wrong: !problems.is_empty(),
        warning: what_waits(context, offer, waiting),
    };
    Ok(answer(editor::page(&operator.page(context), &editor)))
}

/// What a change does to the requests that wait, in words.
fn what_waits(context: &Context, offer: &Offer, waiting: usize) -> Option<(&'static str, String)> {
    let title = "Requests wait for an order on this offer";
    let count = plural(waiting, "request");
    let keeps = context.config.quotes.extension_keeps_requests;
    let text = match waiting {
        0 => return None,
        _ if !offer.is_private() => format!("{count}: their quotes keep their price while they hold."),
        _ if keeps => format!("{count}: a later last day alone keeps them valid, every other change supersedes them."),
        _ => format!("A change supersedes {count}: those who sent them are told, and can send them again."),
    };
    Some((title, text))
}
