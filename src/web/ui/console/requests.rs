//! Procurement requests of every organization.

use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use maud::{Markup, html};

use super::super::components::{Column, Pager, breadcrumb, code, definitions, money, page_head};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::life::{self, Life};
use super::super::storefront::requests::RequestView;
use super::super::{format, status};
use super::{Listing, link, list_page};

/// A request in the list.
#[derive(Debug)]
pub struct RequestRow<'a> {
    /// The request.
    pub request: &'a ProcurementRequest,
    /// Name of the product.
    pub product: &'a str,
    /// Name of the organization.
    pub organization: &'a str,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, requests: &[RequestRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Requests",
        lead: "What people sent to their carts for approval.",
        path: "requests",
        empty: "A request appears when somebody asks for approval in the store.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Request"),
        Column::Text("Organization"),
        Column::Text("Asked"),
        Column::Text("Status"),
        Column::Number("Amount"),
    ];
    let rows = requests.iter().map(|row| cells(context, row)).collect();
    list_page(context, &listing, &columns, rows, pages)
}

fn cells(context: &PageContext<'_>, row: &RequestRow<'_>) -> Vec<Markup> {
    let request = row.request;
    vec![
        html! {
            div.stack {
                (link(context, "requests", request.id, &format!("{}: {}", row.product, request.offer_name)))
                span.muted { code { (format::short_id(request.id)) } }
            }
        },
        html! { (row.organization) },
        format::moment(request.created_at),
        status::request(&request.status),
        money(request.quote.amount),
    ]
}

/// One request with its life.
pub fn one(context: &PageContext<'_>, view: &RequestView<'_>, organization: &str) -> Markup {
    let request = view.request;
    let title = format!("{}: {}", view.product, request.offer_name);
    let life = Life { request, agreement: view.agreement, invoices: &view.invoices };
    let requester = request.requester_email.as_ref().map_or("not named", |email| email.as_str());
    let order = match &request.status {
        RequestStatus::Fulfilled { purchase_order, .. } | RequestStatus::Refused { purchase_order, .. } => {
            Some(purchase_order)
        }
        _ => None,
    };
    let content = html! {
        (breadcrumb(&[(format!("{}/requests", context.base), "Requests"), (String::new(), &title)]))
        (page_head(&title, Some(organization), status::request(&request.status)))
        (life::steps(&life))
        div.columns {
            section { h2 { "What happened" } (life::timeline(&life)) }
            aside.panel {
                p.panel-label { "For approval" }
                p.panel-total { (money(request.quote.amount)) }
                (definitions(&[
                    ("Reference", Some(code(request.reference()))),
                    ("Requester", Some(html! { (requester) })),
                    ("Cart", Some(html! { a href={ (context.base) "/messages?q=" (request.id.to_string()) } { "In the message log" } })),
                    ("Purchase order", order.map(|number| html! { (number) })),
                    ("Agreement", view.agreement.map(|agreement| link(context, "agreements", agreement.id, "Open the agreement"))),
                    ("Connection", Some(link(context, "connections", request.connection, "Open the connection"))),
                    ("Offer", Some(html! { (link(context, "offers", request.offer, &request.offer_name)) ", revision " (request.revision) })),
                    ("Quantity", Some(html! { (format::number(request.quote.line.quantity)) " × " (money(request.quote.line.unit_price)) })),
                    ("Line type", Some(html! { (request.quote.line.kind.word()) ", UNSPSC " (request.quote.line.classification) })),
                    ("Price held until", Some(format::date(request.quote.valid_until))),
                    ("Documents accepted", Some(format::moment(request.acceptance.accepted_at))),
                    ("Their SHA-256", Some(code(&request.acceptance.documents_sha256))),
                ]))
            }
        }
    };
    document(context, Head { title: &title, current: "requests" }, content)
}
