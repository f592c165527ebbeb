//! Owns asking libxml2 for its verdict on many files at once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Files per call, so that the list of arguments stays within the system's limit.
const BATCH: usize = 500;

/// The verdict on each of `files`, by `dtd`. xmllint says nothing about valid files.
pub fn verdicts(dtd: &Path, files: &[PathBuf]) -> Vec<bool> {
    let mut refused: HashSet<String> = HashSet::new();
    for batch in files.chunks(BATCH) {
        let mut command = Command::new("xmllint");
        command.args(["--noout", "--nonet", "--dtdvalid"]).arg(dtd).args(batch);
        let output = command.output().expect("xmllint is installed");
        assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "xmllint failed: {output:?}");
        refused.extend(String::from_utf8_lossy(&output.stderr).lines().filter_map(refused_file));
    }
    files.iter().map(|file| !refused.contains(file.to_str().unwrap())).collect()
}

fn refused_file(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix("Document ") {
        return Some(rest.split_once(" does not validate against ")?.0.to_owned());
    }
    let (place, _) = line.split_once(": parser error :")?;
    Some(place.rsplit_once(':')?.0.to_owned())
}
