//! A product with the offers that this person may see.

use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::refusal::Refusal;
use marketgate_domain::seller::Seller;
use maud::{Markup, html};

use super::super::components::{
    Column, Tone, badge, breadcrumb, definitions, empty_state, notice, page_head, private_badge, table,
};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, price, status};

/// A product.
#[derive(Debug)]
pub struct ProductView<'a> {
    /// The product.
    pub product: &'a Product,
    /// Who sells it.
    pub seller: &'a Seller,
    /// Offers that this person may see, best first.
    pub offers: Vec<OfferRow<'a>>,
}

/// An offer in the table.
#[derive(Debug)]
pub struct OfferRow<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// Why it cannot be sent for approval, where it cannot.
    pub refusal: Option<&'a Refusal>,
}

/// The product's page.
pub fn page(context: &PageContext<'_>, view: &ProductView<'_>) -> Markup {
    let product = view.product;
    let content = html! {
        (breadcrumb(&[(context.base.to_owned(), "Store"), (String::new(), &product.name)]))
        (page_head(&product.name, Some(&product.summary), badge(Tone::Plain, product.product_type.title())))
        @if let Some(refusal) = blocked_altogether(view) {
            (notice(Tone::Warn, "Not available through procurement", html! { (refusal) " " span.code-note { (refusal.code()) } }))
        }
        div.columns {
            div {
                section {
                    h2 { "Offers" }
                    @if view.offers.is_empty() { (empty_state("No offer at the moment", "Ask the seller for an offer.")) }
                    @else { (offers(context, view)) }
                }
                section.prose {
                    h2 { "About" }
                    @for paragraph in product.description.split("\n\n") { p { (paragraph) } }
                }
            }
            aside.panel {
                h2 { "Details" }
                (definitions(&[
                    ("Seller", Some(html! { (view.seller.name) })),
                    ("Legal entity", Some(html! { (view.seller.legal_name) })),
                    ("Category", Some(html! { (product.category) })),
                    ("Delivered as", Some(html! { (product.product_type.title()) })),
                    ("Part number", Some(html! { code { (product.code) } })),
                ]))
            }
        }
    };
    document(context, Head { title: &product.name, current: "home" }, content)
}

/// The one reason that holds for every offer, said once above the table.
fn blocked_altogether<'a>(view: &ProductView<'a>) -> Option<&'a Refusal> {
    let first = view.offers.first()?.refusal?;
    view.offers.iter().all(|row| row.refusal == Some(first)).then_some(first)
}

fn offers(context: &PageContext<'_>, view: &ProductView<'_>) -> Markup {
    let said = blocked_altogether(view).is_some();
    let rows = view.offers.iter().map(|row| offer_row(context, row, said)).collect();
    let columns = [Column::Text("Offer"), Column::Text("Price"), Column::Text("Availability"), Column::Actions("Open")];
    table("Offers", &columns, rows)
}

/// `said`: the reason stands above the table already.
fn offer_row(context: &PageContext<'_>, row: &OfferRow<'_>, said: bool) -> Vec<Markup> {
    let offer = row.offer;
    let href = format!("{}/offers/{}", context.base, offer.id);
    vec![
        html! {
            div.stack {
                a.strong href=(href) { (offer.name) }
                span.badges {
                    @if offer.is_private() { (private_badge()) }
                    (badge(Tone::Plain, offer.pricing_model().title()))
                }
            }
        },
        price::block(&price::words(&offer.terms)),
        html! {
            div.stack {
                @if row.refusal.is_some() { (badge(Tone::Plain, "Not available")) } @else { (status::offer(offer, context.now)) }
                @if let Some(refusal) = row.refusal.filter(|_| !said) { span.muted.small { (refusal) } }
                @if let Some(last) = offer.availability_end_date { span.muted { "through " (format::date_text(last)) } }
            }
        },
        html! { a.button.quiet href=(href) aria-label={ "View offer " (offer.name) } { "View" } },
    ]
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn a_product_that_cannot_be_requested_says_why_once() {
        let world = World::new("");
        let row = |offer| OfferRow { offer, refusal: Some(&world.unsupported) };
        let view = ProductView {
            product: &world.product,
            seller: &world.seller,
            offers: vec![row(&world.public_offer), row(&world.private_offer)],
        };
        let html = page(&world.storefront(), &view).into_string();
        assert_eq!(html.matches("UNSUPPORTED_PRODUCT").count(), 1);
        assert_eq!(html.matches("cannot be bought through procurement").count(), 1);
        assert_eq!(html.matches("Not available</span>").count(), 2);
    }
    #[test]
    fn an_offer_that_cannot_be_requested_says_why_beside_those_that_can() {
        let world = World::new("");
        let offers = vec![
            OfferRow { offer: &world.private_offer, refusal: None },
            OfferRow { offer: &world.public_offer, refusal: Some(&world.unsupported) },
        ];
        let html = page(&world.storefront(), &ProductView { product: &world.product, seller: &world.seller, offers })
            .into_string();
        assert!(html.contains("Available</span>") && html.contains("Not available</span>"));
        assert!(html.contains("cannot be bought through procurement") && !html.contains("role=\"alert\""));
    }
}
