//! A real browser without a window, bounded in time, with a profile of its own.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A cold start on a slow machine takes a while.
const LONGEST_VISIT: Duration = Duration::from_mins(1);

/// What a visit showed.
#[derive(Debug)]
pub struct Shown {
    /// The page after its scripts ran, as HTML.
    pub html: String,
    /// What the page and the browser complained about.
    pub complaints: Vec<String>,
}

/// Opens an address and lets its scripts run.
pub fn visit(url: &str) -> Shown {
    let profile = tempfile::tempdir().unwrap();
    let mut browser = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ])
        .args(["--enable-logging=stderr", "--log-level=0", "--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("chromium is installed");
    let (mut stdout, mut stderr) = (browser.stdout.take().unwrap(), browser.stderr.take().unwrap());
    let html = std::thread::spawn(move || read_all(&mut stdout));
    let log = std::thread::spawn(move || read_all(&mut stderr));
    let began = Instant::now();
    while browser.try_wait().unwrap().is_none() {
        if began.elapsed() > LONGEST_VISIT {
            browser.kill().unwrap();
            browser.wait().unwrap();
            panic!("the browser did not end: {}", log.join().unwrap());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let complaints = log.join().unwrap().lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Shown { html: html.join().unwrap(), complaints }
}

fn read_all(pipe: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
