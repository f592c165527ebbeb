//! Whatever the order of carts, orders, changes of the offer, runs of the job, restarts, power cuts and time: no agreement exists
//! on a revision that was expired or superseded when its order was decided, and no request waits on another revision than the
//! newest (C5, O3).
//!
//! The steps are drawn from a seed. A failure names it; `MARKETGATE_SEED=n` runs it alone, `MARKETGATE_SEEDS=n` runs more. In every
//! other run requests are kept when their offer is extended, in every other pair of runs power is lost in the middle of steps.

use jiff::{SignedDuration, ToSpan};
use marketgate::clock::Clock;
use marketgate::flow::change_offer::change_offer;
use marketgate::flow::expire_offers::expire_offers;
use marketgate_domain::day;
use marketgate_domain::event::Actor;
use marketgate_domain::event::OutboxState;
use marketgate_domain::id::UserId;
use marketgate_domain::offer::Visibility;
use marketgate_domain::offer_change::OfferChange;
use marketgate_simulator::{OrderAttempt, ResendAs};
use marketgate_store::faulty::{Dice, FaultyDisk};
use marketgate_store::{agreements, catalog, requests};

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT};
use crate::harness::Market;
use crate::harness::market::MarketOptions;

const OPERATOR: Actor = Actor::Operator { user: UserId::from_value(1) };
const STEPS: usize = 40;

/// A cart, and the revision that it was filled from.
struct Waiting {
    cart: u64,
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
    power_cuts: usize,
}

impl Met {
    fn all(&mut self) -> [&mut usize; 6] {
        let Self { accepted, refused, repeated, restarts, kept, power_cuts } = self;
        [accepted, refused, repeated, restarts, kept, power_cuts]
    }
}

struct Run {
    market: Market,
    /// Whether requests stay valid when their offer gets a later last day.
    keeps_requests: bool,
    /// The disk, where it loses power.
    disk: Option<FaultyDisk>,
    dice: Dice,
    waiting: Vec<Waiting>,
    refused: Vec<String>,
    met: Met,
}

impl Run {
    async fn begin(seed: u64) -> Self {
        let keeps_requests = seed.is_multiple_of(2);
        let disk = (seed % 4 >= 2).then(FaultyDisk::default);
        let settings = vec![("quotes.extension_keeps_requests", keeps_requests.to_string())];
        let market =
            Market::start_with(MarketOptions { settings, disk: disk.clone(), ..MarketOptions::default() }).await;
        let accounts = market.offer(OFFER).visibility;
        assert!(matches!(accounts, Visibility::Private { .. }));
        let last_day = day::of(market.clock.business()).checked_add(3.days()).unwrap();
        market.change_offer(PLAIN_OFFER, |offer| {
            offer.visibility = accounts.clone();
            offer.availability_end_date = Some(last_day);
        });
        let (dice, met) = (Dice::new(seed), Met::default());
        Self { market, keeps_requests, disk, dice, waiting: Vec::new(), refused: Vec::new(), met }
    }

    fn choose(&mut self, among: usize) -> usize {
        usize::try_from(self.dice.roll(among as u64)).unwrap()
    }

