//! What must hold for a page in a real browser: nothing is wider than the window, and the rules of axe-core hold.

use serde_json::Value;

use super::devtools::DevTools;

/// Phones, a window at 200 % zoom, a tablet, a desktop; in CSS pixels.
const WIDTHS: [u32; 5] = [320, 390, 640, 768, 1280];
/// Where the rules of accessibility are held against the page: the narrowest form has scroll areas that the widest has not.
const ACCESSIBLE_AT: [u32; 2] = [320, 1280];

const TOO_WIDE: &str = include_str!("../../browser/too_wide.js");
const AXE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/node_modules/axe-core/axe.min.js");

/// A browser that inspects one page after the other and collects what is wrong.
pub struct Inspector {
    /// The browser.
    pub browser: DevTools,
    axe: String,
    problems: Vec<String>,
}

impl Inspector {
    /// Starts the browser.
    pub fn start() -> Self {
        let axe = std::fs::read_to_string(AXE).expect(
            "axe-core is installed: run `npm ci --prefix tests/browser` (npm comes with `apt-get install npm`)",
        );
        Self { browser: DevTools::start(), axe, problems: Vec::new() }
    }

    /// Inspects the page that the browser shows, in every width and both themes.
    pub fn inspect(&mut self, name: &str) {
        for width in WIDTHS {
            self.browser.resize(width);
            let found = self.browser.evaluate(TOO_WIDE);
            self.note(name, &format!("{width} px"), &found);
        }
        self.browser.evaluate(&format!("{}; undefined", self.axe));
        for (width, theme) in ACCESSIBLE_AT.into_iter().flat_map(|width| [(width, "light"), (width, "dark")]) {
            self.browser.resize(width);
            self.browser.prefer(theme);
            let found = self.browser.evaluate(
                "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.flatMap((rule) => \
                 rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`)))",
            );
            self.note(name, &format!("{width} px, {theme}"), &found);
        }
    }

    /// Ends the browser.
    ///
    /// # Panics
    /// Panics with everything that was found wrong.
    pub fn finish(self) {
        assert!(self.problems.is_empty(), "{} problems:\n{}", self.problems.len(), self.problems.join("\n"));
    }

    fn note(&mut self, page: &str, how: &str, found: &Value) {
        for problem in found.as_array().unwrap() {
            self.problems.push(format!("{page} ({how}): {}", problem.as_str().unwrap()));
        }
    }

    /// The addresses of the page's links.
    pub fn links(&mut self) -> Vec<String> {
        let links = self.browser.evaluate("Array.from(document.links, (link) => link.href.split('#')[0])");
        serde_json::from_value(links).unwrap()
    }
}
