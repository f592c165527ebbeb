//! The operator's sign-in.

use maud::{Markup, html};

use super::super::components::{Field, Tone, csrf, field, notice};
use super::super::context::{Head, PageContext};
use super::super::layout::document;

/// The form, empty or sent back.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignInView<'a> {
    /// What was typed before.
    pub email: &'a str,
    /// What is wrong with it; never says which of the two fields.
    pub problem: Option<&'a str>,
    /// The path to go on to, already checked to be one of ours.
    pub next: Option<&'a str>,
}

/// The page.
pub fn page(context: &PageContext<'_>, view: &SignInView<'_>) -> Markup {
    let title = "Operator sign-in";
    let content = html! {
        div.narrow {
            h1 { (title) }
            @if let Some(problem) = view.problem { (notice(Tone::Bad, "Not signed in", problem)) }
            form.form method="post" action="/sign-in" {
                (csrf(context))
                @if let Some(next) = view.next { input type="hidden" name="next" value=(next); }
                (field(&Field { name: "email", label: "E-mail", kind: "email", value: view.email, autocomplete: "username", hint: None }))
                (field(&Field {
                    name: "password", label: "Password", kind: "password", value: "", autocomplete: "current-password", hint: None,
                }))
                button.button.primary type="submit" { "Sign in" }
            }
            p.muted { "Buyers do not sign in here: the store opens from your procurement system." }
        }
    };
    document(context, Head { title, current: "" }, content)
}
