//! Agreements of the organization: the list, and one of them with the next step, what may be used, and its charges (C3c).

use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::entitlement::{Amount, Entitlement};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::product::Product;
use maud::{Markup, html};

use super::super::components::{
    Column, Pager, breadcrumb, code, definitions, empty_state, linked, money, page_head, pager, table,
};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, status};
use super::requests;

/// An agreement in the list.
#[derive(Debug)]
pub struct AgreementRow<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// Name of the product.
    pub product: &'a str,
    /// Name of the seller.
    pub seller: &'a str,
}

/// An agreement.
#[derive(Debug)]
pub struct AgreementView<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// What is subscribed to.
    pub product: &'a Product,
    /// Name of the offer.
    pub offer: &'a str,
    /// Name of the seller.
    pub seller: &'a str,
    /// Name of the account that subscribes.
    pub account: &'a str,
    /// What it gives the right to use.
    pub entitlements: Vec<Entitlement>,
    /// Its charges, by day.
    pub charges: &'a [Charge],
    /// Its invoices, oldest first.
    pub invoices: Vec<&'a Invoice>,
}

/// The list, newest first.
pub fn list(context: &PageContext<'_>, agreements: &[AgreementRow<'_>], pages: &Pager<'_>) -> Markup {
    let content = html! {
        (page_head("Agreements", Some("What your organization subscribes to."), html! {}))
        @if agreements.is_empty() {
            (empty_state("No agreements yet", "An agreement starts when an approved purchase order arrives, or when you subscribe directly."))
        } @else { (rows(context, agreements)) (pager(pages)) }
    };
    document(context, Head { title: "Agreements", current: "agreements" }, content)
}

fn rows(context: &PageContext<'_>, agreements: &[AgreementRow<'_>]) -> Markup {
    let columns = [
        Column::Text("Product"),
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
                html! {
                    div.stack {
                        a.strong href={ (context.base) "/agreements/" (agreement.id) } { (row.product) }
                        span.muted { (row.seller) " · " (agreement.pricing_model.title()) }
                    }
                },
                html! { @match agreement.purchase_order() { Some(number) => { (number) } None => span.muted { "Direct" } } },
                html! { (runs(agreement)) },
                status::agreement(agreement),
                value(agreement),
            ]
        })
        .collect();
    table("Agreements", &columns, rows)
}

/// The period of an agreement in words.
pub fn runs(agreement: &Agreement) -> String {
    let from = format::short_date(agreement.start_date);
    match agreement.end_date {
        Some(end) => format!("{from} to {}", format::short_date(end)),
        None => format!("since {from}, until ended"),
    }
}

/// The contract value; the budget where all is usage.
pub fn value(agreement: &Agreement) -> Markup {
    html! {
        @match agreement.budget {
            Some(budget) if agreement.value.is_zero() => { "up to " (money(budget)) }
            Some(budget) => { (money(agreement.value)) " + up to " (money(budget)) }
            None => { (money(agreement.value)) }
        }
    }
}

/// One agreement.
pub fn one(context: &PageContext<'_>, view: &AgreementView<'_>) -> Markup {
    let agreement = view.agreement;
    let ordered = agreement.ordered();
    let lead = format!("{} by {}", view.offer, view.seller);
    let content = html! {
        (breadcrumb(&[(format!("{}/agreements", context.base), "Agreements"), (String::new(), &view.product.name)]))
        (page_head(&view.product.name, Some(&lead), status::agreement(agreement)))
        div.columns {
            div {
                @if !view.product.setup.is_empty() {
                    section.callout { h2 { "Set up" } @for paragraph in view.product.setup.split("\n\n") { p { (linked(paragraph)) } } }
                }
                section { h2 { "What you may use" } (entitlements(&view.entitlements)) }
                section {
                    h2 { "Charges" }
                    @if view.charges.is_empty() { p.muted { "Nothing is charged by the contract itself." } }
                    @else { (charges(context, view.charges)) }
                }
                @if !view.invoices.is_empty() { section { h2 { "Invoices" } (requests::invoices(&view.invoices)) } }
            }
            aside.panel {
                p.panel-label { "Contract value" }
                p.panel-total { (money(agreement.value)) }
                (definitions(&[
                    ("Runs", Some(html! { (runs(agreement)) })),
                    ("Usage budget", agreement.budget.map(money)),
                    ("Purchase order", agreement.purchase_order().map(|number| html! {
                        (number) @if let Some(link) = ordered { ", line " (link.order_line) }
                    })),
                    ("Subscribed", agreement.ordered().is_none().then(|| html! { "Directly, without an order" })),
                    ("Account", Some(html! { (view.account) })),
                    ("Accepted", Some(format::moment(agreement.accepted_at))),
                    ("Request", ordered.map(|link| html! {
                        a href={ (context.base) "/requests/" (link.request) } { "Open the request" }
                    })),
                    ("Reference", Some(code(agreement.id))),
                ]))
            }
        }
    };
    document(context, Head { title: &view.product.name, current: "agreements" }, content)
}

/// What may be used, and whether it may now.
pub fn entitlements(list: &[Entitlement]) -> Markup {
    let columns =
        [Column::Text("Entitlement"), Column::Number("Amount"), Column::Text("Until"), Column::Text("Status")];
    let rows = list
        .iter()
        .map(|entitlement| {
            vec![
                html! { (entitlement.name) },
                html! {
                    @match entitlement.amount {
                        Amount::Units(units) => { (format::number(units.into())) }
                        Amount::AsUsed => "as used",
                        Amount::Included => "included",
                    }
                },
                html! { @match entitlement.until { Some(day) => { (format::date(day)) } None => "until ended" } },
                status::entitlement(entitlement.status),
            ]
        })
        .collect();
    table("Entitlements", &columns, rows)
}

/// Charges with their state; in the console an invoiced charge leads to its invoice.
pub fn charges(context: &PageContext<'_>, list: &[Charge]) -> Markup {
    let console = context.nav == super::super::context::Nav::Console;
    let columns = [Column::Text("Charge"), Column::Text("Due"), Column::Text("State"), Column::Number("Amount")];
    let rows = list
        .iter()
        .map(|charge| {
            let state = status::charge(charge, context.now);
            vec![
                html! { (charge.description) },
                format::moment(charge.due_at),
                match charge.state {
                    ChargeState::Invoiced { invoice } if console => {
                        html! { a href={ (context.base) "/invoices/" (invoice) } { (state) } }
                    }
                    _ => state,
                },
                money(charge.amount),
            ]
        })
        .collect();
    table("Charges", &columns, rows)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn an_agreement_shows_the_next_step_and_the_state_of_every_charge() {
        let world = World::new("");
        let html = one(&world.storefront(), &world.agreement_view()).into_string();
        assert!(html.contains("Set up") && html.contains(&world.product.setup));
        for word in ["Invoiced", "Planned"] {
            assert!(html.contains(&format!("{word}</span>")), "{word}");
        }
        assert!(!html.contains("/invoices/"), "buyers have no page for it here");
    }

    #[test]
    fn usage_is_shown_as_a_ceiling() {
        let world = World::new("");
        let ten = world.default_budget;
        let usage = Agreement {
            value: marketgate_domain::money::Money::zero(ten.currency()),
            budget: Some(ten),
            ..world.agreement.clone()
        };
        assert_eq!(value(&usage).into_string(), "up to <span class=\"money\">10,000.00 USD</span>");
    }
}
