//! `[mail]`: outgoing mail.

use serde::Deserialize;
use url::Url;

use super::Section;

/// How mail is sent.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Whether mail is sent at all.
    pub transport: MailTransport,
    /// The server; may hold a password.
    pub smtp_url: String,
    /// Sender of every mail.
    pub from: String,
}

/// Whether mail is sent at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// By SMTP.
    Smtp,
    /// Only to the log.
    Log,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("transport", &self.transport).field("from", &self.from).finish_non_exhaustive()
    }
}

impl Section for Mail {
    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.transport == MailTransport::Smtp {
            let usable =
                Url::parse(&self.smtp_url).is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps") && url.has_host());
            if !usable {
                problems.push("smtp_url: must look like smtp://host:25 or smtps://user:password@host:465".to_owned());
            }
        }
        if self.from.parse::<marketgate_domain::email::EmailAddress>().is_err() {
            problems.push("from: must be an e-mail address".to_owned());
        }
        problems
    }
}
