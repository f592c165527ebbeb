//! Whatever the order of carts, orders, changes of the offer, runs of the job, restarts and time: no agreement exists on a
//! revision that was expired or superseded when its order was decided (C5, O3).
//!
//! The steps are drawn from a seed. A failure names it; `MARKETGATE_SEED=n` runs it alone, `MARKETGATE_SEEDS=n` runs more.

use jiff::{SignedDuration, ToSpan};
use marketgate::clock::Clock;
use marketgate::flow::change_offer::change_offer;
use marketgate::flow::expire_offers::expire_offers;
use marketgate_domain::day;
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_domain::offer::Visibility;
use marketgate_domain::offer_change::OfferChange;
use marketgate_simulator::{Cart, ResendAs};
use marketgate_store::{agreements, catalog};

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT};
use crate::harness::Market;
use crate::harness::market::MarketOptions;

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };
const STEPS: usize = 40;

/// A cart, and the revision that it was filled from.
struct Waiting {
    cart: Cart,
    revision: u32,
}

/// How often each way of ending was met: a run that meets one of them never has proven nothing.
#[derive(Debug, Default)]
struct Met {
    accepted: usize,
    refused: usize,
    repeated: usize,
    restarts: usize,
    kept: usize,
}

struct Run {
    market: Market,
    /// Whether requests stay valid when their offer gets a later last day.
    keeps_requests: bool,
    random: u64,
    waiting: Vec<Waiting>,
    refused: Vec<String>,
    met: Met,
}

impl Run {
    async fn begin(seed: u64) -> Self {
        let keeps_requests = seed.is_multiple_of(2);
        let settings = vec![("quotes.extension_keeps_requests", keeps_requests.to_string())];
        let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
        let accounts = market.offer(OFFER).visibility;
        assert!(matches!(accounts, Visibility::Private { .. }));
        let last_day = day::of(market.clock.business()).checked_add(3.days()).unwrap();
        market.change_offer(PLAIN_OFFER, |offer| {
            offer.visibility = accounts.clone();
            offer.availability_end_date = Some(last_day);
        });
        let random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { market, keeps_requests, random, waiting: Vec::new(), refused: Vec::new(), met: Met::default() }
    }

    /// A number below a bound (xorshift).
    fn draw(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    async fn step(&mut self) {
        match self.draw(12) {
            0..=2 => self.fill_a_cart().await,
            3..=5 => self.order().await,
            6 => self.order_again().await,
            7 | 8 => self.move_the_last_day().await,
            9 => drop(expire_offers(self.market.context()).await.unwrap()),
            10 => {
                let hours = self.draw(30).try_into().unwrap();
                self.market.clock.advance(SignedDuration::from_hours(hours));
            }
            _ => {
                self.market.restart().await;
                self.met.restarts += 1;
            }
        }
        // No two things happen at the same moment, so that the records tell which came first.
        self.market.clock.advance(SignedDuration::from_secs(1));
    }

    async fn fill_a_cart(&mut self) {
        let offer = self.market.offer(PLAIN_OFFER);
        if !offer.has_ended(self.market.clock.business()) {
            let cart = self.market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
            self.waiting.push(Waiting { cart, revision: offer.revision });
        }
    }

    async fn order(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let choice = self.draw(self.waiting.len() as u64).try_into().unwrap();
        let Waiting { cart, revision } = self.waiting.swap_remove(choice);
        let offer = self.market.offer(PLAIN_OFFER);
        let deserves_it = offer.revision == revision && !offer.has_ended(self.market.clock.business());
        let sent = self.market.simulator.approve(cart.id).await.unwrap();
        assert_eq!(sent.is_sent(), deserves_it, "revision {revision}, {offer:?}: {}", sent.status_text());
        if sent.is_sent() {
            self.met.accepted += 1;
        } else {
            self.met.refused += 1;
            self.refused.push(self.market.simulator.orders().last().unwrap().po_number.clone());
        }
    }

    /// A refused order comes again, whatever has happened to the offer since: its request is over.
    async fn order_again(&mut self) {
        if self.refused.is_empty() {
            return;
        }
        let choice: usize = self.draw(self.refused.len() as u64).try_into().unwrap();
        let sent = self.market.simulator.resend(&self.refused[choice], ResendAs::SameDocument).await.unwrap();
        assert!(!sent.is_sent(), "{}", sent.status_text());
        self.met.repeated += 1;
    }

    async fn move_the_last_day(&mut self) {
        let days: i64 = self.draw(7).try_into().unwrap();
        let day = day::of(self.market.clock.business()).checked_add((days - 2).days()).unwrap();
        let before = self.market.offer(PLAIN_OFFER);
        let was_over = before.has_ended(self.market.clock.business());
        let change = OfferChange { availability_end_date: Some(day), ..OfferChange::default() };
        let after = change_offer(self.market.context(), OPERATOR, before.id, change).await.unwrap().offer;
        if self.keeps_requests && !was_over && Some(day) > before.availability_end_date {
            for waiting in self.waiting.iter_mut().filter(|waiting| waiting.revision == before.revision) {
                waiting.revision = after.revision;
                self.met.kept += 1;
            }
        }
    }

    /// What the records say, whatever the program thought.
    fn audit(&self) {
        let organization = marketgate::demo::seed::ACME_COUPA.organization_id();
        let all = self.market.read(|snapshot| Ok(agreements::newest(snapshot, organization, None, 1000)?));
        assert_eq!(all.len(), self.met.accepted);
        for agreement in all {
            let (offer, revision, decided) = (agreement.offer, agreement.revision, agreement.accepted_at);
            let of = |number| self.market.read(move |snapshot| Ok(catalog::offer_revision(snapshot, offer, number)?));
            let bought = of(revision).expect("its revision is kept");
            assert!(bought.availability_end_date.is_none_or(|last| !day::is_over(last, decided)), "{agreement:?}");
            assert!(of(revision + 1).is_none_or(|next| next.released_at > decided), "{agreement:?}");
        }
    }
}

#[actix_web::test]
async fn no_agreement_exists_on_a_revision_that_was_over_when_its_order_was_decided() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("MARKETGATE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 1..number("MARKETGATE_SEEDS").unwrap_or(4) + 1,
    };
    let mut met = Met::default();
    for seed in seeds {
        println!("MARKETGATE_SEED={seed}");
        let mut run = Run::begin(seed).await;
        for _ in 0..STEPS {
            run.step().await;
        }
        run.audit();
        let Met { accepted, refused, repeated, restarts, kept } = run.met;
        met.accepted += accepted;
        met.refused += refused;
        met.repeated += repeated;
        met.restarts += restarts;
        met.kept += kept;
        run.market.finish().await;
    }
    println!("{met:?}");
    let Met { accepted, refused, repeated, restarts, kept } = met;
    assert!([accepted, refused, repeated, restarts, kept].iter().all(|count| *count > 0), "{met:?}");
}
