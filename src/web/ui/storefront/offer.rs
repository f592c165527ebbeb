//! An offer: its terms in plain words, what goes into the cart, and the button that asks for approval.
//!
//! Where the offer cannot be requested there is no form and no button: the reason stands in their place. The server
//! decides again when the form arrives.

use marketgate_domain::agreement::Agreement;
use marketgate_domain::money::Money;
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::quote::{Quote, Selection};
use marketgate_domain::refusal::Refusal;
use marketgate_domain::seller::Seller;
use marketgate_domain::subscription::NotDirect;
use marketgate_domain::terms::PricingModel;
use maud::{Markup, html};

use super::super::components::{Tone, badge, breadcrumb, csrf, definitions, money, notice, page_head, private_badge};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::{format, price};
use super::{offer_form, terms};

/// An offer as one person may see it.
#[derive(Debug)]
pub struct OfferView<'a> {
    /// What is sold.
    pub product: &'a Product,
    /// Who sells it.
    pub seller: &'a Seller,
    /// The offer.
    pub offer: &'a Offer,
    /// Whether the person may ask for it.
    pub request: RequestOption<'a>,
    /// What the form holds: defaults, or what was sent.
    pub selection: &'a Selection,
    /// The price as selected; none where a choice is still to be made.
    pub quote: Option<&'a Quote>,
    /// The usage budget that counts without an estimate (P6).
    pub default_budget: Option<Money>,
    /// What was wrong with the form that was just sent.
    pub problem: Option<&'a str>,
    /// An agreement for the same product that the account has already (P6: warned about, not forbidden).
    pub duplicate: Option<&'a Agreement>,
    /// Why the person cannot subscribe without a round trip through procurement; none where that is open (C3b).
    pub direct: Option<&'a NotDirect>,
}

impl OfferView<'_> {
    /// Whether the person may subscribe at once, and what becomes of the request for approval.
    pub fn direct_option(&self) -> DirectOption {
        match (self.direct, self.offer.pricing_model()) {
            (Some(_), _) => DirectOption::Closed,
            (None, PricingModel::Usage) => DirectOption::Beside,
            (None, _) => DirectOption::Instead,
        }
    }
}

/// Whether somebody may subscribe without a round trip through procurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectOption {
    /// No.
    Closed,
    /// Either way (C3b: usage).
    Beside,
    /// At once: nobody wants to approve it (P7).
    Instead,
}

/// Whether the person may ask for an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestOption<'a> {
    /// Yes.
    Open,
    /// No: the reason stands in place of the button.
    Blocked(&'a Refusal),
    /// The visit is for looking only (P2 inspect), or its cart was handed over.
    ViewOnly,
}

/// The offer's page.
pub fn page(context: &PageContext<'_>, view: &OfferView<'_>) -> Markup {
    let (offer, product) = (view.offer, view.product);
    let trail = [
        (context.base.to_owned(), "Store"),
        (format!("{}/products/{}", context.base, product.id), product.name.as_str()),
        (String::new(), offer.name.as_str()),
    ];
    let badges = html! {
        @if offer.is_private() { (private_badge()) }
        (badge(Tone::Plain, offer.pricing_model().title()))
    };
    let lead = format!("{} by {}", product.name, view.seller.name);
    let content = html! {
        (breadcrumb(&trail))
        (page_head(&offer.name, Some(&lead), badges))
        (terms::availability(context, offer))
        @if let Some(problem) = view.problem { (notice(Tone::Bad, "Please check your choice", problem)) }
        @if let Some(agreement) = view.duplicate { (duplicate(context, agreement)) }
        @if view.request == RequestOption::Open {
            form.columns method="post" action={ (context.base) "/offers/" (offer.id) "/request" } {
                (csrf(context))
                // The person agrees to what this page shows: a newer revision must be seen first.
                input type="hidden" name="revision" value=(offer.revision);
                div { (offer_form::choices(view)) (body(view)) }
                (panel(context, view))
            }
        } @else {
            div.columns { div { (offer_form::prices(&offer.terms)) (body(view)) } (panel(context, view)) }
        }
    };
    document(context, Head { title: &offer.name, current: "home" }, content)
}

fn body(view: &OfferView<'_>) -> Markup {
    let terms = &view.offer.terms;
    html! { (terms::pricing(terms)) (terms::conditions(terms)) (terms::documents(terms.legal_documents())) }
}

fn duplicate(context: &PageContext<'_>, agreement: &Agreement) -> Markup {
    let link = html! {
        "An agreement for this product runs since " (format::date_text(agreement.start_date)) ". "
        a href={ (context.base) "/agreements/" (agreement.id) } { "See the agreement" } " before you ask for another one."
    };
    notice(Tone::Warn, "Your account has this product", link)
}

