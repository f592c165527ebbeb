//! CIF 3.0 (Catalog Interchange Format of SAP Ariba): a supplier's catalogue as a text file, here of PunchOut items.
//!
//! The file replaces the catalogue (`LOADMODE: F`), names its columns, and says how many rows it has. A row is one line
//! whatever its texts hold: line breaks and other control characters become blanks, quotes are doubled. No byte order mark.

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What an installation says of the file's origin.
const COMMENTS: &str = concat!("marketgate ", env!("CARGO_PKG_VERSION"));

/// The twelve columns of every CIF file in their order, then those of PunchOut items.
const FIELD_NAMES: [&str; 18] = [
    "Supplier ID",
    "Supplier Part ID",
    "Manufacturer Part ID",
    "Item Description",
    "SPSC Code",
    "Unit Price",
    "Unit of Measure",
    "Lead Time",
    "Manufacturer Name",
    "Supplier URL",
    "Manufacturer URL",
    "Market Price",
    "Currency",
    "Short Name",
    "Supplier Part Auxiliary ID",
    "Expiration Date",
    "PunchOut Enabled",
    "PunchOut Level",
];

/// A catalogue of PunchOut items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CifCatalog {
    /// Kind of the supplier's identity, as CIF spells it; see [`identity_domain`].
    pub supplier_domain: String,
    /// The supplier's identity, in every row.
    pub supplier_id: String,
    /// Currency of rows that name no other, ISO 4217.
    pub currency: &'static str,
    /// When the file was made.
    pub made_at: Timestamp,
    /// The rows.
    pub rows: Vec<CifRow>,
}

/// A PunchOut item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CifRow {
    /// Comes back as the selected item.
    pub part_id: String,
    /// The supplier's further reference.
    pub auxiliary_id: Option<String>,
    /// What it is.
    pub description: String,
    /// Name in few words.
    pub short_name: String,
    /// UNSPSC, eight digits.
    pub unspsc: String,
    /// Price of one unit and its currency; none where it comes live.
    pub price: Option<(Decimal, &'static str)>,
    /// Unit of measure, as the buyer spells it.
    pub unit: String,
    /// Who makes it.
    pub manufacturer: Option<String>,
    /// Where PunchOut begins.
    pub url: String,
    /// Last day of the item.
    pub last_day: Option<Date>,
    /// `store`, `aisle`, `shelf` or `product`.
    pub level: &'static str,
}

/// How CIF spells the domain of a cXML credential: `NETWORK_ID` and `DUNS` are the two that SAP Ariba takes.
pub fn identity_domain(domain: &str) -> String {
    match domain.to_ascii_lowercase().as_str() {
        "networkid" | "network_id" | "aribanetworkid" => "NETWORK_ID".to_owned(),
        "duns" => "DUNS".to_owned(),
        _ => domain.to_owned(),
    }
}

/// Writes the file.
pub fn write(catalog: &CifCatalog) -> String {
    let made_at = catalog.made_at.strftime("%Y-%m-%d %H:%M:%S");
    let mut text = String::from("CIF_I_V3.0\n");
    for (key, value) in [
        ("CHARSET", "UTF-8"),
        ("LOADMODE", "F"),
        ("CODEFORMAT", "UNSPSC"),
        ("CURRENCY", catalog.currency),
        ("SUPPLIERID_DOMAIN", &*clean(&catalog.supplier_domain)),
        ("ITEMCOUNT", &*catalog.rows.len().to_string()),
        ("TIMESTAMP", &*made_at.to_string()),
        ("UNUOM", "TRUE"),
        ("COMMENTS", COMMENTS),
        ("FIELDNAMES", &*FIELD_NAMES.join(", ")),
    ] {
        line(&mut text, &[key, ": ", value]);
    }
    line(&mut text, &["DATA"]);
    for row in &catalog.rows {
        line(&mut text, &[&record(row, catalog)]);
    }
    line(&mut text, &["ENDOFDATA"]);
    text
}

fn line(text: &mut String, parts: &[&str]) {
    text.extend(parts.iter().copied().chain(["\n"]));
}

fn record(row: &CifRow, catalog: &CifCatalog) -> String {
    let price = row.price.map(|(amount, _)| amount.to_string()).unwrap_or_default();
    let currency = row.price.map_or(catalog.currency, |(_, currency)| currency);
    let last_day = row.last_day.map(|day| day.to_string()).unwrap_or_default();
    let cells: [&str; FIELD_NAMES.len()] = [
        &catalog.supplier_id,
        &row.part_id,
        "",
        &row.description,
        &row.unspsc,
        &price,
        &row.unit,
        "0",
        row.manufacturer.as_deref().unwrap_or_default(),
        &row.url,
        "",
        "",
        currency,
        &row.short_name,
        row.auxiliary_id.as_deref().unwrap_or_default(),
        &last_day,
        "TRUE",
        row.level,
    ];
    cells.map(quoted).join(",")
}

