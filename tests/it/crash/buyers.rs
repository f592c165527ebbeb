//! The load: people and machines of two buyers who go on whatever happens, and a diary of what they were promised.
//!
//! No answer is no harm: they come again. Any answer but a yes is a complaint, and a complaint fails the test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use actix_web::rt;
use actix_web::rt::task::JoinHandle;
use actix_web::rt::time::sleep;
use marketgate_simulator::browser::{Browser, BrowserError, Page};
use marketgate_simulator::{OrderAttempt, ResendAs, Simulator, SimulatorError, Transmission};

use super::Dice;
use super::site::{ACME, INITECH, Site};

/// So many employees at the same time.
const EMPLOYEES: u64 = 8;

/// Who buys what. Each makes an invoice at once.
const OFFERS: [(&str, &str, &str); 5] = [
    (ACME, "Tidegauge", "Standard, 12 months"),
    (ACME, "Gatewren", "Acme enterprise, four payments"),
    (ACME, "Vaultwren", "Business, monthly payments"),
    (INITECH, "Kaiwa Rooms", "Office, 12 months"),
    (INITECH, "Tidegauge", "Standard, 12 months"),
];

/// Everybody at work.
pub struct Buyers {
    simulator: Rc<Simulator>,
    diary: Rc<RefCell<Diary>>,
    is_over: Rc<Cell<bool>>,
    tasks: Vec<JoinHandle<()>>,
}

/// What was promised: the answers to each order, by its number.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    /// Every order that was sent.
    pub sent: BTreeMap<String, Sent>,
    /// PunchOut sessions that were opened.
    setups: usize,
    interruptions: usize,
}

/// An order as its buyer sees it.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// How many lines it has.
    pub lines: usize,
    /// The text of each acknowledgement.
    pub acknowledged: Vec<String>,
    /// How often no answer came.
    pub unanswered: usize,
}

#[derive(Debug, Default)]
struct Diary {
    promises: Promises,
    /// Carts that wait for approval, with their lines.
    carts: Vec<(u64, usize)>,
    complaints: Vec<String>,
}

/// Why somebody did not get on.
enum Setback {
    /// Nobody answered.
    NoAnswer,
    /// An answer that must not be.
    Complaint(String),
}

impl Buyers {
    /// Everybody starts to work.
    pub fn go(site: &Site, seed: u64) -> Self {
        let (diary, is_over) = (Rc::<RefCell<Diary>>::default(), Rc::<Cell<bool>>::default());
        let hire = |number| Employee {
            simulator: Rc::clone(&site.simulator),
            browser: Browser::new().unwrap(),
            diary: Rc::clone(&diary),
            dice: Dice::new(seed + number),
        };
        let tasks = (1..=EMPLOYEES).map(|number| rt::spawn(hire(number).work(Rc::clone(&is_over)))).collect();
        Self { simulator: Rc::clone(&site.simulator), diary, is_over, tasks }
    }

    /// What was promised until now.
    pub fn promises(&self) -> Promises {
        let diary = self.diary.borrow();
        assert!(diary.complaints.is_empty(), "{:#?}", diary.complaints);
        diary.promises.clone()
    }

    /// Everybody ends what they do; what got no answer is sent until it gets one.
    pub async fn go_home(self) -> Promises {
        self.is_over.set(true);
        for task in self.tasks {
            task.await.unwrap();
        }
        let unanswered: Vec<String> = {
            let diary = self.diary.borrow();
            let open = diary.promises.sent.iter().filter(|(_, sent)| sent.acknowledged.is_empty());
            // And one more, so that the program has something to do after its last start.
            open.chain(diary.promises.sent.last_key_value()).map(|(number, _)| number.clone()).collect()
        };
        for number in unanswered {
            let sent = self.simulator.resend(&number, ResendAs::SameDocument).await.unwrap();
            assert!(sent.is_sent(), "{number}: {}", sent.status_text());
            self.diary.borrow_mut().promises.note(&sent, 0);
        }
        let diary = self.diary.borrow();
        assert!(diary.complaints.is_empty(), "{:#?}", diary.complaints);
        diary.promises.clone()
    }
}

struct Employee {
    simulator: Rc<Simulator>,
    browser: Browser,
    diary: Rc<RefCell<Diary>>,
    dice: Dice,
}

impl Employee {
    async fn work(mut self, is_over: Rc<Cell<bool>>) {
        while !is_over.get() {
            let done = match self.dice.roll(10) {
                0..=3 => self.shop().await,
                4..=7 => self.approve().await,
                _ => self.send_again().await,
            };
            match done {
                Ok(()) => continue,
                Err(Setback::NoAnswer) => self.diary.borrow_mut().promises.interruptions += 1,
                Err(Setback::Complaint(text)) => self.diary.borrow_mut().complaints.push(text),
            }
            sleep(Duration::from_millis(30)).await;
        }
    }

