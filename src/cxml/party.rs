//! Owns contacts and addresses: `Contact`, `Address`, `PostalAddress`, `Email`, `Phone`.
//!
//! Buyer systems send them half empty, so nothing is required when reading. When writing, what the DTD requires is written even
//! if empty, and what is optional and empty is left out.

use crate::money::some_text;
use crate::read::Cursor;
use crate::unknown::Keep;
use crate::write::{DtdVersion, Element};

/// A `Contact`, or an `Address` (`ShipTo`, `BillTo`), which has the same content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    /// `@role` of a contact, such as `endUser` or `remitTo`.
    pub role: Option<String>,
    /// `@addressID`: the buyer's code of the address, to be echoed.
    pub address_id: Option<String>,
    /// `@addressIDDomain`: who gave the code.
    pub address_id_domain: Option<String>,
    /// `@isoCountryCode` of an address.
    pub iso_country_code: Option<String>,
    /// `Name`; may be an e-mail address.
    pub name: String,
    /// `Name/@xml:lang`; `None` means `en`.
    pub name_lang: Option<String>,
    /// `PostalAddress`, the first.
    pub postal_address: Option<PostalAddress>,
    /// `Email`, all of them.
    pub emails: Vec<String>,
    /// `Phone`, the first.
    pub phone: Option<Phone>,
    /// `IdReference`: numbers of the party, such as a VAT number. Written beside the contact, not inside.
    pub id_references: Vec<IdReference>,
}

/// `PostalAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostalAddress {
    /// `@name`, such as `default`.
    pub name: Option<String>,
    /// `DeliverTo` lines.
    pub deliver_to: Vec<String>,
    /// `Street` lines.
    pub street: Vec<String>,
    /// `City`.
    pub city: String,
    /// `State`.
    pub state: Option<String>,
    /// `State/@isoStateCode`, such as `US-CA`.
    pub iso_state_code: Option<String>,
    /// `PostalCode`.
    pub postal_code: Option<String>,
    /// `Country/@isoCountryCode`, two letters.
    pub iso_country_code: String,
    /// The text of `Country`.
    pub country: String,
}

/// `Phone/TelephoneNumber`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phone {
    /// `CountryCode/@isoCountryCode`, two letters.
    pub iso_country_code: String,
    /// `CountryCode`, digits.
    pub country_code: String,
    /// `AreaOrCityCode`.
    pub area_or_city_code: String,
    /// `Number`.
    pub number: String,
    /// `Extension`.
    pub extension: Option<String>,
}

/// `IdReference`: a number and who gave it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdReference {
    /// `@identifier`.
    pub identifier: String,
    /// `@domain`, such as `vatID` or `taxNumber`.
    pub domain: String,
}

