//! Who sent a document: the connection whose buyer it names and whose secret it knows.
//!
//! The buyer is looked up by From, the proof is taken from Sender (a network in the middle signs with its own name). A name
//! that nobody has and a wrong secret cost the same work and get the same answer. Only who has proven the secret learns
//! that a connection is switched off.

use marketgate_cxml::credential::{Authentication, Credential, Secret, same_domain};
use marketgate_cxml::envelope::Header;
use marketgate_domain::connection::{Connection, Identity, SealedSecret};
use marketgate_domain::id::{ConnectionId, NetworkAccountId};
use marketgate_domain::network_account::NetworkAccount;
use marketgate_domain::refusal::Refusal;
use marketgate_store::Reader;
use marketgate_store::connections;
use secrecy::{ExposeSecret, SecretString};

use super::Error;
use crate::context::Context;

/// Finds the connection of a document.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::BlankAroundSecret`] for an unknown name or a wrong secret, [`Error::Forbidden`] for a connection that is switched
/// off or a document that is addressed to another supplier.
pub fn authenticate(context: &Context, header: &Header) -> Result<Connection, Error> {
    let candidates = context.store.read(|snapshot| candidates(snapshot, header))?;
    let mut proven = None;
    for candidate in &candidates {
        if proves(context, header, candidate)? {
            proven = Some(&candidate.connection);
            break;
        }
    }
    if candidates.is_empty() {
        // Unknown and wrong do the same work: nobody learns from the clock which names exist.
        compare_with_nothing(context, header);
    }
    let connection = proven.ok_or_else(|| refused(header))?;
    if !connection.enabled {
        return Err(Error::Forbidden(Refusal::ConnectionDisabled { connection: connection.name.clone() }.to_string()));
    }
    check_addressee(header, connection)?;
    Ok(connection.clone())
}

/// What somebody who proved nothing is told. It depends on the document alone, never on what we know.
fn refused(header: &Header) -> Error {
    let is_blank = header.sender.shared_secrets().any(Secret::has_blank_ends);
    if is_blank { Error::BlankAroundSecret } else { Error::Unauthenticated }
}

/// A network sends many To credentials; one of them must be ours.
fn check_addressee(header: &Header, connection: &Connection) -> Result<(), Error> {
    let ours = |credential: &Credential| {
        connection.supplier_identities.iter().any(|own| credential.names(&own.domain, &own.identity))
    };
    if header.to.credentials.iter().any(ours) {
        if agree(&header.to.credentials, ours) {
            return Ok(());
        }
        let text = "To names two suppliers in one domain: name the one that the document is for, and send one document to each.";
        return Err(Error::Forbidden(text.to_owned()));
    }
    let expected: Vec<String> = connection.supplier_identities.iter().map(ToString::to_string).collect();
    let expected = expected.join(" or ");
    Err(Error::Forbidden(format!("The document is addressed to another supplier: To must name {expected}.")))
}

/// The name under which a sender's failures are counted.
pub fn claimed_identity(header: &Header) -> String {
    header.from.credentials.first().map_or_else(String::new, |c| format!("{} {}", c.domain, c.identity))
}

/// Where the secret of a connection is sealed.
pub fn secret_place_of(connection: ConnectionId) -> String {
    format!("connection {connection} secret")
}

/// Where the coming secret of a connection is sealed.
pub fn next_secret_place_of(connection: ConnectionId) -> String {
    format!("connection {connection} next_secret")
}

/// Where the secret of a network account is sealed.
pub fn network_secret_place_of(account: NetworkAccountId) -> String {
    format!("network account {account} secret")
}

/// Where the coming secret of a network account is sealed.
pub fn next_network_secret_place_of(account: NetworkAccountId) -> String {
    format!("network account {account} next_secret")
}

/// The secret that we use towards the buyer: that of the invoice settings, of the network, or of the connection.
///
/// # Errors
/// [`Error::Keyring`] when it does not open, [`Error::Store`].
pub async fn outgoing_secret(context: &Context, connection: &Connection) -> Result<SecretString, Error> {
    if let Some(sealed) = &connection.invoicing.secret {
        return Ok(context.keyring.open(&format!("connection {} invoice_secret", connection.id), sealed)?);
    }
    if let Some(id) = connection.network {
        let account = context.read(move |snapshot| connections::require_network_account(snapshot, id)).await?;
        return Ok(context.keyring.open(&network_secret_place_of(id), &account.secret)?);
    }
    Ok(context.keyring.open(&secret_place_of(connection.id), &connection.secret)?)
}

