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
    /// The marketplace's pages and API, where the simulator may use them: of a demonstration.
    pub marketplace: Option<MarketplaceAccess>,
    /// Paragraphs for the home page.
    pub notes: Vec<String>,
}

/// How the simulator reaches the pages and the API of a demonstration's marketplace, over HTTP as everybody does.
#[derive(Debug, Clone)]
pub struct MarketplaceAccess {
    /// Address of the marketplace, such as `http://127.0.0.1:8080/`.
    pub address: Url,
    /// API token of its operator.
    pub token: Secret,
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
    /// The network between buyer and supplier; `None` where the buyer itself is the sender.
    pub network: Option<NetworkConfig>,
}

/// A network that carries the documents of a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkConfig {
    /// How the network names itself in `Sender`; its secret there is the supplier's own.
    pub sender: Credential,
    /// Further credentials of the supplier in `To`, beside the configured one.
    pub supplier_aliases: Vec<Credential>,
    /// Whether the customer has the enhanced order confirmation: `allDetail` is then the only way to confirm line by line,
    /// and forbidden otherwise.
    pub enhanced_confirmations: bool,
}

/// A party's name in one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// `Credential@domain`.
    pub domain: String,
    /// `Identity`.
    pub identity: String,
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

impl Credential {
    /// A name in a domain.
    pub fn new(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { domain: domain.into(), identity: identity.into() }
    }
}

impl NetworkConfig {
    /// SAP Business Network as captured traffic shows it: a service user as sender, the supplier also under the buyer
    /// system's id, its SAP vendor number and a DUNS number (all invented).
    pub fn sap_business_network() -> Self {
        Self {
            sender: Credential::new("AribaNetworkUserId", "sysadmin@ariba.com"),
            supplier_aliases: vec![
                Credential::new("buyersystemid", "S4HCLNT100"),
                Credential::new("sapvendornumber", "0000100042"),
                Credential::new("duns", "000000042"),
            ],
            enhanced_confirmations: false,
        }
    }
}

impl BuyerConfig {
    /// The credential that the documents' `Sender` carries.
    pub(crate) fn sender(&self) -> Credential {
        match &self.network {
            Some(network) => network.sender.clone(),
            None => Credential::new(&self.buyer_domain, &self.buyer_identity),
        }
    }

    /// The credentials of the supplier as the documents' `To` lists them.
    pub(crate) fn supplier_credentials(&self) -> Vec<Credential> {
        let named = match self.dialect.habits().supplier_domain_spelling {
            Some(spelling) if self.supplier_domain.eq_ignore_ascii_case(spelling) => {
                Credential::new(spelling, self.supplier_identity.to_ascii_lowercase())
            }
            _ => Credential::new(&self.supplier_domain, &self.supplier_identity),
        };
        let aliases = self.network.iter().flat_map(|network| network.supplier_aliases.iter().cloned());
        std::iter::once(named).chain(aliases).collect()
    }

    fn problem(&self) -> Option<String> {
        let (key, system) = (&self.key, self.dialect.label());
        match (self.dialect.habits().goes_through_network, &self.network) {
            (true, None) => Some(format!("the buyer {key:?} uses {system}: its network must be configured")),
            (false, Some(_)) => Some(format!("the buyer {key:?} uses {system}: there is no network to configure")),
            _ => None,
        }
    }
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
        if let Some(problem) = self.buyers.iter().find_map(BuyerConfig::problem) {
            return Some(problem);
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
            network: None,
        }
    }

    pub(crate) fn network_buyer(key: &str) -> BuyerConfig {
        BuyerConfig {
            title: "Globex / SAP".to_owned(),
            dialect: Dialect::SapBusinessNetwork,
            buyer_identity: "AN01000000001-T".to_owned(),
            supplier_identity: "AN02000000002-T".to_owned(),
            network: Some(NetworkConfig::sap_business_network()),
            ..buyer(key)
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
            marketplace: None,
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
    fn a_network_is_configured_exactly_where_the_system_uses_one() {
        assert_eq!(config(vec![network_buyer("sap")]).problem(), None);
        let without = BuyerConfig { network: None, ..network_buyer("sap") };
        assert!(config(vec![without]).problem().unwrap().contains("network must be configured"));
        let needless = BuyerConfig { network: network_buyer("sap").network, ..buyer("coupa") };
        assert!(config(vec![needless]).problem().unwrap().contains("no network"));
    }

    #[test]
    fn a_network_spells_the_supplier_its_own_way_and_adds_other_names() {
        let to = network_buyer("sap").supplier_credentials();
        assert_eq!(to.first(), Some(&Credential::new("NetworkId", "an02000000002-t")));
        assert_eq!(to.len(), 4);
        assert_eq!(buyer("coupa").supplier_credentials(), [Credential::new("NetworkID", "MARKETGATE")]);
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
