//! What went wrong, in words that say what to do. Internal texts never reach these pages: the request id finds them in
//! the log.

use maud::{Markup, html};

use super::super::context::{Head, Nav, PageContext};
use super::super::layout::document;

/// Nothing at this address, or nothing that this person may know of (A4: both look the same).
pub fn not_found(context: &PageContext<'_>) -> Markup {
    let text = html! { p { "There is nothing at this address, or it is not meant for your account." } };
    shell(context, "Not found", text)
}

/// The person is known and may not do this.
pub fn forbidden(context: &PageContext<'_>, reason: &str) -> Markup {
    shell(context, "Not allowed", html! { p { (reason) } })
}

/// What was asked contradicts what is recorded, or lacks something.
pub fn not_done(context: &PageContext<'_>, reason: &str) -> Markup {
    shell(context, "This was not done", html! { p { (reason) } })
}

/// A form that was filled in on another page than ours, or too long ago.
pub fn stale_form(context: &PageContext<'_>) -> Markup {
    let text = html! { p { "The form was too old or came from elsewhere, so nothing was done. Go back, reload the page and try again." } };
    shell(context, "Please try again", text)
}

/// Something failed on our side.
pub fn failed(context: &PageContext<'_>, request_id: &str) -> Markup {
    let text = html! {
        p { "The marketplace could not do this. Nothing was changed. Try again in a minute." }
        p.muted { "If it happens again, tell the operator this request id: " code { (request_id) } }
    };
    shell(context, "Something went wrong", text)
}

fn shell(context: &PageContext<'_>, title: &str, text: Markup) -> Markup {
    let home = if context.base.is_empty() { "/" } else { context.base };
    let content = html! {
        div.narrow {
            h1 { (title) }
            (text)
            div.buttons {
                @if matches!(context.nav, Nav::Storefront { .. }) {
                    a.button href=(home) { "Back to the store" }
                    a.button.quiet href={ (context.base) "/cart" } { "Go to the cart" }
                } @else {
                    a.button href=(home) { "Go to the start" }
                }
            }
        }
    };
    document(context, Head { title, current: "" }, content)
}
