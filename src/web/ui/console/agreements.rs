//! Agreements of every organization, with their charges.

use marketgate_domain::agreement::Agreement;
use maud::{Markup, html};

use super::super::components::{Column, Pager, breadcrumb, code, definitions, money, page_head};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::storefront::agreements::{AgreementView, charges, entitlements, runs, value};
use super::super::{format, status};
use super::{Listing, invoices, link, list_page, order_number};

/// An agreement in the list.
#[derive(Debug)]
pub struct AgreementRow<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// Name of the product.
    pub product: &'a str,
    /// Name of the organization.
    pub organization: &'a str,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, agreements: &[AgreementRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Agreements",
        lead: "What organizations subscribe to.",
        path: "agreements",
        empty: "An agreement appears when a purchase order is accepted, or when somebody subscribes directly.",
        new: None,
        search: None,
    };
    let columns = [
        Column::Text("Product"),
        Column::Text("Organization"),
        Column::Text("Purchase order"),
        Column::Text("Runs"),
        Column::Text("Status"),
        Column::Number("Value"),
    ];
    let rows = agreements
        .iter()
        .map(|row| {
            let agreement = row.agreement;
            vec![
                link(context, "agreements", agreement.id, row.product),
                html! { (row.organization) },
                order_number(context, agreement.ordered().map(|link| link.order), agreement.purchase_order()),
                html! { (runs(agreement)) },
                status::agreement(agreement),
                value(agreement),
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

/// One agreement.
pub fn one(context: &PageContext<'_>, view: &AgreementView<'_>, organization: &str) -> Markup {
    let agreement = view.agreement;
    let ordered = agreement.ordered();
    let lead = format!("{}, {} by {}", organization, view.offer, view.seller);
    let content = html! {
        (breadcrumb(&[(format!("{}/agreements", context.base), "Agreements"), (String::new(), &view.product.name)]))
        (page_head(&view.product.name, Some(&lead), status::agreement(agreement)))
        div.columns {
            div {
                section { h2 { "Entitlements" } (entitlements(&view.entitlements)) }
                section {
                    h2 { "Charges" }
                    @if view.charges.is_empty() { p.muted { "Nothing is charged by the contract itself." } }
                    @else { (charges(context, view.charges)) }
                }
                @if !view.invoices.is_empty() { section { h2 { "Invoices" } (invoices::short_table(context, &view.invoices)) } }
            }
            aside.panel {
                p.panel-label { "Contract value" }
                p.panel-total { (money(agreement.value)) }
                (definitions(&[
                    ("Runs", Some(html! { (runs(agreement)) })),
                    ("Usage budget", agreement.budget.map(money)),
                    ("Account", Some(html! { (view.account) })),
                    ("Requester", agreement.requester_email.as_ref().map(|email| html! { (email.as_str()) })),
                    ("Purchase order", Some(html! {
                        (order_number(context, ordered.map(|link| link.order), agreement.purchase_order()))
                        @if let Some(link) = ordered { ", line " (link.order_line) }
                    })),
                    ("Request", ordered.map(|ordered| link(context, "requests", ordered.request, "Open the request"))),
                    ("Offer", Some(html! { (link(context, "offers", agreement.offer, view.offer)) ", revision " (agreement.revision) })),
                    ("Accepted", Some(format::moment(agreement.accepted_at))),
                    ("Reference", Some(code(agreement.id))),
                ]))
            }
        }
    };
    document(context, Head { title: &view.product.name, current: "agreements" }, content)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn an_invoiced_charge_leads_to_its_invoice() {
        let world = World::new("");
        let html = one(&world.console(), &world.agreement_view(), "Acme").into_string();
        assert!(html.contains(&format!("/console/invoices/{}", world.invoice.id)));
    }
}
