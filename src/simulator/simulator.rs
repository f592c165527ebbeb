//! The public handle: starts everything, drives it, reads what came, stops it. All methods talk to the marketplace over
//! real HTTP; none starts work of its own in the background.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdTcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::config::SimulatorConfig;
use crate::core::Core;
use crate::error::SimulatorError;
use crate::exchange;
use crate::invoicing::Fault;
use crate::ledger::{Cart, ConfirmationReceived, InvoiceReceived, StatusPush};
use crate::mail::Mail;
use crate::ordering::{self, ChangeOrder, ResendAs};
use crate::punch_out::{self, PunchOutStarted, SetupDraft};
use crate::purchase_order::{OrderAttempt, PurchaseOrder};
use crate::server;
use crate::smtp;
use crate::telling;
use crate::wire::order::OrderDraft;
use crate::wire::profile::SupplierProfile;
use crate::wire::status_update::StatusDraft;

/// A running simulator. Dropping it stops it without waiting; `stop` waits.
pub struct Simulator {
    core: Arc<Core>,
    addr: SocketAddr,
    smtp_addr: SocketAddr,
    server: ServerHandle,
    server_task: JoinHandle<std::io::Result<()>>,
    smtp_task: JoinHandle<()>,
}

impl Simulator {
    /// Starts the pages, the cXML endpoints and the SMTP sink. Must be called inside a tokio runtime, after a TLS provider
    /// was installed for the process.
    pub async fn start(config: SimulatorConfig) -> Result<Self, SimulatorError> {
        if let Some(problem) = config.problem() {
            return Err(SimulatorError::Config(problem));
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(SimulatorError::NoTlsProvider);
        }
        let client = exchange::client().map_err(SimulatorError::Client)?;
        let wanted = config.listen;
        let listen_error = |address| move |source| SimulatorError::Listen { address, source };
        let listener = StdTcpListener::bind(wanted).map_err(listen_error(wanted))?;
        let addr = listener.local_addr().map_err(listen_error(wanted))?;
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mailbox = TcpListener::bind(any_port).await.map_err(listen_error(any_port))?;
        let smtp_addr = mailbox.local_addr().map_err(listen_error(any_port))?;
        let base_url = base_url(addr)?;
        let core = Arc::new(Core::new(config, base_url, client));
        let running = server::run(listener, Arc::clone(&core)).map_err(listen_error(addr))?;
        let server = running.handle();
        let server_task = tokio::spawn(running);
        let smtp_task = tokio::spawn(smtp::serve(mailbox, Arc::clone(&core)));
        tracing::info!(%addr, %smtp_addr, "the simulator is listening");
        Ok(Self { core, addr, smtp_addr, server, server_task, smtp_task })
    }

    /// Where its pages and cXML endpoints listen.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address of its home page.
    pub fn base_url(&self) -> Url {
        self.core.base_url.clone()
    }

    /// Where it takes invoices; confirmations go to [`Simulator::confirmation_url`].
    pub fn invoice_url(&self) -> Url {
        self.core.page_url("/cxml/invoices")
    }

    /// Where it takes confirmations.
    pub fn confirmation_url(&self) -> Url {
        self.core.page_url("/cxml/confirmations")
    }

