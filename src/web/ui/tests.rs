//! What holds for every page, walked through the whole gallery.

use std::collections::HashSet;

use super::assets::{PREFIX, asset, asset_path};
use super::layout::{DEMO_BANNER, TEST_BANNER};
use super::samples::World;

// The integration tests inspect live pages with the same code.
#[path = "../../../tests/it/harness"]
#[expect(dead_code, reason = "the integration tests also press buttons and follow links")]
mod harness {
    pub mod devtools;
    pub mod inspection;
}

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;";
const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "hr"];

/// A start or end tag of our own pages, which are regular: lower case, double quotes.
#[derive(Debug)]
struct Tag {
    name: String,
    closing: bool,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn tags(html: &str) -> Vec<Tag> {
    html.split('<').skip(1).map(|piece| tag(piece.split_once('>').expect("a \"<\" that no \">\" ends").0)).collect()
}

fn tag(inner: &str) -> Tag {
    let closing = inner.starts_with('/');
    let inner = inner.trim_start_matches(['/', '!']);
    let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
    let mut attributes = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("an attribute that no quote ends"),
            None => ("", after),
        };
        attributes.push((key.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    Tag { name: name.to_owned(), closing, attributes }
}

/// Calls the check with the name, the text and the tags of every page of that world.
fn for_every_page(world: &World, check: impl Fn(&str, &str, &[Tag])) {
    let pages = world.pages();
    assert!(pages.len() > 50, "the gallery shows every page");
    for (name, page) in pages {
        let html = page.into_string();
        check(name, &html, &tags(&html));
    }
}

#[test]
fn every_page_is_well_formed_and_its_ids_are_unique() {
    for_every_page(&World::new(""), |page, _, tags| {
        let mut open: Vec<&str> = Vec::new();
        for tag in tags.iter().filter(|tag| tag.name != "DOCTYPE" && !VOID.contains(&tag.name.as_str())) {
            if tag.closing {
                assert_eq!(open.pop(), Some(tag.name.as_str()), "{page}");
            } else {
                open.push(&tag.name);
            }
        }
        assert!(open.is_empty(), "{page}: {open:?}");
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{page}: {ids:?}");
    });
}

#[test]
fn every_page_has_a_title_a_language_one_heading_and_a_skip_link() {
    for_every_page(&World::new(""), |page, html, tags| {
        let headings = tags.iter().filter(|tag| tag.name == "h1" && !tag.closing).count();
        assert_eq!(headings, 1, "{page}");
        let title = html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
        assert!(title.strip_suffix(" · marketgate").is_some_and(|own| !own.is_empty()), "{page}: {title}");
        assert!(html.contains("<html lang=\"en\">") && html.contains("href=\"#content\""), "{page}");
        assert_eq!(tags.iter().filter(|tag| tag.attribute("id") == Some("content")).count(), 1, "{page}");
    });
}

#[test]
fn every_input_has_a_label_or_is_hidden() {
    for_every_page(&World::new(""), |page, _, tags| {
        let labelled: HashSet<&str> =
            tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.attribute("for")).collect();
        for input in
            tags.iter().filter(|tag| matches!(tag.name.as_str(), "input" | "select" | "textarea") && !tag.closing)
        {
            if input.attribute("type") != Some("hidden") {
                let id = input.attribute("id").unwrap_or_else(|| panic!("{page}: an input without id: {input:?}"));
                assert!(labelled.contains(id), "{page}: no label for {id}");
            }
        }
        let described = tags
            .iter()
            .filter_map(|tag| tag.attribute("aria-describedby").or_else(|| tag.attribute("aria-labelledby")));
        for id in described.flat_map(|ids| ids.split(' ')) {
            assert!(tags.iter().any(|tag| tag.attribute("id") == Some(id)), "{page}: nothing has the id {id}");
        }
    });
}

#[test]
fn no_page_loads_anything_but_our_own_two_files() {
    for_every_page(&World::new(""), |page, _, tags| {
        for tag in tags {
            assert!(
                !matches!(tag.name.as_str(), "img" | "iframe" | "object" | "embed" | "style" | "base"),
                "{page}: {}",
                tag.name
            );
            assert!(tag.attribute("style").is_none(), "{page}: inline style on {}", tag.name);
            assert!(
                !tag.attributes.iter().any(|(name, _)| name.starts_with("on")),
                "{page}: inline script on {}",
                tag.name
            );
            match tag.name.as_str() {
                "script" if !tag.closing => assert!(tag.attribute("src").unwrap().starts_with(PREFIX), "{page}"),
                "link" => {
                    let href = tag.attribute("href").unwrap();
                    assert!(href.starts_with(PREFIX) || href == "data:,", "{page}: {href}");
                }
                "a" if !tag.closing => {
                    let href = tag.attribute("href").unwrap();
                    let simulator = page == "home-demo" && href.starts_with("http://127.0.0.1");
                    assert!(
                        simulator || href.starts_with(['/', '?', '#']) && !href.starts_with("//"),
                        "{page}: {href}"
                    );
                }
                _ => {}
            }
        }
    });
}

#[test]
fn every_form_that_posts_to_us_carries_the_token_and_no_other_does() {
    let world = World::new("");
    for_every_page(&world, |page, html, tags| {
        let ours = tags
            .iter()
            .filter(|tag| tag.name == "form" && tag.attribute("method") == Some("post"))
            .filter(|tag| tag.attribute("action").is_some_and(|action| action.starts_with('/')))
            .count();
        assert_eq!(html.matches(world.csrf).count(), ours, "{page}");
    });
}

#[test]
fn hostile_texts_are_escaped_on_every_page() {
    let calm = World::new("").pages();
    for ((page, hostile), (_, calm)) in World::new(HOSTILE).pages().into_iter().zip(calm) {
        let html = hostile.into_string();
        assert!(!html.contains("<script>alert") && !html.contains("<img"), "{page}");
        let shape = |html: &str| -> Vec<String> {
            tags(html).iter().map(|tag| format!("{}{}", tag.name, tag.attributes.len())).collect()
        };
        // One link more or less would mean that a text became markup.
        assert_eq!(shape(&html).len(), shape(&calm.into_string()).len(), "{page}");
    }
}

#[test]
fn the_banners_stand_on_every_page_they_are_for() {
    let world = World::new("");
    for_every_page(&world, |page, html, _| {
        let storefront =
            html.contains(&world.connection.name) && html.contains("who-user") && !html.contains("/console/");
        assert_eq!(html.contains(DEMO_BANNER), !matches!(page, "home" | "setup" | "sign-in"), "{page}");
        if storefront && page != "offer-soon" {
            assert!(html.contains(TEST_BANNER), "{page}");
        }
    });
}

#[test]
fn links_of_a_session_stay_inside_its_path() {
    let world = World::new("");
    let base = world.storefront().base;
    for (page, html) in world.pages() {
        let html = html.into_string();
        let tags = tags(&html);
        let inside = |href: &str| href.starts_with(base) || href.starts_with(['?', '#']);
        if tags.iter().any(|tag| tag.attribute("href") == Some(base)) {
            let links = tags.iter().filter(|tag| tag.name == "a").filter_map(|tag| tag.attribute("href"));
            let strays: Vec<&str> = links.filter(|href| !inside(href)).collect();
            assert!(strays.is_empty(), "{page}: {strays:?}");
        }
    }
}

/// No place to break it, and longer than any window is wide.
const LONG: &str = " Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstellenvorsteherstellvertreterinnenanwaerterpruefungsordnung";

#[test]
#[ignore = "needs chromium and axe-core"]
fn no_page_is_wider_than_its_window_and_every_page_is_accessible() {
    let folder = tempfile::tempdir().unwrap();
    let mut inspector = harness::inspection::Inspector::start();
    for stem in ["style", "script"] {
        let path = asset_path(stem);
        let file = folder.path().join(path.trim_start_matches(PREFIX));
        std::fs::write(file, asset(path.trim_start_matches(PREFIX)).unwrap().bytes).unwrap();
    }
    for (page, html) in World::new(LONG).pages() {
        let file = folder.path().join("page.html");
        std::fs::write(&file, html.into_string().replace(&format!("\"{PREFIX}"), "\"")).unwrap();
        assert!(inspector.browser.open(&format!("file://{}", file.display())), "{page}");
        inspector.inspect(page);
    }
    inspector.finish();
}
