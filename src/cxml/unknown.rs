//! Owns what a document says beyond the types of this crate: elements and attributes that no field holds are kept as sent.
//!
//! Costs nothing where there is nothing. Elements without attributes and content say nothing and are not kept. Secrets and card
//! numbers inside of kept markup are masked, so that a kept element can be logged like everything else.

use crate::mask::mask_secrets;
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::time::WireTime;

/// An element or attribute that has no field of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unknown {
    /// Parent and name, such as `ItemDetail/Dimension`, or of an attribute `PostalAddress/@name`.
    pub name: String,
    /// The element as sent, tags included, or the value of the attribute.
    pub xml: String,
}

/// Keeps what a reader does not know.
pub(crate) trait Keep {
    /// Keeps an attribute of `at`.
    fn attribute(&mut self, at: Cursor<'_, '_>, name: &str, value: &str);

    /// Keeps an element.
    fn element(&mut self, at: Cursor<'_, '_>);

    /// Keeps all attributes of an element.
    fn attributes(&mut self, at: Cursor<'_, '_>);

    /// Keeps all child elements of an element.
    fn elements(&mut self, at: Cursor<'_, '_>);

    /// Keeps what an element has beyond its text and the attributes named.
    fn beyond_text(&mut self, at: Cursor<'_, '_>, known: &[&str]) {
        self.other_attributes(at, known);
        self.elements(at);
    }

    /// Keeps all attributes but those named.
    fn other_attributes(&mut self, at: Cursor<'_, '_>, known: &[&str]) {
        for (name, value) in at.attributes() {
            if !known.contains(&name) {
                self.attribute(at, name, value);
            }
        }
    }

    /// Reads an element that may stand once; further ones are kept.
    fn once<T>(&mut self, slot: &mut Option<T>, at: Cursor<'_, '_>, read: impl FnOnce(Cursor<'_, '_>, &mut Self) -> T) {
        if slot.is_none() {
            *slot = Some(read(at, self));
        } else {
            self.element(at);
        }
    }

    /// [`Self::once`] for what is large and rare.
    fn once_boxed<T>(
        &mut self,
        slot: &mut Option<Box<T>>,
        at: Cursor<'_, '_>,
        read: impl FnOnce(Cursor<'_, '_>, &mut Self) -> T,
    ) {
        self.once(slot, at, |at, unknown| Box::new(read(at, unknown)));
    }

    /// Reads the trimmed text of an element that may stand once; blank text is none.
    fn text(&mut self, slot: &mut Option<String>, at: Cursor<'_, '_>) {
        if slot.is_some() {
            return self.element(at);
        }
        self.beyond_text(at, &[]);
        *slot = Some(at.trimmed_text()).filter(|text| !text.is_empty());
    }

    /// [`Self::text`] where missing text is the empty one.
    fn plain_text(&mut self, slot: &mut String, at: Cursor<'_, '_>) {
        if !slot.is_empty() {
            return self.element(at);
        }
        self.beyond_text(at, &[]);
        *slot = at.trimmed_text();
    }

    /// Reads the text of an element with `xml:lang` (where `en` is the default and not kept, nor is the language of no text).
    fn text_in(&mut self, slot: &mut String, lang: &mut Option<String>, at: Cursor<'_, '_>) {
        self.text_beside(false, slot, lang, at);
    }

    /// [`Self::text_in`] where several texts share the room for one language: it is that of the first (`is_taken` once there is one),
    /// another one is kept.
    fn text_beside(&mut self, is_taken: bool, slot: &mut String, lang: &mut Option<String>, at: Cursor<'_, '_>) {
        if !slot.is_empty() {
            return self.element(at);
        }
        self.beyond_text(at, &["lang"]);
        *slot = at.trimmed_text();
        let said = at.lang().unwrap_or("en");
        if slot.is_empty() || said == lang.as_deref().unwrap_or("en") {
            return;
        }
        if lang.is_none() && !is_taken {
            *lang = Some(said.to_owned());
        } else {
            self.attribute(at, "lang", said);
        }
    }

    /// Reads the time in an element that may stand once; blank text is none.
    fn time(&mut self, slot: &mut Option<WireTime>, at: Cursor<'_, '_>) {
        if slot.is_some() {
            return self.element(at);
        }
        self.beyond_text(at, &[]);
        *slot = some_time(&at.text());
    }

    /// Descends through a wrapper that holds nothing but one element; what else it holds is kept.
    fn within<'a, 'i>(&mut self, wrapper: Cursor<'a, 'i>, name: &str) -> Option<Cursor<'a, 'i>> {
        self.attributes(wrapper);
        let mut found = None;
        for child in wrapper.elements() {
            if found.is_none() && child.name() == name { found = Some(child) } else { self.element(child) }
        }
        found
    }
}

