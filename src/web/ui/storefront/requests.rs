//! My requests with their whole life (W1): the list, and one of them.

use marketgate_domain::agreement::Agreement;
use marketgate_domain::invoice::Invoice;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use maud::{Markup, html};

use super::super::components::{
    Column, Pager, Tone, breadcrumb, code, definitions, empty_state, money, notice, page_head, pager, post_button,
    table,
};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::life::{self, Life};
use super::super::{format, schedule, status};

/// A request with what came of it.
#[derive(Debug)]
pub struct RequestView<'a> {
    /// The request.
    pub request: &'a ProcurementRequest,
    /// Name of the product.
    pub product: &'a str,
    /// Name of the seller.
    pub seller: &'a str,
    /// Its agreement, once there is one.
    pub agreement: Option<&'a Agreement>,
    /// Invoices of that agreement, oldest first.
    pub invoices: Vec<&'a Invoice>,
    /// Whether it can be sent for approval again.
    pub again: bool,
}

impl RequestView<'_> {
    fn life(&self) -> Life<'_> {
        Life { request: self.request, agreement: self.agreement, invoices: &self.invoices }
    }
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, requests: &[RequestView<'_>], pages: &Pager<'_>) -> Markup {
    let content = html! {
        (page_head("My requests", Some("What you sent for approval, and what came of it."), html! {}))
        @if requests.is_empty() {
            (empty_state("No requests yet", "What you send for approval appears here, with its order, agreement and invoices."))
        } @else {
            ul.cards { @for view in requests { (card(context, view)) } }
            (pager(pages))
        }
    };
    document(context, Head { title: "My requests", current: "requests" }, content)
}

fn card(context: &PageContext<'_>, view: &RequestView<'_>) -> Markup {
    let request = view.request;
    html! {
        li.card {
            div.card-head {
                div {
                    h2 { a href={ (context.base) "/requests/" (request.id) } { (view.product) ": " (request.offer_name) } }
                    p.muted { (view.seller) " · asked " (format::moment(request.created_at)) }
                }
                div.card-side { strong { (money(request.quote.amount)) } (status::request(&request.status)) }
            }
            (life::steps(&view.life()))
            @if let RequestStatus::Refused { reason, .. } = &request.status { p.card-reason { (reason) } }
        }
    }
}

/// One request.
pub fn one(context: &PageContext<'_>, view: &RequestView<'_>) -> Markup {
    let request = view.request;
    let title = format!("{}: {}", view.product, request.offer_name);
    let content = html! {
        (breadcrumb(&[(format!("{}/requests", context.base), "My requests"), (String::new(), &title)]))
        (page_head(&title, Some(view.seller), status::request(&request.status)))
        (life::steps(&view.life()))
        @if let RequestStatus::Refused { reason, .. } = &request.status { (refused(reason)) }
        @if view.again { (send_again(context, view)) }
        @if request.status == RequestStatus::InCart {
            p.muted { "Procurement systems do not report rejections here: a request that was rejected there waits until it lapses or is taken back." }
        }
        @if request.is_waiting() { (take_back(context, view)) }
        div.columns {
            div {
                section { h2 { "What happened" } (life::timeline(&view.life())) }
                @if let marketgate_domain::quote::PaymentPlan::Schedule { installments } = &request.quote.plan {
                    section { h2 { "Payment schedule" } (schedule::view(installments, request.quote.amount.currency())) }
                }
                @if !view.invoices.is_empty() { section { h2 { "Invoices" } (invoices(&view.invoices)) } }
            }
            (details(context, view))
        }
    };
    document(context, Head { title: &title, current: "requests" }, content)
}

fn refused(reason: &marketgate_domain::refusal::Refusal) -> Markup {
    notice(Tone::Bad, "The purchase order was refused", html! { (reason) " " span.code-note { (reason.code()) } })
}

/// The offer's page begins with what was chosen the first time.
fn send_again(context: &PageContext<'_>, view: &RequestView<'_>) -> Markup {
    let address = format!("{}/offers/{}?again={}", context.base, view.request.offer, view.request.id);
    html! { div.buttons { a.button href=(address) { "Send for approval again" } } }
}

/// The button stands in a fold, so that it takes two steps to press it.
fn take_back(context: &PageContext<'_>, view: &RequestView<'_>) -> Markup {
    let action = format!("{}/requests/{}/take-back", context.base, view.request.id);
    html! {
        details.confirm {
            summary.button.quiet { "Take this request back" }
            p {
                "An order for this request is refused from then on. Your procurement system is not told: cancel the requisition there too, \
                 or tell the approver."
            }
            (post_button(context, &action, "button danger", "Take it back"))
        }
    }
}

fn details(context: &PageContext<'_>, view: &RequestView<'_>) -> Markup {
    let request = view.request;
    let order = match &request.status {
        RequestStatus::Fulfilled { purchase_order, .. } | RequestStatus::Refused { purchase_order, .. } => {
            Some(purchase_order)
        }
        _ => None,
    };
    html! {
        aside.panel {
            p.panel-label { "For approval" }
            p.panel-total { (money(request.quote.amount)) }
            (definitions(&[
                ("Purchase order", order.map(|number| html! { (number) })),
                ("Agreement", view.agreement.map(|agreement| html! {
                    a href={ (context.base) "/agreements/" (agreement.id) } { "Open the agreement" }
                })),
                ("Quantity", Some(html! { (format::number(request.quote.line.quantity)) " × " (money(request.quote.line.unit_price)) })),
                ("Estimated tax", (!request.tax_estimate.is_zero()).then(|| money(request.tax_estimate))),
                ("Price held until", Some(format::date(request.quote.valid_until))),
                ("Reference", Some(code(request.reference()))),
                ("Documents accepted", Some(format::moment(request.acceptance.accepted_at))),
            ]))
        }
    }
}

/// Invoices as their requester sees them.
pub fn invoices(list: &[&Invoice]) -> Markup {
    let columns = [Column::Text("Number"), Column::Text("Issued"), Column::Text("Due"), Column::Number("Total")];
    let rows = list
        .iter()
        .map(|invoice| {
            vec![
                html! { (invoice.number) },
                format::moment(invoice.issued_at),
                format::date(invoice.due_date),
                money(invoice.total),
            ]
        })
        .collect();
    table("Invoices", &columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn a_refused_request_says_why_and_leads_to_the_offer_where_that_helps() {
        let world = World::new("");
        let refused = |reason: &marketgate_domain::refusal::Refusal| {
            let status = RequestStatus::Refused { reason: reason.clone(), purchase_order: "PO-77".into() };
            let request = ProcurementRequest { status, ..world.request.clone() };
            let view = RequestView {
                request: &request,
                product: "Anvil",
                seller: "Northlight",
                agreement: None,
                invoices: vec![],
                again: reason.can_be_sent_again(),
            };
            one(&world.storefront(), &view).into_string()
        };
        let superseded = refused(&world.refusal);
        assert!(superseded.contains("SUPERSEDED_AGREEMENT_PROPOSAL") && superseded.contains("Send for approval again"));
        assert!(!refused(&world.unsupported).contains("Send for approval again"), "sending again would not help");
    }

    #[test]
    fn a_fulfilled_request_leads_to_its_agreement_and_shows_its_invoices() {
        let world = World::new("");
        let html = one(&world.storefront(), &world.request_view()).into_string();
        assert!(html.contains(&format!("/agreements/{}", world.agreement.id)));
        assert!(html.contains(&world.invoice.number) && html.contains("PO-4500017"));
    }
}
