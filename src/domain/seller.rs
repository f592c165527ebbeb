//! Sellers of record: who lists products and bills for them.

use serde::{Deserialize, Serialize};

use crate::address::PostalAddress;
use crate::email::EmailAddress;
use crate::id::SellerId;
use crate::tax::TaxRule;

/// A seller of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// Identifier.
    pub id: SellerId,
    /// Name on pages and in carts.
    pub name: String,
    /// Legal entity, on invoices.
    pub legal_name: String,
    /// Where the legal entity sits.
    pub address: PostalAddress,
    /// Tax registration number with its country prefix, for example `DE123456789`; none where the seller has none.
    pub tax_id: Option<String>,
    /// Where the money goes, as the buyer's system knows it.
    pub remit_to: RemitTo,
    /// Prefix of invoice numbers, unique in the installation (B3).
    pub invoice_prefix: String,
    /// Who is told about orders.
    pub contact: EmailAddress,
    /// Days after the invoice date by which it is due, where the offer says nothing else.
    pub payment_terms_days: u32,
    /// Tax by the buyer's country; the first rule that fits counts, none means no tax.
    pub tax_rules: Vec<TaxRule>,
}

/// Where the money goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemitTo {
    /// The code under which the buyer's system knows the account (`addressID` of the remitTo contact).
    pub code: Option<String>,
    /// Bank reference printed on the invoice, for example an IBAN.
    pub bank_reference: Option<String>,
}
