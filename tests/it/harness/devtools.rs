//! A real browser that stays open: driven through its DevTools pipe, so that one start serves many pages.
//!
//! The browser has a profile of its own and ends with the value. Every wait is bounded.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A cold start on a slow machine takes a while, and so do the checks of a long page.
const PATIENCE: Duration = Duration::from_mins(2);

/// An open browser with one page.
pub struct DevTools {
    browser: Child,
    commands: ChildStdin,
    answers: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    loaded: bool,
    _profile: TempDir,
}

impl DevTools {
    /// Starts the browser.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The pipe is read from descriptor 3 and written to descriptor 4.
        let mut browser = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 >/dev/null 2>&1", "sh"])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (commands, output) = (browser.stdin.take().unwrap(), browser.stdout.take().unwrap());
        let (sender, answers) = channel();
        spawn(move || {
            for message in BufReader::new(output).split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut tools =
            Self { browser, commands, answers, session: None, last_id: 0, loaded: false, _profile: profile };
        let target = tools.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let attached = tools.call("Target.attachToTarget", &json!({ "targetId": target["targetId"], "flatten": true }));
        tools.session = attached["sessionId"].as_str().map(str::to_owned);
        tools.call("Page.enable", &json!({}));
        tools
    }

    /// Opens an address and waits until the page is there; false if the answer is a file to keep and not a page.
    pub fn open(&mut self, url: &str) -> bool {
        self.loaded = false;
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        match answer["errorText"].as_str() {
            None => {
                self.wait_for_page();
                self.evaluate("document.contentType") == json!("text/html")
            }
            Some("net::ERR_ABORTED") => false,
            Some(error) => panic!("{url}: {error}"),
        }
    }

    /// Presses the first button of a kind and waits for the page that follows.
    pub fn press(&mut self, selector: &str) {
        self.loaded = false;
        self.evaluate(&format!("document.querySelector({}).click()", json!(selector)));
        self.wait_for_page();
    }

    /// Gives the window a width, in CSS pixels.
    pub fn resize(&mut self, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Says which colours the reader prefers: `light` or `dark`.
    pub fn prefer(&mut self, scheme: &str) {
        // Colours that change slowly would be measured half way.
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// The value of an expression on the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let what = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", &what);
        assert!(answer["exceptionDetails"].is_null(), "{:#}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    fn wait_for_page(&mut self) {
        let began = Instant::now();
        while !self.loaded {
            self.receive(began);
        }
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let mut command = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let written = self.commands.write_all(format!("{command}\0").as_bytes());
        written.expect("chromium runs: install it (apt-get install chromium)");
        let began = Instant::now();
        loop {
            let mut message = self.receive(began);
            if message["id"] == json!(self.last_id) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].take();
            }
        }
    }

    fn receive(&mut self, began: Instant) -> Value {
        let left = PATIENCE.saturating_sub(began.elapsed());
        let message = self
            .answers
            .recv_timeout(left)
            .expect("chromium runs and answers in time: install it (apt-get install chromium)");
        self.loaded |= message["method"] == "Page.loadEventFired";
        message
    }
}

impl Drop for DevTools {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.browser.kill());
        drop(self.browser.wait());
    }
}
