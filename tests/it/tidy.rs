//! The repository itself: rules that no compiler checks.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A longer file is several files.
const LONGEST_FILE_LINES: usize = 600;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every text file that belongs to the project, with its content.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["src", "tests", "config", "benches", "packaging", "testdata", ".ci"] {
        walk(&Path::new(ROOT).join(folder), &mut found);
    }
    let top = std::fs::read_dir(ROOT).unwrap().map(|entry| entry.unwrap().path());
    found.extend(
        top.filter(|path| path.is_file() && path.extension().is_some_and(|kind| kind == "md" || kind == "toml")),
    );
    assert!(found.len() > 200, "only {} files found", found.len());
    let named = |path: PathBuf| {
        let text = String::from_utf8(std::fs::read(&path).unwrap()).ok()?;
        Some((path.strip_prefix(ROOT).unwrap().to_string_lossy().into_owned(), text))
    };
    found.into_iter().filter_map(named).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn rust_files(folder: &str) -> Vec<(String, String)> {
    let is_rust = |name: &str| Path::new(name).extension().is_some_and(|kind| kind == "rs");
    files().into_iter().filter(|(name, _)| name.starts_with(folder) && is_rust(name)).collect()
}

/// `file:line: text` of every line that offends.
fn offences(files: &[(String, String)], offends: impl Fn(&str) -> bool) -> Vec<String> {
    let lines =
        files.iter().flat_map(|(name, text)| text.lines().zip(1..).map(move |(line, number)| (name, number, line)));
    lines.filter(|(_, _, line)| offends(line)).map(|(name, number, line)| format!("{name}:{number}: {line}")).collect()
}

fn assert_none(what: &str, offences: &[String]) {
    assert!(offences.is_empty(), "{what}:\n{}", offences.join("\n"));
}

#[test]
fn no_note_to_oneself_was_left_and_no_path_of_somebodys_machine() {
    // Written in pieces, so that this file does not offend.
    let words = [["TO", "DO"], ["FIX", "ME"], ["XX", "X:"], ["/wo", "rk/"], ["/ho", "me/"], ["/ro", "ot/"]]
        .map(|word| word.concat());
    assert_none("forbidden words", &offences(&files(), |line| words.iter().any(|word| line.contains(word.as_str()))));
}

#[test]
fn only_one_place_reads_and_writes_the_tables_of_the_catalogue() {
    // Whoever reads one of them past it does not see an import that is live and not yet in its place.
    let tables = [
        "SELLERS",
        "INVOICE_PREFIXES",
        "PRODUCTS",
        "PRODUCTS_BY_CODE",
        "OFFERS",
        "OFFER_REVISIONS",
        "OFFERS_BY_PRODUCT",
    ];
    let others = rust_files("src").into_iter().chain(rust_files("benches"));
    let others: Vec<_> =
        others.filter(|(name, _)| !name.starts_with("src/store/catalog") && name != "src/store/schema.rs").collect();
    let names_a_table = |line: &str| {
        let line = line.split("//").next().unwrap();
        line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .any(|word| tables.contains(&word) || word == "OFFERS_ENDING")
    };
    assert_none("tables of the catalogue named elsewhere", &offences(&others, names_a_table));
    let past =
        |line: &str| line.contains("reader.get(") || line.contains("reader.scan(") || line.contains("reader.require(");
    let catalog: Vec<_> =
        rust_files("src/store").into_iter().filter(|(name, _)| name == "src/store/catalog.rs").collect();
    assert_none("reads past the view", &offences(&catalog, past));
}

#[test]
fn files_are_short() {
    let long = rust_files("").into_iter().filter(|(_, text)| text.lines().count() > LONGEST_FILE_LINES);
    let named: Vec<String> = long.map(|(name, text)| format!("{name}: {} lines", text.lines().count())).collect();
    assert_none("too long", &named);
}

#[test]
fn every_source_file_begins_by_saying_what_it_is() {
    for folder in ["src", "tests", "benches"] {
        let silent = rust_files(folder).into_iter().filter(|(_, text)| !text.starts_with("//!"));
        assert_none("without //!", &silent.map(|(name, _)| name).collect::<Vec<_>>());
    }
}

#[test]
fn the_web_names_no_table() {
    let named = offences(&rust_files("src/web"), |line| line.contains("schema::") || line.contains("store::schema"));
    assert_none("pages read through queries and views", &named);
}

#[test]
fn every_exception_from_a_lint_gives_its_reason() {
    let mut silent = Vec::new();
    for (name, text) in rust_files("") {
        for opening in ["#[allow(", "#[expect(", "#![allow(", "#![expect("] {
            for (at, _) in text.match_indices(opening) {
                let attribute = text[at..].split_once(")]").map_or("", |(attribute, _)| attribute);
                let written = text[..at].lines().last().is_none_or(|line| line.trim().is_empty());
                if written && !attribute.contains("reason = ") {
                    silent.push(format!("{name}: {attribute}"));
                }
            }
        }
    }
    assert_none("without a reason", &silent);
}

#[test]
fn the_customary_files_are_there() {
    for name in
        ["README.md", "ARCHITECTURE.md", "RULES.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-MIT", "LICENSE-APACHE"]
    {
        let text = std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_default();
        assert!(text.lines().count() > 5, "{name} is missing or empty");
    }
}

#[test]
fn one_cryptography_library_is_linked_and_no_other() {
    let lock = std::fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).unwrap();
    for unwanted in ["aws-lc", "openssl-sys", "native-tls"] {
        let named = lock.lines().find(|line| line.starts_with("name = ") && line.contains(unwanted));
        assert_eq!(named, None, "{unwanted}");
    }
    assert!(lock.contains("name = \"ring\""));
}

#[test]
fn modules_are_declared_and_no_file_lies_around() {
    let sources = rust_files("src");
    let declared: HashSet<String> =
        sources.iter().flat_map(|(_, text)| text.lines().filter_map(declared_module)).collect();
    let lies_around = |name: &&String| {
        let stem = Path::new(name).file_stem().unwrap().to_string_lossy();
        // The roots of crates and of folders, and integration tests, are found by their place.
        !matches!(stem.as_ref(), "mod" | "lib" | "main") && !declared.contains(stem.as_ref())
    };
    let strays: Vec<String> = sources.iter().map(|(name, _)| name).filter(lies_around).cloned().collect();
    assert_none("nobody's module", &strays);
}

/// The file that a line declares: `pub(crate) mod name;` or `#[path = "name.rs"]`.
fn declared_module(line: &str) -> Option<String> {
    let line = line.trim();
    if let Some(path) = line.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix(".rs\"]")) {
        return path.rsplit('/').next().map(str::to_owned);
    }
    let name = line.strip_suffix(';')?.split_whitespace().last()?;
    line.contains("mod ").then(|| name.to_owned())
}
