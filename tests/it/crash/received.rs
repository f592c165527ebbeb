//! What arrived at the buyers: invoices by number, mails by Message-ID, every copy.

use std::collections::BTreeMap;
use std::fmt;

use marketgate_domain::event::{OutboxMessage, OutboxState};
use marketgate_domain::invoice::Invoice;

use super::books::Books;
use super::site::Site;

/// Everything that arrived.
pub struct Received {
    invoices: BTreeMap<String, Vec<Copy>>,
    mails: BTreeMap<String, Vec<String>>,
}

/// One invoice document as it came.
struct Copy {
    /// The buyer took it; a later one under the same number it refuses.
    taken: bool,
    text: String,
}

impl Received {
    /// What arrived until now.
    pub fn of(site: &Site) -> Self {
        let (mut invoices, mut mails) = (BTreeMap::<_, Vec<Copy>>::new(), BTreeMap::<_, Vec<String>>::new());
        for received in site.simulator.invoice_documents() {
            let number = received.invoice.expect("an invoice that can be read").invoice_number;
            let copy = Copy { taken: received.answer.is_success(), text: received.raw };
            invoices.entry(number).or_default().push(copy);
        }
        for mail in site.simulator.mailbox() {
            mails.entry(mail.message_id.expect("a Message-ID")).or_default().push(mail.raw);
        }
        Self { invoices, mails }
    }

    /// Whether the buyer has an invoice of that number.
    pub fn has_taken(&self, number: &str) -> bool {
        self.taken(number) > 0
    }

    fn taken(&self, number: &str) -> usize {
        self.copies(number).iter().filter(|copy| copy.taken).count()
    }

    fn copies(&self, number: &str) -> &[Copy] {
        self.invoices.get(number).map_or(&[], Vec::as_slice)
    }

    /// Nothing has arrived that was not issued, nothing twice, and never two contents under one number. What counts as
    /// delivered is there.
    pub fn assert_at_most_once(&self, books: &Books) {
        let known: Vec<&str> = books.invoices.values().map(|invoice| invoice.number.as_str()).collect();
        let strange: Vec<_> = self.invoices.keys().filter(|number| !known.contains(&number.as_str())).collect();
        assert!(strange.is_empty(), "invoices that nobody issued: {strange:?}");
        for invoice in books.invoices.values() {
            let message = books.delivery(invoice.id);
            self.assert_same_content(invoice, books, message);
            let (taken, state) = (self.taken(&invoice.number), message.state);
            let fits = match state {
                OutboxState::Delivered => taken == 1,
                OutboxState::Verify => taken <= 1,
                // Behind one that is to be verified.
                OutboxState::Waiting => self.copies(&invoice.number).is_empty(),
                _ => false,
            };
            assert!(fits, "{} is {state:?} and was taken {taken} times: {message:#?}", invoice.number);
        }
        self.assert_mails(books);
    }

    /// In the end everything has arrived: every invoice once, every mail at least once.
    pub fn assert_everything_arrived(&self, books: &Books) {
        self.assert_at_most_once(books);
        let unfinished: Vec<_> =
            books.outbox.iter().filter(|message| message.state != OutboxState::Delivered).collect();
        assert!(unfinished.is_empty(), "{unfinished:#?}");
        let missing: Vec<_> = books.invoices.values().filter(|invoice| !self.has_taken(&invoice.number)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }

    /// Every copy has the bytes that were kept before the first one left.
    fn assert_same_content(&self, invoice: &Invoice, books: &Books, message: &OutboxMessage) {
        for copy in self.copies(&invoice.number) {
            let kept = books.documents.get(&message.intent.id);
            assert_eq!(Some(&copy.text), kept, "{} has two contents", invoice.number);
        }
    }

    /// A mail that counts as delivered came at least once; all its copies are the same mail; none came from nowhere.
    fn assert_mails(&self, books: &Books) {
        let id_of = |message: &OutboxMessage| format!("<{}@127.0.0.1>", message.intent.id);
        let known: Vec<String> = books.mails().map(id_of).collect();
        for (id, copies) in &self.mails {
            assert!(known.contains(id), "a mail that nobody wrote: {id}");
            assert!(copies.iter().all(|copy| copy == &copies[0]), "{id} is two mails: {copies:#?}");
        }
        for message in books.mails().filter(|message| message.state == OutboxState::Delivered) {
            assert!(self.mails.contains_key(&id_of(message)), "a mail is gone: {message:#?}");
        }
    }
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let documents: usize = self.invoices.values().map(Vec::len).sum();
        let mails: usize = self.mails.values().map(Vec::len).sum();
        write!(
            f,
            "{} invoices arrived in {documents} documents, {} mails in {mails} copies",
            self.invoices.len(),
            self.mails.len()
        )
    }
}
