//! Owns `Shipping` and `TermsOfDelivery`: what moving goods costs, and who carries which part of it.

use crate::comments::Comments;
use crate::item::Description;
use crate::money::{Money, some_text};
use crate::party::Contact;
use crate::read::Cursor;
use crate::unknown::Keep;
use crate::write::{DtdVersion, Element};

/// `Shipping`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shipping {
    /// `Money`.
    pub amount: Money,
    /// `Description`, mandatory in the DTD.
    pub description: Description,
    /// `@trackingDomain`.
    pub tracking_domain: Option<String>,
    /// `@trackingId`.
    pub tracking_id: Option<String>,
    /// `@tracking`, deprecated.
    pub tracking: Option<String>,
}

/// `TermsOfDelivery`. Each code comes with a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermsOfDelivery {
    /// `TermsOfDeliveryCode`.
    pub code: CodedText,
    /// `ShippingPaymentMethod`.
    pub shipping_payment_method: CodedText,
    /// `TransportTerms`.
    pub transport_terms: Option<CodedText>,
    /// `Address`.
    pub address: Option<Contact>,
    /// `Comments`.
    pub comments: Vec<Comments>,
}

/// A code in `@value` and its text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodedText {
    /// `@value`.
    pub value: String,
    /// The text.
    pub text: String,
}

impl Shipping {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let (mut shipping, mut amount, mut description) = (Self::default(), None, None);
        for (name, value) in at.attributes() {
            match name {
                "trackingDomain" => shipping.tracking_domain = some_text(value),
                "trackingId" => shipping.tracking_id = some_text(value),
                "tracking" => shipping.tracking = some_text(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "Money" => unknown.once(&mut amount, child, Money::read),
                "Description" => unknown.once(&mut description, child, Description::read),
                _ => unknown.element(child),
            }
        }
        shipping.amount = amount.unwrap_or_default();
        shipping.description = description.unwrap_or_default();
        shipping
    }

    /// Reads it where it may stand once, its amount also into a slot of its own if one is stated.
    pub(crate) fn once(
        amount: &mut Option<Money>,
        slot: &mut Option<Box<Self>>,
        at: Cursor<'_, '_>,
        unknown: &mut impl Keep,
    ) {
        unknown.once_boxed(slot, at, Self::read);
        *amount = slot.as_ref().map(|shipping| shipping.amount.clone()).filter(Money::is_stated);
    }

    pub(crate) fn element(&self) -> Element {
        Element::new("Shipping")
            .attr_opt("trackingDomain", self.tracking_domain.as_deref())
            .attr_opt("trackingId", self.tracking_id.as_deref())
            .attr_opt("tracking", self.tracking.as_deref())
            .child(self.amount.element())
            .child(self.description.element())
    }
}

impl TermsOfDelivery {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        let (mut terms, mut code, mut method) = (Self::default(), None, None);
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "TermsOfDeliveryCode" => unknown.once(&mut code, child, CodedText::read),
                "ShippingPaymentMethod" => unknown.once(&mut method, child, CodedText::read),
                "TransportTerms" => unknown.once(&mut terms.transport_terms, child, CodedText::read),
                "Address" => unknown.once(&mut terms.address, child, Contact::read),
                "Comments" => Comments::push(&mut terms.comments, child, unknown),
                _ => unknown.element(child),
            }
        }
        terms.code = code.unwrap_or_default();
        terms.shipping_payment_method = method.unwrap_or_default();
        terms
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let address = self.address.as_ref().map(|address| address.bare_address_element(version));
        Element::new("TermsOfDelivery")
            .child(self.code.element("TermsOfDeliveryCode"))
            .child(self.shipping_payment_method.element("ShippingPaymentMethod"))
            .child_opt(self.transport_terms.as_ref().map(|terms| terms.element("TransportTerms")))
            .child_opt(address)
            .children(self.comments.iter().map(Comments::element))
    }
}

impl CodedText {
    fn read(at: Cursor<'_, '_>, unknown: &mut impl Keep) -> Self {
        unknown.beyond_text(at, &["value"]);
        Self { value: at.attr_text("value").unwrap_or_default(), text: at.trimmed_text() }
    }

    fn element(&self, name: &'static str) -> Element {
        Element::new(name).attr("value", &self.value).text(&self.text)
    }
}
