//! Purchase orders with every version received, refused ones too.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::id::PurchaseOrderId;
use marketgate_domain::purchase_order::{LineRefusal, OrderOutcome, OrderVersion, OrderedLine};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::view::{AccountingView, RefusalView, optional, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api::{self, OrderFilter, ReceivedOrder};

const STATUSES: [(&str, bool); 2] = [("accepted", true), ("refused", false)];

/// A purchase order over all its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PurchaseOrder)]
pub struct OrderView {
    id: String,
    organization: String,
    connection: String,
    /// The buyer's number.
    number: String,
    /// Received in test mode: nothing came of it.
    is_test: bool,
    /// What became of the latest version: `accepted` or `refused`.
    status: &'static str,
    /// Oldest first.
    versions: Vec<VersionView>,
}

/// One received OrderRequest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderVersion)]
pub struct VersionView {
    version: u32,
    payload_id: String,
    /// As the buyer wrote it.
    order_date: String,
    /// The document in the message log.
    message: String,
    decided_at: Timestamp,
    /// How often it came again with the same outcome.
    repetitions: u32,
    /// When it came last, if it came more than once.
    last_received_at: Option<Timestamp>,
    /// `accepted` or `refused`.
    status: &'static str,
    /// The agreements that it created, one for each line.
    agreements: Vec<String>,
    /// The lines that did not pass.
    refusals: Vec<LineRefusalView>,
    /// What is odd about the order, such as a Total that differs from its lines.
    warnings: Vec<String>,
    lines: Vec<OrderLineView>,
}

/// A line that did not pass.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LineRefusal)]
pub struct LineRefusalView {
    /// Number of the line.
    line: u32,
    /// The request that it names, if there is one.
    request: Option<String>,
    refusal: RefusalView,
}

/// One line of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct OrderLineView {
    number: u32,
    /// SupplierPartID.
    part_id: String,
    /// SupplierPartAuxiliaryID, empty where it is missing.
    reference: String,
    quantity: String,
    /// Null where the buyer hides prices.
    unit_price: Option<OrderPriceView>,
    unit: String,
    accounting: Vec<AccountingView>,
}

/// A price as the order states it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderPrice)]
pub struct OrderPriceView {
    /// With as many decimals as were written.
    amount: String,
    /// As written.
    currency: String,
    /// For how many units the amount counts, in words; null for one unit.
    basis: Option<String>,
}

impl From<&ReceivedOrder> for OrderView {
    fn from(ReceivedOrder { order, is_test }: &ReceivedOrder) -> Self {
        Self {
            id: order.id.to_string(),
            organization: order.organization.to_string(),
            connection: order.connection.to_string(),
            number: order.number.clone(),
            is_test: *is_test,
            status: order.standing().map_or("refused", |version| status(&version.outcome)),
            versions: views(&order.versions),
        }
    }
}

impl From<&OrderVersion> for VersionView {
    fn from(version: &OrderVersion) -> Self {
        let (agreements, refusals) = match &version.outcome {
            OrderOutcome::Accepted { agreements } => (agreements.as_slice(), [].as_slice()),
            OrderOutcome::Refused { lines } => ([].as_slice(), lines.as_slice()),
        };
        Self {
            version: version.version,
            payload_id: version.payload_id.clone(),
            order_date: version.order_date.clone(),
            message: version.message.to_string(),
            decided_at: version.decided_at,
            repetitions: version.repetitions,
            last_received_at: version.last_received_at,
            status: status(&version.outcome),
            agreements: agreements.iter().map(ToString::to_string).collect(),
            refusals: views(refusals),
            warnings: version.warnings.clone(),
            lines: views(&version.lines),
        }
    }
}

fn status(outcome: &OrderOutcome) -> &'static str {
    match outcome {
        OrderOutcome::Accepted { .. } => "accepted",
        OrderOutcome::Refused { .. } => "refused",
    }
}

impl From<&LineRefusal> for LineRefusalView {
    fn from(line: &LineRefusal) -> Self {
        Self { line: line.line, request: optional(line.request), refusal: (&line.refusal).into() }
    }
}

impl From<&OrderedLine> for OrderLineView {
    fn from(line: &OrderedLine) -> Self {
        Self {
            number: line.number,
            part_id: line.part_id.clone(),
            reference: line.reference.clone(),
            quantity: line.quantity.to_string(),
            unit_price: line.price.as_ref().map(|price| OrderPriceView {
                amount: price.amount.to_string(),
                currency: price.currency.clone(),
                basis: price.basis.map(|basis| basis.to_string()),
            }),
            unit: line.unit.clone(),
            accounting: views(&line.accounting),
        }
    }
}

/// Lists purchase orders, those in test mode among them.
#[utoipa::path(
    tag = "orders",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("connection" = Option<String>, Query, description = "Only those over this connection."),
        ("number" = Option<String>, Query, description = "Only those with this number of the buyer."),
        ("status" = Option<String>, Query, description = "By the latest version: `accepted` or `refused`."),
    ),
    responses((status = 200, description = "A page", body = List<OrderView>))
)]
#[get("/orders")]
pub async fn list_orders(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let mut query = ListQuery::of(&request);
    let filter = OrderFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        number: query.text("number"),
        accepted: query.one_of("status", &STATUSES),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::orders(snapshot, &filter, window)).await?;
    Ok(list::<OrderView, _, _>(page))
}

/// Reads a purchase order.
#[utoipa::path(tag = "orders", params(("id" = String, Path)), responses((status = 200, description = "The order", body = OrderView)))]
#[get("/orders/{id}")]
pub async fn read_order(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadAgreements)?;
    let id: PurchaseOrderId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::order(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(OrderView::from(&found)))
}
