//! Where no session leads further: the session ended, and how to start one.

use maud::{Markup, html};

use super::super::context::{Head, Nav, PageContext};
use super::super::layout::document;

/// The session is over: timed out, or its cart was handed over long ago. Nothing was sent anywhere (P4).
pub fn page(context: &PageContext<'_>) -> Markup {
    let title = "This visit has ended";
    let content = html! {
        div.narrow {
            h1 { (title) }
            p { "The visit from your procurement system timed out or was used up. Nothing was ordered, and no empty cart was sent." }
            p { "To go on, open the marketplace from your procurement system again. A cart that you returned earlier is safe there." }
        }
    };
    bare(context, title, content)
}

/// How to get in, for somebody who opened the address of the storefront directly.
pub fn start_help(context: &PageContext<'_>) -> Markup {
    let title = "Start from your procurement system";
    let content = html! {
        div.narrow {
            h1 { (title) }
            p { "The store opens from your organization's procurement system, so that what you choose goes straight to approval." }
            ol.prose {
                li { "Sign in to your procurement system, for example Coupa or SAP Ariba." }
                li { "Choose this marketplace among the supplier catalogs." }
                li { "Pick an offer and use \"Request approval\": the cart travels back by itself." }
            }
            p.muted { "If the marketplace is not listed there, ask the administrator of your procurement system." }
        }
    };
    bare(context, title, content)
}

fn bare(context: &PageContext<'_>, title: &str, content: Markup) -> Markup {
    let context = PageContext { nav: Nav::Public, base: "", signed_in: None, csrf: None, ..*context };
    document(&context, Head { title, current: "" }, content)
}