    /// One PunchOut, one or two offers, the cart on its way back.
    async fn shop(&mut self) -> Result<(), Setback> {
        let (buyer, product, offer) = OFFERS[usize::try_from(self.dice.roll(OFFERS.len() as u64)).unwrap()];
        let started = self.simulator.punch_out(buyer).await?;
        self.diary.borrow_mut().promises.setups += 1;
        let store = shown(self.browser.open(&started.start_page_url).await?)?;
        let mut lines = 1;
        if self.dice.roll(3) == 0 {
            self.choose(&store, product, offer, "Add to cart").await?;
            lines = 2;
        }
        let hand_over = self.choose(&store, product, offer, "Request approval").await?;
        let taken = shown(self.browser.press(&hand_over, "Return to your procurement system").await?)?;
        let number = taken.url.path().rsplit('/').next().and_then(|number| number.parse().ok());
        let cart = number.and_then(|number| self.simulator.cart(number));
        match cart.filter(|cart| cart.lines.len() == lines) {
            Some(cart) => self.diary.borrow_mut().carts.push((cart.id, lines)),
            None => return Err(Setback::Complaint(format!("a cart of {lines} lines did not come: {}", taken.text()))),
        }
        Ok(())
    }

    async fn choose(&self, store: &Page, product: &str, offer: &str, button: &str) -> Result<Page, Setback> {
        let product = shown(find(&self.browser, store, product).await?)?;
        let offer = shown(self.browser.follow(&product, offer).await?)?;
        let mut form = offer.form_with_button(button)?;
        form.set("accept", "yes");
        shown(self.browser.submit(&offer, &form, Some(button)).await?)
    }

    /// An approver says yes: the order leaves.
    async fn approve(&mut self) -> Result<(), Setback> {
        let waiting = self.diary.borrow().carts.len() as u64;
        if waiting == 0 {
            return self.shop().await;
        }
        let picked = usize::try_from(self.dice.roll(waiting)).unwrap();
        let (cart, lines) = self.diary.borrow_mut().carts.swap_remove(picked);
        let sent = self.simulator.approve(cart).await?;
        self.noted(&sent, lines)
    }

    /// An order that got no answer, or any other one: machines repeat without being asked.
    async fn send_again(&mut self) -> Result<(), Setback> {
        let number = {
            let diary = self.diary.borrow();
            let sent = &diary.promises.sent;
            let unanswered = sent.iter().find(|(_, sent)| sent.acknowledged.is_empty()).map(|(number, _)| number);
            let any = || sent.keys().nth(usize::try_from(self.dice.roll(sent.len() as u64)).unwrap());
            if sent.is_empty() { None } else { unanswered.or_else(any).cloned() }
        };
        let Some(number) = number else { return self.shop().await };
        let how = if self.dice.roll(2) == 0 { ResendAs::SameDocument } else { ResendAs::NewPayloadId };
        let sent = self.simulator.resend(&number, how).await?;
        self.noted(&sent, 0)
    }

    fn noted(&self, sent: &OrderAttempt, lines: usize) -> Result<(), Setback> {
        self.diary.borrow_mut().promises.note(sent, lines);
        match sent.transmission {
            Transmission::Sent => Ok(()),
            Transmission::ToBeRetried { .. } if sent.http_status.is_none() => Err(Setback::NoAnswer),
            _ => Err(Setback::Complaint(format!("{}: {}", sent.po_number, sent.status_text()))),
        }
    }
}

impl Promises {
    /// Notes an answer, or that none came; `lines` as far as known.
    pub fn note(&mut self, attempt: &OrderAttempt, lines: usize) {
        let sent = self.sent.entry(attempt.po_number.clone()).or_default();
        sent.lines = sent.lines.max(lines);
        if attempt.is_sent() {
            sent.acknowledged.push(attempt.status_text());
        } else {
            sent.unanswered += 1;
        }
    }

    /// How many orders were acknowledged.
    pub fn orders(&self) -> usize {
        self.sent.values().filter(|sent| !sent.acknowledged.is_empty()).count()
    }
}

impl fmt::Display for Promises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |of: fn(&Sent) -> usize| self.sent.values().map(of).sum::<usize>();
        write!(
            f,
            "{} sessions, {} orders acknowledged, {} acknowledged again, {} sendings without an answer, {} interruptions",
            self.setups,
            self.orders(),
            count(|sent| sent.acknowledged.len().saturating_sub(1)),
            count(|sent| sent.unanswered),
            self.interruptions
        )
    }
}

/// The page of a product, from whichever page of the store lists it.
pub async fn find(browser: &Browser, store: &Page, product: &str) -> Result<Page, BrowserError> {
    let mut listed = store.clone();
    loop {
        match browser.follow(&listed, product).await {
            Err(BrowserError::NotOnPage { .. }) => listed = browser.follow(&listed, "Next").await?,
            found => return found,
        }
    }
}

fn shown(page: Page) -> Result<Page, Setback> {
    if page.status == 200 {
        return Ok(page);
    }
    Err(Setback::Complaint(format!("{} answered {}: {}", page.url, page.status, page.text())))
}

impl From<BrowserError> for Setback {
    fn from(error: BrowserError) -> Self {
        match error {
            BrowserError::Unreachable { .. } => Self::NoAnswer,
            other => Self::Complaint(other.to_string()),
        }
    }
}

impl From<SimulatorError> for Setback {
    fn from(error: SimulatorError) -> Self {
        match error {
            SimulatorError::Setup(failure) if failure.http_status.is_none() => Self::NoAnswer,
            other => Self::Complaint(other.to_string()),
        }
    }
}
