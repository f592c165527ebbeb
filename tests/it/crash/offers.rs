//! A seller moves the last day of an offer and jobs run, while buyers fill carts and order, and the program is killed in the middle
//! of it: whatever became of all that, no agreement exists on a revision that was over when its order was decided, and no request
//! waits on any other revision than the newest (C5).
//!
//! `MARKETGATE_CRASH_ROUNDS` and `MARKETGATE_CRASH_SEED` as for the other kills.

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use actix_web::rt::time::sleep;
use jiff::ToSpan;
use marketgate::clock::{Clock, SystemClock};
use marketgate::demo::seed::{ACME_COUPA, OPERATOR_TOKEN};
use marketgate_domain::day;
use marketgate_domain::id::OfferId;
use marketgate_domain::offer::{Offer, Visibility};
use marketgate_domain::procurement_request::RequestStatus;
use marketgate_simulator::Simulator;
use marketgate_simulator::browser::Browser;
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions, agreements, catalog, requests};

use super::site::Site;
use super::{Dice, setting};
use crate::harness::market::ACME;
use crate::harness::visit::fill_a_cart;

const PRODUCT: &str = "Tidegauge";
const OFFER: &str = "Standard, 12 months";

/// So many people fill carts and order at the same time.
const PEOPLE: u64 = 4;

/// What was seen over all rounds.
#[derive(Debug, Default)]
struct Seen {
    agreements: usize,
    superseded: usize,
    revisions: u32,
}

#[actix_web::test]
#[ignore = "starts and kills the program many times"]
async fn no_kill_leaves_an_agreement_or_a_waiting_request_on_a_revision_that_is_over() {
    let rounds: u32 = setting("MARKETGATE_CRASH_ROUNDS", 8);
    let seed: u64 = setting("MARKETGATE_CRASH_SEED", 20_260_302);
    println!("{rounds} kills, MARKETGATE_CRASH_SEED={seed}");
    let mut dice = Dice::new(seed);
    let site = Site::prepare().await;
    let offer = make_private(&site);
    let mut seen = Seen::default();
    for round in 0..u64::from(rounds) {
        let mut program = site.start();
        program.ready().await;
        let seller = rt::spawn(sell(site.url("/api/v1/"), offer, Dice::new(seed + round)));
        let people: Vec<_> = (1..=PEOPLE)
            .map(|number| rt::spawn(buy(Rc::clone(&site.simulator), Dice::new(seed + 100 * round + number))))
            .collect();
        sleep(Duration::from_millis(400 + dice.roll(2500))).await;
        program.kill();
        seller.abort();
        people.iter().for_each(rt::task::JoinHandle::abort);
        seen = examine(&site.data_dir(), offer);
    }
    println!("{rounds} kills: {seen:?}");
    assert!(seen.agreements > 0 && seen.superseded > 0 && seen.revisions > rounds, "{seen:?}");
}

/// The public offer of the sample catalogue becomes one for Acme, as long as nobody has the database open.
fn make_private(site: &Site) -> OfferId {
    let store = open(&site.data_dir());
    let accounts = store.read(|snapshot| -> Result<_, StoreError> {
        let organization = marketgate_store::organizations::require(snapshot, ACME_COUPA.organization_id())?;
        Ok(organization.accounts.iter().map(|account| account.id).collect::<Vec<_>>())
    });
    let accounts = accounts.unwrap();
    let changed = store.transact(move |tx| -> Result<OfferId, StoreError> {
        let is_it = |offer: &Offer| -> Result<bool, StoreError> {
            let product = catalog::product(tx, offer.product)?;
            Ok(offer.name == OFFER && product.is_some_and(|product| product.name == PRODUCT))
        };
        let mut found = None;
        for offer in catalog::offers(tx, usize::MAX)? {
            if is_it(&offer)? {
                found = Some(offer);
            }
        }
        let offer = found.expect("the sample catalogue has it");
        let last_day = SystemClock.business().checked_add(72.hours()).unwrap();
        let private = Offer {
            visibility: Visibility::Private { accounts: accounts.clone() },
            availability_end_date: Some(day::of(last_day)),
            ..offer
        };
        catalog::put_offer(tx, &private)?;
        Ok(private.id)
    });
    let id = changed.unwrap();
    store.close().unwrap();
    id
}

/// Moves the last day, to yesterday now and then, and lets jobs run. No answer is no harm.
async fn sell(api: url::Url, offer: OfferId, mut dice: Dice) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    loop {
        sleep(Duration::from_millis(40 + dice.roll(250))).await;
        let _ = if dice.roll(4) == 0 {
            let path = api.join("jobs/expire_offers/run").unwrap();
            client.post(path).bearer_auth(OPERATOR_TOKEN).send().await
        } else {
            let hours = i64::try_from(dice.roll(6)).unwrap() * 24 - 24;
            let last_day = day::of(SystemClock.business().checked_add(hours.hours()).unwrap());
            let path = api.join(&format!("offers/{offer}")).unwrap();
            let body = format!(r#"{{"availability_end_date":"{last_day}"}}"#);
            client.patch(path).bearer_auth(OPERATOR_TOKEN).body(body).send().await
        };
    }
}

/// Fills carts and orders them after a while. What is refused, and what gets no answer, is left alone.
async fn buy(simulator: Rc<Simulator>, mut dice: Dice) {
    let browser = Browser::new().unwrap();
    loop {
        if let Some(cart) = fill_a_cart(&simulator, &browser, ACME, (PRODUCT, OFFER)).await {
            sleep(Duration::from_millis(dice.roll(300))).await;
            let _ = simulator.approve(cart).await;
        } else {
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Reads a copy of what a kill left.
fn examine(dir: &Path, offer: OfferId) -> Seen {
    let copy = tempfile::tempdir().unwrap();
    std::fs::copy(dir.join("main.redb"), copy.path().join("main.redb")).unwrap();
    let store = open(copy.path());
    let organization = ACME_COUPA.organization_id();
    let read = store.read(|snapshot| -> Result<Seen, StoreError> {
        let newest = catalog::offer(snapshot, offer)?.expect("offers are never deleted");
        for request in requests::waiting_on(snapshot, offer, usize::MAX)? {
            assert_eq!(request.revision, newest.revision, "it waits on what is superseded: {request:?}");
        }
        let bought = agreements::newest(snapshot, organization, None, usize::MAX)?;
        for agreement in bought.iter().filter(|agreement| agreement.offer == offer) {
            let decided = agreement.accepted_at;
            let of = |revision| catalog::offer_revision(snapshot, offer, revision);
            let revision = of(agreement.revision)?.expect("its revision is kept");
            assert!(revision.availability_end_date.is_none_or(|last| !day::is_over(last, decided)), "{agreement:?}");
            let next = of(agreement.revision + 1)?;
            assert!(next.is_none_or(|next| next.released_at >= decided), "{agreement:?}");
        }
        let all = requests::newest(snapshot, organization, None, usize::MAX)?;
        let is_superseded = |status: &RequestStatus| matches!(status, RequestStatus::Superseded { .. });
        let superseded = all.iter().filter(|request| is_superseded(&request.status)).count();
        Ok(Seen { agreements: bought.len(), superseded, revisions: newest.revision })
    });
    let seen = read.unwrap();
    store.close().unwrap();
    seen
}

fn open(dir: &Path) -> Store {
    let options = StoreOptions { reserve_bytes: 0, ..StoreOptions::new(StoreKind::Real) };
    Store::open(dir, &options).unwrap()
}
