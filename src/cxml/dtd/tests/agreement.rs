//! libxml2 is the judge: the same verdict on every sample, on documents made from every DTD, and on thousands of mutants.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::corpus::{dtd_files, dtd_folder, generated, load, sample_files};
use super::mutate::mutated;
use super::random::Random;
use super::xmllint::verdicts;
use crate::dtd::document::declaration;
use crate::dtd::{Dtd, ValidationErrorKind};
use crate::{Limits, admit};

/// Mutants of one run where the environment does not say otherwise.
const DEFAULT_MUTANTS: usize = 1500;

fn mutant_count() -> usize {
    std::env::var("MARKETGATE_DTD_MUTANTS").map_or(DEFAULT_MUTANTS, |count| count.parse().expect("a number"))
}

/// Our verdict on the bytes of a file, with the findings in words.
fn ours(dtd: &Dtd, bytes: &[u8]) -> (bool, String) {
    let prolog = declaration(bytes);
    let admitted = match admit(bytes, None, &Limits::default()) {
        Ok(admitted) => admitted,
        Err(error) => return (false, error.to_string()),
    };
    let findings = match crate::dtd::document::well_formed(&admitted) {
        Ok(document) => dtd.validate_text(admitted.text(), document.root_at, prolog.is_standalone),
        Err(error) => vec![error.into()],
    };
    let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
    (findings.is_empty() && !prolog.is_late && !prolog.is_malformed, words.join("\n"))
}

#[derive(Default)]
struct Tally {
    agreed_valid: usize,
    agreed_invalid: usize,
    disagreements: Vec<String>,
}

impl Tally {
    fn compare(&mut self, dtd_path: &Path, dtd: &Dtd, files: &[PathBuf]) {
        for (file, theirs) in files.iter().zip(verdicts(dtd_path, files)) {
            let bytes = std::fs::read(file).unwrap();
            let (ours, words) = ours(dtd, &bytes);
            match (ours == theirs, theirs) {
                (true, true) => self.agreed_valid += 1,
                (true, false) => self.agreed_invalid += 1,
                (false, _) => {
                    let text = String::from_utf8_lossy(&bytes);
                    let said = format!("{}: libxml2 says {theirs}, we say {ours}\n{words}\n{text}", dtd_path.display());
                    self.disagreements.push(said);
                }
            }
        }
    }

    fn assert_agreement(&self, what: &str) {
        println!("{what}: {} valid and {} invalid documents agreed", self.agreed_valid, self.agreed_invalid);
        let count = self.disagreements.len();
        assert!(count == 0, "{count} disagreements, the first:\n{}", self.disagreements[0]);
    }
}

fn written(folder: &Path, documents: &[String]) -> Vec<PathBuf> {
    let write = |(index, text): (usize, &String)| {
        let path = folder.join(format!("m{index}.xml"));
        std::fs::write(&path, text).unwrap();
        path
    };
    documents.iter().enumerate().map(write).collect()
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn every_dtd_is_read_and_no_element_is_lost() {
    for path in dtd_files() {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let start = Instant::now();
        let dtd = Dtd::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let took: Duration = start.elapsed();
        assert!(dtd.element_count() > 100 && dtd.declares_element("Credential"), "{}", path.display());
        println!("{}: {} elements, {took:?}", path.display(), dtd.element_count());
    }
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn every_sample_gets_the_verdict_of_libxml2() {
    let samples = sample_files();
    let mut tally = Tally::default();
    for file in
        ["1.1.010/cXML", "1.2.014/cXML", "1.2.037/InvoiceDetail", "1.2.071/cXML", "1.2.071/Fulfill", "1.2.071/Quote"]
    {
        let path = dtd_folder().join(format!("{file}.dtd"));
        tally.compare(&path, &load(&path), &samples);
    }
    tally.assert_agreement("samples");
    assert!(tally.agreed_valid > 100 && tally.agreed_invalid > 100, "one side was hardly seen");
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn documents_made_from_each_element_of_a_dtd_are_valid_to_both() {
    let folder = tempfile::tempdir().unwrap();
    let mut tally = Tally::default();
    for file in ["1.2.071/cXML.dtd", "1.1.010/cXML.dtd"] {
        let path = dtd_folder().join(file);
        let dtd = load(&path);
        let mut random = Random(7);
        let names: Vec<&str> = dtd.element_names().collect();
        let documents: Vec<String> = names.iter().map(|name| generated(&dtd, name, &mut random)).collect();
        tally.compare(&path, &dtd, &written(folder.path(), &documents));
    }
    tally.assert_agreement("generated");
    assert!(
        tally.agreed_valid > 700 && tally.agreed_valid > 20 * tally.agreed_invalid,
        "the generator should follow the DTD"
    );
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn mutants_get_the_verdict_of_libxml2() {
    const FILES: [&str; 4] = ["cXML", "Fulfill", "InvoiceDetail", "Quote"];
    let folder = tempfile::tempdir().unwrap();
    let samples: Vec<String> =
        sample_files().iter().filter_map(|path| String::from_utf8(std::fs::read(path).unwrap()).ok()).collect();
    let mut random = Random(2026);
    let mut tally = Tally::default();
    for file in FILES {
        let path = dtd_folder().join(format!("1.2.071/{file}.dtd"));
        let dtd = load(&path);
        let names: Vec<String> = dtd.element_names().map(str::to_owned).collect();
        let is_valid = |text: &&String| ours(&dtd, text.as_bytes()).0;
        let mut bases: Vec<String> = samples.iter().filter(is_valid).cloned().collect();
        bases.extend((0..40).map(|_| generated(&dtd, &names[random.below(names.len())], &mut random)));
        let count = mutant_count().div_ceil(FILES.len());
        let mutants: Vec<String> =
            (0..count).map(|_| mutated(&dtd, &names, random.pick(&bases).as_str(), &mut random)).collect();
        tally.compare(&path, &dtd, &written(folder.path(), &mutants));
    }
    tally.assert_agreement("mutants");
    assert!(tally.agreed_valid > 100 && tally.agreed_invalid > 100, "one side was hardly seen");
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn a_directory_of_all_versions_lints_every_sample() {
    let set = crate::dtd::DtdSet::load(&dtd_folder()).unwrap();
    let mut valid = 0;
    for path in sample_files() {
        let report = set.lint(&std::fs::read(&path).unwrap()).unwrap();
        valid += usize::from(report.is_valid());
        println!(
            "{}: {} {:?}",
            path.file_name().unwrap().display(),
            report.payload,
            report.dtd.map(|name| name.to_string())
        );
        for finding in &report.findings {
            println!("    {finding}");
            assert_ne!(finding.kind, ValidationErrorKind::NotWellFormed);
        }
    }
    assert!(valid > 40, "only {valid} samples are valid for the version that they declare");
}
