//! The frame of every page: head, skip link, header, banners, main, footer.

use maud::{DOCTYPE, Markup, html};

use super::assets::asset_path;
use super::context::{Head, Nav, PageContext, SignedIn};
use super::icons;

/// What the banner of a demo says (R1).
pub const DEMO_BANNER: &str = "This is a demo: sample data, fixed identities, the clock can be moved.";
/// What the banner of a connection in test mode says (N3).
pub const TEST_BANNER: &str = "Test mode: orders are recorded, no agreement and no invoice results.";

const STOREFRONT_LINKS: [(&str, &str); 4] =
    [("", "Store"), ("cart", "Cart"), ("requests", "My requests"), ("agreements", "Agreements")];
const CONSOLE_LINKS: [(&str, &str); 12] = [
    ("", "Overview"),
    ("requests", "Requests"),
    ("orders", "Orders"),
    ("agreements", "Agreements"),
    ("invoices", "Invoices"),
    ("outbox", "Outbox"),
    ("messages", "Messages"),
    ("products", "Products"),
    ("offers", "Offers"),
    ("sellers", "Sellers"),
    ("connections", "Connections"),
    ("audit", "Audit"),
];

/// A whole page around its content. The content brings the one `h1`.
pub fn document(context: &PageContext<'_>, head: Head<'_>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (head.title) " · marketgate" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(asset_path("style"));
                script src=(asset_path("script")) defer {}
            }
            body {
                a.skip href="#content" { "Skip to content" }
                (header(context, head.current))
                (banners(context))
                main #content tabindex="-1" { (content) }
                footer.foot {
                    span { "marketgate " (context.version) }
                    span { "All times are UTC" }
                }
            }
        }
    }
}

fn header(context: &PageContext<'_>, current: &str) -> Markup {
    let home = if context.base.is_empty() { "/" } else { context.base };
    html! {
        header class={ "top" @if context.nav == Nav::Console { " wide-nav" } } {
            div.top-in {
                // A page of a session without links is one that must not be left by accident.
                @if context.nav == Nav::Public && !context.base.is_empty() {
                    span.brand { (icons::mark()) span { "marketgate" } }
                } @else {
                    a.brand href=(home) { (icons::mark()) span { "marketgate" } }
                }
                @match context.nav {
                    Nav::Storefront { cart_lines } => { (links(context.base, &STOREFRONT_LINKS, current, cart_lines)) }
                    Nav::Console => { (links(context.base, &CONSOLE_LINKS, current, 0)) }
                    Nav::Public => {}
                }
                @if let Some(signed_in) = &context.signed_in { (who(context, signed_in)) }
            }
        }
    }
}

fn links(base: &str, list: &[(&str, &str)], current: &str, cart_lines: usize) -> Markup {
    html! {
        nav.links aria-label="Main" {
            ul {
                @for (path, label) in list {
                    li {
                        @let href = if path.is_empty() { base.to_owned() } else { format!("{base}/{path}") };
                        // The store and the overview have no path of their own: pages name them "home".
                        @let here = *path == current || (path.is_empty() && current == "home");
                        a href=(href) aria-current=[(here && !current.is_empty()).then_some("page")] {
                            (label)
                            @if *path == "cart" && cart_lines > 0 { " " span.count { (cart_lines) } }
                        }
                    }
                }
            }
        }
    }
}

fn who(context: &PageContext<'_>, signed_in: &SignedIn<'_>) -> Markup {
    html! {
        div.who {
            span.who-org { (signed_in.organization) }
            span.who-user {
                @if let Some(connection) = signed_in.connection { (connection) " · " }
                (signed_in.user)
            }
        }
        @if context.nav == Nav::Console {
            @if let Some(csrf) = context.csrf {
                form.sign-out method="post" action="/sign-out" {
                    input type="hidden" name="csrf" value=(csrf);
                    button.quiet type="submit" { "Sign out" }
                }
            }
        }
    }
}

fn banners(context: &PageContext<'_>) -> Markup {
    html! {
        @if context.demo || context.test_mode {
            aside aria-label="About this marketplace" {
                @if context.demo { div.banner.banner-demo { (icons::info()) p { (DEMO_BANNER) } } }
                @if context.test_mode { div.banner.banner-test { (icons::warning()) p { (TEST_BANNER) } } }
            }
        }
    }
}
