//! The first operator of a real installation, through the one-time address from the log (A3).

use maud::{Markup, html};

use super::super::components::{Field, csrf, field, problems};
use super::super::context::{Head, PageContext};
use super::super::layout::document;

/// The form, empty or sent back.
#[derive(Debug, Clone, Copy)]
pub struct SetupView<'a> {
    /// The one-time address; the form is posted there.
    pub action: &'a str,
    /// What was typed before.
    pub email: &'a str,
    /// What is wrong with it.
    pub problems: &'a [&'a str],
    /// Least length of a password, in characters.
    pub password_length_min: usize,
}

/// The page. Passwords are never sent back into the form.
pub fn page(context: &PageContext<'_>, view: &SetupView<'_>) -> Markup {
    let title = "Create the operator";
    let hint =
        format!("At least {} characters. A sentence is easier to remember than a riddle.", view.password_length_min);
    let password =
        |name, label, hint| Field { name, label, kind: "password", value: "", autocomplete: "new-password", hint };
    let content = html! {
        div.narrow {
            h1 { (title) }
            p { "The operator runs this installation: connections, offers, the outbox. This address works once." }
            (problems(view.problems))
            form.form method="post" action=(view.action) {
                (csrf(context))
                (field(&Field {
                    name: "email", label: "E-mail", kind: "email", value: view.email, autocomplete: "username",
                    hint: Some("Your sign-in name."),
                }))
                (field(&password("password", "Password", Some(&hint))))
                (field(&password("password_again", "Password again", None)))
                button.button.primary type="submit" { "Create the operator" }
            }
        }
    };
    document(context, Head { title, current: "" }, content)
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;

    #[test]
    fn every_problem_is_listed_and_what_was_typed_is_kept() {
        let world = World::new("");
        let problems = ["The passwords differ.", "The password is too short."];
        let view =
            SetupView { action: "/setup/TOKEN", email: "jo@example.com", problems: &problems, password_length_min: 12 };
        let html = page(&world.public(), &view).into_string();
        assert!(problems.iter().all(|problem| html.contains(problem)));
        assert!(html.contains(r#"value="jo@example.com""#) && html.contains("At least 12 characters"));
    }
}
