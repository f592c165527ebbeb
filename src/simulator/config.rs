//! What the simulator must be told before it starts: where to listen, whom to call, which buyers to play.
//! Secrets live here in clear, because the protocol sends them; they never appear in `Debug`.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use crate::Dialect;

/// Business time for the timestamps of documents; injected, so that a rehearsal can move it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A source of random numbers for cookies, payload ids and the first order number.
pub type Random = Arc<dyn Fn() -> u128 + Send + Sync>;

/// Everything a simulator needs to start.
#[derive(Clone)]
pub struct SimulatorConfig {
    /// Where its pages and its cXML endpoints listen; port 0 picks a free port.
    pub listen: SocketAddr,
    /// The marketplace's `POST /cxml`.
    pub supplier_endpoint: Url,
    /// The buying organizations it plays.
    pub buyers: Vec<BuyerConfig>,
    /// The time that documents carry.
    pub clock: Clock,
    /// Where random numbers come from.
    pub random: Random,
    /// How many documents of each kind are remembered before the oldest is forgotten; at least 1.
    pub max_documents: usize,
    /// Paragraphs for the home page, such as how to move the clock of a demonstration.
    pub notes: Vec<String>,
}

/// A shared secret; shows nothing of itself in `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// One buying organization and its connection to the marketplace.
#[derive(Debug, Clone)]
pub struct BuyerConfig {
    /// Short name in addresses and calls: `coupa`.
    pub key: String,
    /// Name on the pages: `Acme / Coupa`.
    pub title: String,
    /// Which procurement system it runs.
    pub dialect: Dialect,
    /// Domain of the buyer's credential, such as `NetworkID`.
    pub buyer_domain: String,
    /// Identity of the buyer.
    pub buyer_identity: String,
    /// Domain of the supplier's credential.
    pub supplier_domain: String,
    /// Identity of the supplier.
    pub supplier_identity: String,
    /// The secret both sides agreed on, for orders and for invoices.
    pub shared_secret: Secret,
    /// Who punches out.
    pub user: BuyerUser,
}

/// The employee who punches out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerUser {
    /// E-mail address: the marketplace knows the user by it.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Login name in the procurement system.
    pub unique_name: String,
}

impl Secret {
    /// The secret in clear, for the one document it belongs in.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl SimulatorConfig {
    /// Says what is wrong with the configuration, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        if self.buyers.is_empty() {
            return Some("at least one buyer is needed".to_owned());
        }
        if self.max_documents == 0 {
            return Some("max_documents must be at least 1".to_owned());
        }
        if !matches!(self.supplier_endpoint.scheme(), "http" | "https") {
            return Some(format!("the supplier endpoint must be http or https, not {}", self.supplier_endpoint));
        }
        let mut keys: Vec<&str> = self.buyers.iter().map(|buyer| buyer.key.as_str()).collect();
        if let Some(bad) = keys.iter().find(|key| !is_path_word(key)) {
            return Some(format!("the buyer key {bad:?} must be lower-case letters, digits and dashes"));
        }
        keys.sort_unstable();
        keys.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(format!("the buyer key {a:?} is used twice")),
            _ => None,
        })
    }
}

fn is_path_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn buyer(key: &str) -> BuyerConfig {
        BuyerConfig {
            key: key.to_owned(),
            title: "Acme / Coupa".to_owned(),
            dialect: Dialect::Coupa,
            buyer_domain: "NetworkID".to_owned(),
            buyer_identity: "COUPA-ACME".to_owned(),
            supplier_domain: "NetworkID".to_owned(),
            supplier_identity: "MARKETGATE".to_owned(),
            shared_secret: "hush & \"quiet\"".into(),
            user: BuyerUser {
                email: "robin@acme.example".to_owned(),
                first_name: "Robin".to_owned(),
                last_name: "Example".to_owned(),
                unique_name: "robin".to_owned(),
            },
        }
    }

    pub(crate) fn config(buyers: Vec<BuyerConfig>) -> SimulatorConfig {
        SimulatorConfig {
            listen: "127.0.0.1:0".parse().unwrap(),
            supplier_endpoint: Url::parse("http://127.0.0.1:9/cxml").unwrap(),
            buyers,
            clock: Arc::new(|| "2026-11-20T10:00:00Z".parse().unwrap()),
            random: Arc::new(|| 7),
            max_documents: 3,
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        assert!(!format!("{:?}", buyer("coupa")).contains("hush"));
    }

    #[test]
    fn a_buyer_key_used_twice_is_named() {
        assert_eq!(config(vec![buyer("coupa")]).problem(), None);
        let problem = config(vec![buyer("coupa"), buyer("coupa")]).problem().unwrap();
        assert!(problem.contains("coupa"), "{problem}");
    }

    #[test]
    fn a_configuration_without_room_or_buyers_is_refused() {
        assert!(config(vec![]).problem().is_some());
        assert!(config(vec![buyer("Not A Path")]).problem().is_some());
        let mut no_room = config(vec![buyer("coupa")]);
        no_room.max_documents = 0;
        assert!(no_room.problem().is_some());
    }
}