fn panel(context: &PageContext<'_>, view: &OfferView<'_>) -> Markup {
    html! {
        aside.panel.sticky aria-label="Request" {
            (total(view))
            @if let Some(quote) = view.quote && view.direct_option() != DirectOption::Instead { (cart_line(quote)) }
            @match view.request {
                RequestOption::Open => { (offer_form::acceptance(view)) (offer_form::buttons(context, view)) }
                RequestOption::Blocked(refusal) => {
                    div.blocked {
                        p.strong { "This offer cannot be sent for approval" }
                        p { (refusal) }
                        p.code-note { (refusal.code()) }
                        @if let Some(contact @ NotDirect::ContactSeller(_)) = view.direct { p { (contact) } }
                    }
                }
                RequestOption::ViewOnly => { p.muted { "This visit is for viewing only: nothing can be added to the cart." } }
            }
        }
    }
}

fn total(view: &OfferView<'_>) -> Markup {
    html! {
        @match view.quote {
            Some(quote) => {
                p.panel-label { @if quote.budget.is_some() { "For approval, usage budget included" } @else { "Total for approval" } }
                p.panel-total data-total=(quote.amount.currency().code()) { (money(quote.amount)) }
            }
            None => {
                p.panel-label { "Price" }
                p.panel-total data-total=(view.offer.terms.currency().code()) { (price::words(&view.offer.terms).text()) }
            }
        }
    }
}

/// The line as the approver will see it (P6).
fn cart_line(quote: &Quote) -> Markup {
    let line = &quote.line;
    html! {
        h2.panel-heading { "What goes into the cart" }
        (definitions(&[
            ("Quantity", Some(html! { (format::number(line.quantity)) " " (line.unit) " × " (money(line.unit_price)) })),
            ("Line type", Some(html! { (line.kind.word()) })),
            ("Classification", Some(html! { "UNSPSC " (line.classification) })),
            ("Usage budget", quote.budget.map(money)),
            ("Price held until", Some(format::date(quote.valid_until))),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn rendered(world: &World, request: RequestOption<'_>) -> String {
        page(&world.storefront(), &OfferView { request, ..world.offer_view() }).into_string()
    }

    #[test]
    fn an_open_offer_has_one_primary_button_and_says_what_goes_into_the_cart() {
        let world = World::new("");
        let html = rendered(&world, RequestOption::Open);
        assert_eq!(html.matches("Request approval</button>").count(), 1);
        assert!(html.contains("Add to cart</button>"));
        assert!(html.contains("12,000,000 EA × <span class=\"money\">0.01 USD</span>"));
        assert!(html.contains("UNSPSC 43232701"));
        assert!(html.contains("Private offer for you"));
    }

    #[test]
    fn a_blocked_offer_shows_the_reason_in_place_of_the_button() {
        let world = World::new("");
        let html = rendered(&world, RequestOption::Blocked(&world.unsupported));
        assert!(!html.contains("<button") && !html.contains("<form"));
        assert!(html.contains("UNSUPPORTED_PRODUCT") && html.contains("cannot be bought through procurement"));
    }

    #[test]
    fn usage_may_be_subscribed_to_directly_beside_the_request() {
        let world = World::new("");
        let usage = OfferView { offer: &world.usage_offer, ..world.offer_view() };
        let html = |direct| page(&world.storefront(), &OfferView { direct, ..usage }).into_string();
        let open = html(None);
        assert!(open.contains("Request approval</button>") && open.contains("Subscribe directly</button>"));
        assert!(open.contains(&format!("/offers/{}/subscribe\"", world.usage_offer.id)));
        let closed = html(Some(&NotDirect::StartsInProcurement));
        assert!(closed.contains("Request approval</button>") && !closed.contains("/subscribe"));
    }

    #[test]
    fn what_nobody_wants_to_approve_is_subscribed_to_at_once() {
        let world = World::new("");
        let html = page(&world.storefront(), &OfferView { direct: None, ..world.offer_view() }).into_string();
        assert!(html.contains("Subscribe</button>") && !html.contains("Request approval</button>"));
    }

    #[test]
    fn services_name_whom_to_write_to() {
        let world = World::new("");
        let contact = NotDirect::ContactSeller(world.seller.contact.clone());
        let request = RequestOption::Blocked(&world.unsupported);
        let view = OfferView { request, direct: Some(&contact), ..world.offer_view() };
        assert!(page(&world.storefront(), &view).into_string().contains(world.seller.contact.as_str()));
    }

    #[test]
    fn a_visit_for_viewing_shows_no_form() {
        let world = World::new("");
        let html = rendered(&world, RequestOption::ViewOnly);
        assert!(!html.contains("<button") && !html.contains("<form"));
        assert!(html.contains("for viewing only"));
    }

    #[test]
    fn legal_documents_must_be_accepted_and_the_revision_travels_along() {
        let world = World::new("");
        let html = rendered(&world, RequestOption::Open);
        assert!(html.contains(r#"<input id="accept" name="accept" type="checkbox" value="yes" required>"#));
        assert!(html.contains(r#"name="revision" value="2""#));
        let plain = OfferView { offer: &world.usage_offer, ..world.offer_view() };
        assert!(!page(&world.storefront(), &plain).into_string().contains("name=\"accept\""));
    }
}