impl Keep for Vec<Unknown> {
    #[cold]
    fn attribute(&mut self, at: Cursor<'_, '_>, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.push(Unknown { name: format!("{}/@{name}", at.name()), xml: value.to_owned() });
        }
    }

    #[cold]
    fn element(&mut self, at: Cursor<'_, '_>) {
        if at.says_nothing() {
            return;
        }
        let parent = at.parent().map(Cursor::name).unwrap_or_default();
        self.push(Unknown { name: format!("{parent}/{}", at.name()), xml: without_secrets(at.outer_xml()) });
    }

    fn attributes(&mut self, at: Cursor<'_, '_>) {
        for (name, value) in at.attributes() {
            self.attribute(at, name, value);
        }
    }

    fn elements(&mut self, at: Cursor<'_, '_>) {
        for child in at.elements() {
            self.element(child);
        }
    }
}

/// A text without room for its language: one that is not English is kept.
pub(crate) fn text_in_english(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Option<String> {
    let (mut text, mut lang) = (String::new(), None);
    unknown.text_in(&mut text, &mut lang, at);
    if let Some(lang) = lang {
        unknown.attribute(at, "lang", &lang);
    }
    Some(text).filter(|text| !text.is_empty())
}

/// Markup as it may be kept: secrets and card numbers masked.
pub(crate) fn without_secrets(xml: &str) -> String {
    if xml.contains("Secret") || xml.contains("PCard") || xml.contains("CredentialMac") {
        String::from_utf8_lossy(&mask_secrets(xml.as_bytes()).bytes).into_owned()
    } else {
        xml.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, read: impl FnOnce(Cursor<'_, '_>, &mut Vec<Unknown>)) -> Vec<(String, String)> {
        let document = roxmltree::Document::parse(text).unwrap();
        let mut unknown = Vec::new();
        read(Cursor::root(&document), &mut unknown);
        unknown.into_iter().map(|unknown| (unknown.name, unknown.xml)).collect()
    }

    #[test]
    fn what_is_not_known_is_kept_as_sent() {
        let kept = kept("<a x='1' y='2'>t<b c='3'> <d/></b></a>", |at, unknown| unknown.beyond_text(at, &["x"]));
        assert_eq!(kept, [("a/@y".into(), "2".into()), ("a/b".into(), "<b c='3'> <d/></b>".into())]);
    }

    #[test]
    fn what_says_nothing_is_not_kept() {
        assert!(kept("<a x=''><b/><c> </c></a>", |at, unknown| unknown.beyond_text(at, &[])).is_empty());
    }

    #[test]
    fn a_second_value_is_kept_beside_the_first() {
        let (mut slot, mut number) = (None, None);
        let kept = kept("<a><b>1</b><b>2</b></a>", |at, unknown| {
            for child in at.elements() {
                unknown.text(&mut slot, child);
                unknown.once(&mut number, child, |child, _| child.trimmed_text());
            }
        });
        assert_eq!((slot.as_deref(), number.as_deref()), (Some("1"), Some("1")));
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn kept_markup_holds_no_secret_and_no_card_number() {
        let text = "<a><b><SharedSecret1>swordfish</SharedSecret1><PCard number='4111111111111111'/></b></a>";
        let kept = kept(text, |at, unknown| unknown.elements(at));
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].1.contains("swordfish") && !kept[0].1.contains("4111"));
    }

    #[test]
    fn a_second_language_is_kept_where_there_is_room_for_one() {
        let (mut name, mut description, mut lang) = (String::new(), String::new(), None);
        let kept = kept("<a><n xml:lang='de'>x</n><d xml:lang='fr'>y</d></a>", |at, unknown| {
            let mut children = at.elements();
            unknown.text_in(&mut name, &mut lang, children.next().unwrap());
            unknown.text_beside(true, &mut description, &mut lang, children.next().unwrap());
        });
        assert_eq!((lang.as_deref(), kept), (Some("de"), vec![("d/@lang".into(), "fr".into())]));
    }

    #[test]
    fn the_language_of_a_second_text_is_not_given_to_the_first() {
        let (mut name, mut description, mut lang) = (String::new(), String::new(), None);
        let kept = kept("<a><n>x</n><d xml:lang='fr'>y</d></a>", |at, unknown| {
            let mut children = at.elements();
            unknown.text_in(&mut name, &mut lang, children.next().unwrap());
            unknown.text_beside(true, &mut description, &mut lang, children.next().unwrap());
        });
        assert_eq!((lang, kept), (None, vec![("d/@lang".into(), "fr".into())]));
    }
}
