//! How far something is: a bar on a terminal, a line for each phase elsewhere. On standard error.

use std::io::{self, IsTerminal, Write};

/// Characters of the bar.
const WIDTH: u64 = 30;

/// Shows how far something is.
#[derive(Debug)]
pub(super) struct ProgressBar {
    is_terminal: bool,
    phase: String,
}

impl ProgressBar {
    /// On standard error.
    pub(super) fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), phase: String::new() }
    }

    /// Shows that so much of a phase is done.
    pub(super) fn show(&mut self, phase: &str, done: u64, total: u64) {
        let is_new = self.phase != phase;
        if self.is_terminal {
            if is_new && !self.phase.is_empty() {
                eprintln!();
            }
            eprint!("\r{}", bar(phase, done, total));
            // What cannot be shown is not worth a failure.
            io::stderr().flush().ok();
        } else if is_new {
            eprintln!("{phase} ...");
        }
        if is_new {
            phase.clone_into(&mut self.phase);
        }
    }

    /// Leaves the line.
    pub(super) fn end(&mut self) {
        if self.is_terminal && !self.phase.is_empty() {
            eprintln!();
        }
        self.phase.clear();
    }
}

fn bar(phase: &str, done: u64, total: u64) -> String {
    let done = done.min(total);
    let filled = usize::try_from(done * WIDTH / total.max(1)).unwrap_or(0);
    let percent = done * 100 / total.max(1);
    format!("{phase:<9} [{:<width$}] {percent:>3} %", "#".repeat(filled), width = usize::try_from(WIDTH).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_from_nothing_to_everything() {
        assert_eq!(bar("staging", 0, 0), format!("staging   [{}]   0 %", " ".repeat(30)));
        assert_eq!(bar("staging", 5, 10), format!("staging   [{}{}]  50 %", "#".repeat(15), " ".repeat(15)));
        assert_eq!(bar("staging", 12, 10), format!("staging   [{}] 100 %", "#".repeat(30)));
    }
}
