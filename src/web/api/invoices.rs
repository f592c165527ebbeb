//! Issued invoices, and how their delivery stands.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::access::Action;
use marketgate_domain::id::InvoiceId;
use marketgate_domain::invoice::{InvoiceLine, Party};
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::outbox::state_word;
use super::view::{AccountingView, AddressView, MoneyView, optional, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::query::api::{self, DeliveredInvoice, InvoiceFilter};

/// An issued invoice. It never changes; only its delivery does.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invoice)]
pub struct InvoiceView {
    id: String,
    number: String,
    issued_at: Timestamp,
    due_date: Date,
    payment_terms_days: u32,
    seller: String,
    /// The seller as printed.
    from: PartyView,
    organization: String,
    /// The organization as printed.
    bill_to: PartyView,
    /// The connection it is delivered over; null where it bills a direct subscription.
    connection: Option<String>,
    /// The order it bills; null where it bills a direct subscription.
    order: Option<String>,
    /// The buyer's number of the order, or the one given with the direct subscription.
    purchase_order: Option<String>,
    lines: Vec<InvoiceLineView>,
    /// Without tax.
    subtotal: MoneyView,
    tax: MoneyView,
    total: MoneyView,
    /// Null where the invoice is not sent by cXML.
    delivery: Option<DeliveryView>,
}

/// A legal entity as printed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView {
    name: String,
    address: AddressView,
    tax_id: Option<String>,
}

/// One line of an invoice: one charge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvoiceLine)]
pub struct InvoiceLineView {
    number: u32,
    /// The charge.
    charge: String,
    /// The line of the order; null where there is none.
    order_line: Option<u32>,
    /// `Service` or `Material`.
    kind: &'static str,
    quantity: String,
    unit_price: MoneyView,
    unit: String,
    /// Without tax.
    amount: MoneyView,
    tax: MoneyView,
    /// SupplierPartID.
    part_id: String,
    /// SupplierPartAuxiliaryID.
    reference: String,
    description: String,
    accounting: Vec<AccountingView>,
}

/// How the delivery of an invoice stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct DeliveryView {
    /// The outbox message.
    message: String,
    /// As in the outbox.
    state: &'static str,
    /// Why it is parked, held or to be verified.
    reason: Option<String>,
}

impl From<&DeliveredInvoice> for InvoiceView {
    fn from(DeliveredInvoice { invoice, delivery }: &DeliveredInvoice) -> Self {
        Self {
            id: invoice.id.to_string(),
            number: invoice.number.clone(),
            issued_at: invoice.issued_at,
            due_date: invoice.due_date,
            payment_terms_days: invoice.payment_terms_days,
            seller: invoice.seller.to_string(),
            from: (&invoice.from).into(),
            organization: invoice.organization.to_string(),
            bill_to: (&invoice.bill_to).into(),
            connection: optional(invoice.order.as_ref().map(|order| order.connection)),
            order: optional(invoice.order.as_ref().map(|order| order.id)),
            purchase_order: invoice.purchase_order.clone(),
            lines: views(&invoice.lines),
            subtotal: invoice.subtotal.into(),
            tax: invoice.tax.into(),
            total: invoice.total.into(),
            delivery: delivery.as_ref().map(|message| DeliveryView {
                message: message.intent.id.to_string(),
                state: state_word(message.state),
                reason: message.reason.clone(),
            }),
        }
    }
}

impl From<&Party> for PartyView {
    fn from(party: &Party) -> Self {
        Self { name: party.name.clone(), address: (&party.address).into(), tax_id: party.tax_id.clone() }
    }
}

impl From<&InvoiceLine> for InvoiceLineView {
    fn from(line: &InvoiceLine) -> Self {
        Self {
            number: line.number,
            charge: line.charge.to_string(),
            order_line: line.order_line,
            kind: line.kind.word(),
            quantity: line.quantity.to_string(),
            unit_price: line.unit_price.into(),
            unit: line.unit.clone(),
            amount: line.amount.into(),
            tax: line.tax.into(),
            part_id: line.part_id.clone(),
            reference: line.reference.clone(),
            description: line.description.clone(),
            accounting: views(&line.accounting),
        }
    }
}

/// Lists invoices.
#[utoipa::path(
    tag = "invoices",
    params(
        Paging,
        ("organization" = Option<String>, Query, description = "Only those of this organization."),
        ("connection" = Option<String>, Query, description = "Only those over this connection."),
        ("number" = Option<String>, Query, description = "Only the one with this number."),
    ),
    responses((status = 200, description = "A page", body = List<InvoiceView>))
)]
#[get("/invoices")]
pub async fn list_invoices(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::ReadInvoices)?;
    let mut query = ListQuery::of(&request);
    let filter = InvoiceFilter {
        organization: query.value("organization"),
        connection: query.value("connection"),
        number: query.text("number"),
    };
    let window = query.window()?;
    let page = look(&context, move |snapshot| api::invoices(snapshot, &filter, window)).await?;
    Ok(list::<InvoiceView, _, _>(page))
}

/// Reads an invoice.
#[utoipa::path(tag = "invoices", params(("id" = String, Path)), responses((status = 200, description = "The invoice", body = InvoiceView)))]
#[get("/invoices/{id}")]
pub async fn read_invoice(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::ReadInvoices)?;
    let id: InvoiceId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::invoice(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(InvoiceView::from(&found)))
}
