//! The link between one organization and one instance of a procurement system.
//!
//! Everything that differs between two buyers is a field here, filled from the dialect's habits when the connection is
//! made and changeable afterwards; no decision asks which dialect it is. Secrets are sealed texts that only the keyring
//! can open.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::classification::{UnitOfMeasure, Unspsc};
use crate::id::{AccountId, ConnectionId, NetworkAccountId, OrganizationId, SellerId};

/// A connection (N1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Identifier.
    pub id: ConnectionId,
    /// The organization it belongs to.
    pub organization: OrganizationId,
    /// Name for people, for example `Acme / Coupa`.
    pub name: String,
    /// Whose habits the settings started from.
    pub dialect: Dialect,
    /// Switched off: known, but refused with 403.
    pub enabled: bool,
    /// Everything is exercised and recorded, no agreement and no invoice results (N3).
    pub test_mode: bool,
    /// The account of users that the setup request does not place elsewhere.
    pub default_account: AccountId,
    /// Sellers whose offers may be bought over it; empty means all.
    pub sellers_of_record: Vec<SellerId>,
    /// How the buyer names itself, several allowed.
    pub buyer_identities: Vec<Identity>,
    /// How the buyer names us, several allowed.
    pub supplier_identities: Vec<Identity>,
    /// Whom Sender may name on documents of this connection; empty allows any name beside the right secret. Where a network stands
    /// in between, the network account's own names count instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_senders: Vec<Identity>,
    /// The network account that the buyer's documents come through; then its secret counts and [`Self::secret`] is not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkAccountId>,
    /// The shared secret.
    pub secret: SealedSecret,
    /// The coming secret while a rotation is open; both are accepted.
    pub next_secret: Option<SealedSecret>,
    /// How PunchOut sessions work.
    pub punchout: PunchoutSettings,
    /// How cart lines look.
    pub lines: LineSettings,
    /// Which cXML versions we declare.
    pub versions: DocumentVersions,
    /// How invoices are delivered.
    pub invoicing: InvoiceSettings,
    /// Whether orders are confirmed by document.
    pub confirmation: ConfirmationSettings,
    /// How refused orders are answered.
    #[serde(default, skip_serializing_if = "RefusalStyle::is_status")]
    pub refusal: RefusalStyle,
    /// Whether received documents are held against their DTD.
    #[serde(default, skip_serializing_if = "Validation::is_off")]
    pub validate: Validation,
    /// What is wanted of digital signatures on received documents.
    #[serde(default, skip_serializing_if = "Signatures::are_ignored")]
    pub signatures: Signatures,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Whose habits a connection follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Coupa.
    Coupa,
    /// SAP Ariba over SAP Business Network.
    SapBusinessNetwork,
    /// Any other cXML buyer.
    Generic,
}

impl Dialect {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Coupa => "Coupa",
            Self::SapBusinessNetwork => "SAP Business Network",
            Self::Generic => "Generic cXML",
        }
    }
}

/// A cXML credential without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `Credential/@domain`, for example `NetworkID` or `DUNS`.
    pub domain: String,
    /// `Credential/Identity`.
    pub identity: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.domain, self.identity)
    }
}

/// An encrypted secret: the envelope that the keyring made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedSecret(pub String);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret")
    }
}

/// How PunchOut sessions work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PunchoutSettings {
    /// The form field that carries the cart.
    pub cart_encoding: CartEncoding,
    /// Part ids in SelectedItem that mean "the store", not a product.
    pub home_part_ids: Vec<String>,
    /// Hosts that BrowserFormPost may point to; empty allows any host. A host allows its subdomains.
    pub return_hosts: Vec<String>,
    /// Where people who start on the marketplace are sent to ask for approval: a page of the procurement system that leads
    /// back here by PunchOut (P8). None where they must start in their procurement system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// Origins that may show us in a frame; empty means none but the host of BrowserFormPost.
    pub frame_ancestors: Vec<String>,
    /// Name of the extrinsic that places the user in an account, and the account for each of its values.
    pub account_extrinsic: Option<AccountExtrinsic>,
}

/// Places users in accounts by an extrinsic of the setup request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountExtrinsic {
    /// `Extrinsic/@name`, for example `BusinessUnit`.
    pub name: String,
    /// The account for each value.
    pub accounts: BTreeMap<String, AccountId>,
}

/// The form field that carries the cart (P5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CartEncoding {
    /// `cXML-urlencoded`: pure ASCII, understood everywhere.
    #[serde(rename = "cXML-urlencoded")]
    Urlencoded,
    /// `cXML-base64`.
    #[serde(rename = "cXML-base64")]
    Base64,
}

/// How cart lines look (P6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSettings {
    /// Amount or quantity lines.
    pub style: LineStyle,
    /// The buyer's spelling of "each".
    pub unit: UnitOfMeasure,
    /// Commodity of service lines.
    pub service_unspsc: Unspsc,
    /// Commodity of material lines.
    pub material_unspsc: Unspsc,
}

impl LineSettings {
    /// One piece at the whole amount: lines that no procurement system looks at.
    pub fn natural() -> Self {
        Self {
            style: LineStyle::Natural,
            unit: UnitOfMeasure::each(),
            service_unspsc: Unspsc::service(),
            material_unspsc: Unspsc::material(),
        }
    }
}

