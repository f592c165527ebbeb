//! "Send for approval again": one button, and where to go on.

use marketgate_domain::procurement_request::ProcurementRequest;
use maud::{Markup, html};

use super::super::components::{Tone, notice, page_head};
use super::super::context::{Head, PageContext};
use super::super::layout::document;

/// A request that may be sent for approval again.
#[derive(Debug)]
pub struct SendAgainView<'a> {
    /// The request as it was sent.
    pub request: &'a ProcurementRequest,
    /// The signed address; the form is posted there.
    pub action: &'a str,
    /// Name of the procurement system, once the button was pressed and people must start there themselves.
    pub start_there: Option<&'a str>,
}

/// The page.
pub fn page(context: &PageContext<'_>, view: &SendAgainView<'_>) -> Markup {
    let request = view.request;
    let content = html! {
        (page_head("Send for approval again", Some(&request.quote.line.description), html! {}))
        @match view.start_there {
            Some(system) => {
                (notice(Tone::Good, "Ready", html! {
                    "Open the marketplace from " strong { (system) } ": your choice will be waiting, at today's terms."
                }))
            }
            None => {
                p { "The offer \"" (request.offer_name) "\" will be looked up at its current terms. Nothing is sent before you confirm it." }
                form method="post" action=(view.action) {
                    div.buttons { button.button.primary type="submit" { "Send for approval again" } }
                }
            }
        }
    };
    document(context, Head { title: "Send for approval again", current: "" }, content)
}
