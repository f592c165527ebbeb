//! Changes where the invoices of a connection go.

use marketgate_domain::connection::Connection;
use marketgate_domain::event::Actor;
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

/// Sets the address of invoices; none means that the connection takes no invoices by cXML. Setting what is set already
/// changes nothing and leaves no record.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Store`].
pub async fn change_invoice_url(
    context: &Context,
    actor: Actor,
    id: ConnectionId,
    url: Option<Url>,
) -> Result<(), Error> {
    let now = context.clock.business();
    let url = url.map(String::from);
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let before = connections::by_id(tx, id)?.ok_or(Error::NotFound)?;
            if before.invoicing.url == url {
                return Ok(());
            }
            let mut after = before.clone();
            after.invoicing.url.clone_from(&url);
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
    let address = |connection: &Connection| connection.invoicing.url.clone().unwrap_or_else(|| "none".to_owned());
    format!("address of invoices: {} instead of {}", address(after), address(before))
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
