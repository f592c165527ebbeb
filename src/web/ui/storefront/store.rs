//! The store: search, facets and results.
//!
//! Facets are plain links that keep the rest of the search, so that every result has an address and works without
//! JavaScript.

use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use maud::{Markup, html};
use url::form_urlencoded::Serializer;

use super::super::components::{Pager, Tone, badge, empty_state, notice, page_head, pager, private_badge};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, icons, price};

/// The result of a search, as one person may see it.
#[derive(Debug)]
pub struct StoreView<'a> {
    /// What was searched for; empty shows everything.
    pub query: &'a str,
    /// Ways to narrow the result.
    pub facets: Vec<Facet<'a>>,
    /// Products of this page of the result.
    pub hits: Vec<Hit<'a>>,
    /// Products of the whole result.
    pub total: usize,
    /// Neighbouring pages.
    pub pager: Pager<'a>,
    /// Something to say first, for example that the part the buyer asked for is unknown (P3).
    pub notice: Option<&'a str>,
}

/// One way to narrow the result.
#[derive(Debug)]
pub struct Facet<'a> {
    /// For people, for example `Product type`.
    pub title: &'a str,
    /// Name in the address, for example `type`.
    pub parameter: &'a str,
    /// Values that occur in the result.
    pub values: Vec<FacetValue<'a>>,
}

/// A value of a facet.
#[derive(Debug)]
pub struct FacetValue<'a> {
    /// For people.
    pub label: &'a str,
    /// In the address.
    pub value: &'a str,
    /// Products that have it.
    pub count: usize,
    /// Whether the result is narrowed to it.
    pub selected: bool,
}

/// A product found.
#[derive(Debug)]
pub struct Hit<'a> {
    /// The product.
    pub product: &'a Product,
    /// Name of the seller.
    pub seller: &'a str,
    /// Its offers that this person may see.
    pub offers: Vec<&'a Offer>,
    /// Whether at least one of them can be sent for approval.
    pub requestable: bool,
}

/// The store.
pub fn page(context: &PageContext<'_>, view: &StoreView<'_>) -> Markup {
    let narrowed =
        !view.query.is_empty() || view.facets.iter().any(|facet| facet.values.iter().any(|value| value.selected));
    let content = html! {
        (page_head("Store", Some("Find software, check its terms and send it for approval."), html! {}))
        @if let Some(text) = view.notice { (notice(Tone::Accent, "Good to know", text)) }
        (search_form(context, view))
        div.store {
            (facets(context, view))
            section.results aria-label="Results" {
                div.results-head {
                    h2 { (format::plural(view.total, "product")) }
                    @if narrowed { a href=(context.base) { "Show everything" } }
                }
                @if view.hits.is_empty() {
                    @if narrowed { (empty_state("No product fits", "Use fewer or other words, or remove a filter.")) }
                    @else { (empty_state("Nothing is listed yet", "Products appear here as soon as a seller releases an offer.")) }
                } @else {
                    ul.hits { @for hit in &view.hits { (result(context, hit)) } }
                    (pager(&view.pager))
                }
            }
        }
    };
    document(context, Head { title: "Store", current: "home" }, content)
}

fn search_form(context: &PageContext<'_>, view: &StoreView<'_>) -> Markup {
    html! {
        form.search method="get" action=(context.base) role="search" {
            label.visually-hidden for="q" { "Search the store" }
            div.search-box {
                (icons::search())
                input #q name="q" type="search" value=(view.query) placeholder="Product, seller or category" autocomplete="off";
            }
            @for (parameter, value) in selected(view) { input type="hidden" name=(parameter) value=(value); }
            button.button.primary type="submit" { "Search" }
        }
    }
}

