//! The parts of an offer's form: duration and quantities, the estimate of usage, acceptance, buttons.
//!
//! Fields: `months`, `quantity.DIMENSION`, `estimate`, `accept` (`yes`), `revision`, `then` (`return`, `add`,
//! `preview`). Every dimension is sent, the unwanted ones as 0: a reader leaves those out before it asks for a quote. The
//! attributes `data-*` feed the running total of the script; without it "Update total" asks the server.

use marketgate_domain::terms::{DimensionPrice, DurationChoice, Terms};
use maud::{Markup, html};

use super::super::components::money;
use super::super::context::PageContext;
use super::super::format;
use super::offer::{DirectOption, OfferView};

/// What the person may choose: nothing where the offer leaves no choice.
pub fn choices(view: &OfferView<'_>) -> Markup {
    html! {
        @if let Some(choices) = view.offer.terms.choices() {
            section.chooser data-decimals=(view.offer.terms.currency().decimals()) {
                h2 { "Your choice" }
                fieldset {
                    legend { "Duration" }
                    div.radios {
                        @for choice in choices {
                            @let id = format!("months-{}", choice.months);
                            @let chosen = view.selection.months == Some(choice.months) || choices.len() == 1;
                            label.radio for=(id) {
                                input id=(id) type="radio" name="months" value=(choice.months) checked[chosen] required;
                                span { (format::months(choice.months)) }
                            }
                        }
                    }
                }
                (price_table(choices, Some(view)))
            }
        }
        @if view.offer.terms.usage().is_some() { (estimate(view)) }
    }
}

/// The prices without inputs, for an offer that cannot be requested.
pub fn prices(terms: &Terms) -> Markup {
    html! { @if let Some(choices) = terms.choices() { section { h2 { "Prices" } (price_table(choices, None)) } } }
}

/// Rows are dimensions, columns durations; with a view each row ends with an input.
fn price_table(choices: &[DurationChoice], view: Option<&OfferView<'_>>) -> Markup {
    html! {
        div.table-box role="group" aria-label="Prices" tabindex="0" {
            table.table.prices {
                caption.visually-hidden { "Price of one unit by duration" }
                thead { tr {
                    th scope="col" { "Unit" }
                    @for choice in choices { th.num scope="col" { (format::months(choice.months)) } }
                    @if view.is_some() { th.num scope="col" { "Quantity" } }
                } }
                tbody {
                    @for dimension in dimensions(choices) {
                        tr {
                            th scope="row" { (dimension.unit) }
                            @for choice in choices {
                                td.num data-label=(format::months(choice.months)) {
                                    @match price_in(choice, &dimension.dimension) { Some(price) => (money(price.price)), None => "not offered" }
                                }
                            }
                            @if let Some(view) = view { td.num data-label="Quantity" { (quantity(view, choices, dimension)) } }
                        }
                    }
                }
            }
        }
    }
}

fn quantity(view: &OfferView<'_>, choices: &[DurationChoice], dimension: &DimensionPrice) -> Markup {
    let key = &dimension.dimension;
    let id = format!("quantity.{key}");
    let prices: Vec<String> = choices
        .iter()
        .filter_map(|choice| Some(format!("{}:{}", choice.months, price_in(choice, key)?.price.amount())))
        .collect();
    let value = view.selection.quantities.get(key).copied().unwrap_or(0);
    html! {
        label.visually-hidden for=(id) { "Quantity, " (dimension.unit) }
        input.quantity id=(id) name=(id) type="number" inputmode="numeric" min="0" max="1000000" step="1" value=(value)
            data-prices=(prices.join(" "));
    }
}

fn price_in<'a>(choice: &'a DurationChoice, key: &str) -> Option<&'a DimensionPrice> {
    choice.dimensions.iter().find(|dimension| dimension.dimension == key)
}

