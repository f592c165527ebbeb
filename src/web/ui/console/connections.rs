//! Connections: their settings without secrets, and what to type into the procurement system (N2).

use jiff::Timestamp;
use marketgate_domain::connection::{
    CartEncoding, ConfirmationStyle, Connection, Dialect, Identity, LineStyle, PoReference, Signatures, Validation,
};
use marketgate_domain::id::OutboxId;
use maud::{Markup, html};

use super::super::components::{
    Column, Pager, Tone, badge, breadcrumb, code, definitions, notice, page_head, post_button, table,
};
use super::super::context::{Head, PageContext};
use super::super::format;
use super::super::layout::document;
use super::{Listing, link, list_page};

/// A connection.
#[derive(Debug)]
pub struct ConnectionView<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Name of the organization.
    pub organization: &'a str,
    /// Name of the default account.
    pub account: &'a str,
    /// Address that takes cXML documents, as the outside reaches it.
    pub endpoint: &'a str,
}

/// Why nothing is sent over a connection: its receiver refused our credentials (B5).
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Since when, wall time.
    pub since: Timestamp,
    /// What the receiver said, in words.
    pub reason: &'a str,
    /// The message that met the refusal; it stays parked when the connection is released.
    pub message: OutboxId,
}

/// The list.
pub fn list(context: &PageContext<'_>, connections: &[ConnectionView<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Connections",
        lead: "Links to the procurement systems of organizations.",
        path: "connections",
        empty: "A connection links an organization with one of its procurement systems.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Name"),
        Column::Text("Organization"),
        Column::Text("Procurement system"),
        Column::Text("Buyer identity"),
        Column::Text("State"),
    ];
    let rows = connections
        .iter()
        .map(|view| {
            let connection = view.connection;
            vec![
                link(context, "connections", connection.id, &connection.name),
                html! { (view.organization) },
                html! { (connection.dialect.title()) },
                html! { @if let Some(identity) = connection.buyer() { code { (identity) } } },
                state(connection),
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

fn state(connection: &Connection) -> Markup {
    html! {
        span.badges {
            @if connection.enabled { (badge(Tone::Good, "Enabled")) } @else { (badge(Tone::Plain, "Switched off")) }
            @if connection.test_mode { (badge(Tone::Warn, "Test mode")) }
        }
    }
}

/// One connection. Nothing secret can be on it: the view does not hold any open secret.
pub fn one(context: &PageContext<'_>, view: &ConnectionView<'_>) -> Markup {
    page(context, view, None)
}

/// [`one`] over which nothing is sent, with the button that lets documents leave again.
pub fn blocked(context: &PageContext<'_>, view: &ConnectionView<'_>, block: Block<'_>) -> Markup {
    page(context, view, Some(block))
}

fn page(context: &PageContext<'_>, view: &ConnectionView<'_>, block: Option<Block<'_>>) -> Markup {
    let connection = view.connection;
    let content = html! {
        (breadcrumb(&[(format!("{}/connections", context.base), "Connections"), (String::new(), &connection.name)]))
        (page_head(&connection.name, Some(view.organization), state(connection)))
        @if let Some(block) = block { (way_out(context, connection, block)) }
        section {
            h2 { "Values to enter in " (connection.dialect.title()) }
            (to_enter(view))
        }
        section { h2 { "Catalogue files" } (catalogue_files(context, connection)) }
        div.halves {
            section { h2 { "PunchOut and orders" } (punchout(view)) }
            section { h2 { "Cart lines" } (lines(connection)) }
            section { h2 { "Invoices" } (invoicing(connection)) }
            section { h2 { "Confirmations and versions" } (versions(connection)) }
        }
    };
    document(context, Head { title: &connection.name, current: "connections" }, content)
}

fn way_out(context: &PageContext<'_>, connection: &Connection, block: Block<'_>) -> Markup {
    let text = html! { (block.reason) " Nothing was sent since " (format::moment(block.since)) "." };
    html! {
        (notice(Tone::Bad, "The receiver refused our credentials", text))
        div.buttons-row {
            (post_button(context, &format!("{}/connections/{}/release", context.base, connection.id), "button primary", "Release"))
            span.muted {
                "Agree with the receiver on identity and secret first: further refusals may lock us out. "
                "What is held leaves then; "
                (link(context, "outbox", block.message, "the refused message")) " waits for a decision of its own."
            }
        }
    }
}

/// For level-2 PunchOut: the buyer's users find products in their own search.
fn catalogue_files(context: &PageContext<'_>, connection: &Connection) -> Markup {
    let file = |suffix: &str| format!("{}/connections/{}/catalog.{suffix}", context.base, connection.id);
    html! {
        p {
            "The products that the default account may request: for Coupa give the cXML Index to its administrator, who loads "
            "it beside the PunchOut site; for SAP Ariba upload the CIF file, or the Index, under Catalogs of the supplier "
            "account and publish it to the buyer."
        }
        ul.plain-list {
            li { a href=(file("xml")) { "Download cXML Index" } }
            li { a href=(file("cif")) { "Download CIF 3.0" } }
        }
    }
}

/// Names are those of the screens where the administrator types the values.
fn to_enter(view: &ConnectionView<'_>) -> Markup {
    let connection = view.connection;
    let (buyer, supplier) = (connection.buyer(), connection.supplier());
    let domain = |identity: Option<&Identity>| identity.map_or(String::new(), |identity| identity.domain.clone());
    let name = |identity: Option<&Identity>| identity.map_or(String::new(), |identity| identity.identity.clone());
    let address = view.endpoint.to_owned();
    let rows: Vec<(&str, String)> = match connection.dialect {
        Dialect::Coupa => vec![
            ("PunchOut: URL", address.clone()),
            ("PunchOut: Buyer Domain (From), also Sender Domain", domain(buyer)),
            ("PunchOut: Buyer Identity (From), also Sender Identity", name(buyer)),
            ("PunchOut: Supplier Domain (To)", domain(supplier)),
            ("PunchOut: Supplier Identity (To)", name(supplier)),
            ("PunchOut: Protocol", "cxml".to_owned()),
            ("Supplier record: purchase order cXML URL", address),
            (
                "Supplier record: purchase order Domain and Identity",
                supplier.map(ToString::to_string).unwrap_or_default(),
            ),
        ],
        Dialect::SapBusinessNetwork => vec![
            ("Supplier account: Network ID", name(supplier)),
            ("Supplier account: PunchOut URL", address.clone()),
            ("Supplier account: Electronic Order Routing, method cXML, URL", address),
            ("Buyer account: Network ID", name(buyer)),
        ],
        Dialect::Generic => vec![
            ("PunchOut and order URL", address),
            ("From and Sender credential", buyer.map(ToString::to_string).unwrap_or_default()),
            ("To credential", supplier.map(ToString::to_string).unwrap_or_default()),
        ],
    };
    let mut cells: Vec<Vec<Markup>> =
        rows.into_iter().map(|(label, value)| vec![html! { (label) }, html! { code.value { (value) } }]).collect();
    cells
        .push(vec![html! { "Shared secret" }, html! { span.muted { "Kept encrypted, shown once when it was made." } }]);
    table("Values to enter", &[Column::Text("Field"), Column::Text("Value")], cells)
}

/// Without a list the secret alone counts, and the page says so.
fn senders(connection: &Connection) -> Markup {
    html! {
        @if connection.network.is_some() { "Those of the network account" }
        @else if connection.expected_senders.is_empty() { "Any Sender with the right secret" }
        @else { (identities(&connection.expected_senders)) }
    }
}

fn identities(list: &[Identity]) -> Markup {
    html! { ul.plain-list { @for identity in list { li { code { (identity) } } } } }
}

fn words(list: &[String], none: &str) -> Markup {
    html! { @if list.is_empty() { span.muted { (none) } } @else { (list.join(", ")) } }
}

fn punchout(view: &ConnectionView<'_>) -> Markup {
    let connection = view.connection;
    let settings = &connection.punchout;
    let encoding = match settings.cart_encoding {
        CartEncoding::Urlencoded => "cXML-urlencoded",
        CartEncoding::Base64 => "cXML-base64",
    };
    definitions(&[
        ("Default account", Some(html! { (view.account) })),
        ("Buyer identities", Some(identities(&connection.buyer_identities))),
        ("Supplier identities", Some(identities(&connection.supplier_identities))),
        ("Expected senders", Some(senders(connection))),
        (
            "Secret rotation",
            Some(
                html! { @if connection.next_secret.is_some() { "open: two secrets are accepted" } @else { "none open" } },
            ),
        ),
        ("Cart field", Some(code(encoding))),
        ("Return hosts", Some(words(&settings.return_hosts, "any"))),
        ("May show us in a frame", Some(words(&settings.frame_ancestors, "the host that the cart returns to"))),
        ("Part ids that open the store", Some(words(&settings.home_part_ids, "none"))),
        ("Account by extrinsic", settings.account_extrinsic.as_ref().map(|extrinsic| code(&extrinsic.name))),
    ])
}

fn lines(connection: &Connection) -> Markup {
    let style = match connection.lines.style {
        LineStyle::Classified => "Classified: service lines for one charge, material lines for several",
        LineStyle::Material => "Material: always counted in the smallest unit of the currency",
        LineStyle::Natural => "Natural: quantity 1 at the amount",
    };
    definitions(&[
        ("Style", Some(html! { (style) })),
        ("Unit of measure", Some(code(&connection.lines.unit))),
        ("UNSPSC of service lines", Some(code(&connection.lines.service_unspsc))),
        ("UNSPSC of material lines", Some(code(&connection.lines.material_unspsc))),
    ])
}

fn invoicing(connection: &Connection) -> Markup {
    let settings = &connection.invoicing;
    let reference = match settings.po_reference {
        PoReference::NumberAsPayloadId => "PO number in DocumentReference",
        PoReference::OrderIdAndPayloadId => "PO number in OrderReference, payloadID of the order beside it",
    };
    definitions(&[
        (
            "Sent to",
            Some(
                html! { @match &settings.url { Some(url) => code { (url) } None => span.muted { "not sent by document" } } },
            ),
        ),
        ("Names the order by", Some(html! { (reference) })),
        ("Payment terms", Some(html! { @if settings.send_payment_terms { "sent" } @else { "left out" } })),
        ("Hold window", Some(html! { (format::plural(settings.hold_minutes as usize, "minute")) })),
        ("From", settings.from.as_ref().map(code)),
        ("To", settings.to.as_ref().map(code)),
    ])
}

fn versions(connection: &Connection) -> Markup {
    let style = match connection.confirmation.style {
        ConfirmationStyle::Never => "never",
        ConfirmationStyle::WhenAllowed => "where the order allows it",
        ConfirmationStyle::Always => "always",
    };
    let validation = match connection.validate {
        Validation::Off => "none",
        Validation::Warn => "findings go to the message log",
        Validation::Strict => "findings are answered 406",
    };
    let signatures = match connection.signatures {
        Signatures::Ignore => "kept, not asked for",
        Signatures::Require => "asked for (475 without, 476 with one that is not verified)",
        Signatures::Refuse => "answered 477",
    };
    definitions(&[
        ("Confirmations", Some(html! { (style) })),
        ("Sent to", connection.confirmation.url.as_ref().map(code)),
        ("cXML.dtd", Some(code(&connection.versions.cxml))),
        ("InvoiceDetail.dtd", Some(code(&connection.versions.invoice))),
        ("Fulfill.dtd", Some(code(&connection.versions.fulfill))),
        ("Validation of what is received", Some(html! { (validation) })),
        ("Digital signatures", Some(html! { (signatures) })),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn the_values_to_enter_are_complete_and_no_secret_is_among_them() {
        let world = World::new("");
        for dialect in [Dialect::Coupa, Dialect::SapBusinessNetwork, Dialect::Generic] {
            let connection = Connection { dialect, ..world.connection.clone() };
            let view = ConnectionView { connection: &connection, ..world.connection_view() };
            let html = one(&world.console(), &view).into_string();
            for needed in [view.endpoint, "COUPA-ACME", "MARKETGATE", dialect.title()] {
                assert!(html.contains(needed), "{dialect:?} {needed}");
            }
            assert!(!html.contains(&connection.secret.0), "not even sealed");
        }
    }

    #[test]
    fn only_a_blocked_connection_can_be_released_and_it_says_why_it_is_blocked() {
        let world = World::new("");
        let view = world.connection_view();
        let release = format!("/console/connections/{}/release", world.connection.id);
        assert!(!one(&world.console(), &view).into_string().contains(&release));
        let message = world.parked.intent.id;
        let block = Block { since: world.parked.created_at, reason: "The receiver answered 403.", message };
        let html = blocked(&world.console(), &view, block).into_string();
        for needed in [release, format!("/console/outbox/{message}"), "The receiver answered 403.".to_owned()] {
            assert!(html.contains(&needed), "{needed}");
        }
    }
}
