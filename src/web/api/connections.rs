//! Connections: their settings without any secret, not even a sealed one.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::connection::{Dialect, Identity, Signatures, Validation};
use marketgate_domain::id::ConnectionId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{Members, one_of, text};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{IdentityView, optional, views, word};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::change_connection::{ConnectionChange, change_settings, parse_document_url};
use crate::flow::export_catalog::export_catalog;
use crate::flow::operate_outbox::release_connection;
use crate::query::api::{self, ConnectionState};
use crate::render::supplier_catalog::CatalogFormat;
use crate::web::download::attachment;

/// Forms of the catalogue, by their names.
const FORMATS: [(&str, CatalogFormat); 2] = [("index", CatalogFormat::Index), ("cif", CatalogFormat::Cif)];

const VALIDATIONS: [(&str, Validation); 3] =
    [("off", Validation::Off), ("warn", Validation::Warn), ("strict", Validation::Strict)];

const SIGNATURES: [(&str, Signatures); 3] =
    [("ignore", Signatures::Ignore), ("require", Signatures::Require), ("refuse", Signatures::Refuse)];

const MOST_SENDERS: usize = 20;

/// Bytes of a domain or an identity.
const LONGEST_NAME: usize = 255;

/// The link between an organization and one procurement system.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Connection)]
pub struct ConnectionView {
    id: String,
    organization: String,
    name: String,
    /// `coupa`, `sap_business_network` or `generic`.
    dialect: &'static str,
    enabled: bool,
    /// Orders are recorded, no agreement and no invoice results.
    test_mode: bool,
    default_account: String,
    /// How the buyer names itself.
    buyer_identities: Vec<IdentityView>,
    /// How the buyer names us.
    supplier_identities: Vec<IdentityView>,
    /// Whom Sender may name; empty: any name beside the right secret. Where a network account stands in between, its names count.
    expected_senders: Vec<IdentityView>,
    /// The network account that it comes through, where there is a network in between.
    network_account: Option<String>,
    /// Where invoices are posted; null where it takes none by cXML.
    invoice_url: Option<String>,
    /// Where confirmations are posted.
    confirmation_url: Option<String>,
    /// Minutes that a fresh agreement stays un-invoiced.
    invoice_hold_minutes: u32,
    /// Whether received documents are held against their DTD: `off`, `warn` (findings go to the message log) or `strict`
    /// (findings are answered 406). Needs the DTD files named by the configuration.
    validate: &'static str,
    /// What is wanted of digital signatures: `ignore`, `require` (475 without one; 476 with one, because none is verified
    /// here) or `refuse` (477).
    signatures: &'static str,
    /// Why nothing is sent over it; null if all is well.
    block: Option<BlockView>,
    created_at: Timestamp,
}

/// The receiver refused our credentials: everything over the connection is held.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionBlock)]
pub struct BlockView {
    since: Timestamp,
    reason: String,
    /// The outbox message that met the refusal.
    message: String,
}

/// Changes of a connection. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct ConnectionPatch {
    /// http or https address for invoices; null to send none.
    #[schema(example = "https://buyer.example/cxml/invoices")]
    invoice_url: Option<String>,
    /// `off`, `warn` or `strict`.
    #[schema(required = false)]
    validate: String,
    /// `ignore`, `require` or `refuse`.
    #[schema(required = false)]
    signatures: String,
    /// Whom Sender may name, at most 20; empty to allow any name beside the right secret. Another sender is answered 401.
    #[schema(required = false)]
    expected_senders: Vec<IdentityView>,
}

impl From<&ConnectionState> for ConnectionView {
    fn from(ConnectionState { connection, block }: &ConnectionState) -> Self {
        Self {
            id: connection.id.to_string(),
            organization: connection.organization.to_string(),
            name: connection.name.clone(),
            dialect: dialect(connection.dialect),
            enabled: connection.enabled,
            test_mode: connection.test_mode,
            default_account: connection.default_account.to_string(),
            buyer_identities: views(&connection.buyer_identities),
            supplier_identities: views(&connection.supplier_identities),
            expected_senders: views(&connection.expected_senders),
            network_account: optional(connection.network),
            invoice_url: connection.invoicing.url.clone(),
            confirmation_url: connection.confirmation_url().map(str::to_owned),
            invoice_hold_minutes: connection.invoicing.hold_minutes,
            validate: word(&VALIDATIONS, connection.validate),
            signatures: word(&SIGNATURES, connection.signatures),
            block: block.as_ref().map(|block| BlockView {
                since: block.since,
                reason: block.reason.clone(),
                message: block.message.to_string(),
            }),
            created_at: connection.created_at,
        }
    }
}