    async fn step(&mut self) {
        match self.dice.roll(12) {
            0..=2 => self.fill_a_cart().await,
            3..=5 => self.order().await,
            6 => self.order_again().await,
            7 | 8 => self.move_the_last_day().await,
            9 => self.note_what_expired().await,
            10 => {
                let hours = self.dice.roll(30).try_into().unwrap();
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

    /// Power may be lost from here on, at one of the next times that something is to be safe on the disk.
    fn risk_power_cut(&mut self) {
        if let Some(disk) = self.disk.as_ref().filter(|_| self.dice.roll(2) == 0) {
            disk.cut_power_at_sync(self.dice.roll(12));
        }
    }

    /// Whether power was lost; the program runs again.
    async fn was_cut(&mut self) -> bool {
        let Some(disk) = &self.disk else { return false };
        disk.keep_power();
        if !disk.is_dead() {
            return false;
        }
        self.market.start_after_power_cut(&mut self.dice).await;
        self.met.power_cuts += 1;
        true
    }

    async fn fill_a_cart(&mut self) {
        let offer = self.market.offer(PLAIN_OFFER);
        if offer.has_ended(self.market.clock.business()) {
            return;
        }
        self.risk_power_cut();
        let cart = self.market.try_cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
        let was_cut = self.was_cut().await;
        match cart {
            Some(cart) => self.waiting.push(Waiting { cart, revision: offer.revision }),
            None => assert!(was_cut, "no cart, although nothing happened"),
        }
    }

    async fn order(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let choice = self.choose(self.waiting.len());
        let Waiting { cart, revision } = self.waiting.swap_remove(choice);
        let offer = self.market.offer(PLAIN_OFFER);
        let deserves_it = offer.revision == revision && !offer.has_ended(self.market.clock.business());
        self.risk_power_cut();
        let sent = self.market.simulator.approve(cart).await.unwrap();
        let sent = self.answered(sent).await;
        assert_eq!(sent.is_sent(), deserves_it, "revision {revision}, {offer:?}: {}", sent.status_text());
        if sent.is_sent() {
            self.met.accepted += 1;
        } else {
            self.met.refused += 1;
            self.refused.push(sent.po_number);
        }
    }

    /// What the buyer's system gets in the end: an order that got no usable answer is sent again.
    async fn answered(&mut self, sent: OrderAttempt) -> OrderAttempt {
        let was_cut = self.was_cut().await;
        let first_try = sent.status_code().filter(|code| *code < 500);
        if was_cut {
            let again = self.market.simulator.resend(&sent.po_number, ResendAs::SameDocument).await.unwrap();
            assert!(first_try.is_none_or(|_| again.is_sent() == sent.is_sent()), "{}", again.status_text());
            return again;
        }
        assert!(first_try.is_some(), "{}", sent.status_text());
        sent
    }

    /// A refused order comes again, whatever has happened to the offer since: its request is over.
    async fn order_again(&mut self) {
        if self.refused.is_empty() {
            return;
        }
        let choice = self.choose(self.refused.len());
        self.risk_power_cut();
        let sent = self.market.simulator.resend(&self.refused[choice], ResendAs::SameDocument).await.unwrap();
        let sent = self.answered(sent).await;
        assert!(!sent.is_sent(), "{}", sent.status_text());
        self.met.repeated += 1;
    }

    async fn note_what_expired(&mut self) {
        self.risk_power_cut();
        let noted = expire_offers(self.market.context()).await;
        let was_cut = self.was_cut().await;
        assert!(noted.is_ok() || was_cut, "{noted:?}");
    }

    async fn move_the_last_day(&mut self) {
        let days: i64 = self.dice.roll(7).try_into().unwrap();
        let day = day::of(self.market.clock.business()).checked_add((days - 2).days()).unwrap();
        let before = self.market.offer(PLAIN_OFFER);
        let was_over = before.has_ended(self.market.clock.business());
        let change = OfferChange { availability_end_date: Some(day), ..OfferChange::default() };
        self.risk_power_cut();
        let changed = change_offer(self.market.context(), OPERATOR, before.id, change).await;
        let was_cut = self.was_cut().await;
        let after = self.market.offer(PLAIN_OFFER);
        match changed {
            Ok(changed) => assert_eq!(changed.offer, after, "what was acknowledged is there"),
            Err(error) => assert!(was_cut, "{error}"),
        }
        if self.keeps_requests && !was_over && after.availability_end_date > before.availability_end_date {
            for waiting in self.waiting.iter_mut().filter(|waiting| waiting.revision == before.revision) {
                waiting.revision = after.revision;
                self.met.kept += 1;
            }
        }
    }

    async fn finish(self) {
        let mut market = self.market;
        market.settle().await;
        // An invoice that was on its way when the power went may have arrived: a person looks.
        let in_doubt = market.outbox().iter().filter(|message| message.state == OutboxState::Verify).count();
        if in_doubt > 0 {
            assert!(self.disk.is_some(), "nothing was interrupted");
            market.expect_left(OutboxState::Verify, in_doubt);
        }
        market.finish().await;
    }

    /// What the records say, whatever the program thought.
    fn audit(&self) {
        let organization = marketgate::demo::seed::ACME_COUPA.organization_id();
        let all = self.market.read(|snapshot| Ok(agreements::newest(snapshot, organization, None, 1000)?));
        assert_eq!(all.len(), self.met.accepted);
        let newest = self.market.offer(PLAIN_OFFER);
        for request in self.market.read(|snapshot| Ok(requests::waiting_on(snapshot, newest.id, 1000)?)) {
            assert_eq!(request.revision, newest.revision, "it waits on what is superseded: {request:?}");
        }
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
            run.audit();
        }
        met.all().into_iter().zip(run.met.all()).for_each(|(all, one)| *all += *one);
        run.finish().await;
    }
    println!("{met:?}");
    assert!(met.all().iter().all(|count| **count > 0), "{met:?}");
}