/// A connection that the document may have come over.
struct Candidate {
    connection: Connection,
    network: Option<NetworkAccount>,
}

/// Whether the credentials of a party speak of one party: in a domain where one of them names it, all do.
fn agree(credentials: &[Credential], names: impl Fn(&Credential) -> bool) -> bool {
    let is_denied = |one: &Credential| {
        !names(one) && credentials.iter().any(|other| same_domain(&one.domain, &other.domain) && names(other))
    };
    !credentials.iter().any(is_denied)
}

fn is_one_of(credential: &Credential, identities: &[Identity]) -> bool {
    identities.iter().any(|name| credential.names(&name.domain, &name.identity))
}

/// The connections that From names. A connection counts only if no other credential of From speaks against it: one that leads to other
/// connections alone, or one with another name in the same domain. Who is meant is never guessed from the order of credentials.
fn candidates(reader: &impl Reader, header: &Header) -> Result<Vec<Candidate>, Error> {
    let from = &header.from.credentials;
    let mut named: Vec<Vec<Connection>> = Vec::with_capacity(from.len());
    for credential in from {
        let mut known = connections::by_identity(reader, &credential.domain, &credential.identity)?;
        known.retain(|connection| is_one_of(credential, &connection.buyer_identities));
        if !known.is_empty() {
            named.push(known);
        }
    }
    let is_in_all = |connection: &&Connection| named.iter().all(|known| known.iter().any(|it| it.id == connection.id));
    let first = named.first().into_iter().flatten();
    let meant =
        first.filter(is_in_all).filter(|it| agree(from, |credential| is_one_of(credential, &it.buyer_identities)));
    let candidate = |connection: &Connection| {
        let network = connection.network.map(|id| connections::require_network_account(reader, id)).transpose()?;
        Ok(Candidate { connection: connection.clone(), network })
    };
    meant.map(candidate).collect()
}

/// Whether the sender knows one of the live secrets. Through a network the sender must also be the network, and without one a
/// sender that the connection expects, where it names any.
fn proves(context: &Context, header: &Header, candidate: &Candidate) -> Result<bool, Error> {
    let Candidate { connection, network } = candidate;
    let secrets = if let Some(account) = network {
        let next = account.next_secret.as_ref().map(|next| (next_network_secret_place_of(account.id), next));
        [Some((network_secret_place_of(account.id), &account.secret)), next]
    } else {
        let next = connection.next_secret.as_ref().map(|next| (next_secret_place_of(connection.id), next));
        [Some((secret_place_of(connection.id), &connection.secret)), next]
    };
    let expected = network.as_ref().map_or(&connection.expected_senders, |account| &account.sender_identities);
    let is_named = |sender: &Credential| is_one_of(sender, expected);
    let any_may = network.is_none() && expected.is_empty();
    let may_send = |sender: &Credential| any_may || is_named(sender) && agree(&header.sender.credentials, is_named);
    let mut proven = false;
    for (place, sealed) in secrets.into_iter().flatten() {
        let secret = open(context, &place, sealed)?;
        let senders = header.sender.credentials.iter();
        proven |= senders.filter(|sender| knows(context, header, sender, &secret)).any(may_send);
    }
    Ok(proven)
}

fn open(context: &Context, place: &str, sealed: &SealedSecret) -> Result<SecretString, Error> {
    Ok(context.keyring.open(place, sealed)?)
}

fn knows(context: &Context, header: &Header, sender: &Credential, secret: &SecretString) -> bool {
    match &sender.authentication {
        Some(Authentication::SharedSecret(given)) => given.matches(secret.expose_secret()),
        Some(Authentication::CredentialMac(mac)) => {
            let now = context.clock.wall();
            header.from.credentials.iter().any(|from| mac.verify(from, sender, secret.expose_secret(), now).is_ok())
        }
        _ => false,
    }
}

fn compare_with_nothing(context: &Context, header: &Header) {
    let place = "nobody";
    let Ok(sealed) = context.keyring.seal(place, "no secret is ever this one") else { return };
    if let Ok(secret) = context.keyring.open(place, &sealed) {
        let _ = header.sender.credentials.iter().any(|credential| knows(context, header, credential, &secret));
    }
}