fn facets(context: &PageContext<'_>, view: &StoreView<'_>) -> Markup {
    html! {
        aside.facets aria-label="Filters" {
            @for facet in view.facets.iter().filter(|facet| !facet.values.is_empty()) {
                section.facet {
                    h2 { (facet.title) }
                    ul {
                        @for value in &facet.values {
                            li {
                                a href=(toggled(context, view, facet.parameter, value)) aria-current=[value.selected.then_some("true")] {
                                    span { (value.label) @if value.selected { span.visually-hidden { " (remove filter)" } } }
                                    span.count { (value.count) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn result(context: &PageContext<'_>, hit: &Hit<'_>) -> Markup {
    let product = hit.product;
    html! {
        li.hit {
            div.hit-body {
                h3 { a href={ (context.base) "/products/" (product.id) } { (product.name) } }
                p.hit-seller { (hit.seller) " · " (product.category) }
                p.hit-summary { (product.summary) }
                p.badges {
                    @if hit.offers.iter().any(|offer| offer.is_private()) { (private_badge()) }
                    (badge(Tone::Plain, product.product_type.title()))
                    @for model in models(hit) { (badge(Tone::Plain, model)) }
                }
            }
            div.hit-price {
                @if let Some(words) = price::headline(&hit.offers) { (price::block(&words)) }
                @if !hit.requestable { p.hit-note { "Listed only: not available through procurement" } }
                @else { p.hit-note { (format::plural(hit.offers.len(), "offer")) } }
            }
        }
    }
}

fn models(hit: &Hit<'_>) -> Vec<&'static str> {
    let mut models = Vec::new();
    for offer in &hit.offers {
        let title = offer.pricing_model().title();
        if !models.contains(&title) {
            models.push(title);
        }
    }
    models
}

fn selected<'a>(view: &'a StoreView<'_>) -> impl Iterator<Item = (&'a str, &'a str)> {
    view.facets.iter().flat_map(|facet| {
        facet.values.iter().filter(|value| value.selected).map(|value| (facet.parameter, value.value))
    })
}

/// The address of this search with one value switched; a facet has at most one value at a time.
fn toggled(context: &PageContext<'_>, view: &StoreView<'_>, parameter: &str, value: &FacetValue<'_>) -> String {
    let mut query = Serializer::new(String::new());
    if !view.query.is_empty() {
        query.append_pair("q", view.query);
    }
    query.extend_pairs(selected(view).filter(|(other, _)| *other != parameter));
    if !value.selected {
        query.append_pair(parameter, value.value);
    }
    let query = query.finish();
    if query.is_empty() { context.base.to_owned() } else { format!("{}?{query}", context.base) }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn view(selected: bool, query: &str) -> StoreView<'_> {
        let kind = FacetValue { label: "SaaS", value: "SaaS", count: 2, selected };
        let category = FacetValue { label: "R&D", value: "R&D", count: 1, selected: true };
        let facets = vec![
            Facet { title: "Product type", parameter: "type", values: vec![kind] },
            Facet { title: "Category", parameter: "category", values: vec![category] },
        ];
        StoreView { query, facets, hits: vec![], total: 0, pager: Pager::default(), notice: None }
    }

    #[test]
    fn a_facet_keeps_the_rest_of_the_search_and_can_be_taken_back() {
        let world = World::new("");
        let context = world.storefront();
        let add = view(false, "log file");
        let link = toggled(&context, &add, "type", &add.facets[0].values[0]);
        assert_eq!(link, format!("{}?q=log+file&category=R%26D&type=SaaS", context.base));
        let remove = view(true, "");
        let link = toggled(&context, &remove, "type", &remove.facets[0].values[0]);
        assert_eq!(link, format!("{}?category=R%26D", context.base));
    }

    #[test]
    fn a_search_keeps_the_filters_and_an_empty_result_says_what_to_do() {
        let world = World::new("");
        let html = page(&world.storefront(), &view(true, "nothing")).into_string();
        assert!(html.contains(r#"<input type="hidden" name="type" value="SaaS">"#));
        assert!(html.contains("No product fits"));
    }

    #[test]
    fn a_product_with_a_private_offer_is_marked_and_shows_its_price() {
        let world = World::new("");
        let hit = |offers, requestable| Hit { product: &world.product, seller: "Northlight", offers, requestable };
        let private =
            result(&world.storefront(), &hit(vec![&world.public_offer, &world.private_offer], true)).into_string();
        assert!(private.contains("Private offer for you"));
        assert!(private.contains("120,000.00 USD"), "the price made for this person, not the public one");
        let public = result(&world.storefront(), &hit(vec![&world.public_offer], false)).into_string();
        assert!(!public.contains("Private offer for you"));
        assert!(public.contains("Listed only"));
    }
}
