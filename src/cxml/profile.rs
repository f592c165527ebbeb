//! Owns `ProfileResponse`: what a server takes, and where.

use jiff::Timestamp;

use crate::error::WireError;
use crate::read::Cursor;
use crate::time::{WireTime, written};
use crate::unknown::{Keep, Unknown};
use crate::write::Element;

/// `ProfileResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileResponse {
    /// `@effectiveDate`: since when this has been so; never in the future.
    pub effective_date: WireTime,
    /// `Transaction`: one per request that is taken.
    pub transactions: Vec<Transaction>,
}

/// `Transaction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// `@requestName`, such as `OrderRequest`.
    pub request_name: String,
    /// `URL` to send it to.
    pub url: String,
    /// `Option`: name and value, such as `changes` and `Yes`.
    pub options: Vec<(String, String)>,
}

impl ProfileResponse {
    /// A profile that has been in effect since `effective_date`.
    pub fn new(effective_date: Timestamp, transactions: Vec<Transaction>) -> Self {
        Self { effective_date: WireTime::at(effective_date), transactions }
    }

    /// Where to send a request, if the server takes it.
    pub fn url_for(&self, request_name: &str) -> Option<&str> {
        let found = self.transactions.iter().find(|transaction| transaction.request_name == request_name);
        found.map(|transaction| transaction.url.as_str())
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut transactions = Vec::new();
        unknown.other_attributes(at, &["effectiveDate"]);
        for child in at.elements() {
            match child.name() {
                "Transaction" => transactions.push(Transaction::read(child, unknown)?),
                _ => unknown.element(child),
            }
        }
        Ok(Self { effective_date: WireTime::read(at.attr("effectiveDate").unwrap_or_default()), transactions })
    }

    pub(crate) fn element(&self) -> Element {
        let date = self.effective_date.instant.map_or_else(|| self.effective_date.text.clone(), written);
        Element::new("ProfileResponse")
            .attr("effectiveDate", &date)
            .children(self.transactions.iter().map(Transaction::element))
    }
}

impl Transaction {
    /// A transaction without options.
    pub fn new(request_name: &str, url: &str) -> Self {
        Self { request_name: request_name.to_owned(), url: url.to_owned(), options: Vec::new() }
    }

    /// Adds an option.
    pub fn with_option(mut self, name: &str, value: &str) -> Self {
        self.options.push((name.to_owned(), value.to_owned()));
        self
    }

    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let mut transaction = Self::new(at.required_attr("requestName")?.trim(), "");
        unknown.other_attributes(at, &["requestName"]);
        for child in at.elements() {
            match child.name() {
                "URL" => unknown.plain_text(&mut transaction.url, child),
                "Option" => {
                    unknown.beyond_text(child, &["name"]);
                    transaction.options.push((child.attr_text("name").unwrap_or_default(), child.trimmed_text()));
                }
                _ => unknown.element(child),
            }
        }
        Ok(transaction)
    }

    fn element(&self) -> Element {
        let option = |(name, value): &(String, String)| Element::new("Option").attr("name", name).text(value);
        Element::new("Transaction")
            .attr("requestName", &self.request_name)
            .child(Element::with_text("URL", &self.url))
            .children(self.options.iter().map(option))
    }
}
