//! The approver page: what an approver of the buyer's system sees through a signed link, without signing in (P6).
//!
//! Read-only, no navigation, nothing but the one request: approvers are never our users.

use jiff::Timestamp;
use marketgate_domain::day;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::product::Product;
use marketgate_domain::quote::PaymentPlan;
use marketgate_domain::refusal::Refusal;
use marketgate_domain::seller::Seller;
use marketgate_domain::terms::Terms;

use maud::{Markup, html};

use super::super::components::{Tone, badge, code, definitions, money, notice, page_head};
use super::super::context::{Head, Nav, PageContext};
use super::super::layout::document;
use super::super::{format, schedule, status};
use super::terms;

/// A request as its approver sees it.
#[derive(Debug)]
pub struct ApproverView<'a> {
    /// The request, with the price as it was sent.
    pub request: &'a ProcurementRequest,
    /// What is bought.
    pub product: &'a Product,
    /// Who sells it.
    pub seller: &'a Seller,
    /// The terms of the requested revision, where they are still known.
    pub terms: Option<&'a Terms>,
    /// Whether the offer is private.
    pub private: bool,
    /// Who asked.
    pub requester: &'a str,
    /// The organization.
    pub organization: &'a str,
    /// Why an order for it would be refused now, if it would.
    pub refusal: Option<&'a Refusal>,
}

/// The approver page.
pub fn page(context: &PageContext<'_>, view: &ApproverView<'_>) -> Markup {
    // Nothing of the session may leak into a page that is mailed around.
    let context = &PageContext { nav: Nav::Public, base: "", csrf: None, signed_in: None, ..*context };
    let request = view.request;
    let title = format!("{}: {}", view.product.name, request.offer_name);
    let lead = format!("Requested by {} for {}", view.requester, view.organization);
    let badges = html! {
        @if view.private { (badge(Tone::Accent, "Private offer")) }
        (status::request(&request.status))
    };
    let content = html! {
        (page_head(&title, Some(&lead), badges))
        (standing(view, context.now))
        div.columns {
            div {
                section.prose { h2 { "About " (view.product.name) } p { (view.product.summary) } }
                (charges(view))
                @if let Some(terms) = view.terms { (terms::conditions(terms)) (terms::documents(terms.legal_documents())) }
            }
            aside.panel {
                p.panel-label { "For approval" }
                p.panel-total { (money(request.quote.amount)) }
                (definitions(&[
                    ("Seller", Some(html! { (view.seller.name) })),
                    ("Legal entity", Some(html! { (view.seller.legal_name) })),
                    ("Pricing model", Some(html! { (request.quote.pricing_model.title()) })),
                    ("Quantity", Some(html! { (format::number(request.quote.line.quantity)) " × " (money(request.quote.line.unit_price)) })),
                    ("Usage budget", request.quote.budget.map(money)),
                    ("Estimated tax", (!request.tax_estimate.is_zero()).then(|| money(request.tax_estimate))),
                    ("Valid until", Some(format::date(request.quote.valid_until))),
                    ("Requested", Some(format::moment(request.created_at))),
                    ("Reference", Some(code(request.reference()))),
                ]))
            }
        }
        p.muted.small { "This page is for reading only. Approve or reject the request in your procurement system." }
    };
    document(context, Head { title: &title, current: "" }, content)
}

/// Whether approving it still leads anywhere.
fn standing(view: &ApproverView<'_>, now: Timestamp) -> Markup {
    match (&view.request.status, view.refusal) {
        (RequestStatus::Fulfilled { purchase_order, .. }, _) => notice(
            Tone::Good,
            "Ordered",
            format!("Purchase order {purchase_order} was accepted and the agreement exists."),
        ),
        (RequestStatus::Withdrawn, _) => {
            notice(Tone::Warn, "Taken back", "The requester took this request back. An order for it would be refused.")
        }
        (_, Some(refusal)) => {
            let text = html! { (refusal) " " span.code-note { (refusal.code()) } };
            notice(Tone::Warn, "An order for this request would be refused", text)
        }
        _ if day::is_over(view.request.quote.valid_until, now) => {
            notice(Tone::Warn, "The price is no longer held", "Ask the requester to send the offer for approval again.")
        }
        _ => {
            html! { p.availability { "Can be ordered through " (format::date_text(view.request.quote.valid_until)) ", end of day UTC." } }
        }
    }
}

fn charges(view: &ApproverView<'_>) -> Markup {
    let quote = &view.request.quote;
    html! {
        section {
            h2 { "What will be charged" }
            @match &quote.plan {
                PaymentPlan::Nothing if quote.budget.is_none() => { p { "Nothing." } }
                PaymentPlan::Nothing => {}
                PaymentPlan::Once { amount } => { p { (money(*amount)) " once, when the order is accepted." } }
                PaymentPlan::Monthly { amount, months } => {
                    p { (money(*amount)) " each month, " (months) " times, the first when the order is accepted." }
                }
                PaymentPlan::Schedule { installments } => { (schedule::view(installments, quote.amount.currency())) }
            }
            @if let Some(budget) = quote.budget { p { "Usage as it occurs, billed monthly, up to " (money(budget)) "." } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn rendered(world: &World, status: RequestStatus, refusal: Option<&Refusal>) -> String {
        let request = ProcurementRequest { status, ..world.request.clone() };
        page(&world.storefront(), &ApproverView { request: &request, refusal, ..world.approver_view() }).into_string()
    }

    #[test]
    fn an_approver_can_read_everything_and_change_nothing() {
        let world = World::new("");
        let html = rendered(&world, RequestStatus::InCart, None);
        for needed in [
            "120,000.00 USD",
            "Can be ordered through",
            "1 March 2027",
            "End user licence agreement",
            "Northlight Systems Ltd",
        ] {
            assert!(html.contains(needed), "{needed}");
        }
        assert!(!html.contains("<form") && !html.contains("<button") && !html.contains("<nav"));
        for secret in [world.csrf, world.storefront().base] {
            assert!(!html.contains(secret), "a page that is mailed around must not carry {secret}");
        }
    }

    #[test]
    fn an_approver_learns_that_an_order_would_be_refused() {
        let world = World::new("");
        let html = rendered(&world, RequestStatus::InCart, Some(&world.refusal));
        assert!(html.contains("would be refused") && html.contains(world.refusal.code()));
        assert!(rendered(&world, RequestStatus::Withdrawn, None).contains("Taken back"));
    }
}
