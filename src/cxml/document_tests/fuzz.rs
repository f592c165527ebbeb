//! Mutated documents through the gate, the reader and the masking: nothing panics, nothing grows, nothing is read in two ways.
//!
//! A short run is part of the tests. A long one: `MARKETGATE_FUZZ_SECONDS=1800 cargo test --release -p marketgate-cxml fuzz --
//! --ignored --nocapture`. A failure prints its seed; `MARKETGATE_FUZZ_SEED` runs that one alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use super::fixtures::*;
use super::generated::Source;
use super::samples::reference_folder;
use crate::catalog_index::read_index;
use crate::content::fingerprint;
use crate::mask::mask_secrets;
use crate::preview::Preview;
use crate::{Limits, admit, read_document};

const PIECES: [&str; 28] = [
    "<",
    ">",
    "/>",
    "</",
    "&",
    "&lt;",
    "&#0;",
    "&#x110000;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!DOCTYPE a [",
    "]>",
    "<!ENTITY e 'x'>",
    "&e;",
    "xmlns='u'",
    "xmlns:a='",
    "'",
    "\"",
    "=",
    "\u{0}",
    "\u{feff}",
    "--b\r\n",
    "<SharedSecret>",
    "99999999999999999999999999999",
];

fn corpus() -> Vec<Vec<u8>> {
    let mut corpus =
        vec![long_order(2), file("cxml/order/network_style.xml"), file("cxml/punchout_setup/coupa_style.xml")];
    for folder in [testdata("hostile"), reference_folder().join("samples")] {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        corpus.extend(paths.iter().filter_map(|path| std::fs::read(path).ok()).filter(|bytes| bytes.len() < 20_000));
    }
    corpus
}

fn mutated(source: &mut Source, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = source.one_of(corpus);
    for _ in 0..source.below(5) {
        let length = bytes.len().max(1);
        let at = source.below(length).min(bytes.len());
        let end = (at + source.below(40)).min(bytes.len());
        match source.below(8) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at.max(1)),
            2 => bytes[at..end].reverse(),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy.repeat(1 + source.below(20)));
            }
            4 => {
                let other = source.one_of(corpus);
                let from = source.below(other.len().max(1));
                let to = (from + source.below(400)).min(other.len());
                bytes.splice(at..end, other[from.min(to)..to].to_vec());
            }
            5 => bytes[at..end].iter_mut().for_each(|byte| *byte = byte.wrapping_add(1 << (at % 8))),
            6 => bytes.insert(at, u8::try_from(source.below(256)).unwrap()),
            _ => drop(bytes.splice(at..at, source.one_of(&PIECES).bytes())),
        }
    }
    bytes
}

/// What must hold of any bytes at all; returns whether they were read.
fn check(source: &mut Source, bytes: &[u8]) -> bool {
    const TYPES: [Option<&str>; 6] = [
        None,
        Some("text/xml"),
        Some("text/xml; charset=utf-8"),
        Some("application/xml; charset=iso-8859-15"),
        Some("multipart/related; boundary=b"),
        Some("text/html; charset=utf-16"),
    ];
    assert_eq!(mask_secrets(bytes).bytes.len(), bytes.len());
    let limits = Limits::default();
    let content_type = source.one_of(&TYPES);
    let Ok(admitted) = admit(bytes, content_type, &limits) else { return false };
    assert!(admitted.text().len() <= 3 * bytes.len() + 3, "the text grew");
    let Ok(document) = admitted.parse() else { return false };
    assert!(document.descendants().count() <= bytes.len() + 2, "more nodes than bytes");
    let _ = (Preview::of(&document), read_index(&document));
    let Ok(envelope) = read_document(&document) else { return false };
    assert_eq!(read_document(&document).unwrap(), envelope);
    assert_eq!(fingerprint(&document), fingerprint(&document));
    for signature in &envelope.signatures {
        assert!(admitted.original_range(signature.range.clone()).is_none_or(|range| range.end <= bytes.len()));
    }
    true
}

fn run(seed: u64, corpus: &[Vec<u8>]) -> bool {
    let mut source = Source::new(seed);
    let bytes = mutated(&mut source, corpus);
    let outcome = catch_unwind(AssertUnwindSafe(|| check(&mut source, &bytes)));
    outcome.unwrap_or_else(|_| panic!("seed {seed}: {}", String::from_utf8_lossy(&bytes)))
}

#[test]
fn mutated_documents_are_read_or_refused() {
    let corpus = corpus();
    let read = (0..2_000).filter(|seed| run(*seed, &corpus)).count();
    assert!(read > 50, "mutation leaves too little that can be read: {read}");
}

#[test]
#[ignore = "runs for MARKETGATE_FUZZ_SECONDS"]
fn fuzz_for_a_while() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let corpus = corpus();
    if let Some(seed) = number("MARKETGATE_FUZZ_SEED") {
        run(seed, &corpus);
        return;
    }
    let (start, time) = (Instant::now(), Duration::from_secs(number("MARKETGATE_FUZZ_SECONDS").unwrap_or(60)));
    let (mut runs, mut read) = (0_u64, 0_u64);
    while start.elapsed() < time {
        read += u64::from(run(1_000_000 + runs, &corpus));
        runs += 1;
    }
    println!("{runs} documents from {} seeds, {read} of them read, no failure", corpus.len());
}
