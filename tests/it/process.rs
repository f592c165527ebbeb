//! The program as people run it: what it prints, how it refuses, and that it stops when it is asked to (R1 to R4).

use std::path::Path;

use marketgate_simulator::browser::Browser;
use tempfile::TempDir;
use url::Url;

use crate::harness::documents::assert_no_secret;
use crate::harness::program::{Ended, Program};

const ANY_PORT: &str = "127.0.0.1:0";

/// A configuration file, in a directory of its own.
struct Home {
    dir: TempDir,
    config: String,
}

impl Home {
    fn new(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marketgate.toml");
        let data = dir.path().join("data");
        std::fs::write(&path, format!("[store]\ndir = '{}'\n{settings}", data.display())).unwrap();
        Self { config: path.display().to_string(), dir }
    }

    fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    fn check(&self) -> Ended {
        Program::run(&["check", "--config", &self.config, "--listen", ANY_PORT])
    }

    fn serve(&self) -> Program {
        Program::start(&["serve", "--config", &self.config, "--listen", ANY_PORT])
    }
}

/// Where a started server says that it is.
fn address_of(server: &Program) -> Url {
    let line = server.logs("ready ");
    let (_, url) = line.split_once("url=").unwrap_or_else(|| panic!("no address in {line:?}"));
    Url::parse(url.trim_matches('"')).unwrap()
}

fn install_tls() {
    marketgate::tls::install_provider();
}

fn assert_succeeded(ended: &Ended) {
    assert!(ended.status.success(), "{ended:#?}");
}

fn demo(data_dir: &Path) -> Ended {
    let data_dir = data_dir.display().to_string();
    Program::run(&["demo", "--once", "--listen", ANY_PORT, "--simulator-listen", ANY_PORT, "--data-dir", &data_dir])
}

#[test]
fn the_demo_plays_one_complete_purchase_and_says_so() {
    let ended = Program::run(&["demo", "--once", "--listen", ANY_PORT, "--simulator-listen", ANY_PORT]);
    assert_succeeded(&ended);
    for line in [
        "PunchOutSetupRequest",
        "PunchOutOrderMessage",
        "OrderRequest",
        "accepted",
        "InvoiceDetailRequest CHS-000001",
        "The agreement exists",
    ] {
        assert!(ended.stdout.contains(line), "no {line:?} in:\n{}", ended.stdout);
    }
    assert_eq!(ended.stderr, "", "a quiet demo has nothing to complain about");
}

#[test]
fn whatever_is_logged_holds_no_secret() {
    let ended =
        Program::run(&["demo", "--once", "--listen", ANY_PORT, "--simulator-listen", ANY_PORT, "--log", "trace"]);
    assert_succeeded(&ended);
    assert!(ended.stderr.contains("cXML"), "nothing was logged");
    assert_no_secret("the log", &ended.stderr);
    for word in ["SharedSecret", "demo-operator-password", "/punchout/start/", "/p/"] {
        let line = ended.stderr.lines().find(|line| line.contains(word) && !line.contains("{token}"));
        assert_eq!(line, None, "{word}");
    }
}

#[test]
fn a_demo_that_is_kept_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (demo(dir.path()), demo(dir.path()));
    assert_succeeded(&first);
    assert_succeeded(&second);
    assert!(first.stdout.contains("InvoiceDetailRequest CHS-000001"), "{}", first.stdout);
    assert!(second.stdout.contains("InvoiceDetailRequest CHS-000002"), "{}", second.stdout);
}

#[test]
fn a_real_installation_refuses_the_data_of_a_demo_and_the_other_way_round() {
    let home = Home::new("");
    assert_succeeded(&demo(Path::new(&home.data())));
    let refused = home.serve().end();
    assert_eq!(refused.status.code(), Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("demo"), "{}", refused.stderr);
    let real = Home::new("");
    let server = real.serve();
    address_of(&server);
    assert_succeeded(&server.terminate());
    let refused = demo(Path::new(&real.data()));
    assert_eq!(refused.status.code(), Some(1), "{refused:#?}");
    assert!(refused.stderr.contains("demo"), "{}", refused.stderr);
}

