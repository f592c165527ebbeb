//! Owns `PunchOutSetupRequest` and its response: how a buyer's user comes to the shop.
//!
//! Read by name, never by position. Nothing but the operation is required here; what the shop needs beyond that (somewhere to
//! return to, a cart to edit) is the caller's decision.

use crate::buyer_cookie::BuyerCookie;
use crate::error::WireError;
use crate::extrinsic::{Extrinsic, extrinsic};
use crate::item::ItemId;
use crate::order_item::ItemOut;
use crate::party::Contact;
use crate::read::Cursor;
use crate::unknown::{Keep, Unknown};
use crate::write::{DtdVersion, Element};

/// `@operation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A new cart.
    Create,
    /// A cart to be changed; what comes back replaces it.
    Edit,
    /// A cart to be looked at.
    Inspect,
    /// A request for quotation of a sourcing tool.
    Source,
}

/// `PunchOutSetupRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutSetupRequest {
    /// `@operation`.
    pub operation: Operation,
    /// `BuyerCookie`, exactly as sent: opaque, to be returned unchanged, never a key of ours; may be empty.
    pub buyer_cookie: BuyerCookie,
    /// `Extrinsic`: whatever the buyer says about the user.
    pub extrinsics: Vec<Extrinsic>,
    /// `BrowserFormPost/URL`, trimmed: where the browser posts the cart.
    pub browser_form_post: Option<String>,
    /// `Contact`.
    pub contacts: Vec<Contact>,
    /// `SupplierSetup/URL`, deprecated.
    pub supplier_setup: Option<String>,
    /// `ShipTo`.
    pub ship_to: Option<Contact>,
    /// `SelectedItem`: the item picked in the buyer's catalogue; its part number may be empty.
    pub selected_item: Option<ItemId>,
    /// `ItemOut`: the cart, for edit and inspect.
    pub items: Vec<ItemOut>,
    /// What else the request says.
    pub unknown: Vec<Unknown>,
}

impl PunchOutSetupRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        at.only_one_each(&["BuyerCookie", "BrowserFormPost", "SupplierSetup", "ShipTo"])?;
        at.child("BrowserFormPost").map_or(Ok(()), |post| post.only_one_each(&["URL"]))?;
        let mut request = Self::new(Operation::read(at)?);
        let mut unknown = Vec::new();
        unknown.other_attributes(at, &["operation"]);
        for child in at.elements() {
            match child.name() {
                "BuyerCookie" => {
                    unknown.attributes(child);
                    request.buyer_cookie = BuyerCookie::read(child)?;
                }
                "Extrinsic" => request.extrinsics.push(Extrinsic::keeping(child, &mut unknown)),
                "BrowserFormPost" if request.browser_form_post.is_none() => {
                    request.browser_form_post = url_in(child, &mut unknown);
                }
                "Contact" => request.contacts.push(Contact::read(child, &mut unknown)),
                "SupplierSetup" if request.supplier_setup.is_none() => {
                    request.supplier_setup = url_in(child, &mut unknown);
                }
                "ShipTo" => Contact::once(&mut request.ship_to, child, &mut unknown),
                "SelectedItem" if request.selected_item.is_none() => {
                    let id = unknown.within(child, "ItemID");
                    request.selected_item = id.map(|id| ItemId::read(id, &mut unknown));
                }
                "ItemOut" => request.items.push(ItemOut::read(child)?),
                _ => unknown.element(child),
            }
        }
        request.unknown = unknown;
        Ok(request)
    }

    /// A request without content.
    pub fn new(operation: Operation) -> Self {
        Self {
            operation,
            buyer_cookie: BuyerCookie::default(),
            extrinsics: Vec::new(),
            browser_form_post: None,
            contacts: Vec::new(),
            supplier_setup: None,
            ship_to: None,
            selected_item: None,
            items: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        let url = |name, url: &String| Element::new(name).child(Element::with_text("URL", url));
        Element::new("PunchOutSetupRequest")
            .attr("operation", self.operation.as_str())
            .child(self.buyer_cookie.element())
            .children(self.extrinsics.iter().map(Extrinsic::element))
            .child_opt(self.browser_form_post.as_ref().map(|post| url("BrowserFormPost", post)))
            .children(self.contacts.iter().map(|contact| contact.contact_element(version)))
            .child_opt(self.supplier_setup.as_ref().map(|setup| url("SupplierSetup", setup)))
            .child_opt(self.ship_to.as_ref().map(|address| address.address_element("ShipTo", version)))
            .child_opt(self.selected_item.as_ref().map(|id| Element::new("SelectedItem").child(id.element(version))))
            .children(self.items.iter().map(|item| item.element(version)))
    }

    /// The value of an extrinsic, by name without case.
    pub fn extrinsic(&self, name: &str) -> Option<&str> {
        extrinsic(&self.extrinsics, name)
    }

    /// The user's e-mail address: the extrinsic `UserEmail` (or `Email`), else that of the contact `endUser`, else of any contact,
    /// else a user name that is one, else that of the ship-to address.
    pub fn user_email(&self) -> Option<&str> {
        let end_user = self.contacts.iter().filter(|contact| contact.role.as_deref() == Some("endUser"));
        let contact_mail = end_user.chain(&self.contacts).filter_map(|contact| contact.email().or(Some(&contact.name)));
        ["UserEmail", "Email"]
            .iter()
            .filter_map(|name| self.extrinsic(name))
            .chain(contact_mail)
            .chain(["UniqueName", "User"].iter().filter_map(|name| self.extrinsic(name)))
            .chain(self.ship_to.iter().filter_map(Contact::email))
            .find(|text| looks_like_email(text))
    }

    /// The user's name at the buyer, where no e-mail address is sent: `UniqueName`, else `User`, else `UserId`.
    pub fn user_name(&self) -> Option<&str> {
        ["UniqueName", "User", "UserId"].iter().find_map(|name| self.extrinsic(name))
    }

    /// The selected item, unless its part numbers are empty.
    pub fn selected(&self) -> Option<&ItemId> {
        let is_named = |id: &&ItemId| !id.supplier_part_id.is_empty() || id.supplier_part_auxiliary_id.is_some();
        self.selected_item.as_ref().filter(is_named)
    }
}

