//! Sellers of record: who lists products and bills for them.

use serde::{Deserialize, Serialize};

use crate::address::PostalAddress;
use crate::bank_reference;
use crate::email::EmailAddress;
use crate::fault::{Fault, Faults};
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
#[serde(deny_unknown_fields)]
pub struct RemitTo {
    /// The code under which the buyer's system knows the account (`addressID` of the remitTo contact).
    pub code: Option<String>,
    /// Bank reference printed on the invoice: an IBAN, or any other text that says which account it is.
    pub bank_reference: Option<String>,
}

/// Longest prefix of invoice numbers: with the number behind it at most 40 characters (B3).
pub const LONGEST_INVOICE_PREFIX: usize = 20;

/// So many street lines fit on a page.
const MOST_STREET_LINES: usize = 5;

/// More than there are countries.
const MOST_TAX_RULES: usize = 300;

impl Seller {
    /// What is wrong with its fields (B3).
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        faults.line("name", &self.name, (1, 120));
        faults.line("legal_name", &self.legal_name, (1, 200));
        let street = &self.address.street;
        let has_street = !street.is_empty() && street.iter().all(|line| !line.trim().is_empty());
        faults.unless(has_street && !self.address.city.trim().is_empty(), "address", "street and city are expected");
        self.line_faults(&mut faults);
        let prefix = &self.invoice_prefix;
        let prefix_fits = (1..=LONGEST_INVOICE_PREFIX).contains(&prefix.len())
            && prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'.'));
        faults.unless(
            prefix_fits,
            "invoice_prefix",
            format!("1 to {LONGEST_INVOICE_PREFIX} letters, digits, \"-\", \"/\" and \".\" are expected"),
        );
        faults.unless(self.payment_terms_days <= 365, "payment_terms_days", "0 to 365 days are expected");
        let rate_fits = |rule: &TaxRule| !rule.rate_percent.is_sign_negative() && rule.rate_percent <= 100.into();
        let says_what = |rule: &TaxRule| !rule.category.trim().is_empty();
        let rules = &self.tax_rules;
        faults.unless(rules.iter().all(rate_fits), "tax_rules", "a rate is 0 to 100 per cent");
        faults.unless(rules.iter().all(says_what), "tax_rules", "a category is expected, for example \"vat\"");
        faults.all()
    }

    /// What is printed on invoices is lines, and carried by documents that take no control characters.
    fn line_faults(&self, faults: &mut Faults) {
        let PostalAddress { street, city, state, postal_code, country: _ } = &self.address;
        faults.unless(street.len() <= MOST_STREET_LINES, "address", "at most 5 street lines are expected");
        for (n, line) in street.iter().enumerate() {
            faults.line(format!("address/street/{n}"), line, (0, 100));
        }
        faults.line("address/city", city, (0, 100));
        let RemitTo { code, bank_reference } = &self.remit_to;
        let optional = [
            ("address/state", state, 100),
            ("address/postal_code", postal_code, 20),
            ("tax_id", &self.tax_id, 50),
            ("remit_to/code", code, 100),
            ("remit_to/bank_reference", bank_reference, 200),
        ];
        for (field, text, longest) in optional {
            faults.line(field, text.as_deref().unwrap_or_default(), (0, longest));
        }
        if let Some(detail) = bank_reference.as_deref().and_then(bank_reference::fault) {
            faults.unless(false, "remit_to/bank_reference", detail);
        }
        faults.unless(self.tax_rules.len() <= MOST_TAX_RULES, "tax_rules", "at most 300 rules are expected");
        for (n, rule) in self.tax_rules.iter().enumerate() {
            faults.line(format!("tax_rules/{n}/category"), &rule.category, (0, 50));
            faults.line(format!("tax_rules/{n}/description"), &rule.description, (0, 200));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn what_would_spoil_an_invoice_is_said_when_the_seller_is_entered() {
        let mut good = fixtures::seller();
        good.remit_to.bank_reference = Some("IBAN DE36 0000 0000 0000 0000 00".into());
        assert_eq!(good.faults(), []);
        let mut bad =
            Seller { legal_name: String::new(), invoice_prefix: "A B".into(), payment_terms_days: 366, ..good };
        bad.address.street.clear();
        let faults = bad.faults();
        let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["legal_name", "address", "invoice_prefix", "payment_terms_days"]);
    }

    #[test]
    fn a_mistyped_iban_is_said_at_its_place() {
        let mut bad = fixtures::seller();
        bad.remit_to.bank_reference = Some("DE89 3704 0044 0532 0130 01".into());
        let faults = bad.faults();
        assert_eq!(faults.len(), 1);
        assert_eq!(&*faults[0].field, "remit_to/bank_reference");
    }

    #[test]
    fn what_no_document_can_carry_is_said_at_its_place() {
        let mut bad = fixtures::seller();
        bad.address.street = vec!["1 Street".into(), "Floor\u{0}2".into()];
        bad.address.city = "Two\ntowns".into();
        bad.tax_id = Some("\u{1}".into());
        bad.remit_to.bank_reference = Some("x".repeat(201));
        let rule = TaxRule {
            buyer_country: None,
            category: "vat".into(),
            rate_percent: 19.into(),
            description: "VAT\u{7}".into(),
        };
        bad.tax_rules = vec![rule];
        let faults = bad.faults();
        let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
        let expected =
            ["address/street/1", "address/city", "tax_id", "remit_to/bank_reference", "tax_rules/0/description"];
        assert_eq!(fields, expected);
    }
}
