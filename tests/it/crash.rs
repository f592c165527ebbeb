//! Threat: the program dies at any moment, and comes back on what it left on the disk.
//!
//! Employees, approvers and machines of two buyers go on without a pause while the real binary is killed (SIGKILL) and
//! started again, over and over; whatever got no answer is sent again, as procurement systems do. After each kill a copy
//! of the directory is opened and read like the books of a company, and once more at the end together with what arrived.
//!
//! `cargo test --test it` runs a short form among the ignored tests. The long form:
//! `MARKETGATE_CRASH_ROUNDS=50 cargo test --test it crash -- --ignored --nocapture`. `MARKETGATE_CRASH_SEED` picks other
//! moments; the seed that was used is printed.

pub mod books;
pub mod buyers;
mod imports;
pub mod offers;
pub mod received;
pub mod site;

use std::fmt::Display;
use std::str::FromStr;
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use marketgate_simulator::Fault;

use self::books::Books;
use self::buyers::{Buyers, Promises};
use self::received::Received;
use self::site::{Program, Site};

/// Nothing arrives for so long: everything that can be delivered is.
const QUIET: Duration = Duration::from_secs(4);

/// A sequence of numbers from a seed (xorshift).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The sequence of a seed; neighbouring seeds have different ones.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[actix_web::test]
#[ignore = "starts and kills the program many times"]
async fn what_was_acknowledged_survives_every_kill_and_nothing_is_there_by_half() {
    let rounds: u32 = setting("MARKETGATE_CRASH_ROUNDS", 8);
    let seed: u64 = setting("MARKETGATE_CRASH_SEED", 20_260_302);
    println!("{rounds} kills, MARKETGATE_CRASH_SEED={seed}");
    let began = Instant::now();
    let mut dice = Dice::new(seed);
    let site = Site::prepare().await;
    let buyers = Buyers::go(&site, seed);
    for _ in 0..rounds {
        site.simulator.fail_next_invoices(bad_luck(&mut dice));
        let mut program = site.start();
        live_for_a_while(&mut program, &mut dice).await;
        program.kill();
        let promises = buyers.promises();
        let books = Books::of_copy(&site.data_dir());
        books.assert_whole();
        books.assert_keeps(&promises);
    }
    site.simulator.fail_next_invoices(Vec::new());
    let promises = end_of_business(&site, buyers).await;
    let books = work_off(&site).await;
    books.assert_whole();
    books.assert_keeps(&promises);
    let received = Received::of(&site);
    received.assert_at_most_once(&books);
    let verified = settle_doubts(&site);
    let books = work_off(&site).await;
    let received = Received::of(&site);
    received.assert_everything_arrived(&books);
    println!(
        "{rounds} kills in {} s: {promises}; {books}; {received}; {verified} invoices were to be verified",
        began.elapsed().as_secs()
    );
    assert!(promises.orders() > rounds as usize, "too little happened to prove anything");
}

fn setting<T: FromStr<Err: Display>>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")),
        Err(_) => default,
    }
}

/// Most of the time until some moment of its work; now and then it does not even get to its start.
async fn live_for_a_while(program: &mut Program, dice: &mut Dice) {
    if dice.roll(6) == 0 {
        sleep(Duration::from_millis(dice.roll(400))).await;
    } else {
        program.ready().await;
        sleep(Duration::from_millis(50 + dice.roll(3500))).await;
    }
}

/// What goes wrong on the buyers' side meanwhile.
fn bad_luck(dice: &mut Dice) -> Vec<Fault> {
    (0..dice.roll(6))
        .map(|_| match dice.roll(4) {
            0 => Fault::Http(503),
            1 => Fault::Close,
            2 => Fault::CloseUnread,
            _ => Fault::SlowMs(dice.roll(800)),
        })
        .collect()
}

/// The employees go home; every order that got no answer is sent until it gets one.
async fn end_of_business(site: &Site, buyers: Buyers) -> Promises {
    let mut program = site.start();
    program.ready().await;
    let promises = buyers.go_home().await;
    quiet(site).await;
    program.stop();
    promises
}

/// Lets the program run until nothing is left that it could do by itself.
async fn work_off(site: &Site) -> Books {
    for _ in 0..20 {
        let books = Books::of(&site.data_dir());
        if books.has_nothing_to_do() {
            return books;
        }
        let mut program = site.start();
        program.ready().await;
        quiet(site).await;
        program.stop();
    }
    panic!("the program does not come to an end with its work")
}

/// Nothing has arrived for a while.
async fn quiet(site: &Site) {
    let arrived = || (site.simulator.invoice_documents().len(), site.simulator.mailbox().len());
    let (mut last, mut since) = (arrived(), Instant::now());
    while since.elapsed() < QUIET {
        sleep(Duration::from_millis(200)).await;
        let now = arrived();
        if now != last {
            (last, since) = (now, Instant::now());
        }
    }
}

/// A person looks at every invoice in doubt: is its number at the buyer's? How many there were.
fn settle_doubts(site: &Site) -> usize {
    let received = Received::of(site);
    books::settle_doubts(&site.data_dir(), |number| received.has_taken(number))
}
