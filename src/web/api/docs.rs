//! The page to read the API: the operations of the OpenAPI document, in the look of all pages, without JavaScript.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use maud::{Markup, html};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter};

use super::PREFIX;
use super::document::{DOCUMENT, methods};
use crate::context::Context;
use crate::web::pages::{page, public_context};
use crate::web::security::PagePolicy;
use crate::web::ui::components::{Column, Tone, badge, definitions, page_head, table};
use crate::web::ui::context::Head;
use crate::web::ui::layout::document;

/// Shows the page, to anybody: it says nothing about this installation.
#[get("/api/docs")]
pub async fn show(context: Data<Context>) -> HttpResponse {
    let about = public_context(&context);
    let markup = document(&about, Head { title: "API", current: "" }, content(&context.url(PREFIX)));
    page(StatusCode::OK, markup, &PagePolicy::default())
}

fn content(base: &str) -> Markup {
    html! {
        (page_head("API", None, html! {}))
        p.lead { (prose(DOCUMENT.info.description.as_deref().unwrap_or_default())) }
        section {
            h2 { "Try it" }
            p { "Operators make tokens with " code { "marketgate token create NAME" } " or, once there is one, with " code { "POST /tokens" } "." }
            pre.source { "curl -H 'Authorization: Bearer TOKEN' '" (base) "/organizations?limit=10'" }
            p { a href={ (PREFIX) "/openapi.json" } { "OpenAPI document" } " for your tools: it says what every member means." }
        }
        @for tag in tags() {
            section {
                h2 id=(tag) { (title(&tag)) }
                @for (path, item) in &DOCUMENT.paths.paths {
                    @for (method, operation) in methods(item).filter(|(_, operation)| tag_of(operation) == tag) {
                        (one(method, path, operation))
                    }
                }
            }
        }
    }
}

fn one(method: &str, path: &str, operation: &Operation) -> Markup {
    let answers = operation.responses.responses.iter().filter(|(status, _)| status.as_str() != "default");
    html! {
        article.card id=[operation.operation_id.as_deref()] {
            h3 { (badge(tone(method), method)) " " code { (PREFIX) (path) } }
            @if let Some(summary) = &operation.summary { p { strong { (summary) } } }
            @if let Some(description) = &operation.description { p { (prose(description)) } }
            @if let Some(parameters) = &operation.parameters { (parameter_table(parameters)) }
            (definitions(&[
                ("Body", operation.request_body.as_ref().and_then(|body| schema_names(body).pop()).map(|name| html! { code { (name) } })),
                ("Answers", Some(html! {
                    @for (status, response) in answers {
                        (status) " " @for name in schema_names(response) { code { (name) } " " }
                    }
                })),
            ]))
        }
    }
}

fn parameter_table(parameters: &[RefOr<Parameter>]) -> Markup {
    let own = parameters.iter().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    let rows = own
        .map(|parameter| {
            let place = serde_json::to_value(&parameter.parameter_in).ok();
            let place = place.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
            vec![
                html! { code { (parameter.name) } },
                html! { (place) },
                prose(parameter.description.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    table("Parameters", &[Column::Text("Parameter"), Column::Text("In"), Column::Text("Meaning")], rows)
}

/// A text of the document: what stands between backticks is code.
fn prose(text: &str) -> Markup {
    html! {
        @for (position, part) in text.split('`').enumerate() {
            @if position % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The names of the schemas that a body or an answer refers to.
fn schema_names(part: &impl serde::Serialize) -> Vec<String> {
    fn collect(value: &Value, names: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                let name = members.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
                names.extend(name.map(str::to_owned));
                members.values().for_each(|value| collect(value, names));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    if let Ok(value) = serde_json::to_value(part) {
        collect(&value, &mut names);
    }
    names
}

fn tone(method: &str) -> Tone {
    match method {
        "GET" => Tone::Plain,
        "DELETE" => Tone::Bad,
        _ => Tone::Accent,
    }
}

fn tag_of(operation: &Operation) -> String {
    operation.tags.iter().flatten().next().cloned().unwrap_or_default()
}

/// The parts of the API, in the order of their paths.
fn tags() -> Vec<String> {
    let mut tags = Vec::new();
    for item in DOCUMENT.paths.paths.values() {
        for (_, operation) in methods(item) {
            let tag = tag_of(operation);
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}

fn title(tag: &str) -> String {
    let mut letters = tag.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_everything_is_escaped() {
        let shown = prose("`a` or `<b>`.").into_string();
        assert_eq!(shown, "<code>a</code> or <code>&lt;b&gt;</code>.");
    }
}
