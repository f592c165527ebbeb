//! Simple products in CSV, one line each with one public offer: what people keep in a spreadsheet.
//!
//! Every line becomes the same JSON that a file in JSON has, and is read by the same readers.

use serde_json::{Map, Value};

use super::file::{FileFault, Place, Record, Sink};
use super::offer::NamedOffer;
use super::product::NamedProduct;
use super::simple::{self, Cells};
use crate::interchange::members::{Members, Misread};
use crate::interchange::words::{did_you_mean, folded};

/// The columns, each with what it holds and what it is in JSON (of the product, else of the offer).
pub const COLUMNS: [(&str, &str); 15] = [
    ("code", "product code, as procurement systems see it"),
    ("name", "name of the product"),
    ("summary", "one sentence for lists"),
    ("description", "paragraphs; may be empty"),
    ("category", "for browsing"),
    ("product_type", "saas, ami, container or professional_services; case does not matter"),
    ("seller", "invoice prefix of a seller that exists"),
    ("setup", "what to do after the purchase; may be empty"),
    ("offer", "name of the offer"),
    ("pricing", "fixed, monthly, usage, free, byol or trial"),
    ("price", "fixed: for the whole duration; monthly: each month; usage: for one unit"),
    ("currency", "ISO 4217, with a price"),
    ("months", "duration: fixed, monthly, free"),
    ("unit", "usage: what is counted, for example scan"),
    ("trial_days", "trial: how long"),
];

/// Columns that may be missing altogether.
const OPTIONAL: [&str; 7] = ["description", "setup", "price", "currency", "months", "unit", "trial_days"];

/// The key of the offer of each product.
const OFFER_KEY: &str = "csv";

/// Reads a catalogue file in CSV (RFC 4180, UTF-8, names of columns in the first line). Never fails: everything that is wrong goes to
/// the sink.
pub fn read_csv(text: &str, sink: &mut dyn Sink) {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let columns = match reader.headers() {
        Ok(columns) => columns.iter().map(column_named).collect(),
        Err(error) => return sink.fault(broken(&error)),
    };
    let faults = wrong_columns(&columns);
    if !faults.is_empty() {
        for fault in faults {
            sink.fault(fault);
        }
        return;
    }
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                sink.fault(broken(&error));
                continue;
            }
        };
        let line = row.position().map_or(0, csv::Position::line);
        let offset = row.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(0));
        if row.iter().all(str::is_empty) {
            // Spreadsheets write such rows behind the last one.
            continue;
        }
        let cells = columns.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty());
        Row { line, offset, cells: cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect() }
            .read(sink);
    }
}

fn broken(error: &csv::Error) -> FileFault {
    let line = error.position().map_or(1, csv::Position::line);
    let detail = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{expected_len} cells are expected, {len} are there: is a comma or a quote missing?")
        }
        _ => format!("this is not CSV: {error}"),
    };
    FileFault { line, field: String::new(), detail }
}

/// The column that a heading names, whatever its case and separators.
fn column_named(heading: &str) -> &str {
    let known = COLUMNS.iter().map(|(name, _)| *name).find(|name| folded(name) == folded(heading));
    known.unwrap_or(heading)
}

fn wrong_columns(columns: &csv::StringRecord) -> Vec<FileFault> {
    let known = COLUMNS.map(|(name, _)| name);
    let fault = |field: &str, detail: String| FileFault { line: 1, field: field.to_owned(), detail };
    if columns.len() == 1 && columns.iter().any(|column| column.contains([';', '\t'])) {
        return vec![fault("", "columns are separated by commas here: save the file as CSV with commas".to_owned())];
    }
    let unknown = columns.iter().filter(|column| !known.contains(column));
    let unknown_here =
        |column: &str| format!("is unknown here; known are {}{}", known.join(", "), did_you_mean(column, known));
    let unknown = unknown.map(|column| fault(column, unknown_here(column)));
    let missing =
        known.iter().filter(|name| !OPTIONAL.contains(name) && !columns.iter().any(|column| column == **name));
    let missing = missing.map(|name| fault(name, "this column is missing".to_owned()));
    let twice = columns.iter().enumerate().filter(|(place, column)| columns.iter().take(*place).any(|c| c == *column));
    let twice = twice.map(|(_, column)| fault(column, "this column stands twice".to_owned()));
    unknown.chain(missing).chain(twice).collect()
}

