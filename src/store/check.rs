//! The health of a store: every row of every table is read and decoded once.
//!
//! Nothing is changed and nothing stops at the first finding: who restores a backup wants to know all that is wrong.

use crate::dump::each_row;
use crate::engine::Engine;
use crate::error::StoreError;
use crate::schema::TABLES;
use crate::table::TableInfo;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Every table, in the order of the schema.
    pub tables: Vec<TableReport>,
    /// What cannot be read, in words; empty if all is well.
    pub problems: Vec<String>,
}

/// What is in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableReport {
    /// The table's name.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// Length of all keys and values, in bytes.
    pub bytes: u64,
}

/// Problems that are told one by one; a damaged store may have millions.
const MAX_PROBLEMS: usize = 100;

pub(crate) fn check(engine: &Engine) -> CheckReport {
    let mut report = CheckReport { tables: Vec::new(), problems: Vec::new() };
    for table in TABLES {
        let mut found = TableReport { name: table.name, rows: 0, bytes: 0 };
        let mut problems = Vec::new();
        let read = engine.read(|snapshot| {
            found = TableReport { name: table.name, rows: 0, bytes: 0 };
            problems.clear();
            each_row(snapshot, table.name, |key, value| {
                count(table, key, value, &mut found, &mut problems);
                Ok(())
            })
        });
        problems.extend(read.err().as_ref().map(StoreError::to_string));
        report.problems.append(&mut problems);
        report.tables.push(found);
    }
    report.problems.truncate(MAX_PROBLEMS);
    report
}

fn count(table: &TableInfo, key: &[u8], value: &[u8], found: &mut TableReport, problems: &mut Vec<String>) {
    found.rows += 1;
    found.bytes += (key.len() + value.len()) as u64;
    if let Err(error) = (table.describe)(key, value)
        && problems.len() < MAX_PROBLEMS
    {
        problems.push(error.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::store;

    #[test]
    fn a_sound_store_has_no_problems_and_its_rows_are_counted() {
        let report = store().check();
        assert_eq!((report.problems.len(), report.tables.len()), (0, TABLES.len()));
        assert_eq!((report.tables[0].name, report.tables[0].rows), ("meta", 2));
        assert!(report.tables[0].bytes > 0);
    }

    #[test]
    fn every_row_that_cannot_be_read_is_named() {
        let store = store();
        let spoiled = store.transact(|tx| {
            tx.put_bytes("audit", b"short", b"\x01{}".to_vec());
            tx.put_bytes("meta", b"x\0\x01", b"\x07{}".to_vec());
            Ok::<_, StoreError>(())
        });
        assert_eq!(spoiled, Ok(()));
        let problems = store.check().problems;
        assert_eq!(problems.len(), 2);
        assert!(problems[0].contains("table meta, key x: record version 7"), "{problems:?}");
        assert!(problems[1].contains("table audit, key 73686f7274"), "{problems:?}");
    }
}