/// A list of identities, each with its domain.
fn identities(value: &Value) -> Result<Vec<Identity>, String> {
    let expected = || format!("a list of at most {MOST_SENDERS} objects with \"domain\" and \"identity\" is expected");
    let list: Vec<Identity> = serde_json::from_value(value.clone()).map_err(|_| expected())?;
    let is_said = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST_NAME;
    if list.len() > MOST_SENDERS || !list.iter().all(|name| is_said(&name.domain) && is_said(&name.identity)) {
        return Err(expected());
    }
    Ok(list)
}

fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Coupa => "coupa",
        Dialect::SapBusinessNetwork => "sap_business_network",
        Dialect::Generic => "generic",
    }
}

/// Lists connections.
#[utoipa::path(
    tag = "connections",
    params(Paging, ("organization" = Option<String>, Query, description = "Only those of this organization.")),
    responses((status = 200, description = "A page", body = List<ConnectionView>))
)]
#[get("/connections")]
pub async fn list_connections(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadConnections)?;
    let mut query = ListQuery::of(&request);
    let organization = query.value("organization");
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::connections(snapshot, organization, window)).await?;
    Ok(list::<ConnectionView, _, _>(page))
}

/// Reads a connection.
#[utoipa::path(tag = "connections", params(("id" = String, Path)), responses((status = 200, description = "The connection", body = ConnectionView)))]
#[get("/connections/{id}")]
pub async fn read_connection(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadConnections)?;
    answer(&context, id(&path)?).await
}

/// Changes a connection.
///
/// Members that are not named stay as they are (JSON Merge Patch). Invoices that wait leave for the new address.
#[utoipa::path(
    tag = "connections",
    params(("id" = String, Path)),
    request_body = ConnectionPatch,
    responses((status = 200, description = "The connection as it is now", body = ConnectionView))
)]
#[patch("/connections/{id}")]
pub async fn change_connection(context: Data<Context>, caller: Caller, path: Path<String>, payload: Payload) -> Answer {
    caller.may(Action::ChangeConnections)?;
    let id: ConnectionId = id(&path)?;
    let mut members = Members::of(payload).await?;
    let invoice_url = members.optional("invoice_url", |value| match value {
        Value::Null => Ok(None),
        value => parse_document_url(text(value)?).map(Some),
    });
    let validate = members.optional("validate", |value| one_of(value, &VALIDATIONS));
    let signatures = members.optional("signatures", |value| one_of(value, &SIGNATURES));
    let expected_senders = members.optional("expected_senders", identities);
    members.finish()?;
    let change = ConnectionChange { invoice_url, validate, signatures, expected_senders };
    change_settings(&context, caller.actor(), id, change).await?;
    answer(&context, id).await
}

/// Lets documents leave over a connection again.
///
/// For a connection whose receiver refused our credentials, once they are in order.
#[utoipa::path(tag = "connections", params(("id" = String, Path)), responses((status = 200, description = "The connection as it is now", body = ConnectionView)))]
#[post("/connections/{id}/release")]
pub async fn release(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::OperateOutbox)?;
    let id: ConnectionId = id(&path)?;
    look_for(&context, move |snapshot| api::connection(snapshot, id)).await?;
    release_connection(&context, caller.user(), id).await?;
    answer(&context, id).await
}

/// Downloads what the buyer may list of the marketplace, for level-2 PunchOut.
///
/// The products that the connection's default account may see and send for approval: a cXML Index, or CIF 3.0.
#[utoipa::path(
    tag = "connections",
    params(
        ("id" = String, Path),
        ("format" = Option<String>, Query, description = "`index` (cXML, if nothing is said) or `cif`.")
    ),
    responses((status = 200, description = "The catalogue", content((String = "text/xml"), (String = "text/plain"))))
)]
#[get("/connections/{id}/catalog")]
pub async fn download_catalog(
    context: Data<Context>,
    request: HttpRequest,
    caller: Caller,
    path: Path<String>,
) -> Answer {
    caller.may(Action::ReadConnections)?;
    let mut query = ListQuery::of(&request);
    let format = query.one_of("format", &FORMATS);
    query.finish()?;
    let file = export_catalog(&context, id(&path)?, format.unwrap_or(CatalogFormat::Index)).await?;
    Ok(attachment(file))
}

async fn answer(context: &Context, id: ConnectionId) -> Answer {
    let found = look_for(context, move |snapshot| api::connection(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(ConnectionView::from(&found)))
}