impl Contact {
    /// The first non-empty e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.emails.first().map(String::as_str)
    }

    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut contact = Self::default();
        for (name, value) in at.attributes() {
            match name {
                "role" => contact.role = some_text(value),
                "addressID" => contact.address_id = some_text(value),
                "addressIDDomain" => contact.address_id_domain = some_text(value),
                "isoCountryCode" => contact.iso_country_code = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            contact.child(child, unknown);
        }
        contact
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        match at.name() {
            "Name" => unknown.text_in(&mut self.name, &mut self.name_lang, at),
            "PostalAddress" => unknown.once(&mut self.postal_address, at, PostalAddress::read),
            "Email" => {
                let is_default = at.attr("name").is_some_and(|name| name.trim() == "default");
                unknown.beyond_text(at, if is_default { &["name"] } else { &[] });
                self.emails.extend(some_text(&at.text()));
            }
            "Phone" if self.phone.is_none() => {
                self.phone = unknown.within(at, "TelephoneNumber").map(|number| Phone::read(number, unknown));
            }
            "IdReference" => self.id_references.push(IdReference::read(at, unknown)),
            _ => unknown.element(at),
        }
    }

    /// The address inside of a wrapper such as `ShipTo`; what else the wrapper holds is kept.
    pub(crate) fn within(wrapper: Cursor<'_, '_>, unknown: &mut impl Keep) -> Option<Self> {
        unknown.within(wrapper, "Address").map(|address| Self::read(address, unknown))
    }

    /// Reads a wrapper that may stand once; a second one is kept.
    pub(crate) fn once(slot: &mut Option<Self>, wrapper: Cursor<'_, '_>, unknown: &mut impl Keep) {
        if slot.is_some() {
            unknown.element(wrapper);
        } else {
            *slot = Self::within(wrapper, unknown);
        }
    }

    /// As `Address`, inside of a wrapper. An address has one e-mail address and no numbers.
    pub(crate) fn address_element(&self, wrapper: &'static str, version: DtdVersion) -> Element {
        Element::new(wrapper).child(self.bare_address_element(version))
    }

    pub(crate) fn bare_address_element(&self, version: DtdVersion) -> Element {
        let address = Element::new("Address")
            .attr_opt("isoCountryCode", self.iso_country_code.as_deref())
            .attr_opt("addressID", self.address_id.as_deref());
        self.content(self.with_domain(address, version), 1, version)
    }

    /// As `Contact`.
    pub(crate) fn contact_element(&self, version: DtdVersion) -> Element {
        let element = Element::new("Contact")
            .attr_opt("role", self.role.as_deref())
            .attr_opt("addressID", self.address_id.as_deref());
        let ids = self.id_references.iter().filter(|_| version >= CONTACT_NUMBERS);
        self.content(self.with_domain(element, version), usize::MAX, version).children(ids.map(IdReference::element))
    }

    fn with_domain(&self, element: Element, version: DtdVersion) -> Element {
        let known = version >= ADDRESS_CODES;
        element.attr_opt("addressIDDomain", self.address_id_domain.as_deref().filter(|_| known))
    }

    fn content(&self, element: Element, most_emails: usize, version: DtdVersion) -> Element {
        let lang = self.name_lang.as_deref().unwrap_or("en");
        element
            .child(Element::new("Name").attr("xml:lang", lang).text(&self.name))
            .child_opt(self.postal_address.as_ref().map(|address| address.element(version)))
            .children(self.emails.iter().take(most_emails).map(|email| Element::with_text("Email", email)))
            .child_opt(self.phone.as_ref().map(Phone::element))
    }
}

/// The oldest DTD at hand that knows `IdReference` in a contact; 1.2.020 does not.
const CONTACT_NUMBERS: DtdVersion = DtdVersion(1, 2, 36);

/// The oldest DTD at hand that knows `addressIDDomain` and `isoStateCode`; the one before (1.2.020) does not.
const ADDRESS_CODES: DtdVersion = DtdVersion(1, 2, 37);

impl PostalAddress {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut address = Self::default();
        for (name, value) in at.attributes() {
            match name {
                "name" => address.name = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            address.child(child, unknown);
        }
        address
    }

    fn child(&mut self, at: Cursor<'_, '_>, unknown: &mut impl Keep) {
        let mut line = |lines: &mut Vec<String>| {
            unknown.beyond_text(at, &[]);
            lines.extend(some_text(&at.text()));
        };
        match at.name() {
            "DeliverTo" => line(&mut self.deliver_to),
            "Street" => line(&mut self.street),
            "City" => unknown.plain_text(&mut self.city, at),
            "State" if self.state.is_none() && self.iso_state_code.is_none() => {
                unknown.beyond_text(at, &["isoStateCode"]);
                self.state = some_text(&at.text());
                self.iso_state_code = at.attr_text("isoStateCode");
            }
            "PostalCode" => unknown.text(&mut self.postal_code, at),
            "Country" if self.country.is_empty() && self.iso_country_code.is_empty() => {
                unknown.beyond_text(at, &["isoCountryCode"]);
                self.country = at.trimmed_text();
                self.iso_country_code = at.attr_text("isoCountryCode").unwrap_or_default();
            }
            _ => unknown.element(at),
        }
    }

