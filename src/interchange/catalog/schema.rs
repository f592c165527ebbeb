//! The JSON Schema of catalogue files, made from the types that write them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::file::CatalogRecord;

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Value {
    let mut named: Vec<(String, RefOr<Schema>)> = Vec::new();
    CatalogRecord::schemas(&mut named);
    let definitions: BTreeMap<String, Value> =
        named.into_iter().map(|(name, schema)| (name, standalone(&schema))).collect();
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
