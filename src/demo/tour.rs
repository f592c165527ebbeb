//! The tour: one complete purchase for each dialect, over real HTTP, as an employee, an approver and machines play it.
//!
//! It uses nothing but the simulator and a browser without JavaScript, so it sees what the outside sees. Every step that
//! does not go as it should ends the tour with a sentence.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use marketgate_simulator::browser::{Browser, Page};
use marketgate_simulator::{CartState, Simulator};

/// Mails, confirmations and invoices arrive by themselves within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// A purchase to play.
struct Purchase {
    /// The buyer in the simulator.
    buyer: &'static str,
    /// Name of the connection.
    connection: &'static str,
    /// How its procurement system is called in the transcript.
    system: &'static str,
    /// Who shops.
    person: &'static str,
    /// The product.
    product: &'static str,
    /// Its private offer for this buyer.
    offer: &'static str,
    /// Whether the procurement system expects a ConfirmationRequest.
    confirmed: bool,
    /// What there is to say at the end.
    moral: &'static str,
}

const PURCHASES: [Purchase; 2] = [
    Purchase {
        buyer: "coupa",
        connection: "Acme / Coupa",
        system: "Coupa",
        person: "Robin Buyer",
        product: "Gatewren",
        offer: "Acme enterprise, four payments",
        confirmed: false,
        moral: "The agreement exists, its first installment is invoiced, the others wait for their days.",
    },
    Purchase {
        buyer: "sap",
        connection: "Globex / SAP",
        system: "SAP network",
        person: "Kim Einkauf",
        product: "Tidegauge",
        offer: "Globex plants, 24 months",
        confirmed: true,
        moral: "The agreement exists, the order is confirmed by document, the invoice names order and payloadID.",
    },
];

/// Plays every purchase.
pub(super) async fn play(simulator: &Simulator) -> anyhow::Result<()> {
    for purchase in &PURCHASES {
        let began = Instant::now();
        println!("One purchase, from PunchOut to invoice ({}):", purchase.connection);
        println!();
        Tour { simulator, purchase, began }.play().await.with_context(|| purchase.connection)?;
        println!();
        println!("{}", purchase.moral);
        println!();
    }
    Ok(())
}

struct Tour<'a> {
    simulator: &'a Simulator,
    purchase: &'a Purchase,
    began: Instant,
}