fn url_in(wrapper: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<String> {
    let mut url = None;
    if let Some(at) = unknown.within(wrapper, "URL") {
        unknown.text(&mut url, at);
    }
    url
}

impl Operation {
    fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let text = at.required_attr("operation")?.trim();
        match text.to_ascii_lowercase().as_str() {
            "create" => Ok(Self::Create),
            "edit" => Ok(Self::Edit),
            "inspect" => Ok(Self::Inspect),
            "source" => Ok(Self::Source),
            _ => Err(at.invalid("operation create, edit, inspect or source", text)),
        }
    }

    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Inspect => "inspect",
            Self::Source => "source",
        }
    }
}

/// `PunchOutSetupResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PunchOutSetupResponse {
    /// `StartPage/URL`.
    pub start_page: String,
}

impl PunchOutSetupResponse {
    pub(crate) fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let start = at.required("StartPage")?;
        let url = start.required("URL")?;
        unknown.within(at, "StartPage");
        unknown.within(start, "URL");
        unknown.beyond_text(url, &[]);
        Ok(Self { start_page: url.trimmed_text() })
    }

    pub(crate) fn element(&self) -> Element {
        let url = Element::with_text("URL", self.start_page.trim());
        Element::new("PunchOutSetupResponse").child(Element::new("StartPage").child(url))
    }
}

fn looks_like_email(text: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@'))
        && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(content: &str) -> PunchOutSetupRequest {
        let text = format!("<PunchOutSetupRequest operation='edit'>{content}</PunchOutSetupRequest>");
        PunchOutSetupRequest::read(Cursor::root(&roxmltree::Document::parse(&text).unwrap())).unwrap()
    }

    const CONTACTS: &str = "<Contact role='buyer'><Name/><Email>desk@buyer.example</Email></Contact>\
                            <Contact role='endUser'><Name>null Pat</Name><Email>pat@buyer.example</Email></Contact>";

    #[test]
    fn the_mail_address_is_found_where_each_system_puts_it() {
        let ship_to = "<ShipTo><Address><Name/><Email>dock@buyer.example</Email></Address></ShipTo>";
        let table = [
            (format!("{CONTACTS}<Extrinsic name='useremail'>kim@buyer.example</Extrinsic>"), "kim@buyer.example"),
            (format!("<Extrinsic name='UserEmail'/>{CONTACTS}{ship_to}"), "pat@buyer.example"),
            ("<Contact role='endUser'><Name>lee@buyer.example</Name></Contact>".to_owned(), "lee@buyer.example"),
            (format!("<Extrinsic name='UniqueName'>ann@buyer.example</Extrinsic>{ship_to}"), "ann@buyer.example"),
            (ship_to.to_owned(), "dock@buyer.example"),
        ];
        for (content, expected) in table {
            assert_eq!(setup(&content).user_email(), Some(expected), "{content}");
        }
    }

    #[test]
    fn a_name_is_not_taken_for_a_mail_address() {
        let request = setup("<Extrinsic name='UserEmail'>robin</Extrinsic><Extrinsic name='User'>r@local</Extrinsic>");
        assert_eq!(request.user_email(), None);
        assert_eq!(request.user_name(), Some("r@local"));
    }

    #[test]
    fn a_cart_to_be_edited_comes_back_with_our_references() {
        let request = setup(
            "<BuyerCookie>new</BuyerCookie><ItemOut quantity='2.5' lineNumber='1'><ItemID><SupplierPartID>SKY</SupplierPartID>\
             <SupplierPartAuxiliaryID>rl_01</SupplierPartAuxiliaryID></ItemID></ItemOut>",
        );
        assert_eq!(request.items[0].item_id.supplier_part_auxiliary_id.as_deref(), Some("rl_01"));
        assert_eq!(request.items[0].quantity.text, "2.5");
        assert_eq!(request.browser_form_post, None);
    }

    #[test]
    fn a_selected_item_is_one_with_a_part_number() {
        let selected = |id: &str| setup(&format!("<SelectedItem><ItemID>{id}</ItemID></SelectedItem>"));
        assert!(selected("<SupplierPartID> </SupplierPartID>").selected().is_none());
        assert!(selected("<SupplierPartID>SKY</SupplierPartID>").selected().is_some());
        assert!(setup("").selected().is_none());
    }

    #[test]
    fn an_unknown_operation_is_refused() {
        let document = roxmltree::Document::parse("<PunchOutSetupRequest operation='destroy'/>").unwrap();
        assert!(PunchOutSetupRequest::read(Cursor::root(&document)).is_err());
    }
}
