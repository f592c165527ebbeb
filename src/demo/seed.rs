//! What a demo begins with: three buying organizations with one connection each, the sample catalogue, one operator.

use marketgate_domain::address::PostalAddress;
use marketgate_domain::connection::{Dialect, Identity};
use marketgate_domain::event::{Actor, AuditRecord};
use marketgate_domain::id::{AccountId, ConnectionId, NetworkAccountId, OrganizationId, UserId};
use marketgate_domain::network_account::NetworkAccount;
use marketgate_domain::organization::{Account, AutomaticApproval, Organization};
use marketgate_domain::user::OperatorUser;
use marketgate_simulator::Simulator;
use marketgate_store::tokens::{self, ApiToken};
use marketgate_store::{audit, catalog as catalog_store, connections, organizations, sessions};
use secrecy::SecretString;

use super::catalog::{DemoAccounts, catalog};
use crate::context::Context;
use crate::dialects::{NewConnection, connection};
use crate::flow::Error;
use crate::flow::authenticate::{network_secret_place_of, secret_place_of};
use crate::flow::create_operator::hash_password;

/// Sign-in name of the demo's operator.
pub const OPERATOR_EMAIL: &str = "operator@marketgate.example";

/// Password of the demo's operator.
pub const OPERATOR_PASSWORD: &str = "demo-operator-password";

/// Token of the operator's machines (R1).
pub const OPERATOR_TOKEN: &str = "demo-operator-token";

/// The fixed identities of a demo connection (R1).
#[derive(Debug, Clone, Copy)]
pub struct FixedConnection {
    /// Number of organization, account and connection.
    number: u128,
    /// Name of the connection.
    pub connection: &'static str,
    /// Whose habits it has.
    dialect: Dialect,
    /// From: domain and identity.
    pub buyer: (&'static str, &'static str),
    /// To: domain and identity.
    pub supplier: (&'static str, &'static str),
    /// Sender: domain and identity.
    pub sender: (&'static str, &'static str),
    /// Shared secret; the network's where there is a network in between.
    pub secret: &'static str,
    /// The network account that it comes through.
    network: Option<NetworkAccountId>,
    /// Legal name of the organization.
    organization: &'static str,
    /// Street, city, postal code, country.
    address: (&'static str, &'static str, &'static str, &'static str),
    /// Host of its mail addresses.
    mail_host: &'static str,
    /// What its people may subscribe to at once.
    automatic_approval: AutomaticApproval,
}

/// What Ariba sends as the selected item of a catalogue that only says "the store".
const HOME_PART_IDS: [&str; 1] = ["PUNCHOUT-STORE"];

/// Our account at SAP Business Network.
const SAP_NETWORK: NetworkAccountId = NetworkAccountId::from_value(1);

/// Acme's Coupa.
pub const ACME_COUPA: FixedConnection = FixedConnection {
    number: 1,
    connection: "Acme / Coupa",
    dialect: Dialect::Coupa,
    buyer: ("NetworkID", "COUPA-ACME"),
    supplier: ("NetworkID", "MARKETGATE"),
    sender: ("NetworkID", "COUPA-ACME"),
    secret: "demo-coupa-secret",
    network: None,
    organization: "Acme Corporation",
    address: ("1 Example Avenue", "Springfield", "00001", "US"),
    mail_host: "acme.example",
    automatic_approval: AutomaticApproval { free: false, byol: false },
};

/// Globex's SAP Ariba.
pub const GLOBEX_SAP: FixedConnection = FixedConnection {
    number: 2,
    connection: "Globex / SAP",
    dialect: Dialect::SapBusinessNetwork,
    buyer: ("NetworkID", "AN01000000001-T"),
    supplier: ("NetworkID", "AN02000000002-T"),
    sender: ("AribaNetworkUserId", "sysadmin@ariba.com"),
    secret: "demo-sap-secret",
    network: Some(SAP_NETWORK),
    organization: "Globex GmbH",
    address: ("Beispielweg 2", "Musterstadt", "00002", "DE"),
    mail_host: "globex.example",
    automatic_approval: AutomaticApproval { free: false, byol: false },
};

/// Initech's plain cXML buyer.
pub const INITECH_GENERIC: FixedConnection = FixedConnection {
    number: 3,
    connection: "Initech / generic",
    dialect: Dialect::Generic,
    buyer: ("NetworkID", "GENERIC-BUYER"),
    supplier: ("NetworkID", "MARKETGATE"),
    sender: ("NetworkID", "GENERIC-BUYER"),
    secret: "demo-generic-secret",
    network: None,
    organization: "Initech KK",
    address: ("3-3-3 Rei", "Tokyo", "000-0003", "JP"),
    mail_host: "initech.example",
    automatic_approval: AutomaticApproval { free: true, byol: false },
};

/// All of them.
pub const CONNECTIONS: [FixedConnection; 3] = [ACME_COUPA, GLOBEX_SAP, INITECH_GENERIC];

/// Where the simulator takes documents.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// InvoiceDetailRequest.
    pub invoices: String,
    /// ConfirmationRequest.
    pub confirmations: String,
}

impl Addresses {
    /// Those of a running simulator.
    pub fn of(simulator: &Simulator) -> Self {
        Self { invoices: simulator.invoice_url().to_string(), confirmations: simulator.confirmation_url().to_string() }
    }
}

impl FixedConnection {
    /// The organization's identifier.
    pub fn organization_id(&self) -> OrganizationId {
        OrganizationId::from_value(self.number)
    }

    /// The account's identifier.
    pub fn account_id(&self) -> AccountId {
        AccountId::from_value(self.number)
    }

    /// The connection's identifier.
    pub fn connection_id(&self) -> ConnectionId {
        ConnectionId::from_value(self.number)
    }

