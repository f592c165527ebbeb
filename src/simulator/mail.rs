//! The mailbox of the rehearsal: what the SMTP sink received, decoded enough to be read.

use crate::bounded::Bounded;
use crate::mime::{self, Entity};

/// A received e-mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its number here.
    pub id: u64,
    /// The sender of the envelope.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// `Subject`, its encoded words decoded.
    pub subject: String,
    /// `Message-ID`, with its angle brackets.
    pub message_id: Option<String>,
    /// The first text, plain before HTML, decoded.
    pub body: String,
    /// The message as received.
    pub raw: String,
}

impl Mail {
    /// Whether it names the order.
    pub(crate) fn is_about(&self, po_number: &str) -> bool {
        self.subject.contains(po_number) || self.body.contains(po_number)
    }
}

/// All mails, the oldest forgotten first.
pub(crate) struct Mailbox {
    mails: Bounded<Mail>,
    last_id: u64,
}

impl Mailbox {
    pub(crate) fn new(max: usize) -> Self {
        Self { mails: Bounded::new(max), last_id: 0 }
    }

    pub(crate) fn receive(&mut self, from: String, to: Vec<String>, raw: &[u8]) {
        self.last_id += 1;
        let entity = Entity::parse(raw);
        self.mails.push(Mail {
            id: self.last_id,
            from,
            to,
            subject: mime::decode_words(entity.header("Subject").unwrap_or_default()),
            message_id: entity.header("Message-ID").map(str::to_owned),
            body: entity.text(),
            raw: String::from_utf8_lossy(raw).into_owned(),
        });
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mails.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_readable_after_decoding() {
        let mut mailbox = Mailbox::new(2);
        let raw = b"Subject: =?utf-8?B?T3JkZXI=?=\r\nMessage-ID: <1@shop>\r\nContent-Type: text/plain\r\n\
                    Content-Transfer-Encoding: quoted-printable\r\n\r\nPrice: 5=E2=82=AC\r\n";
        mailbox.receive("shop@example".to_owned(), vec!["robin@acme.example".to_owned()], raw);
        let mail = mailbox.mails().remove(0);
        assert_eq!((mail.subject.as_str(), mail.body.as_str()), ("Order", "Price: 5€\n"));
        assert_eq!(mail.message_id.as_deref(), Some("<1@shop>"));
    }
}
