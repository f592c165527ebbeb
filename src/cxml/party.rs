//! Owns contacts and addresses: `Contact`, `Address`, `PostalAddress`, `Email`, `Phone`.
//!
//! Buyer systems send them half empty, so nothing is required when reading. When writing, what the DTD requires is written even
//! if empty, and what is optional and empty is left out.

use crate::read::Cursor;
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
    /// `PostalAddress`, the first.
    pub postal_address: Option<PostalAddress>,
    /// `Email`, all of them.
    pub emails: Vec<String>,
    /// `Phone`, the first, as one text.
    pub phone: Option<Phone>,
    /// `IdReference`: numbers of the party, such as a VAT number. Written beside the contact, not inside.
    pub id_references: Vec<IdReference>,
}

/// `PostalAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostalAddress {
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

    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            role: at.attr_text("role"),
            address_id: at.attr_text("addressID"),
            address_id_domain: at.attr_text("addressIDDomain"),
            iso_country_code: at.attr_text("isoCountryCode"),
            name: at.child_text("Name").unwrap_or_default(),
            postal_address: at.child("PostalAddress").map(PostalAddress::read),
            emails: at.children("Email").map(Cursor::trimmed_text).filter(|email| !email.is_empty()).collect(),
            phone: at.descend(&["Phone", "TelephoneNumber"]).map(Phone::read),
            id_references: at.children("IdReference").map(IdReference::read).collect(),
        }
    }

    /// The address inside of a wrapper such as `ShipTo`.
    pub(crate) fn inside(parent: Cursor<'_, '_>, wrapper: &str) -> Option<Self> {
        parent.descend(&[wrapper, "Address"]).map(Self::read)
    }

    /// As `Contact`.
    pub(crate) fn contact_element(&self, version: DtdVersion) -> Element {
        let element = Element::new("Contact")
            .attr_opt("role", self.role.as_deref())
            .attr_opt("addressID", self.address_id.as_deref());
        self.content(self.with_domain(element, version), version)
    }

    fn with_domain(&self, element: Element, version: DtdVersion) -> Element {
        let known = version >= ADDRESS_CODES;
        element.attr_opt("addressIDDomain", self.address_id_domain.as_deref().filter(|_| known))
    }

    fn content(&self, element: Element, version: DtdVersion) -> Element {
        element
            .child(Element::new("Name").attr("xml:lang", "en").text(&self.name))
            .child_opt(self.postal_address.as_ref().map(|address| address.element(version)))
            .children(self.emails.iter().map(|email| Element::with_text("Email", email)))
            .child_opt(self.phone.as_ref().map(Phone::element))
    }
}

/// The oldest DTD at hand that knows `addressIDDomain` and `isoStateCode`; the one before (1.2.020) does not.
const ADDRESS_CODES: DtdVersion = DtdVersion(1, 2, 37);

impl PostalAddress {
    fn read(at: Cursor<'_, '_>) -> Self {
        let lines = |name| at.children(name).map(Cursor::trimmed_text).filter(|line| !line.is_empty()).collect();
        let country = at.child("Country");
        Self {
            deliver_to: lines("DeliverTo"),
            street: lines("Street"),
            city: at.child_text("City").unwrap_or_default(),
            state: at.child_text("State"),
            iso_state_code: at.child("State").and_then(|state| state.attr_text("isoStateCode")),
            postal_code: at.child_text("PostalCode"),
            iso_country_code: country.and_then(|c| c.attr_text("isoCountryCode")).unwrap_or_default(),
            country: country.map(Cursor::trimmed_text).unwrap_or_default(),
        }
    }

    fn element(&self, version: DtdVersion) -> Element {
        let code = self.iso_state_code.as_deref().filter(|_| version >= ADDRESS_CODES);
        let state = |text: &String| Element::new("State").attr_opt("isoStateCode", code).text(text);
        let lines = |name: &'static str, lines: &[String]| -> Vec<Element> {
            lines.iter().map(|line| Element::with_text(name, line)).collect()
        };
        let mut street = lines("Street", &self.street);
        if street.is_empty() {
            street.push(Element::new("Street"));
        }
        Element::new("PostalAddress")
            .children(lines("DeliverTo", &self.deliver_to))
            .children(street)
            .child(Element::with_text("City", &self.city))
            .child_opt(self.state.as_ref().filter(|state| !state.is_empty()).map(state))
            .text_child("PostalCode", self.postal_code.as_deref())
            .child(Element::new("Country").attr("isoCountryCode", &self.iso_country_code).text(&self.country))
    }
}

impl Phone {
    fn read(at: Cursor<'_, '_>) -> Self {
        let text = |name| at.child_text(name).unwrap_or_default();
        Self {
            iso_country_code: at.child("CountryCode").and_then(|c| c.attr_text("isoCountryCode")).unwrap_or_default(),
            country_code: text("CountryCode"),
            area_or_city_code: text("AreaOrCityCode"),
            number: text("Number"),
        }
    }

    fn element(&self) -> Element {
        let country =
            Element::new("CountryCode").attr("isoCountryCode", &self.iso_country_code).text(&self.country_code);
        let number = Element::new("TelephoneNumber")
            .child(country)
            .child(Element::with_text("AreaOrCityCode", &self.area_or_city_code))
            .child(Element::with_text("Number", &self.number));
        Element::new("Phone").child(number)
    }
}

impl IdReference {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        Self {
            identifier: at.attr_text("identifier").unwrap_or_default(),
            domain: at.attr_text("domain").unwrap_or_default(),
        }
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
        let address = Contact::inside(Cursor::root(&document), "ShipTo").unwrap();
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
        assert_eq!(Contact::read(Cursor::root(&document)), contact);
    }
}
