//! The pages a person sees. Pure rendering of what is handed in; no script, no request to anywhere else, and every page
//! says that this is a simulator.

mod documents;
mod home;
mod order;

use maud::{DOCTYPE, Markup, html};

use crate::core::Core;
use crate::marketplace::Step;

pub(crate) use documents::{cart, confirmation, invoice, mail, mailbox, setup_failed, status};
pub(crate) use home::home;
pub(crate) use order::{OrderDocuments, order};

/// The frame of every page.
fn layout(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " - procurement simulator" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                header {
                    nav aria-label="Main" { a href="/" { "Procurement simulator" } a href="/mail" { "Mailbox" } }
                }
                main { h1 { (title) } (content) }
                footer { p { "This is a simulator of a buyer's procurement system, for rehearsals only. Nothing here is a real order." } }
            }
        }
    }
}

/// A page that says what went wrong, with an optional document below.
pub(crate) fn problem(title: &str, text: &str, document: Option<&str>) -> Markup {
    layout(
        title,
        &html! {
            p.note role="alert" { (text) }
            @if let Some(document) = document { pre { (document) } }
            p { a href="/" { "Back to the simulator" } }
        },
    )
}

/// A part of a page that scrolls sideways where it is too wide: the keyboard reaches it, and it has a name.
fn scroll(label: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" tabindex="0" aria-label=(label) { (table) } }
}

/// The buttons that move business time, where the marketplace lets us.
fn later(core: &Core, path: &str) -> Markup {
    html! {
        @if core.config.marketplace.is_some() {
            p { "Business time is " (time(core.now())) ". What falls due on the way happens on its day." }
            p.buttons { @for step in Step::ALL {
                (action(&format!("{path}later/{}", step.word()), &format!("A {} later", step.word()), true)) " "
            } }
        }
    }
}

/// A button that posts.
fn action(path: &str, label: &str, quiet: bool) -> Markup {
    html! {
        form method="post" action=(path) { button.quiet[quiet] type="submit" { (label) } }
    }
}

/// A time for people, UTC to the second.
fn time(at: jiff::Timestamp) -> Markup {
    html! { time datetime=(at.to_string()) { (at.strftime("%Y-%m-%d %H:%M:%S UTC")) } }
}
