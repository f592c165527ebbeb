//! `marketgate lint`: holds cXML documents against their DTDs.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use marketgate_cxml::dtd::DtdSet;

/// Files between two signs of life on a terminal.
const PROGRESS_EVERY: usize = 50;

/// Exit code when at least one document could not be read, or its DTD file is not there.
const NOT_CHECKED: u8 = 3;

/// Arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Lint {
    /// Documents.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Directory of the cXML DTDs: DIR/1.2.014/cXML.dtd and so on, or the files of one version. They are published at
    /// xml.cxml.org. The file is the one that the DOCTYPE names, else that of the payload, in the declared version or the next newer one.
    #[arg(long, value_name = "DIR", env = "MARKETGATE_DTD_DIR")]
    dtd: PathBuf,
}

impl Lint {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let dtds = DtdSet::load(&self.dtd).with_context(|| format!("DTDs in {}", self.dtd.display()))?;
        let (mut wrong, mut unread) = (0usize, 0usize);
        for (count, file) in self.files.iter().enumerate() {
            if count.is_multiple_of(PROGRESS_EVERY) && count > 0 && std::io::stderr().is_terminal() {
                eprint!("\r{count} of {} documents", self.files.len());
            }
            let name = file.display();
            let report = match std::fs::read(file).map_err(anyhow::Error::from).and_then(|bytes| Ok(dtds.lint(&bytes)?))
            {
                Ok(report) => report,
                Err(error) => {
                    eprintln!("{name}: not checked: {error}");
                    unread += 1;
                    continue;
                }
            };
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
        if unread > 0 {
            eprintln!("{unread} of {} documents were not checked", self.files.len());
        }
        Ok(match (unread, wrong) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::FAILURE,
            _ => ExitCode::from(NOT_CHECKED),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(files: &[&str]) -> String {
        let directory = tempfile::tempdir().unwrap();
        let dtd = "<!ELEMENT cXML (Request)><!ELEMENT Request (ProfileRequest)><!ELEMENT ProfileRequest EMPTY>";
        std::fs::write(directory.path().join("cXML.dtd"), dtd).unwrap();
        let doctype = "<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">";
        let good = format!("{doctype}<cXML><Request><ProfileRequest/></Request></cXML>");
        std::fs::write(directory.path().join("good.xml"), &good).unwrap();
        std::fs::write(directory.path().join("bad.xml"), good.replace("ProfileRequest", "Odd")).unwrap();
        std::fs::write(directory.path().join("quote.xml"), good.replace("cXML.dtd", "Quote.dtd")).unwrap();
        let files = files.iter().map(|file| directory.path().join(file)).collect();
        format!("{:?}", Lint { files, dtd: directory.path().to_owned() }.run().unwrap())
    }

    #[test]
    fn a_file_that_cannot_be_checked_does_not_stop_the_others_and_shows_in_the_exit_code() {
        let shown = |code: u8| format!("{:?}", ExitCode::from(code));
        assert_eq!(code(&["good.xml"]), shown(0));
        assert_eq!(code(&["missing.xml", "good.xml"]), shown(NOT_CHECKED));
        assert_eq!(code(&["good.xml", "bad.xml"]), shown(1));
        assert_eq!(code(&["quote.xml", "bad.xml", "good.xml"]), shown(NOT_CHECKED), "there is no Quote.dtd");
    }
}