    fn organization(&self) -> Result<Organization, String> {
        let (street, city, postal_code, country) = self.address;
        let mail = |name: &str| format!("{name}@{}", self.mail_host).parse().map_err(|error| format!("{error}"));
        Ok(Organization {
            id: self.organization_id(),
            name: self.organization.to_owned(),
            address: PostalAddress {
                street: vec![street.to_owned()],
                city: city.to_owned(),
                state: None,
                postal_code: Some(postal_code.to_owned()),
                country: country.to_owned().try_into()?,
            },
            admins: vec![mail("procurement-admin")?],
            accounts: vec![Account {
                id: self.account_id(),
                name: "Software".to_owned(),
                contact: mail("software-owners")?,
            }],
            automatic_approval: self.automatic_approval,
        })
    }
}

/// Seeds an empty demo; in one that has data only the simulator's addresses are brought up to date.
///
/// # Errors
/// [`Error`] when the store fails.
pub async fn ensure(context: &Context, addresses: &Addresses) -> anyhow::Result<()> {
    let seeded = context.read(|snapshot| organizations::all(snapshot, 1)).await.map_err(Error::Store)?;
    if seeded.is_empty() {
        seed(context, addresses.clone()).await
    } else {
        update_addresses(context, addresses.clone()).await
    }
}

async fn seed(context: &Context, addresses: Addresses) -> anyhow::Result<()> {
    let now = context.clock.business();
    let accounts = DemoAccounts {
        acme: ACME_COUPA.account_id(),
        globex: GLOBEX_SAP.account_id(),
        initech: INITECH_GENERIC.account_id(),
    };
    let catalog = catalog(now, &accounts)?;
    let buyers: Vec<Organization> = CONNECTIONS
        .iter()
        .map(|fixed| fixed.organization().map_err(|problem| anyhow::anyhow!("{}: {problem}", fixed.organization)))
        .collect::<anyhow::Result<_>>()?;
    let mut links = Vec::new();
    for fixed in &CONNECTIONS {
        links.push(link(context, fixed, &addresses, now)?);
    }
    let network = network_account(context)?;
    let password_hash = hash_password(context, SecretString::from(OPERATOR_PASSWORD)).await?;
    let operator =
        OperatorUser { id: UserId::from_value(1), email: OPERATOR_EMAIL.parse()?, password_hash, created_at: now };
    let token = ApiToken { name: "demo".to_owned(), made_by: "demo".to_owned(), created_at: now };
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            buyers.iter().try_for_each(|organization| organizations::put(tx, organization))?;
            connections::put_network_account(tx, &network)?;
            links.iter().try_for_each(|connection| connections::put(tx, connection))?;
            catalog.sellers.iter().try_for_each(|seller| catalog_store::put_seller(tx, seller))?;
            catalog.products.iter().try_for_each(|product| catalog_store::put_product(tx, product))?;
            catalog.offers.iter().try_for_each(|offer| catalog_store::put_offer(tx, offer))?;
            sessions::put_operator(tx, &operator)?;
            tokens::put(tx, OPERATOR_TOKEN, &token)?;
            let record = AuditRecord {
                at: now,
                actor: Actor::System { part: "demo".to_owned() },
                action: "demo.seeded".to_owned(),
                subject: "installation".to_owned(),
                organization: None,
                detail: format!("{} products, {} offers", catalog.products.len(), catalog.offers.len()),
            };
            audit::append(tx, &record)?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn network_account(context: &Context) -> anyhow::Result<NetworkAccount> {
    let secret = context.keyring.seal(&network_secret_place_of(SAP_NETWORK), GLOBEX_SAP.secret)?;
    let sender_identities = vec![identity(GLOBEX_SAP.sender)];
    let name = "SAP Business Network".to_owned();
    Ok(NetworkAccount { id: SAP_NETWORK, name, sender_identities, secret, next_secret: None })
}

fn identity((domain, identity): (&str, &str)) -> Identity {
    Identity { domain: domain.to_owned(), identity: identity.to_owned() }
}

fn link(
    context: &Context,
    fixed: &FixedConnection,
    addresses: &Addresses,
    now: jiff::Timestamp,
) -> anyhow::Result<marketgate_domain::connection::Connection> {
    let secret = match fixed.network {
        Some(account) => network_secret_place_of(account),
        None => secret_place_of(fixed.connection_id()),
    };
    let mut connection = connection(NewConnection {
        id: fixed.connection_id(),
        organization: fixed.organization_id(),
        name: fixed.connection.to_owned(),
        dialect: fixed.dialect,
        default_account: fixed.account_id(),
        buyer: identity(fixed.buyer),
        supplier: identity(fixed.supplier),
        network: fixed.network,
        secret: context.keyring.seal(&secret, fixed.secret)?,
        created_at: now,
    });
    // A tour that ends after the agreement would be half a tour: the demo's connections are live and bill at once.
    connection.test_mode = false;
    connection.invoicing.hold_minutes = 0;
    connection.punchout.home_part_ids = HOME_PART_IDS.map(str::to_owned).to_vec();
    connection.invoicing.url = Some(addresses.invoices.clone());
    connection.confirmation.url = Some(addresses.confirmations.clone());
    Ok(connection)
}

async fn update_addresses(context: &Context, addresses: Addresses) -> anyhow::Result<()> {
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            for fixed in &CONNECTIONS {
                let mut connection = connections::require(tx, fixed.organization_id(), fixed.connection_id())?;
                connection.invoicing.url = Some(addresses.invoices.clone());
                connection.confirmation.url = Some(addresses.confirmations.clone());
                connections::put(tx, &connection)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}