impl Tour<'_> {
    async fn play(&self) -> anyhow::Result<()> {
        let store = self.punch_out().await?;
        let hand_over = self.request_approval(&store).await?;
        let cart_id = self.return_cart(&hand_over).await?;
        let number = self.approve(cart_id).await?;
        self.receive_mail(&number).await?;
        if self.purchase.confirmed {
            self.receive_confirmation(&number).await?;
        }
        self.receive_invoice(&number).await
    }

    /// One line of the transcript, with the time since the beginning of the purchase.
    fn line(&self, who: &str, what: &str) {
        println!("{:>6} ms  {who:<28} {what}", self.began.elapsed().as_millis());
    }

    fn system_says(&self, what: &str) {
        self.line(&format!("{} -> marketplace", self.purchase.system), what);
    }

    fn we_say(&self, what: &str) {
        self.line(&format!("marketplace -> {}", self.purchase.system), what);
    }

    async fn punch_out(&self) -> anyhow::Result<Page> {
        let started = self.simulator.punch_out(self.purchase.buyer).await.context("PunchOut")?;
        self.system_says(&format!("PunchOutSetupRequest for {}", self.purchase.person));
        self.we_say("PunchOutSetupResponse 200 with a StartPage address");
        let store = Browser::new()?.open(&started.start_page_url).await.context("the StartPage")?;
        ensure!(store.status == 200, "the StartPage answered {}", store.status);
        self.line("browser", &format!("opens the StartPage, lands in the store signed in as {}", self.purchase.person));
        Ok(store)
    }

    async fn request_approval(&self, store: &Page) -> anyhow::Result<Page> {
        let Purchase { product, offer, system, .. } = self.purchase;
        let browser = Browser::new()?;
        let product_page = browser.follow(store, product).await.context("the product's page")?;
        let offer_page = browser.follow(&product_page, offer).await.context("the offer's page")?;
        self.line("browser", &format!("looks at {product}: private offer \"{offer}\""));
        let mut form = offer_page.form_with_button("Request approval")?;
        form.set("accept", "yes");
        let hand_over =
            browser.submit(&offer_page, &form, Some("Request approval")).await.context("Request approval")?;
        ensure!(hand_over.status == 200, "\"Request approval\" answered {}", hand_over.status);
        self.line("browser", &format!("presses \"Request approval\": the cart goes back to {system}"));
        Ok(hand_over)
    }

    async fn return_cart(&self, hand_over: &Page) -> anyhow::Result<u64> {
        let system = self.purchase.system;
        let before: Vec<u64> = self.simulator.carts().iter().map(|cart| cart.id).collect();
        let pressed = Browser::new()?.press(hand_over, "Return to your procurement system").await;
        let accepted = pressed.context("the cart's form")?;
        ensure!(accepted.status == 200, "{system} answered the cart with {}", accepted.status);
        let cart =
            self.simulator.wait_for_cart(PATIENCE, |cart| !before.contains(&cart.id)).await.context("the cart")?;
        if let CartState::Refused { reason } = &cart.state {
            bail!("{system} refused the cart: {reason}");
        }
        for line in &cart.lines {
            let amount = line.amount().unwrap_or_default();
            self.we_say(&format!(
                "PunchOutOrderMessage: {} x {} {} = {amount}",
                line.quantity, line.unit_price, line.currency
            ));
            self.line("", &line.description);
        }
        Ok(cart.id)
    }

    async fn approve(&self, cart_id: u64) -> anyhow::Result<String> {
        self.line(self.purchase.system, "the requisition is approved, nobody returns to the marketplace");
        let sent = self.simulator.approve(cart_id).await.context("the order")?;
        self.system_says(&format!("OrderRequest {}", sent.po_number));
        self.we_say(&format!("Response {} {}", sent.status_code().unwrap_or_default(), sent.status_text()));
        ensure!(sent.is_sent(), "the order was not accepted");
        Ok(sent.po_number)
    }

    async fn receive_mail(&self, number: &str) -> anyhow::Result<()> {
        let about = |subject: &str| subject.contains(number);
        let mail = self.simulator.wait_for_mail(PATIENCE, |mail| about(&mail.subject)).await.context("the mail")?;
        self.line("marketplace -> mailbox", &format!("\"{}\" to {}", mail.subject, mail.to.join(", ")));
        Ok(())
    }

    async fn receive_confirmation(&self, number: &str) -> anyhow::Result<()> {
        let received = self
            .simulator
            .wait_for_confirmation(PATIENCE, |received| received.confirmation.po_number.as_deref() == Some(number))
            .await
            .context("the confirmation")?;
        self.we_say(&format!("ConfirmationRequest: {} {number}", received.confirmation.kind));
        ensure!(received.confirmation.kind == "accept", "the order was not accepted");
        Ok(())
    }

    async fn receive_invoice(&self, number: &str) -> anyhow::Result<()> {
        let about = |invoice: &marketgate_simulator::Invoice| invoice.po_numbers.iter().any(|po| po == number);
        let received = self
            .simulator
            .wait_for_invoice(PATIENCE, |received| received.invoice.as_ref().is_some_and(about))
            .await
            .context("the invoice")?;
        let invoice = received.invoice.context("the invoice cannot be read")?;
        let amounts = format!("{} + {} tax = {} {}", invoice.subtotal, invoice.tax, invoice.net, invoice.currency);
        self.we_say(&format!("InvoiceDetailRequest {} for {number}: {amounts}", invoice.invoice_number));
        self.system_says(&format!("Response {} {}", received.answer.code, received.answer.message));
        Ok(())
    }
}