/// A cell. Empty ones stay empty, all others are quoted.
fn quoted(text: &str) -> String {
    let text = clean(text);
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// A text without control characters, line separators and byte order marks: a row is one line.
fn clean(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    text.replace(breaks, " ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Header and rows of a file, read by a reader that shares nothing with the writer.
    fn read(text: &str) -> (Vec<(String, String)>, Vec<Vec<String>>) {
        let (head, rest) = text.split_once("\nDATA\n").unwrap();
        let data = rest.strip_suffix("ENDOFDATA\n").unwrap();
        let mut lines = head.split('\n');
        assert_eq!(lines.next(), Some("CIF_I_V3.0"));
        let header = lines.map(|line| line.split_once(": ").unwrap()).map(|(k, v)| (k.to_owned(), v.to_owned()));
        (header.collect(), data.split_terminator('\n').map(cells).collect())
    }

    fn cells(line: &str) -> Vec<String> {
        let (mut cells, mut letters, mut inside) = (vec![String::new()], line.chars().peekable(), false);
        while let Some(letter) = letters.next() {
            match letter {
                '"' if inside && letters.next_if_eq(&'"').is_some() => cells.last_mut().unwrap().push('"'),
                '"' => inside = !inside,
                ',' if !inside => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        assert!(!inside, "{line}");
        cells
    }

    fn catalog(rows: Vec<CifRow>) -> CifCatalog {
        CifCatalog {
            supplier_domain: identity_domain("NetworkID"),
            supplier_id: "AN02000000002-T".to_owned(),
            currency: "USD",
            made_at: "2026-03-02T09:05:00Z".parse().unwrap(),
            rows,
        }
    }

    fn row() -> CifRow {
        CifRow {
            part_id: "COBALT-GATEWREN".to_owned(),
            description: "Gatewren, the \"quick\" gate".to_owned(),
            unspsc: "81162000".to_owned(),
            price: Some(("1200.50".parse().unwrap(), "EUR")),
            unit: "EA".to_owned(),
            last_day: Some(date(2026, 4, 1)),
            level: "product",
            ..CifRow::default()
        }
    }

    #[test]
    fn what_is_written_comes_back_column_by_column() {
        let (header, rows) = read(&write(&catalog(vec![row(), CifRow { price: None, ..row() }])));
        let value = |key: &str| header.iter().find(|(name, _)| name == key).unwrap().1.clone();
        for (key, expected) in [
            ("CHARSET", "UTF-8"),
            ("LOADMODE", "F"),
            ("CODEFORMAT", "UNSPSC"),
            ("CURRENCY", "USD"),
            ("SUPPLIERID_DOMAIN", "NETWORK_ID"),
            ("ITEMCOUNT", "2"),
            ("TIMESTAMP", "2026-03-02 09:05:00"),
            ("UNUOM", "TRUE"),
        ] {
            assert_eq!(value(key), expected, "{key}");
        }
        let names = value("FIELDNAMES");
        let names: Vec<&str> = names.split(", ").collect();
        assert_eq!((names[0], names[11], names[17]), ("Supplier ID", "Market Price", "PunchOut Level"));
        let cell = |row: usize, name: &str| rows[row][names.iter().position(|n| *n == name).unwrap()].as_str();
        for (name, expected) in [
            ("Supplier ID", "AN02000000002-T"),
            ("Supplier Part ID", "COBALT-GATEWREN"),
            ("Item Description", "Gatewren, the \"quick\" gate"),
            ("SPSC Code", "81162000"),
            ("Unit Price", "1200.50"),
            ("Currency", "EUR"),
            ("Lead Time", "0"),
            ("Expiration Date", "2026-04-01"),
            ("PunchOut Enabled", "TRUE"),
            ("PunchOut Level", "product"),
        ] {
            assert_eq!(cell(0, name), expected, "{name}");
        }
        assert_eq!((cell(1, "Unit Price"), cell(1, "Currency")), ("", "USD"));
        assert!(rows.iter().all(|row| row.len() == names.len()));
    }

    #[test]
    fn a_row_is_one_line_whatever_its_texts_hold() {
        let text = "\u{feff}one\r\ntwo\tthree\u{0}\u{85}\u{2028}four\nENDOFDATA\n";
        let wild = CifRow { description: text.to_owned(), short_name: text.to_owned(), ..row() };
        let written = write(&catalog(vec![wild, row()]));
        assert!(!written.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{feff}'));
        let (_, rows) = read(&written);
        assert_eq!((rows.len(), rows[0][3].as_str()), (2, "one  two three   four ENDOFDATA"));
    }

    #[test]
    fn a_catalogue_without_rows_is_a_file_too() {
        assert!(read(&write(&catalog(Vec::new()))).1.is_empty());
    }
}
