//! What a start says and what it refuses: where the data are, who may create the operator, when the program is ready, and which path
//! it cannot use (R1, R2, R4).

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::harness::program::{Ended, Program};

const ANY_PORT: &str = "127.0.0.1:0";

/// The user that owns nothing here.
const NOBODY: u32 = 65_534;

/// A directory that every user may enter, and in it a configuration whose data are kept in `data`.
fn configured(data: &Path) -> (TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
    let file = dir.path().join("marketgate.toml");
    fs::write(&file, format!("[store]\ndir = '{}'\n", data.display())).unwrap();
    let file = file.display().to_string();
    (dir, file)
}

/// What `serve` and `check` say to a configuration, with commands that are completed.
fn serve_and_check(config: &str, complete: impl Fn(&mut Command)) -> [(Ended, &'static str); 2] {
    ["serve", "check"].map(|name| {
        let ended = Program::start_with(&[name, "--config", config, "--listen", ANY_PORT], &complete).end();
        (ended, name)
    })
}

fn assert_names(data: &Path, complete: impl Fn(&mut Command), words: &[&str]) {
    let (_dir, config) = configured(data);
    for (ended, name) in serve_and_check(&config, &complete) {
        assert_eq!(ended.status.code(), Some(1), "{name}: {ended:#?}");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        for word in words {
            assert!(said.contains(word), "{name} does not say {word:?}: {said}");
        }
        for word in ["full", "disk failed"] {
            assert!(!said.contains(word), "{name} says {word:?}: {said}");
        }
    }
}

#[test]
fn a_data_directory_without_the_right_to_write_is_named_with_path_user_and_remedy() {
    let place = tempfile::tempdir().unwrap();
    // Without the right to write for its owner, and, where the tests run as root, for a user who is not the owner.
    fs::set_permissions(place.path(), Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let as_other = |command: &mut Command| {
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
    };
    let user = if is_root { format!("uid {NOBODY}") } else { "uid".to_owned() };
    let path = place.path().display().to_string();
    assert_names(place.path(), as_other, &["permission denied", &path, &user, "chown", "mode 555"]);
    // A directory that is to be created in it.
    assert_names(&place.path().join("data"), as_other, &["permission denied", &path, &user]);
    // A database that belongs to another user.
    fs::set_permissions(place.path(), Permissions::from_mode(0o777)).unwrap();
    let file = place.path().join("main.redb");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o444)).unwrap();
    assert_names(place.path(), as_other, &["permission denied", "main.redb", &user]);
}

#[test]
fn a_file_in_the_place_of_the_data_directory_is_named() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let words = [&format!("{} is not a directory", file.display())[..]];
    assert_names(&file, |_| {}, &words);
    assert_names(&file.join("data"), |_| {}, &words);
}

#[test]
fn a_check_proves_what_a_start_needs_and_leaves_nothing_behind() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let (_dir, config) = configured(&data);
    let check = |listen: &str| Program::run(&["check", "--config", &config, "--listen", listen]);
    let checked = check(ANY_PORT);
    assert!(checked.status.success(), "{checked:#?}");
    assert!(checked.stdout.contains(&data.display().to_string()), "{checked:#?}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
    let taken = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let checked = check(&address);
    assert_eq!(checked.status.code(), Some(1), "{checked:#?}");
    assert!(checked.stdout.contains(&format!("cannot listen on {address}")), "{checked:#?}");
}

#[test]
fn a_check_finds_a_key_file_that_belongs_to_another_database() {
    let data = tempfile::tempdir().unwrap();
    let (_dir, config) = configured(data.path());
    let server = Program::start(&["serve", "--config", &config, "--listen", ANY_PORT]);
    server.logs("ready ");
    assert!(server.terminate().status.success());
    fs::write(data.path().join("keyring.key"), "ab".repeat(32)).unwrap();
    for (ended, name) in serve_and_check(&config, |_| {}) {
        assert_eq!(ended.status.code(), Some(1), "{name}: {ended:#?}");
        assert!(format!("{}{}", ended.stdout, ended.stderr).contains("restore the key file"), "{name}: {ended:#?}");
    }
}

#[test]
fn a_start_without_a_configuration_file_says_where_its_data_are_in_plain_text() {
    let place = tempfile::tempdir().unwrap();
    let server = Program::start_with(&["serve", "--listen", ANY_PORT], |command| {
        command.current_dir(place.path());
    });
    let data = place.path().canonicalize().unwrap().join("data").display().to_string();
    assert!(server.logs("data are kept in ").ends_with(&data));
    assert!(server.logs("ready ").contains(&format!("data={data}")));
    let link = server.prints("http://");
    let logged = server.logs("no operator yet: open ");
    assert!(logged.starts_with(&format!("http://{link}")), "{logged} {link}");
    let ended = server.terminate();
    assert!(ended.status.success(), "{ended:#?}");
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains('\u{1b}'), "a colour code in what is not a terminal: {text:?}");
    }
}

#[actix_web::test]
async fn a_demo_is_ready_only_with_its_sample_data() {
    marketgate::tls::install_provider();
    let port = std::net::TcpListener::bind(ANY_PORT).unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let demo = Program::start(&["demo", "--once", "--listen", &address, "--simulator-listen", ANY_PORT]);
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
    // Asked without a pause from the first moment on: an answer that is too early would be seen.
    let began = std::time::Instant::now();
    while began.elapsed() < crate::harness::PATIENCE {
        let answer = client.get(format!("http://{address}/readyz")).send().await;
        match answer {
            Ok(answer) if answer.status() == 200 => break,
            Ok(answer) => assert_eq!(answer.status(), 503),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(1)).await,
        }
    }
    let products = client.get(format!("http://{address}/api/v1/products?limit=1")).bearer_auth("demo-operator-token");
    let answer = products.send().await.unwrap();
    assert_eq!(answer.status(), 200, "the demo's token works as soon as the demo is ready");
    assert!(answer.text().await.unwrap().contains("prd-"), "and its products are there");
    assert!(demo.end().status.success());
}