    /// Where its SMTP sink listens.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp_addr
    }

    /// Stops listening, lets running answers finish, and waits for the end.
    pub async fn stop(mut self) {
        self.server.stop(true).await;
        self.smtp_task.abort();
        if let Ok(Err(error)) = (&mut self.server_task).await {
            tracing::warn!(%error, "the simulator's server ended badly");
        }
    }

    /// Starts a plain PunchOut by the buyer's configured user.
    pub async fn punch_out(&self, buyer_key: &str) -> Result<PunchOutStarted, SimulatorError> {
        self.punch_out_with(buyer_key, &SetupDraft::default()).await
    }

    /// Starts a PunchOut whose request differs from the plain one.
    pub async fn punch_out_with(&self, buyer_key: &str, draft: &SetupDraft) -> Result<PunchOutStarted, SimulatorError> {
        punch_out::punch_out(&self.core, buyer_key, draft).await
    }

    /// What the marketplace last said about itself to this buyer; `None` where it was never asked.
    pub fn profile(&self, buyer_key: &str) -> Option<SupplierProfile> {
        self.core.ledger().profile(buyer_key).map(|known| known.profile.clone())
    }

    /// Every remembered cart, the oldest first; refused ones too.
    pub fn carts(&self) -> Vec<Cart> {
        self.core.ledger().carts.to_vec()
    }

    /// One cart.
    pub fn cart(&self, id: u64) -> Option<Cart> {
        self.core.ledger().cart(id).cloned()
    }

    /// Waits for the first cart that `wanted` accepts.
    pub async fn wait_for_cart(
        &self,
        timeout: Duration,
        wanted: impl Fn(&Cart) -> bool,
    ) -> Result<Cart, SimulatorError> {
        let look = || self.carts().into_iter().find(|cart| wanted(cart));
        self.core.wait_for("a cart", timeout, look).await
    }

    /// Approves a waiting cart: sends its order. A refusal by the marketplace is data, not an error.
    pub async fn approve(&self, cart_id: u64) -> Result<OrderAttempt, SimulatorError> {
        ordering::approve(&self.core, cart_id).await
    }

    /// Rejects a waiting cart: nothing is sent, as in the real system.
    pub fn reject(&self, cart_id: u64) -> Result<(), SimulatorError> {
        ordering::reject(&self.core, cart_id)
    }

    /// The order that approving a cart would send, to be altered and passed to `send_order`.
    pub fn draft(&self, cart_id: u64) -> Result<OrderDraft, SimulatorError> {
        ordering::draft(&self.core, cart_id)
    }

    /// The document that would change or cancel an order, with the next version where the system counts them; to be
    /// altered and passed to `send_order`.
    pub fn draft_change(&self, po_number: &str, change: ChangeOrder) -> Result<OrderDraft, SimulatorError> {
        ordering::change(&self.core, po_number, change)
    }

    /// Sends an order as drafted, whatever the state of its cart.
    pub async fn send_order(&self, draft: OrderDraft) -> Result<OrderAttempt, SimulatorError> {
        ordering::send(&self.core, draft).await
    }

    /// Sends an order again.
    pub async fn resend(&self, po_number: &str, how: ResendAs) -> Result<OrderAttempt, SimulatorError> {
        ordering::resend(&self.core, po_number, how).await
    }

    /// Every remembered order, the oldest first.
    pub fn orders(&self) -> Vec<PurchaseOrder> {
        self.core.ledger().orders.to_vec()
    }

    /// One order.
    pub fn order(&self, po_number: &str) -> Option<PurchaseOrder> {
        self.core.ledger().order(po_number).cloned()
    }

    /// The invoices that were taken, the oldest first.
    pub fn invoices(&self) -> Vec<InvoiceReceived> {
        let ledger = self.core.ledger();
        ledger.invoices.iter().filter(|invoice| invoice.answer.is_success()).cloned().collect()
    }

    /// Every invoice document that came, refused ones too.
    pub fn invoice_documents(&self) -> Vec<InvoiceReceived> {
        self.core.ledger().invoices.to_vec()
    }

    /// Makes the next invoices fail, one fault each, in this order; whatever was planned before is replaced.
    pub fn fail_next_invoices(&self, faults: Vec<Fault>) {
        self.core.ledger().invoice_faults = faults.into();
    }

    /// Waits for the first taken invoice that `wanted` accepts.
    pub async fn wait_for_invoice(
        &self,
        timeout: Duration,
        wanted: impl Fn(&InvoiceReceived) -> bool,
    ) -> Result<InvoiceReceived, SimulatorError> {
        let look = || self.invoices().into_iter().find(|invoice| wanted(invoice));
        self.core.wait_for("an invoice", timeout, look).await
    }

    /// Every remembered confirmation, the oldest first.
    pub fn confirmations(&self) -> Vec<ConfirmationReceived> {
        self.core.ledger().confirmations.to_vec()
    }

    /// Waits for the first confirmation that `wanted` accepts.
    pub async fn wait_for_confirmation(
        &self,
        timeout: Duration,
        wanted: impl Fn(&ConfirmationReceived) -> bool,
    ) -> Result<ConfirmationReceived, SimulatorError> {
        let look = || self.confirmations().into_iter().find(|received| wanted(received));
        self.core.wait_for("a confirmation", timeout, look).await
    }

    /// Tells the marketplace a later status of one of its documents, where the buyer's system does so. A refusal is data,
    /// not an error.
    pub async fn push_status(&self, draft: StatusDraft) -> Result<StatusPush, SimulatorError> {
        telling::push_status(&self.core, draft).await
    }

    /// Every remembered status that was told, the oldest first.
    pub fn statuses(&self) -> Vec<StatusPush> {
        self.core.ledger().statuses.to_vec()
    }

    /// Every remembered mail, the oldest first.
    pub fn mailbox(&self) -> Vec<Mail> {
        self.core.mails()
    }

    /// Waits for the first mail that `wanted` accepts.
    pub async fn wait_for_mail(
        &self,
        timeout: Duration,
        wanted: impl Fn(&Mail) -> bool,
    ) -> Result<Mail, SimulatorError> {
        self.core.wait_for("an e-mail", timeout, || self.core.mails().into_iter().find(|mail| wanted(mail))).await
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.smtp_task.abort();
        // Asking is enough: the stop command is sent before the answer is awaited.
        drop(self.server.stop(false));
    }
}

/// What a browser on this machine can open: a wildcard address is no destination.
fn base_url(addr: SocketAddr) -> Result<Url, SimulatorError> {
    let ip = match addr.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, addr.port());
    Url::parse(&format!("http://{address}/")).map_err(|error| SimulatorError::Config(format!("{address}: {error}")))
}
