//! Comparison with texts under `testdata/`: a story's state after each step, for people to read.
//!
//! `MARKETGATE_REWRITE_GOLDEN=1 cargo test --test it` writes them anew; the difference is then for a person to judge.

use std::path::PathBuf;

/// The folder of test data.
pub fn testdata() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// The text is as it was.
pub fn assert_golden(name: &str, text: &str) {
    let path = testdata().join("stories").join(name).with_extension("txt");
    if std::env::var_os("MARKETGATE_REWRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{} differs.\n--- as it was\n{expected}\n--- as it is\n{text}", path.display());
}
