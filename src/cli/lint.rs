//! `marketgate lint`: holds cXML documents against their DTDs.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use marketgate_cxml::dtd::DtdSet;

/// Files between two signs of life on a terminal.
const PROGRESS_EVERY: usize = 50;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Documents.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Directory of the cXML DTDs: DIR/1.2.014/cXML.dtd and so on, or the files of one version. They are published at
    /// xml.cxml.org. The file is chosen by the document's payload and declared version.
    #[arg(long, value_name = "DIR", env = "MARKETGATE_DTD_DIR")]
    dtd: PathBuf,
}

impl Lint {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let dtds = DtdSet::load(&self.dtd).with_context(|| format!("DTDs in {}", self.dtd.display()))?;
        let mut wrong = 0usize;
        for (count, file) in self.files.iter().enumerate() {
            if count.is_multiple_of(PROGRESS_EVERY) && count > 0 && std::io::stderr().is_terminal() {
                eprint!("\r{count} of {} documents", self.files.len());
            }
            let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
            let report = dtds.lint(&bytes).with_context(|| file.display().to_string())?;
            let name = file.display();
            for finding in &report.findings {
                println!("{name}:{}:{}: {finding}", finding.line, finding.column);
            }
            match &report.dtd {
                Some(dtd) if report.is_valid() => println!("{name}: valid by {dtd}"),
                _ => wrong += 1,
            }
        }
        if wrong > 0 {
            eprintln!("{wrong} of {} documents are not valid", self.files.len());
        }
        Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
