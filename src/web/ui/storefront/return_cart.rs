//! The page that hands the cart to the buyer's procurement system (P5).
//!
//! One form with exactly one hidden field and a visible button; the script submits it at once where that is wanted. The
//! field's value is escaped once, by the template: what the browser posts is byte for byte what was given.

use maud::{Markup, html};

use super::super::components::{Tone, notice};
use super::super::context::{Head, Nav, PageContext};
use super::super::format;
use super::super::layout::document;

/// The cart on its way.
#[derive(Debug, Clone)]
pub struct ReturnView<'a> {
    /// `BrowserFormPost/URL` of the setup request; the page's policy must allow it as form-action.
    pub action: &'a str,
    /// Name of the field: `cXML-urlencoded` or `cXML-base64`.
    pub field: &'a str,
    /// The PunchOutOrderMessage.
    pub value: &'a str,
    /// Whether the script submits the form without waiting for the button.
    pub autosubmit: bool,
    /// Lines in the cart.
    pub lines: usize,
    /// Lines that are no longer part of it: name of the offer, and why.
    pub left: Vec<(&'a str, String)>,
    /// Name of the procurement system, for example `Acme / Coupa`.
    pub system: &'a str,
}

/// The page; without links, because leaving it would leave the cart behind.
pub fn page(context: &PageContext<'_>, view: &ReturnView<'_>) -> Markup {
    let context = PageContext { nav: Nav::Public, ..*context };
    let title = "Returning to your procurement system";
    let content = html! {
        div.narrow.center {
            h1 { (title) }
            p { "Your cart with " (format::plural(view.lines, "line")) " goes to " strong { (view.system) } " for approval." }
            @if !view.left.is_empty() { (left_cart(&view.left)) }
            form #return-cart method="post" action=(view.action) accept-charset="utf-8" data-autosubmit[view.autosubmit] {
                input type="hidden" name=(view.field) value=(view.value);
                button.button.primary type="submit" { "Return to your procurement system" }
            }
            p.muted.small {
                @if view.autosubmit { "This happens by itself in a moment. If it does not, use the button." }
                @else { "Use the button to go on." }
            }
        }
    };
    document(&context, Head { title, current: "" }, content)
}

/// Says which lines are not part of the cart any more, and why.
pub fn left_cart(left: &[(&str, String)]) -> Markup {
    let text = html! { ul { @for (offer, reason) in left { li { strong { (offer) } ": " (reason) } } } };
    let title = format!("{} left the cart", format::plural(left.len(), "line"));
    notice(Tone::Warn, &title, text)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    fn rendered(value: &str, autosubmit: bool) -> String {
        let world = World::new("");
        page(&world.storefront(), &ReturnView { value, autosubmit, ..World::return_view() }).into_string()
    }

    #[test]
    fn the_form_has_exactly_one_hidden_field_and_a_visible_button() {
        let html = rendered("x", true);
        assert_eq!(html.matches("<form").count(), 1);
        assert_eq!(html.matches("<input").count(), 1, "no csrf field: it would be posted to the buyer");
        assert!(html.contains(r#"<input type="hidden" name="cXML-urlencoded" value="x">"#));
        assert!(html.contains("Return to your procurement system</button>"));
    }

    #[test]
    fn the_value_is_escaped_exactly_once() {
        let html = rendered("<cXML a=\"1\">R&amp;D</cXML>", true);
        assert!(html.contains(r#"value="&lt;cXML a=&quot;1&quot;&gt;R&amp;amp;D&lt;/cXML&gt;""#));
    }

    #[test]
    fn only_an_automatic_return_is_marked_for_the_script() {
        assert!(rendered("x", true).contains("data-autosubmit"));
        assert!(!rendered("x", false).contains("data-autosubmit"));
    }
}