#[test]
fn a_port_that_is_taken_is_named_with_the_remedy() {
    let taken = std::net::TcpListener::bind(ANY_PORT).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let home = Home::new("");
    let ended = Program::run(&["serve", "--config", &home.config, "--listen", &address]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains(&address) && ended.stderr.contains("--listen"), "{}", ended.stderr);
}

#[test]
fn two_programs_never_share_a_data_directory() {
    let home = Home::new("");
    let server = home.serve();
    address_of(&server);
    let second = home.serve().end();
    assert_eq!(second.status.code(), Some(1), "{second:#?}");
    assert!(second.stderr.contains(&home.data()), "{}", second.stderr);
    assert_succeeded(&server.terminate());
}

#[actix_web::test]
async fn a_first_start_leads_to_an_operator_who_can_sign_in() {
    install_tls();
    let home = Home::new("");
    let server = home.serve();
    let address = address_of(&server);
    let link = server.logs("no operator yet: open ").split(' ').next().unwrap().to_owned();
    let browser = Browser::new().unwrap();
    let page = browser.open(&link.parse().unwrap()).await.unwrap();
    let mut form = page.forms().into_iter().find(|form| form.value("password").is_some()).unwrap();
    for (name, value) in [("email", "op@market.example"), ("password", PASSWORD), ("password_again", PASSWORD)] {
        form.set(name, value);
    }
    let made = browser.submit(&page, &form, None).await.unwrap();
    assert_eq!((made.status, made.url.path()), (200, "/sign-in"), "{}", made.text());
    assert_eq!(browser.open(&link.parse().unwrap()).await.unwrap().status, 404, "the link works once");
    assert_eq!(sign_in(&address, "a wrong password").await, None);
    let cookie = sign_in(&address, PASSWORD).await.expect("a cookie");
    let console = client().get(address.join("/console").unwrap()).header("cookie", cookie).send().await.unwrap();
    assert_eq!(console.status().as_u16(), 200);
    assert!(console.text().await.unwrap().contains("op@market.example"));
    let ended = server.terminate();
    assert_succeeded(&ended);
    assert!(!ended.stderr.contains(PASSWORD));
    let again = home.serve();
    address_of(&again);
    let ended = again.terminate();
    assert!(!ended.stderr.contains("no operator yet"), "{}", ended.stderr);
}

const PASSWORD: &str = "correct horse battery";

fn client() -> reqwest::Client {
    let quiet = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    quiet.pool_max_idle_per_host(0).no_proxy().build().unwrap()
}

/// The cookie of a sign-in that worked.
async fn sign_in(address: &Url, password: &str) -> Option<String> {
    let fields = [("email", "op@market.example"), ("password", password)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let post = client().post(address.join("/sign-in").unwrap()).body(body);
    let answer = post.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    if answer.status().as_u16() != 303 {
        return None;
    }
    let cookie = answer.headers().get("set-cookie")?.to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    Some(cookie.split(';').next()?.to_owned())
}

#[actix_web::test]
async fn health_is_answered_and_a_stop_is_orderly() {
    install_tls();
    let home = Home::new("");
    let server = home.serve();
    let address = address_of(&server);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(client().get(address.join(path).unwrap()).send().await.unwrap().status().as_u16(), 200, "{path}");
    }
    let ended = server.terminate();
    assert_eq!(ended.status.code(), Some(0), "{ended:#?}");
    assert!(ended.stderr.contains("stopping") && !ended.stderr.contains("ERROR"), "{}", ended.stderr);
    assert_succeeded(&home.check());
}

