//! Catalogue files: read record by record, so that a large file needs memory for one record at a time, and every error has its line.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use marketgate_domain::id::SellerId;
use marketgate_domain::seller::Seller;
use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::csv::column_of;
use super::offer::{NamedOffer, OfferRecord};
use super::product::{NamedProduct, ProductRecord};
use super::seller::{SellerRecord, read_seller};
use crate::interchange::members::Members;
use crate::interchange::strict;
use crate::interchange::words::did_you_mean;

/// A catalogue, as `marketgate export` writes it and `marketgate import` reads it. Lists that are not named are empty; what exists and
/// is not in the file stays as it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Catalog)]
pub struct CatalogRecord {
    /// Sellers of record.
    #[schema(required = false)]
    pub sellers: Vec<SellerRecord>,
    /// Products of sellers in this file or in the marketplace.
    #[schema(required = false)]
    pub products: Vec<ProductRecord>,
    /// Offers of products in this file or in the marketplace.
    #[schema(required = false)]
    pub offers: Vec<OfferRecord>,
}

/// One record of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A seller, with an identifier that means nothing: its key is the invoice prefix.
    Seller(Box<Seller>),
    /// A product.
    Product(Box<NamedProduct>),
    /// An offer.
    Offer(Box<NamedOffer>),
}

/// Where a record stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// A JSON Pointer to it such as `/products/3`; nothing in a CSV file.
    pub pointer: String,
    /// Where it begins in the text, in bytes.
    pub offset: usize,
}

impl Place {
    /// Something that the rules say about a field of the record here: the name of a member, or a path such as `terms/schedule`.
    pub fn fault(&self, text: &str, record: &Record, field: &str, detail: String) -> FileFault {
        if self.pointer.is_empty() {
            return FileFault { line: self.line, field: column_of(record, field), detail };
        }
        let pointer = format!("/{field}");
        let below = value_at(text, self.offset).and_then(|raw| line_of(raw.get(), &pointer));
        let line = self.line + below.map_or(0, |line| line - 1);
        FileFault { line, field: format!("{}{pointer}", self.pointer), detail }
    }
}

/// The JSON value that begins there.
fn value_at(text: &str, offset: usize) -> Option<&RawValue> {
    let mut reader = serde_json::Deserializer::from_str(text.get(offset..)?);
    serde::Deserialize::deserialize(&mut reader).ok()
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileFault {
    /// The line, from 1.
    pub line: u64,
    /// A JSON Pointer such as `/products/3/code`, or the name of a column.
    pub field: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.line, self.field, self.detail)
    }
}

/// Takes what a file holds, one record after the other, in the order of the file.
pub trait Sink {
    /// A record that is well formed.
    fn record(&mut self, place: Place, record: Record);

    /// Something that is wrong.
    fn fault(&mut self, fault: FileFault);
}

/// Reads a catalogue file in JSON. Never fails: everything that is wrong goes to the sink, of text that is no JSON the place where it
/// ends to be.
pub fn read_json(text: &str, sink: &mut dyn Sink) {
    let mut walk = Walk { text, counted: 0, line: 1, sink };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = (&mut walk).deserialize(&mut reader).and_then(|()| reader.end());
    if let Err(error) = read {
        let (line, detail) = (error.line() as u64, format!("this is not a catalogue in JSON: {error}"));
        sink.fault(FileFault { line, field: String::new(), detail });
    }
}

/// A value somewhere in a record, as its line.
pub(crate) fn line_of(text: &str, pointer: &str) -> Option<u64> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    let inner = pointer.split('/').skip(1).fold(raw, |at, step| below(at, step).unwrap_or(at));
    Some(lines(text.get(..offset(text, inner.get()))?) + 1)
}

