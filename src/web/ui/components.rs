//! Building blocks that pages share: page heads, notices, badges, tables, definition lists, forms, paging.
//!
//! Texts are parameters and escaped here; markup parameters come from other functions of this part only.

use marketgate_domain::money::Money;
use maud::{Markup, Render, html};

use super::context::PageContext;
use super::icons;

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// No judgement.
    Plain,
    /// The one accent: something about this person, or in progress.
    Accent,
    /// Ended well.
    Good,
    /// Needs attention soon.
    Warn,
    /// Failed or refused.
    Bad,
}

impl Tone {
    /// The class that carries the colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Accent => "accent",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A short word in a box of its own.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// The mark of a private offer (C5).
pub fn private_badge() -> Markup {
    html! { span class="badge accent" { (icons::private()) "Private offer for you" } }
}

/// A message above the content. `Bad` and `Warn` are announced to screen readers.
pub fn notice(tone: Tone, title: &str, text: impl Render) -> Markup {
    let picture = match tone {
        Tone::Bad => icons::cross(),
        Tone::Warn => icons::warning(),
        Tone::Good => icons::check(),
        Tone::Plain | Tone::Accent => icons::info(),
    };
    let role = if matches!(tone, Tone::Bad | Tone::Warn) { "alert" } else { "status" };
    html! {
        div class={ "notice " (tone.class()) } role=(role) {
            (picture)
            div { p.notice-title { (title) } p { (text) } }
        }
    }
}

/// What stands where a list would be, and what to do about it.
pub fn empty_state(title: &str, text: &str) -> Markup {
    html! { div.empty { (icons::empty()) p.empty-title { (title) } p { (text) } } }
}

/// The one `h1` of a page, what it is about in one line, and badges beside it.
pub fn page_head(title: &str, lead: Option<&str>, badges: Markup) -> Markup {
    html! {
        div.page-head {
            div.page-title { h1 { (title) } (badges) }
            @if let Some(lead) = lead { p.lead { (lead) } }
        }
    }
}

/// The way back: pairs of address and label, the current page last with an empty address.
pub fn breadcrumb(trail: &[(String, &str)]) -> Markup {
    html! {
        nav.crumbs aria-label="Breadcrumb" {
            ol {
                @for (href, label) in trail {
                    li {
                        @if href.is_empty() { span aria-current="page" { (label) } }
                        @else { a href=(href) { (label) } (icons::chevron()) }
                    }
                }
            }
        }
    }
}

/// Names and values. Rows whose value is `None` are left out.
pub fn definitions(rows: &[(&str, Option<Markup>)]) -> Markup {
    html! {
        dl.definitions {
            @for (name, value) in rows {
                @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
            }
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub enum Column<'a> {
    /// Text, to the left.
    Text(&'a str),
    /// Numbers, to the right with digits of one width.
    Number(&'a str),
    /// Buttons; the heading is for screen readers only.
    Actions(&'a str),
}

/// A table. Each row is a list of cells in the order of the columns; on a phone every cell carries its column's name.
pub fn table(caption: &str, columns: &[Column<'_>], rows: Vec<Vec<Markup>>) -> Markup {
    html! {
        // A table that is wider than its box scrolls; the keyboard reaches it.
        div.table-box role="group" aria-label=(caption) tabindex="0" {
            table.table {
                caption.visually-hidden { (caption) }
                thead { tr {
                    @for column in columns {
                        @match column {
                            Column::Text(name) => { th scope="col" { (name) } }
                            Column::Number(name) => { th.num scope="col" { (name) } }
                            Column::Actions(name) => { th scope="col" { span.visually-hidden { (name) } } }
                        }
                    }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (cell, column) in row.iter().zip(columns) {
                                @match column {
                                    Column::Text(name) => { td data-label=(name) { div.cell { (cell) } } }
                                    Column::Number(name) => { td.num data-label=(name) { div.cell { (cell) } } }
                                    Column::Actions(_) => { td.actions { div.cell { (cell) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// An amount with its currency, never broken over two lines.
pub fn money(amount: Money) -> Markup {
    html! { span.money { (amount) } }
}

/// A text of a seller, its http and https addresses as links. They open beside the page, which may stand in the buyer's frame, and
/// learn nothing about it.
pub fn linked(text: &str) -> Markup {
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @match address(word) {
                Some((address, rest)) => {
                    a href=(address) target="_blank" rel="noopener noreferrer nofollow" { (address) } (rest)
                }
                None => { (word) }
            }
        }
    }
}

/// The address that a word is, and the punctuation behind it.
fn address(word: &str) -> Option<(&str, &str)> {
    let end = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"', '\'', '\n']).len();
    let (address, rest) = word.split_at_checked(end)?;
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    (!host.is_empty() && !address.contains('\n')).then_some((address, rest))
}

/// An identifier or another text that machines read too.
pub fn code(text: impl ToString) -> Markup {
    html! { code { (text.to_string()) } }
}

/// Where a list continues. Addresses are made by the handler, so that numbered and keyed paging look the same.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pager<'a> {
    /// Address of the page before, if there is one.
    pub previous: Option<&'a str>,
    /// Address of the page after, if there is one.
    pub next: Option<&'a str>,
    /// For example `1 to 50 of 312`.
    pub summary: &'a str,
}

/// The links to the neighbouring pages of a list; nothing where there are none.
pub fn pager(pager: &Pager<'_>) -> Markup {
    html! {
        @if pager.previous.is_some() || pager.next.is_some() || !pager.summary.is_empty() {
            nav.pager aria-label="Pages" {
                span { (pager.summary) }
                span.pager-links {
                    @if let Some(href) = pager.previous { a.button.quiet href=(href) rel="prev" { "Previous" } }
                    @if let Some(href) = pager.next { a.button.quiet href=(href) rel="next" { "Next" } }
                }
            }
        }
    }
}

/// The hidden field that proves where a form came from.
pub fn csrf(context: &PageContext<'_>) -> Markup {
    html! { @if let Some(csrf) = context.csrf { input type="hidden" name="csrf" value=(csrf); } }
}

/// A form that consists of one button.
pub fn post_button(context: &PageContext<'_>, action: &str, class: &str, label: impl Render) -> Markup {
    html! { form.inline method="post" action=(action) { (csrf(context)) button class=(class) type="submit" { (label) } } }
}

/// A text field with its label and a hint.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Name in the form and `id`.
    pub name: &'a str,
    /// Label.
    pub label: &'a str,
    /// `text`, `email`, `password`.
    pub kind: &'a str,
    /// What the field holds at first.
    pub value: &'a str,
    /// Value of `autocomplete`.
    pub autocomplete: &'a str,
    /// What to type.
    pub hint: Option<&'a str>,
}

/// A text field that must be filled in.
pub fn field(field: &Field<'_>) -> Markup {
    let hint = field.hint.map(|_| format!("{}-hint", field.name));
    html! {
        div.field {
            label for=(field.name) { (field.label) }
            input id=(field.name) name=(field.name) type=(field.kind) value=(field.value)
                autocomplete=(field.autocomplete) aria-describedby=[hint.as_deref()] required;
            @if let Some(text) = field.hint { p.hint id=[hint.as_deref()] { (text) } }
        }
    }
}

/// The list of what is wrong with a form.
pub fn problems(list: &[&str]) -> Markup {
    html! {
        @if !list.is_empty() {
            div.notice.bad role="alert" {
                (icons::cross())
                div {
                    p.notice-title { "This could not be saved" }
                    ul { @for problem in list { li { (problem) } } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_http_addresses_become_links_and_nothing_escapes_its_place() {
        let html =
            linked("Go to https://anvil.example/register?a=1&b=2, then http://x.example. Not javascript:alert(1)")
                .into_string();
        assert!(html.contains("href=\"https://anvil.example/register?a=1&amp;b=2\""), "{html}");
        assert!(html.contains("</a>, then <a href=\"http://x.example\""), "{html}");
        assert_eq!(html.matches("<a ").count(), 2, "{html}");
        let odd = linked("https://\"><script>alert(1)</script> https://").into_string();
        assert!(!odd.contains("<script>") && odd.matches("<a ").count() == 1, "{odd}");
    }
}
