//! Forms, links and visible text of a page, as a browser without JavaScript understands them.

use url::Url;

use super::encode;
use super::scanner::{Token, tokens};

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent.
    pub action: Url,
    /// `get` or `post`.
    pub method: String,
    /// What it sends: hidden fields, texts, checked boxes, chosen options.
    pub fields: Vec<Field>,
    /// Its submit buttons.
    pub buttons: Vec<Button>,
    id: Option<String>,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A submit button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What is written on it.
    pub text: String,
    /// The field that it adds when pressed.
    pub field: Option<Field>,
    /// Where it sends the form instead, where it says so.
    pub action: Option<Url>,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is written on it.
    pub text: String,
    /// Where it leads.
    pub url: Url,
}

impl Form {
    /// The button with that visible text.
    pub fn button(&self, text: &str) -> Option<&Button> {
        self.buttons.iter().find(|button| button.text == text)
    }

    /// The value of a field.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// Types a value into a field; adds the field where the form has none of that name (an unchecked box).
    pub fn set(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|field| field.name == name) {
            Some(field) => value.clone_into(&mut field.value),
            None => self.fields.push(Field { name: name.to_owned(), value: value.to_owned() }),
        }
    }

    pub(super) fn data(&self, pressed: Option<&Button>) -> String {
        let extra = pressed.and_then(|button| button.field.as_ref());
        encode(self.fields.iter().chain(extra).map(|field| (field.name.as_str(), field.value.as_str())))
    }
}

/// Every form of a page; controls outside a form join it by their `form` attribute.
pub(super) fn forms(html: &str, base: &Url) -> Vec<Form> {
    let tokens = tokens(html);
    let mut forms: Vec<Form> = tokens.iter().filter_map(|token| form(token, base)).collect();
    let (mut opened, mut inside) = (0_usize, None);
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            Token::Open { name, .. } if name == "form" => {
                inside = Some(opened);
                opened += 1;
            }
            Token::Close(name) if name == "form" => inside = None,
            Token::Open { name, .. } => {
                let owner = match token.attribute("form") {
                    Some(id) => forms.iter().position(|form| form.id.as_deref() == Some(id)),
                    None => inside,
                };
                if let Some(form) = owner.and_then(|at| forms.get_mut(at)) {
                    add_control(form, name, token, after, base);
                }
            }
            Token::Close(_) | Token::Text(_) => {}
        }
    }
    forms
}

/// Every link of a page that leads to a web address.
pub(super) fn links(html: &str, base: &Url) -> Vec<Link> {
    let tokens = tokens(html);
    let mut links = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        if matches!(token, Token::Open { name, .. } if name == "a")
            && let Some(url) = token.attribute("href").and_then(|href| base.join(href).ok())
        {
            links.push(Link { text: text_until(after, "a"), url });
        }
    }
    links
}

/// The text of a page, blanks folded; scripts and styles are not visible.
pub(super) fn visible_text(html: &str) -> String {
    let texts: Vec<String> = tokens(html)
        .into_iter()
        .filter_map(|token| match token {
            Token::Text(text) => Some(text),
            _ => None,
        })
        .collect();
    fold(&texts.join(" "))
}

fn form(token: &Token, base: &Url) -> Option<Form> {
    if !matches!(token, Token::Open { name, .. } if name == "form") {
        return None;
    }
    let action = token.attribute("action").filter(|action| !action.is_empty());
    Some(Form {
        action: action.map_or_else(|| Some(base.clone()), |action| base.join(action).ok())?,
        method: token.attribute("method").unwrap_or("get").to_ascii_lowercase(),
        fields: Vec::new(),
        buttons: Vec::new(),
        id: token.attribute("id").map(str::to_owned),
    })
}