    fn element(&self, version: DtdVersion) -> Element {
        let code = self.iso_state_code.as_deref().filter(|_| version >= ADDRESS_CODES);
        let state = self.state.as_deref().unwrap_or_default();
        let state = (!state.is_empty() || code.is_some())
            .then(|| Element::new("State").attr_opt("isoStateCode", code).text(state));
        let lines = |name: &'static str, lines: &[String]| -> Vec<Element> {
            lines.iter().map(|line| Element::with_text(name, line)).collect()
        };
        let mut street = lines("Street", &self.street);
        if street.is_empty() {
            street.push(Element::new("Street"));
        }
        Element::new("PostalAddress")
            .attr_opt("name", self.name.as_deref())
            .children(lines("DeliverTo", &self.deliver_to))
            .children(street)
            .child(Element::with_text("City", &self.city))
            .child_opt(state)
            .text_child("PostalCode", self.postal_code.as_deref())
            .child(Element::new("Country").attr("isoCountryCode", &self.iso_country_code).text(&self.country))
    }
}

impl Phone {
    fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut phone = Self::default();
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "CountryCode" if phone.country_code.is_empty() && phone.iso_country_code.is_empty() => {
                    unknown.beyond_text(child, &["isoCountryCode"]);
                    phone.country_code = child.trimmed_text();
                    phone.iso_country_code = child.attr_text("isoCountryCode").unwrap_or_default();
                }
                "AreaOrCityCode" => unknown.plain_text(&mut phone.area_or_city_code, child),
                "Number" => unknown.plain_text(&mut phone.number, child),
                "Extension" => unknown.text(&mut phone.extension, child),
                _ => unknown.element(child),
            }
        }
        phone
    }

    fn element(&self) -> Element {
        let country =
            Element::new("CountryCode").attr("isoCountryCode", &self.iso_country_code).text(&self.country_code);
        let number = Element::new("TelephoneNumber")
            .child(country)
            .child(Element::with_text("AreaOrCityCode", &self.area_or_city_code))
            .child(Element::with_text("Number", &self.number))
            .text_child("Extension", self.extension.as_deref());
        Element::new("Phone").child(number)
    }
}

impl IdReference {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let mut reference = Self::default();
        for (name, value) in at.attributes() {
            match name {
                "identifier" => value.trim().clone_into(&mut reference.identifier),
                "domain" => value.trim().clone_into(&mut reference.domain),
                _ => unknown.attribute(at, name, value),
            }
        }
        unknown.elements(at);
        reference
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("IdReference").attr("identifier", &self.identifier).attr("domain", &self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_empty_addresses_are_read() {
        let text = "<ShipTo><Address isoCountryCode='AU' addressID='7'><Name/><PostalAddress name=''><Street/><City/>\
                    <Country isoCountryCode='AU'>AU\n</Country></PostalAddress><Email name=''/><Fax/></Address></ShipTo>";
        let text = format!("<x>{text}</x>");
        let document = roxmltree::Document::parse(&text).unwrap();
        let address = Contact::within(Cursor::root(&document).child("ShipTo").unwrap(), &mut Vec::new()).unwrap();
        assert_eq!(address.address_id.as_deref(), Some("7"));
        assert_eq!(address.email(), None);
        let postal = address.postal_address.unwrap();
        assert_eq!((postal.street.len(), postal.country.as_str()), (0, "AU"));
    }

    #[test]
    fn the_country_code_of_an_address_survives_a_round_trip() {
        let contact = Contact {
            role: Some("remitTo".into()),
            address_id: Some("R1".into()),
            name: "Northwind Cloud".into(),
            postal_address: Some(PostalAddress {
                street: vec!["1 Pier".into()],
                city: "Bergen".into(),
                postal_code: Some("5003".into()),
                iso_country_code: "NO".into(),
                country: "Norway".into(),
                ..PostalAddress::default()
            }),
            emails: vec!["billing@example.com".into()],
            ..Contact::default()
        };
        let written = crate::write::render(
            &contact.contact_element(DtdVersion::INVOICE),
            crate::write::DocumentType { dtd: crate::write::Dtd::InvoiceDetail, version: DtdVersion::INVOICE },
            crate::write::Charset::Utf8,
        );
        let document = roxmltree::Document::parse(written.splitn(3, '\n').nth(2).unwrap()).unwrap();
        assert_eq!(Contact::read(Cursor::root(&document), &mut Vec::new()), contact);
    }
}
