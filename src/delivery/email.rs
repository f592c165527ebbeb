//! Mail through SMTP. At least once, and always with the same Message-ID, so that a second copy is recognised (N5, B5).

use jiff::Timestamp;
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use marketgate_domain::event::Email;
use marketgate_domain::id::OutboxId;

use crate::config::mail::{Mail, MailTransport};

/// Sends mails, or writes to the log that it would.
#[derive(Clone)]
pub struct Mailer {
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    host: String,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .field("sends", &self.transport.is_some())
            .finish_non_exhaustive()
    }
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFailure {
    /// SMTP status, if one came.
    pub code: Option<u16>,
    /// In words.
    pub text: String,
    /// Whether trying again is useless.
    pub permanent: bool,
}

impl Mailer {
    /// A mailer with the configured server; `host` is our own, for Message-IDs.
    ///
    /// # Errors
    /// In words, when the settings cannot be used.
    pub fn new(settings: &Mail, host: &str) -> Result<Self, String> {
        let from = settings.from.parse().map_err(|error| format!("mail.from: {error}"))?;
        let transport = match settings.transport {
            MailTransport::Log => None,
            MailTransport::Smtp => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url);
                // The error may quote the address, which may hold a password.
                let builder = builder.map_err(
                    |_| "mail.smtp_url: cannot be used; write smtp://host:25 or smtps://user:password@host:465",
                )?;
                Some(builder.build())
            }
        };
        Ok(Self { transport, from, host: host.to_owned() })
    }

    /// Sends a mail; the server's answer comes back.
    ///
    /// # Errors
    /// [`MailFailure`].
    pub async fn send(&self, id: OutboxId, created_at: Timestamp, mail: &Email) -> Result<String, MailFailure> {
        let message = self.message(id, created_at, mail)?;
        let Some(transport) = &self.transport else {
            tracing::info!(%id, subject = mail.subject, "mail.transport is \"log\": not sent");
            return Ok("not sent: mail.transport is \"log\"".to_owned());
        };
        match transport.send(message).await {
            Ok(response) => Ok(format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" "))),
            Err(error) => Err(failure(&error)),
        }
    }

    fn message(&self, id: OutboxId, created_at: Timestamp, mail: &Email) -> Result<Message, MailFailure> {
        let unusable = |text: String| MailFailure { code: None, text, permanent: true };
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(&mail.subject)
            .message_id(Some(format!("<{id}@{}>", self.host)))
            .date(std::time::SystemTime::from(created_at));
        for address in &mail.to {
            builder = builder.to(address.as_str().parse().map_err(|error| unusable(format!("{address}: {error}")))?);
        }
        builder.singlepart(SinglePart::plain(mail.text.clone())).map_err(|error| unusable(error.to_string()))
    }
}

fn failure(error: &SmtpError) -> MailFailure {
    let code = error.status().map(u16::from);
    MailFailure { code, text: error.to_string(), permanent: error.is_permanent() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer() -> Mailer {
        let settings =
            Mail { transport: MailTransport::Log, smtp_url: String::new(), from: "market@example.com".into() };
        Mailer::new(&settings, "market.example").unwrap()
    }

    fn mail(subject: &str) -> Email {
        Email {
            to: vec!["jo@example.com".parse().unwrap()],
            subject: subject.into(),
            text: "Grüße\n".into(),
            about: None,
        }
    }

    #[test]
    fn every_try_of_a_mail_is_the_same_mail() {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        let once = mailer().message(OutboxId::from_value(7), at, &mail("Order accepted")).unwrap().formatted();
        let again = mailer().message(OutboxId::from_value(7), at, &mail("Order accepted")).unwrap().formatted();
        assert_eq!(once, again);
        let text = String::from_utf8(once).unwrap();
        assert!(text.contains("Message-ID: <out-00000000000000000000000000000007@market.example>"), "{text}");
    }

    #[test]
    fn a_subject_cannot_add_headers() {
        let at = "2026-11-23T10:00:00Z".parse().unwrap();
        let hostile = mail("Hello\r\nBcc: thief@example.com");
        let text =
            String::from_utf8(mailer().message(OutboxId::from_value(7), at, &hostile).unwrap().formatted()).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("Bcc:")), "{text}");
    }
}