fn add_control(form: &mut Form, element: &str, token: &Token, after: &[Token], base: &Url) {
    let attribute = |name: &str| token.attribute(name);
    if attribute("disabled").is_some() {
        return;
    }
    let named = |value: String| attribute("name").map(|name| Field { name: name.to_owned(), value });
    let value = || attribute("value").unwrap_or_default().to_owned();
    let kind = attribute("type").map(str::to_ascii_lowercase);
    match (element, kind.as_deref()) {
        ("button", None | Some("submit")) => form.buttons.push(Button {
            text: text_until(after, "button"),
            field: named(value()),
            action: attribute("formaction").and_then(|action| base.join(action).ok()),
        }),
        ("input", Some("submit")) => form.buttons.push(Button {
            text: value(),
            field: named(value()),
            action: attribute("formaction").and_then(|action| base.join(action).ok()),
        }),
        ("input", Some("checkbox" | "radio")) if attribute("checked").is_none() => {}
        ("input", Some("checkbox" | "radio")) => {
            form.fields.extend(named(attribute("value").unwrap_or("on").to_owned()));
        }
        ("input", Some("button" | "reset" | "image" | "file")) => {}
        ("input", _) => form.fields.extend(named(value())),
        ("textarea", _) => form.fields.extend(named(raw_text_until(after, "textarea"))),
        ("select", _) => form.fields.extend(chosen_option(after).and_then(named)),
        _ => {}
    }
}

/// The selected option, else the first one.
fn chosen_option(after: &[Token]) -> Option<String> {
    let inside = after.iter().take_while(|token| !matches!(token, Token::Close(name) if name == "select"));
    let options: Vec<(usize, &Token)> =
        inside.enumerate().filter(|(_, token)| matches!(token, Token::Open { name, .. } if name == "option")).collect();
    let selected = options.iter().find(|(_, option)| option.attribute("selected").is_some());
    let (at, option) = selected.or_else(|| options.first())?;
    let text = || text_until(after.get(at + 1..).unwrap_or_default(), "option");
    Some(option.attribute("value").map_or_else(text, str::to_owned))
}

fn raw_text_until(tokens: &[Token], end: &str) -> String {
    let inside = tokens.iter().take_while(|token| !matches!(token, Token::Close(name) if name == end));
    let text: String =
        inside.filter_map(|token| if let Token::Text(text) = token { Some(text.as_str()) } else { None }).collect();
    text.strip_prefix('\n').map(str::to_owned).unwrap_or(text)
}

fn text_until(tokens: &[Token], end: &str) -> String {
    fold(&raw_text_until(tokens, end))
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<a href='/terms'>Read <b>the terms</b></a>\
        <form method=\"POST\" action=\"/s/1/request?a=1&amp;b=2\" id=main>\
        <input type=hidden name=token value=\"x&amp;y\"><input name=seats value=5>\
        <input type=checkbox name=eula><input type=checkbox name=news checked>\
        <select name=term><option value=12>a year<option value=24 selected>two</select>\
        <textarea name=note>\nHello\nthere</textarea><button type=button>Help</button>\
        <button name=do value=request><span>Request</span>\n approval</button></form>\
        <button form=main formaction='/s/1/quote'>Ask for a quote</button>";

    fn base() -> Url {
        Url::parse("http://shop.example/s/1").unwrap()
    }

    #[test]
    fn a_form_sends_what_a_browser_would_send() {
        let form = forms(PAGE, &base()).remove(0);
        assert_eq!((form.method.as_str(), form.action.as_str()), ("post", "http://shop.example/s/1/request?a=1&b=2"));
        let pressed = form.button("Request approval");
        assert_eq!(form.data(pressed), "token=x%26y&seats=5&news=on&term=24&note=Hello%0D%0Athere&do=request");
    }

    #[test]
    fn a_button_outside_joins_its_form_and_may_send_it_elsewhere() {
        let form = forms(PAGE, &base()).remove(0);
        let button = form.button("Ask for a quote").unwrap();
        assert_eq!(button.action.as_ref().unwrap().path(), "/s/1/quote");
        assert_eq!(form.button("Help"), None);
    }

    #[test]
    fn a_field_can_be_typed_into_and_a_box_checked() {
        let mut form = forms(PAGE, &base()).remove(0);
        form.set("seats", "7");
        form.set("eula", "on");
        assert_eq!((form.value("seats"), form.value("eula")), (Some("7"), Some("on")));
    }

    #[test]
    fn links_are_found_by_their_visible_text() {
        assert_eq!(
            links(PAGE, &base())[0],
            Link { text: "Read the terms".to_owned(), url: base().join("/terms").unwrap() }
        );
        assert!(visible_text(PAGE).starts_with("Read the terms"));
    }
}