/// Every dimension of any duration, once, in the order of first mention.
fn dimensions(choices: &[DurationChoice]) -> Vec<&DimensionPrice> {
    let mut found: Vec<&DimensionPrice> = Vec::new();
    for dimension in choices.iter().flat_map(|choice| &choice.dimensions) {
        if !found.iter().any(|known| known.dimension == dimension.dimension) {
            found.push(dimension);
        }
    }
    found
}

fn estimate(view: &OfferView<'_>) -> Markup {
    let value = view.selection.estimate.map(|estimate| estimate.to_string()).unwrap_or_default();
    let currency = view.offer.terms.currency();
    html! {
        section {
            h2 { "Usage budget" }
            div.field {
                label for="estimate" { "Your estimate for the approval, in " (currency) }
                input #estimate name="estimate" type="text" inputmode="decimal" autocomplete="off" value=(value)
                    required[view.default_budget.is_none()] aria-describedby="estimate-hint";
                p.hint #estimate-hint {
                    "Usage is billed as it occurs; the order approves a budget for it. "
                    @if let Some(budget) = view.default_budget { "Left empty, approval is asked for " (budget) "." }
                }
            }
        }
    }
}

/// The check box without which nothing is sent; nothing where there is nothing to accept.
pub fn acceptance(view: &OfferView<'_>) -> Markup {
    let documents = view.offer.terms.legal_documents();
    let titles: Vec<&str> = documents.iter().map(|document| document.title.as_str()).collect();
    html! {
        @if !documents.is_empty() {
            div.accept {
                input #accept name="accept" type="checkbox" value="yes" required;
                label for="accept" {
                    "I have read and accept on behalf of my organization: " a href="#legal" { (titles.join(", ")) }
                }
            }
        }
    }
}

/// The buttons; the first one of a form answers the return key, so it is the harmless one where a choice is open.
pub fn buttons(context: &PageContext<'_>, view: &OfferView<'_>) -> Markup {
    let chooses = view.offer.terms.choices().is_some() || view.offer.terms.usage().is_some();
    let direct = view.direct_option();
    let subscribe = format!("{}/offers/{}/subscribe", context.base, view.offer.id);
    html! {
        div.buttons {
            @if chooses { button.button.quiet type="submit" name="then" value="preview" formnovalidate { "Update total" } }
            @if direct == DirectOption::Instead {
                button.button.primary type="submit" formaction=(subscribe) { "Subscribe" }
            } @else {
                button.button.primary type="submit" name="then" value="return" { "Request approval" }
                button.button type="submit" name="then" value="add" { "Add to cart" }
            }
            @if direct == DirectOption::Beside {
                button.button type="submit" formaction=(subscribe) { "Subscribe directly" }
            }
        }
        @if direct == DirectOption::Instead {
            p.muted.small { "Your organization approves offers of this kind in general: the agreement starts at once." }
        } @else {
            p.muted.small { "\"Request approval\" takes you back to your procurement system with everything in the cart." }
        }
        @if direct == DirectOption::Beside {
            p.muted.small { "\"Subscribe directly\" starts the agreement at once, without an order." }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::super::offer::page;
    use super::*;

    #[test]
    fn each_dimension_has_one_input_that_knows_the_price_of_every_duration() {
        let world = World::new("");
        let view = OfferView { offer: &world.configurable_offer, quote: None, ..world.offer_view() };
        let html = page(&world.storefront(), &view).into_string();
        assert_eq!(html.matches("name=\"quantity.user\"").count(), 1);
        assert!(html.contains("data-prices=\"12:120.00 36:300.00\""));
        assert!(html.contains("not offered"), "support is sold for three years only");
        assert_eq!(html.matches("type=\"radio\"").count(), 2);
    }

    #[test]
    fn usage_says_what_an_empty_estimate_means() {
        let world = World::new("");
        let view = OfferView { offer: &world.usage_offer, quote: None, ..world.offer_view() };
        let html = page(&world.storefront(), &view).into_string();
        assert!(html.contains("Left empty, approval is asked for 10,000.00 USD."));
    }
}
