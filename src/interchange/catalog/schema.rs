//! The JSON Schema of catalogue files, made from the types that write them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::file::CatalogRecord;
use super::offer::OFFER_STATES;
use super::product::PRODUCT_TYPES;
use super::terms::PRICING_MODELS;

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Value {
    let mut named: Vec<(String, RefOr<Schema>)> = Vec::new();
    CatalogRecord::schemas(&mut named);
    let mut definitions: BTreeMap<String, Value> =
        named.into_iter().map(|(name, schema)| (name, standalone(&schema))).collect();
    for (definition, member, words) in words() {
        let described =
            definitions.get_mut(definition).and_then(|schema| schema.pointer_mut(&format!("/properties/{member}")));
        if let Some(Value::Object(described)) = described {
            described.insert("enum".to_owned(), json!(words));
        }
    }
    let mut root = standalone(&CatalogRecord::schema());
    if let Value::Object(root) = &mut root {
        if let Some(Value::Object(properties)) = root.get_mut("properties") {
            properties.insert("$schema".to_owned(), json!({ "type": "string" }));
        }
        root.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        root.insert("title".to_owned(), "Catalogue of marketgate".into());
        root.insert("$defs".to_owned(), json!(definitions));
    }
    root
}

/// Members that are one of some words.
fn words() -> [(&'static str, &'static str, Vec<&'static str>); 3] {
    [
        ("CatalogProduct", "product_type", PRODUCT_TYPES.iter().map(|(word, _)| *word).collect()),
        ("CatalogOffer", "state", OFFER_STATES.iter().map(|(word, _)| *word).collect()),
        ("Terms", "pricing_model", PRICING_MODELS.iter().map(|(word, _)| *word).collect()),
    ]
}

/// A schema of OpenAPI 3.1 is one of JSON Schema but for where it refers to. The reader refuses members that nobody knows.
fn standalone(schema: &RefOr<Schema>) -> Value {
    let mut value = serde_json::to_value(schema).unwrap_or_default();
    close(&mut value);
    value
}

fn close(value: &mut Value) {
    match value {
        Value::Object(members) => {
            refer_to_definitions(members);
            if members.contains_key("properties") {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            members.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

fn refer_to_definitions(members: &mut Map<String, Value>) {
    if let Some(Value::String(target)) = members.get_mut("$ref") {
        *target = target.replace("#/components/schemas/", "#/$defs/");
    }
}
