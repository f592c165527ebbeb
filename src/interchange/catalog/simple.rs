//! Simple prices, as a spreadsheet or a form has them: one way of paying and a few cells, brought into the JSON of terms.

use serde_json::{Map, Value, json};

use crate::interchange::members::decimal;
use crate::interchange::words::{folded, not_one_of};

/// The ways of paying, each with what it means.
pub const PRICINGS: [(&str, &str); 6] = [
    ("fixed", "Fixed price for a duration"),
    ("monthly", "Flat amount each month"),
    ("usage", "Pay by use"),
    ("free", "Free"),
    ("byol", "Bring your own licence"),
    ("trial", "Free trial"),
];

/// What pages and the JSON form call the same ways of paying.
const OTHER_NAMES: [(&str, &str); 4] =
    [("Contract", "fixed"), ("Recurring", "monthly"), ("Pay as you go", "usage"), ("PAYG", "usage")];

/// The way of paying that a word means: one of [`PRICINGS`], its title, or the name of its pricing model, in any case.
///
/// # Errors
/// In words, with those that are known and the nearest of them.
pub fn pricing(given: &str) -> Result<&'static str, String> {
    let wanted = folded(given);
    let names = PRICINGS.into_iter().flat_map(|(word, title)| [(word, word), (title, word)]);
    let found = names.chain(OTHER_NAMES).find(|(name, _)| folded(name) == wanted).map(|(_, word)| word);
    found.ok_or_else(|| match folded(given).as_str() {
        "flexiblepaymentschedule" | "contractandusage" | "contractwithusage" => {
            format!("\"{given}\" does not fit into one line: import the offer as JSON")
        }
        _ => not_one_of(given, &PRICINGS.map(|(word, _)| word)),
    })
}

/// Cells by name: `price`, `currency`, `months`, `unit`, `trial_days`. An empty one is none.
pub trait Cells {
    /// A cell as text.
    fn text(&self, name: &str) -> Option<Value>;

    /// A cell as a number; as text where it is none, so that the reader says so.
    fn number(&self, name: &str) -> Option<Value>;
}

/// The terms; nothing for a way of paying that is not one of [`PRICINGS`].
pub fn terms(pricing: &str, cells: &impl Cells) -> Option<Value> {
    let money = || object([("amount", cells.text("price")), ("currency", cells.text("currency"))]);
    let fixed = |price| object([("months", cells.number("months")), ("price", Some(price))]);
    Some(match pricing {
        "fixed" => object([("fixed_upfront", Some(fixed(money())))]),
        "monthly" => object([("recurring", Some(money())), ("validity_months", cells.number("months"))]),
        "usage" => {
            let unit = cells.text("unit");
            let rate = object([("dimension", unit.clone()), ("unit", unit), ("price", cells.text("price"))]);
            object([("currency", cells.text("currency")), ("usage_rates", Some(json!([rate])))])
        }
        "free" => {
            let currency = cells.text("currency").unwrap_or_else(|| "USD".into());
            object([("fixed_upfront", Some(fixed(json!({ "amount": "0", "currency": currency }))))])
        }
        "byol" => json!({ "byol": true }),
        "trial" => object([("trial_days", cells.number("trial_days"))]),
        _ => return None,
    })
}

/// Cells that say something with these ways of paying only. A currency and a duration stand in every row of many spreadsheets.
const SAYS_SOMETHING: [(&str, &[&str]); 3] =
    [("price", &["fixed", "monthly", "usage"]), ("unit", &["usage"]), ("trial_days", &["trial"])];

/// Cells that hold what would be lost, each with what is wrong: a free offer with a price is a mistake, whichever of the two is meant.
pub fn lost(pricing: &str, cells: &impl Cells) -> Vec<(&'static str, String)> {
    let is_nothing = |cell: &Value| decimal(cell).is_ok_and(|amount| amount.is_zero());
    let is_lost = |(name, pricings): &&(&str, &[&str])| {
        !pricings.contains(&pricing) && cells.text(name).is_some_and(|cell| !is_nothing(&cell))
    };
    let detail = || format!("says nothing with \"{pricing}\": leave it empty, or pay another way");
    SAYS_SOMETHING.iter().filter(is_lost).map(|(name, _)| (*name, detail())).collect()
}

/// The cell that a pointer into the terms comes from.
pub fn cell(pointer: &str) -> &str {
    match pointer {
        "/terms" => "pricing",
        "/terms/validity_months" => "months",
        "/terms/usage_rates/0/dimension" => "unit",
        pointer => match pointer.rsplit('/').next() {
            Some("amount") => "price",
            Some(last) => last,
            None => "",
        },
    }
}

fn object<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let members: Map<String, Value> =
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Value::Object(members)
}
