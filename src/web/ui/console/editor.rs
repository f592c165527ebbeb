//! The form that enters or changes a record: every one looks the same, says what is wrong beside each field, and keeps what was typed.

use maud::{Markup, html};

use super::super::components::{Tone, breadcrumb, csrf, notice, page_head};
use super::super::context::{Head, PageContext};
use super::super::layout::document;

/// A record being entered or changed.
#[derive(Debug)]
pub struct Editor<'a> {
    /// The `h1`.
    pub title: &'a str,
    /// What it is about, in one line.
    pub lead: &'a str,
    /// The way back.
    pub trail: Vec<(String, &'a str)>,
    /// The list that it belongs to.
    pub current: &'a str,
    /// Where the form goes.
    pub action: String,
    /// The button.
    pub submit: &'a str,
    /// The fields.
    pub fields: Vec<EditField<'a>>,
    /// What is wrong with the whole.
    pub problem: Option<&'a str>,
    /// Whether anything is wrong.
    pub is_wrong: bool,
    /// What to know before saving.
    pub warning: Option<(&'a str, String)>,
}

/// A field.
#[derive(Debug)]
pub struct EditField<'a> {
    /// Name in the form and `id`.
    pub name: &'a str,
    /// Label.
    pub label: &'a str,
    /// What to type.
    pub hint: &'a str,
    /// How it is typed.
    pub input: Input<'a>,
    /// What is wrong with it.
    pub problem: Option<&'a str>,
}

/// How a field is typed.
#[derive(Debug)]
pub enum Input<'a> {
    /// A line; its kind is that of HTML (`text`, `email`, `date`), or `number`: digits, in a field that keeps what else was typed.
    Line {
        /// The kind.
        kind: &'a str,
        /// What it holds.
        value: &'a str,
    },
    /// Several lines.
    Lines {
        /// How many are shown.
        rows: u32,
        /// What they hold.
        value: &'a str,
    },
    /// One of several; each with its value and its words.
    Choice {
        /// What can be chosen.
        options: Vec<(String, String)>,
        /// What is chosen.
        value: &'a str,
    },
    /// Any of several.
    Boxes {
        /// What can be ticked.
        options: Vec<(String, String)>,
        /// What is ticked.
        ticked: Vec<&'a str>,
    },
    /// A value that never changes.
    Fixed(&'a str),
}

/// The page.
pub fn page(context: &PageContext<'_>, editor: &Editor<'_>) -> Markup {
    let content = html! {
        (breadcrumb(&editor.trail))
        (page_head(editor.title, Some(editor.lead), html! {}))
        @if editor.is_wrong {
            (notice(Tone::Bad, "This could not be saved", editor.problem.unwrap_or("See what is said beside the fields.")))
        }
        @if let Some((title, text)) = &editor.warning { (notice(Tone::Warn, title, text.as_str())) }
        form.editor method="post" action=(editor.action) novalidate {
            (csrf(context))
            @for field in &editor.fields { (edit_field(field)) }
            div.buttons-row { button.button.primary type="submit" { (editor.submit) } }
        }
    };
    document(context, Head { title: editor.title, current: editor.current }, content)
}

fn edit_field(field: &EditField<'_>) -> Markup {
    let (name, hint, wrong) = (field.name, format!("{}-hint", field.name), format!("{}-problem", field.name));
    let described = match (field.hint.is_empty(), field.problem) {
        (true, None) => None,
        (true, Some(_)) => Some(wrong.clone()),
        (false, None) => Some(hint.clone()),
        (false, Some(_)) => Some(format!("{wrong} {hint}")),
    };
    let (described, invalid) = (described.as_deref(), field.problem.map(|_| "true"));
    html! {
        div class={ "field" @if field.problem.is_some() { " wrong" } } {
            @match &field.input {
                Input::Boxes { options, ticked } => {
                    fieldset aria-describedby=[described] {
                        legend { (field.label) }
                        @for (place, (value, words)) in options.iter().enumerate() {
                            @let id = format!("{name}-{place}");
                            label.radio for=(id) {
                                input id=(id) type="checkbox" name=(name) value=(value) checked[ticked.contains(&value.as_str())];
                                span { (words) }
                            }
                        }
                    }
                }
                Input::Fixed(value) => { span.field-label { (field.label) } span.fixed { (value) } }
                Input::Line { kind, value } => {
                    // Browsers drop from a number field what is no number: it could not be shown beside what is wrong with it.
                    @let is_number = *kind == "number";
                    label for=(name) { (field.label) }
                    input id=(name) name=(name) type=(if is_number { "text" } else { kind })
                        inputmode=[is_number.then_some("numeric")] value=(value) autocomplete="off"
                        aria-describedby=[described] aria-invalid=[invalid];
                }
                Input::Lines { rows, value } => {
                    label for=(name) { (field.label) }
                    // The first line break of a textarea is lost.
                    textarea id=(name) name=(name) rows=(rows) spellcheck="false" aria-describedby=[described]
                        aria-invalid=[invalid] { "\n" (value) }
                }
                Input::Choice { options, value } => {
                    label for=(name) { (field.label) }
                    select id=(name) name=(name) aria-describedby=[described] aria-invalid=[invalid] {
                        @for (option, words) in options {
                            option value=(option) selected[option == value] { (words) }
                        }
                    }
                }
            }
            @if let Some(problem) = field.problem { p.problem id=(wrong) { (problem) } }
            @if !field.hint.is_empty() { p.hint id=(hint) { (field.hint) } }
        }
    }
}
