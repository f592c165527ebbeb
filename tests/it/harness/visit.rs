//! An employee's visit: PunchOut, the store in a browser without scripts, the cart on its way back.

use marketgate_simulator::browser::{Browser, Page};
use marketgate_simulator::{Cart, CartState, OrderAttempt, SetupDraft, Simulator};

use super::Market;
use super::market::ACME;

/// The box that every offer with documents wants ticked.
pub fn accept() -> Vec<(&'static str, &'static str)> {
    vec![("accept", "yes")]
}

/// A visit.
pub struct Visit<'m> {
    market: &'m Market,
    /// The browser.
    pub browser: Browser,
    /// The page that the StartPage led to.
    pub store: Page,
}

impl Market {
    /// Starts a visit from a buyer's system.
    pub async fn visit(&self, buyer: &str) -> Visit<'_> {
        self.visit_with(buyer, &SetupDraft::default()).await
    }

    /// [`Self::visit`] with another request than the plain one.
    pub async fn visit_with(&self, buyer: &str, draft: &SetupDraft) -> Visit<'_> {
        let started = self.simulator.punch_out_with(buyer, draft).await.unwrap();
        let browser = Browser::new().unwrap();
        let store = browser.open(&started.start_page_url).await.unwrap();
        assert_eq!(store.status, 200, "{}", store.text());
        Visit { market: self, browser, store }
    }

    /// Acme's cart with one offer, waiting for approval.
    pub async fn cart(&self, product: &str, offer: &str) -> Cart {
        self.cart_of(ACME, product, offer).await
    }

    /// [`Self::cart`] of another buyer.
    pub async fn cart_of(&self, buyer: &str, product: &str, offer: &str) -> Cart {
        self.visit(buyer).await.buy(product, offer, &accept()).await
    }

    /// [`Self::cart`] while the power may fail: none if anything got no good answer.
    pub async fn try_cart(&self, product: &str, offer: &str) -> Option<u64> {
        fill_a_cart(&self.simulator, &Browser::new().unwrap(), ACME, (product, offer)).await
    }

    /// Approves a cart; the order must be accepted, and all that follows from it at once has happened.
    pub async fn order(&self, cart: &Cart) -> OrderAttempt {
        let sent = self.simulator.approve(cart.id).await.unwrap();
        assert!(sent.is_sent(), "{}", sent.status_text());
        self.settle().await;
        sent
    }
}

/// Visits the store and takes one offer back as the cart of a buyer; none if anything gets no good answer.
pub async fn fill_a_cart(
    simulator: &Simulator,
    browser: &Browser,
    buyer: &str,
    (product, offer): (&str, &str),
) -> Option<u64> {
    let started = simulator.punch_out(buyer).await.ok()?;
    let store = browser.open(&started.start_page_url).await.ok()?;
    let mut search = store.forms().into_iter().find(|form| form.value("q").is_some())?;
    search.set("q", product);
    let found = browser.submit(&store, &search, None).await.ok()?;
    let product = browser.follow(&found, product).await.ok()?;
    let offer = browser.follow(&product, offer).await.ok()?;
    let mut form = offer.form_with_button("Request approval").ok()?;
    form.set("accept", "yes");
    let hand_over = browser.submit(&offer, &form, Some("Request approval")).await.ok()?;
    let taken = browser.press(&hand_over, "Return to your procurement system").await.ok()?;
    taken.url.path().rsplit('/').next()?.parse().ok()
}

impl Visit<'_> {
    /// The page of a product, searched for by its name.
    pub async fn product(&self, product: &str) -> Page {
        let mut search = self.store.forms().into_iter().find(|form| form.value("q").is_some()).expect("a search field");
        search.set("q", product);
        let found = self.browser.submit(&self.store, &search, None).await.unwrap();
        self.browser.follow(&found, product).await.unwrap()
    }

    /// The page of an offer, by the links that a person follows.
    pub async fn offer(&self, product: &str, offer: &str) -> Page {
        let product = self.product(product).await;
        self.browser.follow(&product, offer).await.unwrap()
    }

    /// Fills in an offer's form and presses a button; the page that follows.
    pub async fn choose(&self, product: &str, offer: &str, fields: &[(&str, &str)], button: &str) -> Page {
        let page = self.offer(product, offer).await;
        let mut form = page.form_with_button(button).unwrap();
        for (name, value) in fields {
            form.set(name, value);
        }
        self.browser.submit(&page, &form, Some(button)).await.unwrap()
    }

    /// Puts an offer into the cart.
    pub async fn add(&self, product: &str, offer: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.choose(product, offer, fields, "Add to cart").await;
        assert_eq!((page.status, page.url.path().ends_with("/cart")), (200, true), "{}", page.text());
        page
    }

    /// "Request approval": the cart arrives at the buyer's system.
    pub async fn buy(&self, product: &str, offer: &str, fields: &[(&str, &str)]) -> Cart {
        let hand_over = self.choose(product, offer, fields, "Request approval").await;
        self.hand_over(&hand_over).await
    }

    /// Posts the cart from the page that hands it over.
    pub async fn hand_over(&self, page: &Page) -> Cart {
        assert_eq!(page.status, 200, "{}", page.text());
        let accepted = self.browser.press(page, "Return to your procurement system").await.unwrap();
        assert_eq!(accepted.status, 200, "{}", accepted.text());
        let cart = self.market.simulator.carts().pop().unwrap();
        assert_eq!(cart.state, CartState::Waiting);
        cart
    }

    /// One of the session's pages.
    pub async fn page(&self, rest: &str) -> Page {
        let mut url = self.store.url.clone();
        url.set_path(&format!("{}{rest}", self.base()));
        self.browser.open(&url).await.unwrap()
    }

    /// The path of the session.
    pub fn base(&self) -> String {
        self.store.url.path().split('/').take(3).collect::<Vec<_>>().join("/")
    }
}
