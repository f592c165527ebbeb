//! The catalogue as the operator sees it: products, offers, sellers.

use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::product::Product;
use marketgate_domain::seller::Seller;
use maud::{Markup, html};

use super::super::components::{
    Column, Pager, Tone, badge, breadcrumb, code, definitions, page_head, post_button, table,
};
use super::super::context::{Head, PageContext};
use super::super::layout::document;
use super::super::storefront::terms;
use super::super::{format, price, status};
use super::{Listing, link, list_page};

/// A product in the list.
#[derive(Debug)]
pub struct ProductRow<'a> {
    /// The product.
    pub product: &'a Product,
    /// Name of the seller.
    pub seller: &'a str,
    /// How many offers it has.
    pub offers: usize,
}

/// An offer in the list.
#[derive(Debug)]
pub struct OfferRow<'a> {
    /// The offer.
    pub offer: &'a Offer,
    /// Name of the product.
    pub product: &'a str,
}

/// Products.
pub fn products(context: &PageContext<'_>, products: &[ProductRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Products",
        lead: "What is listed.",
        path: "products",
        empty: "Enter a seller first, then its products.",
        new: Some("New product"),
        search: None,
    };
    let columns = [
        Column::Text("Product"),
        Column::Text("Part number"),
        Column::Text("Seller"),
        Column::Text("Type"),
        Column::Number("Offers"),
    ];
    let rows = products
        .iter()
        .map(|row| {
            vec![
                link(context, "products", row.product.id, &row.product.name),
                code(&row.product.code),
                html! { (row.seller) },
                badge(Tone::Plain, row.product.product_type.title()),
                html! { (row.offers) },
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

/// One product with its offers.
pub fn product(context: &PageContext<'_>, product: &Product, seller: &Seller, offers: &[&Offer]) -> Markup {
    let rows = offers.iter().map(|offer| offer_cells(context, offer, None)).collect();
    let content = html! {
        (breadcrumb(&[(format!("{}/products", context.base), "Products"), (String::new(), &product.name)]))
        (page_head(&product.name, Some(&product.summary), badge(Tone::Plain, product.product_type.title())))
        div.buttons-row {
            a.button href={ (context.base) "/products/" (product.id) "/offers/new" } { "New offer" }
            a.button href={ (context.base) "/products/" (product.id) "/edit" } { "Describe anew" }
        }
        (definitions(&[
            ("Part number", Some(code(&product.code))),
            ("Seller", Some(link(context, "sellers", seller.id, &seller.name))),
            ("Category", Some(html! { (product.category) })),
            ("Reference", Some(code(product.id))),
        ]))
        section { h2 { "Offers" } (table("Offers", &OFFER_COLUMNS, rows)) }
        section.prose { h2 { "Description" } @for paragraph in product.description.split("\n\n") { p { (paragraph) } } }
        @if !product.setup.is_empty() { section.prose { h2 { "Set up" } p { (product.setup) } } }
    };
    document(context, Head { title: &product.name, current: "products" }, content)
}

const OFFER_COLUMNS: [Column<'_>; 5] = [
    Column::Text("Offer"),
    Column::Text("Visibility"),
    Column::Text("Price"),
    Column::Number("Revision"),
    Column::Text("State"),
];

fn offer_cells(context: &PageContext<'_>, offer: &Offer, product: Option<&str>) -> Vec<Markup> {
    vec![
        html! {
            div.stack { (link(context, "offers", offer.id, &offer.name)) @if let Some(product) = product { span.muted { (product) } } }
        },
        visibility(offer),
        html! { div.stack { span { (price::words(&offer.terms).text()) } span.muted { (offer.pricing_model().title()) } } },
        html! { (offer.revision) },
        status::offer(offer, context.now),
    ]
}

fn visibility(offer: &Offer) -> Markup {
    match &offer.visibility {
        Visibility::Public => badge(Tone::Plain, "Public"),
        Visibility::Private { accounts } => {
            badge(Tone::Accent, &format!("Private, {}", format::plural(accounts.len(), "account")))
        }
    }
}

/// Offers.
pub fn offers(context: &PageContext<'_>, offers: &[OfferRow<'_>], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Offers",
        lead: "Under which terms products are sold, and to whom.",
        path: "offers",
        empty: "An offer is prepared on the page of its product.",
        new: None,
        search: None,
    };
    let rows = offers.iter().map(|row| offer_cells(context, row.offer, Some(row.product))).collect();
    list_page(context, &listing, &OFFER_COLUMNS, rows, pages)
}

/// One offer in its newest revision, with the number of requests that wait on it.
pub fn offer(context: &PageContext<'_>, offer: &Offer, product: &Product, waiting: usize) -> Markup {
    let accounts = match &offer.visibility {
        Visibility::Public => None,
        Visibility::Private { accounts } => {
            Some(html! { ul.plain-list { @for account in accounts { li { (code(account)) } } } })
        }
    };
    let content = html! {
        (breadcrumb(&[(format!("{}/offers", context.base), "Offers"), (String::new(), &offer.name)]))
        (page_head(&offer.name, Some(&product.name), html! { (visibility(offer)) (status::offer(offer, context.now)) }))
        (terms::availability(context, offer))
        (decisions(context, offer))
        div.columns {
            div {
                (super::super::storefront::offer_form::prices(&offer.terms))
                (terms::pricing(&offer.terms))
                (terms::conditions(&offer.terms))
                (terms::documents(offer.terms.legal_documents()))
            }
            aside.panel {
                p.panel-label { "Price" }
                p.panel-total { (price::words(&offer.terms).text()) }
                (definitions(&[
                    ("Product", Some(link(context, "products", product.id, &product.name))),
                    ("Revision", Some(html! { (offer.revision) ", released " (format::moment(offer.released_at)) })),
                    ("Last day", offer.availability_end_date.map(format::date)),
                    ("Made for", accounts),
                    ("Waiting", (waiting > 0).then(|| html! { (format::plural(waiting, "request")) })),
                    ("Reference", Some(code(offer.id))),
                ]))
            }
        }
    };
    document(context, Head { title: &offer.name, current: "offers" }, content)
}

/// What can be done with an offer: nothing once it is taken back.
fn decisions(context: &PageContext<'_>, offer: &Offer) -> Markup {
    let path = format!("{}/offers/{}", context.base, offer.id);
    html! {
        @if offer.state != OfferState::Withdrawn {
            div.buttons-row {
                @if offer.state == OfferState::Draft {
                    (post_button(context, &format!("{path}/release"), "button primary", "Release"))
                }
                a.button href={ (path) "/edit" } { "Change" }
                (post_button(context, &format!("{path}/withdraw"), "button danger", "Withdraw"))
                span.muted { "Withdrawn is for good: what waits on it is superseded." }
            }
        }
    }
}

/// Sellers of record.
pub fn sellers(context: &PageContext<'_>, sellers: &[&Seller], pages: &Pager<'_>) -> Markup {
    let listing = Listing {
        title: "Sellers",
        lead: "Sellers of record.",
        path: "sellers",
        empty: "A seller lists products and bills for them.",
        new: Some("New seller"),
        search: None,
    };
    let columns = [
        Column::Text("Name"),
        Column::Text("Legal entity"),
        Column::Text("Country"),
        Column::Text("Invoice prefix"),
        Column::Text("Contact"),
    ];
    let rows = sellers
        .iter()
        .map(|seller| {
            vec![
                link(context, "sellers", seller.id, &seller.name),
                html! { (seller.legal_name) },
                html! { (seller.address.country.as_str()) },
                code(&seller.invoice_prefix),
                html! { (seller.contact.as_str()) },
            ]
        })
        .collect();
    list_page(context, &listing, &columns, rows, pages)
}

/// One seller with its tax table.
pub fn seller(context: &PageContext<'_>, seller: &Seller) -> Markup {
    let address = &seller.address;
    let rules = seller
        .tax_rules
        .iter()
        .map(|rule| {
            vec![
                html! { (rule.buyer_country.as_ref().map_or("every country", |country| country.as_str())) },
                html! { (rule.category) },
                html! { (rule.description) },
                html! { (format::number(rule.rate_percent)) " %" },
            ]
        })
        .collect();
    let columns =
        [Column::Text("Buyer in"), Column::Text("Category"), Column::Text("Printed as"), Column::Number("Rate")];
    let content = html! {
        (breadcrumb(&[(format!("{}/sellers", context.base), "Sellers"), (String::new(), &seller.name)]))
        (page_head(&seller.name, Some(&seller.legal_name), html! {}))
        div.buttons-row { a.button href={ (context.base) "/sellers/" (seller.id) "/edit" } { "Change" } }
        (definitions(&[
            ("Address", Some(html! { (address.street.join(", ")) ", " (address.city) ", " (address.country.as_str()) })),
            ("Tax id", seller.tax_id.as_ref().map(|id| html! { (id) })),
            ("Invoice prefix", Some(code(&seller.invoice_prefix))),
            ("Invoices due", Some(html! { "net " (format::plural(seller.payment_terms_days as usize, "day")) })),
            ("Bank reference", seller.remit_to.bank_reference.as_ref().map(|text| html! { (text) })),
            ("Remit-to code", seller.remit_to.code.as_ref().map(|text| html! { (text) })),
            ("Contact", Some(html! { (seller.contact.as_str()) })),
            ("Reference", Some(code(seller.id))),
        ]))
        section {
            h2 { "Tax" }
            p.muted { "The first row that fits the buyer's country counts; without one no tax is due." }
            (table("Tax rates", &columns, rules))
        }
    };
    document(context, Head { title: &seller.name, current: "sellers" }, content)
}