/// The column that holds a field of a record.
pub(crate) fn column_of(record: &Record, field: &str) -> String {
    let column = match (record, field) {
        (Record::Offer(_), "product" | "key") => "code",
        (Record::Offer(_), field) if field.starts_with("terms") => {
            return simple::cell(&format!("/{field}")).to_owned();
        }
        (Record::Offer(_), "name" | "state" | "accounts" | "availability_end_date") => "offer",
        _ => field,
    };
    column.to_owned()
}

/// One line.
struct Row {
    line: u64,
    /// Where it begins in the text, in bytes.
    offset: usize,
    /// What is not empty, by column.
    cells: std::collections::BTreeMap<String, String>,
}

impl Row {
    fn read(&self, sink: &mut dyn Sink) {
        let mut faults = Vec::new();
        let mut product = Members::new(self.product());
        let read_product = NamedProduct::read(&mut product);
        faults.extend(product.finish().err().unwrap_or_default().iter().map(|fault| self.fault(fault)));
        let offer = match self.offer() {
            Ok(offer) => {
                let mut offer = Members::new(offer);
                let read = NamedOffer::read(&mut offer);
                let wrong = offer.finish().err().unwrap_or_default();
                // The code is the product's, and blamed there.
                faults.extend(wrong.iter().filter(|fault| fault.pointer != "/product").map(|fault| self.fault(fault)));
                let lost = simple::lost(simple::pricing(self.pricing()).unwrap_or_default(), self).into_iter();
                faults.extend(lost.map(|(column, detail)| self.wrong(column, detail)));
                read
            }
            Err(fault) => {
                faults.push(fault);
                None
            }
        };
        if let (Some(product), Some(offer), true) = (read_product, offer, faults.is_empty()) {
            let place = || Place { line: self.line, pointer: String::new(), offset: self.offset };
            sink.record(place(), Record::Product(Box::new(product)));
            sink.record(place(), Record::Offer(Box::new(offer)));
            return;
        }
        // One cell may stand for two members.
        faults.dedup();
        for fault in faults {
            sink.fault(fault);
        }
    }

    fn product(&self) -> Map<String, Value> {
        let columns = ["code", "name", "summary", "description", "category", "product_type", "seller", "setup"];
        columns.iter().filter_map(|column| Some(((*column).to_owned(), self.text(column)?))).collect()
    }

    fn offer(&self) -> Result<Map<String, Value>, FileFault> {
        let pricing = simple::pricing(self.pricing()).map_err(|detail| self.wrong("pricing", detail))?;
        let terms = simple::terms(pricing, self);
        let members = [
            ("key", Some(OFFER_KEY.into())),
            ("product", self.text("code")),
            ("name", self.text("offer")),
            ("terms", terms),
        ];
        Ok(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    }

    fn fault(&self, fault: &Misread) -> FileFault {
        let column = match fault.pointer.as_str() {
            "/name" if self.cells.contains_key("name") => "offer",
            pointer => simple::cell(pointer),
        };
        self.wrong(column, fault.detail.clone())
    }

    fn wrong(&self, column: &str, detail: String) -> FileFault {
        FileFault { line: self.line, field: column.to_owned(), detail }
    }

    /// The way of paying, as it was typed.
    fn pricing(&self) -> &str {
        self.cells.get("pricing").map_or("", String::as_str)
    }
}

impl Cells for Row {
    fn text(&self, name: &str) -> Option<Value> {
        self.cells.get(name).map(|cell| Value::String(cell.clone()))
    }

    fn number(&self, name: &str) -> Option<Value> {
        let cell = self.cells.get(name)?;
        Some(cell.parse::<u32>().map_or_else(|_| Value::String(cell.clone()), Value::from))
    }
}
