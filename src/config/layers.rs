//! The layers of the configuration as tables of TOML: merged key by key, each key checked against the defaults.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

/// What names of environment variables begin with.
pub(super) const PREFIX: &str = "MARKETGATE__";

/// Tables whose keys the user chooses.
const OPEN_TABLES: [&str; 1] = ["quotes.blanket_values"];

/// Where settings were found, by their keys: `jobs.purge`. Those of the defaults are not there.
pub(super) type Sources = BTreeMap<String, String>;

/// What is wrong with a value, with the place where it was found: a file, or a variable.
pub(super) fn placed(problem: String, sources: &Sources) -> String {
    let names = |key: &str| {
        let rest = problem.strip_prefix(key);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
    };
    match sources.iter().find(|(key, _)| names(key)) {
        Some((_, source)) => format!("{source}: {problem}"),
        None => problem,
    }
}

/// The defaults.
pub(super) fn defaults(problems: &mut Vec<String>) -> Table {
    super::DEFAULTS.parse().unwrap_or_else(|error| {
        problems.push(format!("the built-in defaults: {error}"));
        Table::new()
    })
}

/// Lays a file over the table.
pub(super) fn file(table: &mut Table, path: &Path, sources: &mut Sources, problems: &mut Vec<String>) {
    let source = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return problems.push(format!("{source}: {error}")),
    };
    match text.parse::<Table>() {
        Ok(layer) => merge(table, layer, "", &source, (sources, problems)),
        Err(error) => problems.push(format!("{source}: {}", error.to_string().trim())),
    }
}

/// Lays the variables that begin with the prefix over the table.
pub(super) fn environment(
    table: &mut Table,
    variables: impl IntoIterator<Item = (String, String)>,
    sources: &mut Sources,
    problems: &mut Vec<String>,
) {
    for (name, value) in variables {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        // Keys of open tables (currency codes) are written in capitals, all others are not.
        let parts: Vec<&str> = path.split("__").collect();
        let lower: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
        let open = OPEN_TABLES.iter().any(|open| lower.join(".").starts_with(&format!("{open}.")));
        let mut keys = lower;
        if open && let (Some(last), Some(written)) = (keys.last_mut(), parts.last()) {
            (*written).clone_into(last);
        }
        let mut layer = parse(&value, lookup(table, &keys));
        for key in keys.iter().rev() {
            layer = Value::Table(Table::from_iter([(key.clone(), layer)]));
        }
        if let Value::Table(layer) = layer {
            merge(table, layer, "", &name, (sources, problems));
        }
    }
}

fn lookup<'t>(table: &'t Table, keys: &[String]) -> Option<&'t Value> {
    let (first, rest) = keys.split_first()?;
    let mut value = table.get(first)?;
    for key in rest {
        value = value.get(key)?;
    }
    Some(value)
}

/// Plain text where the setting is a text, else a value of TOML.
fn parse(text: &str, default: Option<&Value>) -> Value {
    let plain = || Value::String(text.to_owned());
    match default {
        Some(Value::String(_)) | None => plain(),
        Some(_) => {
            let parsed = format!("value = {text}").parse::<Table>();
            parsed.ok().and_then(|mut table| table.remove("value")).unwrap_or_else(plain)
        }
    }
}

fn merge(
    base: &mut Table,
    layer: Table,
    above: &str,
    source: &str,
    (sources, problems): (&mut Sources, &mut Vec<String>),
) {
    for (key, value) in layer {
        let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(values)) => {
                merge(inner, values, &path, source, (&mut *sources, &mut *problems));
            }
            (Some(Value::Table(_)), _) => problems.push(format!("{source}: {path} is a section, not a value")),
            (Some(present), value) => {
                if std::mem::discriminant(present) == std::mem::discriminant(&value) {
                    *present = value;
                    sources.insert(path, source.to_owned());
                } else {
                    let (wanted, found) = (present.type_str(), value.type_str());
                    problems.push(format!("{source}: {path} must be a {wanted}, found a {found}"));
                }
            }
            (None, value) if OPEN_TABLES.contains(&above) => {
                base.insert(key, value);
                sources.insert(path, source.to_owned());
            }
            (None, Value::Table(_)) if above.is_empty() => {
                problems.push(format!("{source}: unknown section {path}; sections are {}", names(base)));
            }
            (None, _) => problems.push(format!("{source}: unknown key {path}; keys here are {}", names(base))),
        }
    }
}

fn names(table: &Table) -> String {
    table.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
}
