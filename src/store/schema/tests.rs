//! The list of tables is complete: each table has a name of its own and words that explain it.

use super::*;

#[test]
fn no_two_tables_share_a_name_and_every_one_is_explained() {
    let mut names = names();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLES.len());
    for table in TABLES {
        let texts = [table.key, table.value, table.writer, table.readers];
        assert!(texts.iter().all(|text| !text.is_empty()), "{}", table.name);
    }
}