#[actix_web::test]
async fn a_self_signed_certificate_serves_https() {
    install_tls();
    let home = Home::new("[tls]\nmode = \"self-signed\"\n");
    let server = home.serve();
    let address = address_of(&server);
    assert_eq!(address.scheme(), "https");
    let pem = std::fs::read(Path::new(&home.data()).join("self-signed.crt")).unwrap();
    let certificate = reqwest::Certificate::from_pem(&pem).unwrap();
    let trusting = reqwest::Client::builder().tls_certs_only([certificate]).pool_max_idle_per_host(0).no_proxy();
    let answer = trusting.build().unwrap().get(address.join("/healthz").unwrap()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert!(client().get(address.clone()).send().await.is_err(), "nobody else trusts it");
    assert_succeeded(&server.terminate());
}

#[test]
fn every_mistake_in_the_configuration_is_listed_at_once() {
    let home = Home::new(
        "[server]\nlisten = \"nowhere\"\nlisten_port = 80\n[jobs]\nbill_due_charges = \"often\"\n[mail]\ntransport = \"pigeon\"\n[colour]\nsky = 1\n",
    );
    let ended = Program::run(&["check", "--config", &home.config]);
    assert_eq!(ended.status.code(), Some(2), "{ended:#?}");
    for word in [
        "[server]",
        "`listen`",
        "listen_port",
        "jobs.bill_due_charges",
        "[mail]",
        "`transport`",
        "colour",
        &home.config,
    ] {
        assert!(ended.stderr.contains(word), "no {word:?} in:\n{}", ended.stderr);
    }
    assert!(!Path::new(&home.data()).exists(), "nothing was made");
}

#[test]
fn a_wrong_command_line_is_explained() {
    let ended = Program::run(&["demo", "--listen", "somewhere"]);
    assert_eq!(ended.status.code(), Some(2));
    assert!(ended.stderr.contains("--listen"), "{}", ended.stderr);
    let help = Program::run(&["--help"]);
    assert_succeeded(&help);
    for command in ["demo", "serve", "check"] {
        assert!(help.stdout.contains(command), "{}", help.stdout);
    }
}

#[test]
fn a_lost_key_file_stops_the_start_before_anything_is_answered() {
    let home = Home::new("");
    let server = home.serve();
    address_of(&server);
    assert_succeeded(&server.terminate());
    let key = Path::new(&home.data()).join("keyring.key");
    std::fs::remove_file(&key).unwrap();
    let checked = home.check();
    assert_eq!(checked.status.code(), Some(1), "{checked:#?}");
    assert!(checked.stdout.contains("keyring.key"), "{checked:#?}");
    let ended = home.serve().end();
    assert_eq!(ended.status.code(), Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("key"), "{}", ended.stderr);
}

#[test]
fn a_catalogue_file_is_imported_or_its_errors_are_listed_as_compilers_do() {
    let home = Home::new("");
    let server = home.serve();
    address_of(&server);
    let file = home.dir.path().join("catalog.json");
    let name = file.display().to_string();
    let import = |more: &[&str]| Program::run(&[&["import", name.as_str(), "--config", &home.config], more].concat());
    assert_eq!(import(&[]).status.code(), Some(2), "there is no such file");
    let text = r#"{"sellers": [{"invoice_prefix": "S-", "name": "S", "legal_name": "S Inc.", "contact": "a@s.example",
  "address": {"street": ["1 Street"], "city": "Town", "state": null, "postal_code": null, "country": "US"}}],
 "products": [{"code": "gate", "name": "Gate", "summary": "Keeps", "category": "c", "product_type": "saas",
   "seller": "S-"}],
 "offers": [{"key": "own", "product": "gate", "name": "Own licence", "terms": {"byol": true}}]}"#;
    std::fs::write(&file, text.replace("\"gate\", \"name\": \"Gate\"", "\"the gate\", \"name\": \"Gate\"")).unwrap();
    let held = import(&[]);
    assert_eq!(held.status.code(), Some(1));
    assert!(held.stderr.contains("--url"), "{held:#?}");
    assert_succeeded(&server.terminate());
    let refused = import(&[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.contains("catalog.json:3: products[0].code: 1 to 40 letters"), "{refused:#?}");
    assert!(refused.stderr.contains("nothing was imported"), "{refused:#?}");
    std::fs::write(&file, text).unwrap();
    for (more, said) in [
        (&["--dry-run"][..], "would import: sellers: 1 new"),
        (&[][..], "imported: sellers: 1 new"),
        (&[][..], "imported: sellers: 0 new, 0 changed, 1 unchanged"),
    ] {
        let done = import(more);
        assert_succeeded(&done);
        assert!(done.stdout.contains(said), "{done:#?}");
    }
}
