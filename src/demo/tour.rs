//! The tour: one complete purchase over real HTTP, as an employee, an approver and two machines play it.
//!
//! It uses nothing but the simulator and a browser without JavaScript, so it sees what the outside sees. Every step that
//! does not go as it should ends the tour with a sentence.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use marketgate_simulator::browser::{Browser, Page};
use marketgate_simulator::{CartState, Simulator};

/// Mails and invoices arrive by themselves within this time, or not at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// The product that the tour buys: it has a private offer with a payment schedule for Acme.
const PRODUCT: &str = "Gatewren";

/// The offer.
const OFFER: &str = "Acme enterprise, four payments";

/// Prints one line of the transcript for each step, with the time since the beginning.
struct Transcript {
    began: Instant,
}

impl Transcript {
    fn line(&self, who: &str, what: &str) {
        println!("{:>6} ms  {who:<26} {what}", self.began.elapsed().as_millis());
    }
}

/// Plays the Coupa cycle.
pub(super) async fn play(simulator: &Simulator) -> anyhow::Result<()> {
    let transcript = Transcript { began: Instant::now() };
    println!("One purchase, from PunchOut to invoice (Acme / Coupa):");
    println!();
    let shop = punch_out(simulator, &transcript).await?;
    let cart_id = shop_for_offer(simulator, &transcript, shop).await?;
    let number = approve(simulator, &transcript, cart_id).await?;
    receive_mail(simulator, &transcript, &number).await?;
    receive_invoice(simulator, &transcript, &number).await?;
    println!();
    println!("The agreement exists, its first installment is invoiced, the others wait for their days.");
    Ok(())
}

async fn punch_out(simulator: &Simulator, transcript: &Transcript) -> anyhow::Result<Page> {
    let started = simulator.punch_out("coupa").await.context("PunchOut")?;
    transcript.line("Coupa -> marketplace", "PunchOutSetupRequest for Robin Buyer");
    transcript.line("marketplace -> Coupa", "PunchOutSetupResponse 200 with a StartPage address");
    let store = Browser::new()?.open(&started.start_page_url).await.context("the StartPage")?;
    ensure!(store.status == 200, "the StartPage answered {}", store.status);
    transcript.line("browser", "opens the StartPage, lands in the store signed in as Robin Buyer");
    Ok(store)
}

async fn shop_for_offer(simulator: &Simulator, transcript: &Transcript, store: Page) -> anyhow::Result<u64> {
    let browser = Browser::new()?;
    let product = browser.follow(&store, PRODUCT).await.context("the product's page")?;
    let offer = browser.follow(&product, OFFER).await.context("the offer's page")?;
    transcript.line("browser", &format!("looks at {PRODUCT}: private offer \"{OFFER}\""));
    let mut form = offer.form_with_button("Request approval")?;
    form.set("accept", "yes");
    let hand_over = browser.submit(&offer, &form, Some("Request approval")).await.context("Request approval")?;
    ensure!(hand_over.status == 200, "\"Request approval\" answered {}", hand_over.status);
    transcript.line("browser", "presses \"Request approval\": the cart goes back to Coupa");
    let before: Vec<u64> = simulator.carts().iter().map(|cart| cart.id).collect();
    let accepted = browser.press(&hand_over, "Return to your procurement system").await.context("the cart's form")?;
    ensure!(accepted.status == 200, "Coupa answered the cart with {}", accepted.status);
    let cart = simulator.wait_for_cart(PATIENCE, |cart| !before.contains(&cart.id)).await.context("the cart")?;
    if let CartState::Refused { reason } = &cart.state {
        bail!("Coupa refused the cart: {reason}");
    }
    for line in &cart.lines {
        let amount = line.amount().unwrap_or_default();
        transcript.line(
            "marketplace -> Coupa",
            &format!("PunchOutOrderMessage: {} x {} {} = {amount}", line.quantity, line.unit_price, line.currency),
        );
        transcript.line("", &line.description);
    }
    Ok(cart.id)
}

async fn approve(simulator: &Simulator, transcript: &Transcript, cart_id: u64) -> anyhow::Result<String> {
    transcript.line("Coupa", "the requisition is approved, nobody returns to the marketplace");
    let sent = simulator.approve(cart_id).await.context("the order")?;
    transcript.line("Coupa -> marketplace", &format!("OrderRequest {}", sent.po_number));
    transcript.line(
        "marketplace -> Coupa",
        &format!("Response {} {}", sent.status_code().unwrap_or_default(), sent.status_text()),
    );
    ensure!(sent.is_sent(), "the order was not accepted");
    Ok(sent.po_number)
}

async fn receive_mail(simulator: &Simulator, transcript: &Transcript, number: &str) -> anyhow::Result<()> {
    let mail = simulator.wait_for_mail(PATIENCE, |mail| mail.subject.contains(number)).await.context("the mail")?;
    transcript.line("marketplace -> mailbox", &format!("\"{}\" to {}", mail.subject, mail.to.join(", ")));
    Ok(())
}

async fn receive_invoice(simulator: &Simulator, transcript: &Transcript, number: &str) -> anyhow::Result<()> {
    let about = |invoice: &marketgate_simulator::Invoice| invoice.po_numbers.iter().any(|po| po == number);
    let received = simulator
        .wait_for_invoice(PATIENCE, |received| received.invoice.as_ref().is_some_and(about))
        .await
        .context("the invoice")?;
    let invoice = received.invoice.context("the invoice cannot be read")?;
    transcript.line(
        "marketplace -> Coupa",
        &format!(
            "InvoiceDetailRequest {} over {} {} for {number}",
            invoice.invoice_number, invoice.net, invoice.currency
        ),
    );
    transcript.line("Coupa -> marketplace", &format!("Response {} {}", received.answer.code, received.answer.message));
    Ok(())
}
