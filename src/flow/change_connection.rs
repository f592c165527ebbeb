//! Changes settings of a connection.

use marketgate_domain::connection::{Connection, Identity, Signatures, Validation};
use marketgate_domain::event::Actor;
use marketgate_domain::fault::Fault;
use marketgate_domain::id::ConnectionId;
use marketgate_store::connections;
use url::Url;

use super::{Error, audit};
use crate::context::Context;

/// Reads an address for documents: http or https, with a host, without a name and password.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn parse_document_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("\"{text}\" is not an address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("\"{text}\" is not an http or https address"));
    }
    if url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        // The address is shown and logged; a password in it would be too.
        Err("the address must not carry a user name or a password".to_owned())
    }
}

/// What is to change; what is not named stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ConnectionChange {
    /// The address of invoices; none inside means that the connection takes no invoices by cXML.
    pub invoice_url: Option<Option<Url>>,
    /// Whether received documents are held against their DTD.
    pub validate: Option<Validation>,
    /// What is wanted of digital signatures.
    pub signatures: Option<Signatures>,
    /// Whom Sender may name; none inside allows any name beside the right secret.
    pub expected_senders: Option<Vec<Identity>>,
}

impl ConnectionChange {
    fn applied(&self, before: &Connection) -> Connection {
        let mut after = before.clone();
        if let Some(url) = &self.invoice_url {
            after.invoicing.url = url.clone().map(String::from);
        }
        after.validate = self.validate.unwrap_or(before.validate);
        after.signatures = self.signatures.unwrap_or(before.signatures);
        after.expected_senders.clone_from(self.expected_senders.as_ref().unwrap_or(&before.expected_senders));
        after
    }
}

/// Changes a connection. Setting what is set already changes nothing and leaves no record.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Faults`] for expected senders where a network stands in between, or [`Error::Store`].
pub async fn change_settings(
    context: &Context,
    actor: Actor,
    id: ConnectionId,
    change: ConnectionChange,
) -> Result<(), Error> {
    let now = context.clock.business();
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let before = connections::by_id(tx, id)?.ok_or(Error::NotFound)?;
            let after = change.applied(&before);
            if before == after {
                return Ok(());
            }
            if after.network.is_some() && !after.expected_senders.is_empty() {
                let text = "the names of the network account count here: leave expected_senders empty";
                return Err(Error::Faults(vec![Fault::new("expected_senders", text)]));
            }
            connections::put(tx, &after)?;
            let organization = Some(after.organization);
            let detail = in_words(&before, &after);
            audit::record(tx, now, actor.clone(), organization, "connection.changed", &id.to_string(), &detail)?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn in_words(before: &Connection, after: &Connection) -> String {
    let [was, is] = [before, after].map(|connection| {
        [
            ("address of invoices", connection.invoicing.url.clone().unwrap_or_else(|| "none".to_owned())),
            ("validation", format!("{:?}", connection.validate).to_lowercase()),
            ("expected senders", senders(connection)),
            ("signatures", format!("{:?}", connection.signatures).to_lowercase()),
        ]
    });
    let changed = was.iter().zip(&is).filter(|(was, is)| was != is);
    changed.map(|((what, was), (_, is))| format!("{what}: {is} instead of {was}")).collect::<Vec<_>>().join("; ")
}

fn senders(connection: &Connection) -> String {
    let names: Vec<String> = connection.expected_senders.iter().map(Identity::to_string).collect();
    if names.is_empty() { "any".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_documents_is_http_with_a_host_and_without_a_password() {
        for good in ["https://buyer.example/cxml/invoices", "http://127.0.0.1:8081/invoices?x=1"] {
            assert_eq!(parse_document_url(good).map(String::from).as_deref(), Ok(good));
        }
        for bad in
            ["", "buyer.example", "ftp://buyer.example/", "https://", "javascript:alert(1)", "https://a:b@c.example/"]
        {
            assert!(parse_document_url(bad).is_err(), "{bad}");
        }
        assert!(!parse_document_url("https://a:hidden@c.example/").unwrap_err().contains("hidden"));
    }
}