/// The value of a member, or the item of a list.
fn below<'t>(raw: &'t RawValue, step: &str) -> Option<&'t RawValue> {
    let step = step.replace("~1", "/").replace("~0", "~");
    match raw.get().as_bytes().first()? {
        b'{' => serde_json::from_str::<BTreeMap<Cow<'t, str>, &'t RawValue>>(raw.get()).ok()?.remove(step.as_str()),
        b'[' => serde_json::from_str::<Vec<&'t RawValue>>(raw.get()).ok()?.get(step.parse::<usize>().ok()?).copied(),
        _ => None,
    }
}

/// Where a piece of a text begins in it.
fn offset(text: &str, piece: &str) -> usize {
    (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

fn lines(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// The walk over the file: counts lines only forwards.
struct Walk<'t, 's> {
    text: &'t str,
    counted: usize,
    line: u64,
    sink: &'s mut dyn Sink,
}

/// The lists of a file.
const LISTS: [&str; 3] = ["sellers", "products", "offers"];

impl<'t> Walk<'t, '_> {
    fn element(&mut self, list: &'static str, number: usize, raw: &'t RawValue) {
        let start = offset(self.text, raw.get());
        self.line += self.text.get(self.counted..start).map_or(0, lines);
        self.counted = start;
        let place = Place { line: self.line, pointer: format!("/{list}/{number}"), offset: start };
        let (given, twice) = match strict::parse(raw.get().as_bytes()) {
            Ok((Value::Object(given), twice)) => (given, twice),
            other => {
                // What is no JSON ends the walk; here are numbers and depths that nobody means.
                let detail = other
                    .err()
                    .map_or_else(|| "an object is expected".to_owned(), |error| format!("cannot be read: {error}"));
                return self.sink.fault(FileFault { line: place.line, field: place.pointer, detail });
            }
        };
        let mut members = Members::read_with(given, twice);
        let record = read_record(list, &mut members);
        match (members.finish(), record) {
            (Ok(()), Some(record)) => self.sink.record(place, record),
            (Ok(()), None) => {
                let detail = "cannot be understood".to_owned();
                self.sink.fault(FileFault { line: place.line, field: place.pointer, detail });
            }
            (Err(faults), _) => {
                for fault in faults {
                    let line = line_of(raw.get(), &fault.pointer).map_or(place.line, |line| place.line + line - 1);
                    let field = format!("{}{}", place.pointer, fault.pointer);
                    self.sink.fault(FileFault { line, field, detail: fault.detail });
                }
            }
        }
    }
}

fn read_record(list: &str, members: &mut Members) -> Option<Record> {
    match list {
        "sellers" => read_seller(members, SellerId::from_value(0)).map(|seller| Record::Seller(Box::new(seller))),
        "products" => NamedProduct::read(members).map(|product| Record::Product(Box::new(product))),
        _ => NamedOffer::read(members).map(|offer| Record::Offer(Box::new(offer))),
    }
}

impl<'t> DeserializeSeed<'t> for &mut Walk<'t, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for &mut Walk<'t, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with {}", LISTS.join(", "))
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = Vec::new();
        while let Some(name) = map.next_key::<Cow<'t, str>>()? {
            if name == "$schema" {
                // Editors look for it.
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let Some(list) = LISTS.into_iter().find(|list| *list == name) else {
                return Err(A::Error::custom(format!(
                    "\"{name}\" is unknown here; known are {}{}",
                    LISTS.join(", "),
                    did_you_mean(&name, LISTS)
                )));
            };
            if seen.contains(&list) {
                return Err(A::Error::custom(format!("\"{list}\" stands twice")));
            }
            seen.push(list);
            map.next_value_seed(List { list, walk: self })?;
        }
        Ok(())
    }
}

struct List<'w, 't, 's> {
    list: &'static str,
    walk: &'w mut Walk<'t, 's>,
}

impl<'t> DeserializeSeed<'t> for List<'_, 't, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'t> Visitor<'t> for List<'_, 't, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.list)
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(raw) = list.next_element::<&'t RawValue>()? {
            self.walk.element(self.list, number, raw);
            number += 1;
        }
        Ok(())
    }
}
