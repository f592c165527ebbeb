//! Sellers in JSON. Their key is the invoice prefix: unique in the installation, and never changed.

use marketgate_domain::address::{CountryCode, PostalAddress};
use marketgate_domain::email::EmailAddress;
use marketgate_domain::id::SellerId;
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::records;
use crate::interchange::members::{Members, decimal, owned_text, parsed, texts, whole_number};

/// Days until an invoice is due where nobody says otherwise.
pub const USUAL_PAYMENT_TERMS_DAYS: u32 = 30;

/// A seller of record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogSeller)]
pub struct SellerRecord {
    /// Prefix of invoice numbers, unique in the installation; products refer to their seller by it.
    #[schema(example = "COB-")]
    invoice_prefix: String,
    name: String,
    /// Legal entity, on invoices.
    legal_name: String,
    address: AddressRecord,
    /// Tax registration number with its country prefix.
    #[schema(required = false)]
    tax_id: Option<String>,
    #[schema(required = false)]
    remit_to: RemitToRecord,
    /// E-mail address that is told about orders.
    contact: String,
    /// 30 where it is not named.
    #[schema(required = false)]
    payment_terms_days: u32,
    /// Tax by the buyer's country; the first rule that fits counts.
    #[schema(required = false)]
    tax_rules: Vec<TaxRuleRecord>,
}

/// Where a legal entity sits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressRecord {
    street: Vec<String>,
    city: String,
    state: Option<String>,
    postal_code: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "US")]
    country: String,
}

impl From<&PostalAddress> for AddressRecord {
    fn from(address: &PostalAddress) -> Self {
        Self {
            street: address.street.clone(),
            city: address.city.clone(),
            state: address.state.clone(),
            postal_code: address.postal_code.clone(),
            country: address.country.as_str().to_owned(),
        }
    }
}

/// Where the money goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RemitTo)]
pub struct RemitToRecord {
    /// Under which the buyer's system knows the account.
    code: Option<String>,
    /// Printed on the invoice: an IBAN, with or without blanks (its length and check digits are checked, and documents carry it as
    /// `ibanID`), or any other text that says which account it is (`bankAccountID`).
    bank_reference: Option<String>,
}

/// Tax by the buyer's country; the first rule that fits counts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TaxRule)]
pub struct TaxRuleRecord {
    /// Null fits every country.
    buyer_country: Option<String>,
    category: String,
    #[schema(example = "19")]
    rate_percent: String,
    description: String,
}

impl From<&Seller> for SellerRecord {
    fn from(seller: &Seller) -> Self {
        Self {
            invoice_prefix: seller.invoice_prefix.clone(),
            name: seller.name.clone(),
            legal_name: seller.legal_name.clone(),
            address: (&seller.address).into(),
            tax_id: seller.tax_id.clone(),
            remit_to: (&seller.remit_to).into(),
            contact: seller.contact.as_str().to_owned(),
            payment_terms_days: seller.payment_terms_days,
            tax_rules: records(&seller.tax_rules),
        }
    }
}

impl From<&RemitTo> for RemitToRecord {
    fn from(remit_to: &RemitTo) -> Self {
        Self { code: remit_to.code.clone(), bank_reference: remit_to.bank_reference.clone() }
    }
}

impl From<&TaxRule> for TaxRuleRecord {
    fn from(rule: &TaxRule) -> Self {
        Self {
            buyer_country: rule.buyer_country.as_ref().map(|country| country.as_str().to_owned()),
            category: rule.category.clone(),
            rate_percent: rule.rate_percent.to_string(),
            description: rule.description.clone(),
        }
    }
}

/// Reads a seller, as one that has the identifier `id`; what is wrong is in `members` afterwards.
pub fn read_seller(members: &mut Members, id: SellerId) -> Option<Seller> {
    let invoice_prefix = members.required("invoice_prefix", owned_text);
    let (name, legal_name) = (members.required("name", owned_text), members.required("legal_name", owned_text));
    let address = members.required_part("address", read_address);
    let tax_id = members.nullable("tax_id", owned_text);
    let remit_to = members.object("remit_to", read_remit_to);
    let contact: Option<EmailAddress> = members.required("contact", parsed);
    let payment_terms_days = members.nullable("payment_terms_days", whole_number);
    let tax_rules = members.list("tax_rules", read_tax_rule);
    Some(Seller {
        id,
        name: name?,
        legal_name: legal_name?,
        address: address?,
        tax_id,
        remit_to: remit_to.unwrap_or(RemitTo { code: None, bank_reference: None }),
        invoice_prefix: invoice_prefix?,
        contact: contact?,
        payment_terms_days: payment_terms_days.unwrap_or(USUAL_PAYMENT_TERMS_DAYS),
        tax_rules: tax_rules?,
    })
}

/// Reads an address; what is wrong is in `members` afterwards.
pub fn read_address(members: &mut Members) -> Option<PostalAddress> {
    let (street, city) = (members.required("street", texts), members.required("city", owned_text));
    let (state, postal_code) = (members.nullable("state", owned_text), members.nullable("postal_code", owned_text));
    let country = members.required("country", country);
    Some(PostalAddress { street: street?, city: city?, state, postal_code, country: country? })
}

/// Reads where the money goes; what is wrong is in `members` afterwards.
pub fn read_remit_to(members: &mut Members) -> Option<RemitTo> {
    let mut text = |name| members.nullable(name, owned_text);
    Some(RemitTo { code: text("code"), bank_reference: text("bank_reference") })
}

/// Reads a rule of a tax table; what is wrong is in `members` afterwards.
pub fn read_tax_rule(members: &mut Members) -> Option<TaxRule> {
    let buyer_country = members.nullable("buyer_country", country);
    let (category, description) =
        (members.required("category", owned_text), members.required("description", owned_text));
    let rate = members.required("rate_percent", decimal);
    Some(TaxRule { buyer_country, category: category?, rate_percent: rate?, description: description? })
}

fn country(value: &Value) -> Result<CountryCode, String> {
    owned_text(value)?.try_into()
}
