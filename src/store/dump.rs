//! The whole database as text, table by table: for tests that compare it after every step, and for support.
//!
//! Every declared table is shown, so nothing a flow writes can go unnoticed. Secrets appear sealed, as they are stored.

use std::fmt::Write;

use serde_json::Value;

use crate::error::StoreError;
use crate::reader::ReadBytes;
use crate::scan::RawScan;
use crate::schema::TABLES;
use crate::snapshot::Snapshot;
use crate::table::RowText;
use crate::table::TableInfo;

/// How a dump looks.
#[derive(Debug, Clone, Default)]
pub struct DumpOptions {
    /// Records over several lines instead of one.
    pub pretty: bool,
    /// Tables without rows are left out.
    pub skip_empty: bool,
    /// Texts to be replaced, in this order: identifiers and moments that differ from run to run.
    pub replacements: Vec<(String, String)>,
}

/// Rows that are read at once.
const PAGE: usize = 1000;

/// The tables as text.
pub(crate) fn dump(snapshot: &Snapshot, options: &DumpOptions) -> Result<String, StoreError> {
    let mut text = String::new();
    for table in TABLES {
        let rows = rows_of(snapshot, table, options)?;
        if !rows.is_empty() || !options.skip_empty {
            line(&mut text, format_args!("## {} ({})", table.name, table.key));
            text.push_str(&rows);
            text.push('\n');
        }
    }
    Ok(options.replacements.iter().fold(text, |text, (from, to)| text.replace(from, to)))
}

/// Calls `each` with every row of a table, in key order.
pub(crate) fn each_row(
    reader: &impl ReadBytes,
    table: &'static str,
    mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut scan = RawScan::all(PAGE);
    loop {
        let rows = reader.scan_bytes(table, &scan)?;
        rows.iter().try_for_each(|(key, value)| each(key, value))?;
        match rows.into_iter().nth(PAGE - 1) {
            Some((last, _)) => scan.lower = std::ops::Bound::Excluded(last),
            None => return Ok(()),
        }
    }
}

fn rows_of(snapshot: &Snapshot, table: &TableInfo, options: &DumpOptions) -> Result<String, StoreError> {
    let mut text = String::new();
    each_row(snapshot, table.name, |key, value| {
        let RowText { key, value } = (table.describe)(key, value)?;
        match value {
            Value::Null => line(&mut text, format_args!("{key}")),
            value if options.pretty => line(&mut text, format_args!("{key} = {value:#}")),
            value => line(&mut text, format_args!("{key} = {value}")),
        }
        Ok(())
    })?;
    Ok(text)
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(text, "{content}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::AUDIT_BY_ORGANIZATION;
    use crate::testing::store;

    #[test]
    fn every_table_is_shown_with_its_rows() {
        let text = store().dump(&DumpOptions::default()).unwrap();
        for table in TABLES {
            assert!(text.contains(&format!("## {} (", table.name)), "{}", table.name);
        }
        assert!(text.starts_with("## meta (name of the fact)\nkind = {\"kind\":\"real\"}\nschema_version ="), "{text}");
    }

    #[test]
    fn volatile_texts_are_replaced_and_empty_tables_can_be_left_out() {
        let replacements = vec![("\"real\"".to_owned(), "KIND".to_owned())];
        let options = DumpOptions { skip_empty: true, replacements, ..DumpOptions::default() };
        let text = store().dump(&options).unwrap();
        assert_eq!(
            text,
            "## meta (name of the fact)\nkind = {\"kind\":KIND}\nschema_version = {\"schema_version\":1}\n\n"
        );
    }

    #[test]
    fn a_long_table_is_read_page_by_page_to_its_end() {
        let store = store();
        let organization = marketgate_domain::id::OrganizationId::from_value(1);
        let rows = u32::try_from(PAGE).unwrap() * 2;
        let filled = store
            .transact(move |tx| (0..rows).try_for_each(|n| tx.put(&AUDIT_BY_ORGANIZATION, &(organization, 1, n), &())));
        assert_eq!(filled, Ok(()));
        let mut seen = 0;
        let read = store.read(|snapshot| {
            each_row(snapshot, AUDIT_BY_ORGANIZATION.name(), |_, _| {
                seen += 1;
                Ok(())
            })
        });
        assert_eq!(read, Ok(()));
        assert_eq!(seen, rows);
    }
}
