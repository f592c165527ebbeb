//! Pictures as inline SVG: drawn in the colour of the text, hidden from screen readers (the words stand beside them).

use maud::{Markup, html};

/// The mark of marketgate: a gate with its door open.
pub fn mark() -> Markup {
    icon(html! {
        path d="M3 21V9a9 9 0 0 1 18 0v12" {}
        path d="M8 21v-9a4 4 0 0 1 8 0v9" {}
        path d="M1.5 21h21" {}
    })
}

/// Looking for something.
pub fn search() -> Markup {
    icon(html! { circle cx="11" cy="11" r="6.5" {} path d="m16 16 5 5" {} })
}

/// Done.
pub fn check() -> Markup {
    icon(html! { path d="m5 12.5 4.5 4.5L19 7.5" {} })
}

/// Failed.
pub fn cross() -> Markup {
    icon(html! { path d="m6.5 6.5 11 11m0-11-11 11" {} })
}

/// Something to know.
pub fn info() -> Markup {
    icon(html! { circle cx="12" cy="12" r="9" {} path d="M12 11v5.5M12 7.6v.1" {} })
}

/// Something to act on.
pub fn warning() -> Markup {
    icon(html! { path d="M12 3.5 2.5 20h19zM12 10v4.5M12 17.2v.1" {} })
}

/// Made for the one who looks.
pub fn private() -> Markup {
    icon(html! { rect x="5" y="11" width="14" height="9.5" rx="1.5" {} path d="M8 11V8a4 4 0 0 1 8 0v3" {} })
}

/// A step back in a trail.
pub fn chevron() -> Markup {
    icon(html! { path d="m9.5 6 6 6-6 6" {} })
}

/// Nothing here.
pub fn empty() -> Markup {
    icon(html! { path d="M3.5 13.5 6 5h12l2.5 8.5V19h-17zM3.5 13.5H9l1 2.5h4l1-2.5h5.5" {} })
}

fn icon(shapes: Markup) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" { (shapes) }
    }
}
