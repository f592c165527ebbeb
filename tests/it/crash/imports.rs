//! Threat: the program dies while it imports a catalogue. Whatever moment it is, buyers see the old catalogue or the new one.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use actix_web::rt::time::sleep;
use marketgate_store::{Store, StoreKind, StoreOptions, catalog};
use serde_json::json;
use tempfile::TempDir;

use super::site::Site;
use super::{Dice, setting};

const PRODUCTS: usize = 1500;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_marketgate"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn text_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// All products under the name of a version.
fn file(folder: &Path, version: u32) -> PathBuf {
    let products: Vec<_> = (0..PRODUCTS)
        .map(|number| {
            json!({ "code": format!("crash-{number}"), "name": format!("version {version}"), "summary": "s", "category": "c",
                    "product_type": "saas", "seller": "CRASH-", "description": "d".repeat(500) })
        })
        .collect();
    let seller = json!({ "invoice_prefix": "CRASH-", "name": "Crash", "legal_name": "Crash Inc.", "contact": "a@crash.example",
        "address": { "street": ["1 Street"], "city": "Town", "state": null, "postal_code": null, "country": "US" } });
    let path = folder.join(format!("version-{version}.json"));
    std::fs::write(&path, json!({ "sellers": [seller], "products": products }).to_string()).unwrap();
    path
}

/// The version that readers see in a copy of the database: of all products the same.
fn seen(dir: &Path) -> Option<String> {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(dir.join("main.redb"), copy.path().join("main.redb")).unwrap();
    let store = Store::open(copy.path(), &StoreOptions::new(StoreKind::Real)).unwrap();
    let products = store.read(|snapshot| catalog::products(snapshot, 100_000)).unwrap();
    let mut names: Vec<String> =
        products.into_iter().filter(|product| product.code.starts_with("crash-")).map(|product| product.name).collect();
    assert!(names.is_empty() || names.len() == PRODUCTS, "{} products are there", names.len());
    names.dedup();
    assert!(names.len() < 2, "an import is there by half: {names:?}");
    let report = store.check();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    store.close().unwrap();
    names.pop()
}

fn offline(arguments: &[&str]) -> Output {
    command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

fn over(site: &Site, token: &str, path: &Path) -> Child {
    let url = site.url("/");
    command(&["import", text_of(path), "--url", url.as_str()]).env("MARKETGATE_TOKEN", token).spawn().unwrap()
}

#[actix_web::test]
#[ignore = "starts and kills the program many times"]
async fn an_import_is_seen_whole_or_not_at_all_whenever_the_program_is_killed() {
    let rounds: u32 = setting("MARKETGATE_CRASH_ROUNDS", 8);
    let seed: u64 = setting("MARKETGATE_CRASH_SEED", 20_260_303);
    println!("{rounds} kills, MARKETGATE_CRASH_SEED={seed}");
    let mut dice = Dice::new(seed);
    let (site, files) = (Site::prepare().await, TempDir::new().unwrap());
    let config = site.config_file();
    let made = offline(&["token", "create", "importer", "--config", text_of(&config)]);
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    let (mut before, mut changed) = (None, 0);
    for version in 1..=rounds {
        let mut program = site.start();
        program.ready().await;
        let mut importer = over(&site, &token, &file(files.path(), version));
        sleep(Duration::from_millis(dice.roll(1400))).await;
        program.kill();
        // It finds the server gone, or was done before.
        importer.kill().ok();
        importer.wait().unwrap();
        let found = seen(&site.data_dir());
        assert!(found == before || found == Some(format!("version {version}")), "{found:?} after {before:?}");
        changed += u32::from(found != before);
        before = found;
    }
    // Offline the command first leads to its end what the last kill has left.
    let last = file(files.path(), rounds + 1);
    let done = offline(&["import", text_of(&last), "--config", text_of(&config)]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(seen(&site.data_dir()), Some(format!("version {}", rounds + 1)));
    let again = offline(&["import", text_of(&last), "--config", text_of(&config)]);
    let said = String::from_utf8(again.stdout).unwrap();
    assert!(said.contains("products: 0 new, 0 changed, 1500 unchanged"), "{said}");
    println!("{changed} of {rounds} imports were live when the program was killed");
}
