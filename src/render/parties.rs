//! Header, addresses and money of our documents, from our records.

use marketgate_cxml::credential::{Credential, Secret};
use marketgate_cxml::envelope::{Header, Party, Sender};
use marketgate_cxml::money::Money as WireMoney;
use marketgate_cxml::party::PostalAddress as WireAddress;
use marketgate_cxml::write::DtdVersion;
use marketgate_domain::address::PostalAddress;
use marketgate_domain::connection::Identity;
use marketgate_domain::money::Money;

/// How we introduce ourselves.
pub const USER_AGENT: &str = concat!("marketgate ", env!("CARGO_PKG_VERSION"));

/// A document from the supplier to the buyer; with a secret where the receiver authenticates us.
pub fn header(from: &Identity, to: &Identity, secret: Option<&str>) -> Header {
    let sender = Credential::new(&from.domain, &from.identity);
    let sender = match secret {
        Some(secret) => sender.with_secret(Secret::new(secret)),
        None => sender,
    };
    Header {
        from: Party::single(&from.domain, &from.identity),
        to: Party::single(&to.domain, &to.identity),
        sender: Sender { credentials: vec![sender], user_agent: USER_AGENT.to_owned() },
    }
}

/// Money as cXML has it.
pub fn money(money: Money) -> WireMoney {
    WireMoney::new(money.amount(), money.currency().code())
}

/// An address as cXML has it.
pub fn address(address: &PostalAddress) -> WireAddress {
    WireAddress {
        deliver_to: Vec::new(),
        street: address.street.clone(),
        city: address.city.clone(),
        state: address.state.clone(),
        iso_state_code: None,
        postal_code: address.postal_code.clone(),
        iso_country_code: address.country.as_str().to_owned(),
        country: address.country.as_str().to_owned(),
        ..WireAddress::default()
    }
}

/// The version that a connection wants declared, the best-travelled one where the setting cannot be read.
pub fn version(text: &str, otherwise: DtdVersion) -> DtdVersion {
    text.parse().unwrap_or(otherwise)
}