/// How a price becomes quantity and unit price (P6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineStyle {
    /// One charge: a service line, quantity 1 at the charge. Several charges or usage: a material line of minor units.
    Classified,
    /// Always a material line of minor units, so that any number of invoices can post.
    Material,
    /// Quantity 1 at the amount.
    Natural,
}

/// cXML versions that we declare, for example `1.2.014`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentVersions {
    /// Responses and PunchOutOrderMessage (cXML.dtd).
    pub cxml: String,
    /// InvoiceDetailRequest (InvoiceDetail.dtd).
    pub invoice: String,
    /// ConfirmationRequest (Fulfill.dtd).
    pub fulfill: String,
}

/// How invoices are delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceSettings {
    /// Where invoices are posted; none means that the connection takes no invoices by cXML.
    pub url: Option<String>,
    /// Our identity on invoices, where it differs from [`Connection::supplier_identities`].
    pub from: Option<Identity>,
    /// The buyer's identity on invoices, where it differs from [`Connection::buyer_identities`].
    pub to: Option<Identity>,
    /// The secret on invoices, where it differs from [`Connection::secret`].
    pub secret: Option<SealedSecret>,
    /// How the invoice names the purchase order (B4).
    pub po_reference: PoReference,
    /// Whether PaymentTerm is sent: Coupa refuses it where the supplier record has none.
    pub send_payment_terms: bool,
    /// Minutes that a fresh agreement stays un-invoiced, so that a cancellation costs nothing (O6).
    pub hold_minutes: u32,
}

/// How an invoice names the purchase order (B4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoReference {
    /// `DocumentReference/@payloadID` holds the PO number (Coupa).
    NumberAsPayloadId,
    /// `OrderReference/@orderID` holds the PO number, `DocumentReference/@payloadID` the order's payloadID.
    OrderIdAndPayloadId,
}

/// Whether orders are confirmed by ConfirmationRequest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmationSettings {
    /// When.
    pub style: ConfirmationStyle,
    /// Where to; none falls back to the address of invoices.
    pub url: Option<String>,
}

/// Whether received documents are held against their DTD. Real documents often are not valid and usable all the same, so
/// the default is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validation {
    /// Not.
    #[default]
    Off,
    /// Findings go to the message log.
    Warn,
    /// Findings are answered with 406.
    Strict,
}

impl Validation {
    /// Whether nothing is checked.
    pub fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

/// What is wanted of digital signatures on received documents (cXML Reference Guide, digital signatures). None is verified
/// here: whoever wants verified ones only takes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signatures {
    /// They are kept with the document and play no part.
    #[default]
    Ignore,
    /// A document without one is answered 475, one whose signature cannot be verified 476.
    Require,
    /// A signed document is answered 477.
    Refuse,
}

impl Signatures {
    /// Whether they play no part.
    pub fn are_ignored(&self) -> bool {
        *self == Self::Ignore
    }
}

/// How a refused order is answered (O4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalStyle {
    /// By a cXML status 4xx.
    #[default]
    Status,
    /// By 200, and a ConfirmationRequest that rejects the order: SAP Business Network marks an order as failed for good on
    /// any other status. Where no confirmation can be sent, by status.
    Confirmation,
}

impl RefusalStyle {
    /// Whether it is by status.
    pub fn is_status(&self) -> bool {
        *self == Self::Status
    }
}

/// When orders are confirmed by document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationStyle {
    /// Never.
    Never,
    /// Where the order's `OCInstruction` allows it (Coupa takes confirmations of such orders only).
    WhenAllowed,
    /// Always.
    Always,
}

impl ConfirmationStyle {
    /// Whether an order is confirmed, given what its OCInstruction says.
    pub fn wants(self, oc_instruction_allows: bool) -> bool {
        match self {
            Self::Never => false,
            Self::WhenAllowed => oc_instruction_allows,
            Self::Always => true,
        }
    }
}

impl Connection {
    /// Whether a browser may be sent back to that host (P2: the cart goes only where the connection says).
    pub fn may_return_to(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.punchout.return_hosts.is_empty()
            || self.punchout.return_hosts.iter().any(|allowed| {
                let allowed = allowed.to_ascii_lowercase();
                host == allowed || host.strip_suffix(&allowed).is_some_and(|rest| rest.ends_with('.'))
            })
    }

    /// Whether offers of that seller may be bought over it.
    pub fn takes_seller(&self, seller: SellerId) -> bool {
        self.sellers_of_record.is_empty() || self.sellers_of_record.contains(&seller)
    }

    /// Whether a refused order is rejected by ConfirmationRequest.
    pub fn rejects_by_confirmation(&self) -> bool {
        self.refusal == RefusalStyle::Confirmation && self.confirmation_url().is_some()
    }

    /// Where confirmations go.
    pub fn confirmation_url(&self) -> Option<&str> {
        self.confirmation.url.as_deref().or(self.invoicing.url.as_deref())
    }

    /// Our identity on documents that we send.
    pub fn supplier(&self) -> Option<&Identity> {
        self.supplier_identities.first()
    }

    /// The buyer's identity on documents that we send.
    pub fn buyer(&self) -> Option<&Identity> {
        self.buyer_identities.first()
    }
}
