//! The real binary, started and ended: bounded waits, its own data directory, no configuration from the environment.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::PATIENCE;

/// A complete purchase over HTTP in a debug build, on a slow machine.
const LONGEST_RUN: Duration = Duration::from_mins(1);

/// A running program.
pub struct Program {
    child: Child,
    stdout: Output,
    stderr: Output,
}

/// What a pipe gave so far, and the thread that reads it to its end.
struct Output {
    lines: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// A program that has ended.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it complained or logged.
    pub stderr: String,
}

impl Program {
    /// Starts the program.
    pub fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, |_| {})
    }

    /// [`Self::start`], with a command that is completed: another user, another directory.
    pub fn start_with(arguments: &[&str], complete: impl FnOnce(&mut Command)) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketgate"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MARKETGATE__")) {
            command.env_remove(name);
        }
        command.args(arguments).env_remove("NO_COLOR").stdin(Stdio::null());
        complete(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (stdout, stderr) =
            (Output::collect(child.stdout.take().unwrap()), Output::collect(child.stderr.take().unwrap()));
        Self { child, stdout, stderr }
    }

    /// Runs the program to its end.
    pub fn run(arguments: &[&str]) -> Ended {
        Self::start(arguments).end()
    }

    /// The rest of the first line of standard error that has this text in it.
    pub fn logs(&self, text: &str) -> String {
        wait_for(&self.stderr, text, &self.stdout)
    }

    /// The rest of the first line of standard output that has this text in it.
    pub fn prints(&self, text: &str) -> String {
        wait_for(&self.stdout, text, &self.stderr)
    }

    /// Asks the program to stop, and waits.
    pub fn terminate(self) -> Ended {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.end()
    }

    /// Waits for the end.
    pub fn end(mut self) -> Ended {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                began.elapsed() < LONGEST_RUN,
                "it does not end:\n{}{}",
                self.stdout.so_far(),
                self.stderr.so_far()
            );
            thread::sleep(Duration::from_millis(10));
        };
        Ended { status, stdout: self.stdout.whole(), stderr: self.stderr.whole() }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Ended already, most likely.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Output {
    fn collect(pipe: impl Read + Send + 'static) -> Self {
        let lines = Arc::<Mutex<String>>::default();
        let kept = lines.clone();
        let reader = thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let mut text = kept.lock().unwrap();
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { lines, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        self.lines.lock().unwrap().clone()
    }

    /// Everything, once the program has ended.
    fn whole(&mut self) -> String {
        self.reader.take().unwrap().join().unwrap();
        self.so_far()
    }
}

fn wait_for(output: &Output, wanted: &str, other: &Output) -> String {
    let began = Instant::now();
    loop {
        let text = output.so_far();
        let found = text.lines().find_map(|line| line.split_once(wanted).map(|(_, rest)| rest.trim().to_owned()));
        if let Some(rest) = found {
            return rest;
        }
        assert!(began.elapsed() < PATIENCE, "no {wanted:?} in:\n{text}\n{}", other.so_far());
        thread::sleep(Duration::from_millis(10));
    }
}
