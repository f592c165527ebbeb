//! The cart: what will be handed to the buyer's procurement system. Nothing is bought here.

use marketgate_domain::money::Money;
use marketgate_domain::procurement_request::ProcurementRequest;
use maud::{Markup, html};

use super::super::components::{Column, Tone, csrf, empty_state, money, notice, page_head, post_button, table};
use super::super::context::{Head, PageContext};
use super::super::format;
use super::super::layout::document;
use super::return_cart::left_cart;

/// The cart of a session.
#[derive(Debug)]
pub struct CartView<'a> {
    /// Lines in the order in which they were made.
    pub lines: Vec<CartLine<'a>>,
    /// What they come to, one amount for each currency.
    pub totals: Vec<Money>,
    /// Name of the procurement system it goes to, for example `Acme / Coupa`.
    pub system: &'a str,
    /// Lines that will not be handed over: name of the offer, and why.
    pub left: Vec<(&'a str, String)>,
    /// Whether lines may be taken out and the cart may be returned.
    pub state: CartState,
}

/// What may be done with a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartState {
    /// Lines may be taken out, the cart may be returned.
    Open,
    /// The visit is for looking only.
    ViewOnly,
    /// It was handed over already.
    Returned,
}

/// A line.
#[derive(Debug)]
pub struct CartLine<'a> {
    /// The request.
    pub request: &'a ProcurementRequest,
    /// Name of the product.
    pub product: &'a str,
    /// Name of the seller.
    pub seller: &'a str,
}

/// The cart's page.
pub fn page(context: &PageContext<'_>, view: &CartView<'_>) -> Markup {
    let lead = format!("What {} will receive for approval.", view.system);
    let content = html! {
        (page_head("Cart", Some(&lead), html! {}))
        @match view.state {
            CartState::Open => {}
            CartState::ViewOnly => { (notice(Tone::Accent, "For viewing only", "This visit cannot change the cart.")) }
            CartState::Returned => {
                (notice(Tone::Good, "The cart was handed over", "Your procurement system has these lines. Start there again to buy more."))
            }
        }
        @if !view.left.is_empty() && view.state == CartState::Open { (left_cart(&view.left)) }
        @if view.lines.is_empty() {
            (empty_state("The cart is empty", "Open an offer and choose \"Add to cart\" or \"Request approval\"."))
            p.center { a.button href=(context.base) { "Go to the store" } }
        } @else {
            div.columns { div { (lines(context, view)) } (panel(context, view)) }
        }
    };
    document(context, Head { title: "Cart", current: "cart" }, content)
}

fn lines(context: &PageContext<'_>, view: &CartView<'_>) -> Markup {
    let columns = [
        Column::Text("Item"),
        Column::Number("Quantity"),
        Column::Number("Unit price"),
        Column::Number("Amount"),
        Column::Actions("Remove"),
    ];
    let rows = view
        .lines
        .iter()
        .map(|line| {
            let quoted = &line.request.quote.line;
            vec![
                html! {
                    div.stack {
                        a.strong href={ (context.base) "/offers/" (line.request.offer) } { (line.product) ": " (line.request.offer_name) }
                        span { (line.seller) " · " (line.request.quote.pricing_model.title()) " · price held until " (format::date_text(line.request.quote.valid_until)) }
                        span.small.muted { (quoted.description) }
                    }
                },
                html! { (format::number(quoted.quantity)) " " (quoted.unit) },
                money(quoted.unit_price),
                html! { strong { (money(line.request.quote.amount)) } },
                html! { @if view.state == CartState::Open { (remove(context, line)) } },
            ]
        })
        .collect();
    table("Cart", &columns, rows)
}

fn remove(context: &PageContext<'_>, line: &CartLine<'_>) -> Markup {
    let action = format!("{}/cart/{}/remove", context.base, line.request.id);
    let label = html! { "Remove" span.visually-hidden { " " (line.product) ": " (line.request.offer_name) } };
    post_button(context, &action, "button quiet", label)
}

fn panel(context: &PageContext<'_>, view: &CartView<'_>) -> Markup {
    html! {
        aside.panel.sticky aria-label="Total" {
            p.panel-label { "Total for approval" }
            @for total in &view.totals { p.panel-total { (money(*total)) } }
            p.muted.small { "Taxes are added on the invoice where they apply." }
            @if view.state == CartState::Open && !view.totals.is_empty() {
                form.buttons method="post" action={ (context.base) "/cart/return" } {
                    (csrf(context))
                    button.button.primary type="submit" { "Return cart" }
                }
                p.muted.small { "Approval happens in your procurement system. The agreement starts when the approved purchase order arrives; you need not come back." }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn rendered(state: CartState, filled: bool) -> String {
        let world = World::new("");
        let line = CartLine { request: &world.request, product: "Anvil", seller: "Northlight" };
        let lines = if filled { vec![line] } else { vec![] };
        page(
            &world.storefront(),
            &CartView { lines, totals: vec![world.request.quote.amount], system: "Acme", left: vec![], state },
        )
        .into_string()
    }

    #[test]
    fn an_open_cart_can_be_returned_and_its_lines_removed() {
        let html = rendered(CartState::Open, true);
        assert!(html.contains("Return cart</button>") && html.contains("/remove\""));
    }

    #[test]
    fn a_cart_that_cannot_change_has_no_buttons() {
        for state in [CartState::ViewOnly, CartState::Returned] {
            assert!(!rendered(state, true).contains("<button"), "{state:?}");
        }
    }

    #[test]
    fn an_empty_cart_cannot_be_returned() {
        assert!(!rendered(CartState::Open, false).contains("Return cart"));
    }
}
