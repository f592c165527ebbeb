//! The settings that a new connection starts with: the habits of its procurement system, each a field of its own from then
//! on and changeable by itself.

use marketgate_cxml::dialect::{
    CartField, ConfirmationStyle as WireConfirmation, DialectKind, LineStyle as WireLines, OrderReferenceStyle,
    RefusalStyle as WireRefusal,
};
use marketgate_domain::classification::{UnitOfMeasure, Unspsc};
use marketgate_domain::connection::{
    CartEncoding, ConfirmationSettings, ConfirmationStyle, Connection, Dialect, DocumentVersions, Identity,
    InvoiceSettings, LineSettings, LineStyle, PoReference, PunchoutSettings, RefusalStyle, SealedSecret, Signatures,
    Validation,
};
use marketgate_domain::id::{AccountId, ConnectionId, NetworkAccountId, OrganizationId};

/// Minutes that a fresh agreement stays un-invoiced, unless changed (O6).
const HOLD_MINUTES: u32 = 60;

/// What makes a connection this one.
#[derive(Debug)]
pub struct NewConnection {
    /// Identifier.
    pub id: ConnectionId,
    /// The organization.
    pub organization: OrganizationId,
    /// Name for people.
    pub name: String,
    /// Whose habits it starts with.
    pub dialect: Dialect,
    /// The account of users that nothing else places.
    pub default_account: AccountId,
    /// How the buyer names itself.
    pub buyer: Identity,
    /// How the buyer names us.
    pub supplier: Identity,
    /// The network account that its documents come through, if they do.
    pub network: Option<NetworkAccountId>,
    /// The sealed secret.
    pub secret: SealedSecret,
    /// When it is made.
    pub created_at: jiff::Timestamp,
}

/// A connection with the habits of its dialect, in test mode (N3), not yet told where invoices go.
pub fn connection(new: NewConnection) -> Connection {
    let habits = kind(new.dialect).dialect();
    Connection {
        id: new.id,
        organization: new.organization,
        name: new.name,
        dialect: new.dialect,
        enabled: true,
        test_mode: true,
        default_account: new.default_account,
        sellers_of_record: Vec::new(),
        buyer_identities: vec![new.buyer],
        expected_senders: Vec::new(),
        supplier_identities: vec![new.supplier],
        network: new.network,
        secret: new.secret,
        next_secret: None,
        punchout: PunchoutSettings {
            cart_encoding: match habits.cart_field {
                CartField::UrlEncoded => CartEncoding::Urlencoded,
                CartField::Base64 => CartEncoding::Base64,
            },
            home_part_ids: Vec::new(),
            return_hosts: Vec::new(),
            redirect_url: None,
            frame_ancestors: Vec::new(),
            account_extrinsic: None,
        },
        lines: LineSettings {
            style: line_style(habits.line_style, new.dialect),
            unit: UnitOfMeasure::each(),
            service_unspsc: Unspsc::service(),
            material_unspsc: Unspsc::material(),
        },
        versions: DocumentVersions {
            cxml: habits.punchout_version.to_string(),
            invoice: habits.invoice_version.to_string(),
            fulfill: habits.confirmation_version.to_string(),
        },
        invoicing: InvoiceSettings {
            url: None,
            from: None,
            to: None,
            secret: None,
            po_reference: match habits.order_reference {
                OrderReferenceStyle::PurchaseOrderNumber => PoReference::NumberAsPayloadId,
                OrderReferenceStyle::OrderIdAndPayloadId => PoReference::OrderIdAndPayloadId,
            },
            send_payment_terms: false,
            hold_minutes: HOLD_MINUTES,
        },
        confirmation: ConfirmationSettings {
            style: match habits.confirmation {
                WireConfirmation::Never => ConfirmationStyle::Never,
                WireConfirmation::WhenAllowed => ConfirmationStyle::WhenAllowed,
                WireConfirmation::Always => ConfirmationStyle::Always,
            },
            url: None,
        },
        refusal: match habits.refusal {
            WireRefusal::Confirmation => RefusalStyle::Confirmation,
            WireRefusal::Status => RefusalStyle::Status,
        },
        validate: Validation::Off,
        signatures: Signatures::Ignore,
        created_at: new.created_at,
    }
}

fn kind(dialect: Dialect) -> DialectKind {
    match dialect {
        Dialect::Coupa => DialectKind::Coupa,
        Dialect::SapBusinessNetwork => DialectKind::SapBusinessNetwork,
        Dialect::Generic => DialectKind::Generic,
    }
}

/// Service lines on SAP Business Network would need service entry sheets, so its connections use material lines (P6).
fn line_style(habit: WireLines, dialect: Dialect) -> LineStyle {
    match (habit, dialect) {
        (WireLines::Classified, Dialect::SapBusinessNetwork) => LineStyle::Material,
        (WireLines::Classified, _) => LineStyle::Classified,
        (WireLines::Natural, _) => LineStyle::Natural,
    }
}
