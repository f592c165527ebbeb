//! Sellers of record.

use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use marketgate_domain::access::Action;
use marketgate_domain::address::PostalAddress;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::id::SellerId;
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::{Members, owned_text, parsed, set, whole_number};
use super::caller::Caller;
use super::list::{List, ListQuery, Paging, list};
use super::problem::Problem;
use super::view::{AddressView, views};
use super::{Answer, id, look, look_for};
use crate::context::Context;
use crate::flow::register_seller::{change_seller as change_particulars, register_seller as enter_seller};
use crate::interchange::catalog::seller::{
    RemitToRecord, TaxRuleRecord, USUAL_PAYMENT_TERMS_DAYS, read_address, read_remit_to, read_tax_rule,
};
use crate::query::api;

/// Who lists products and bills for them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Seller)]
pub struct SellerView {
    id: String,
    name: String,
    /// Legal entity, on invoices.
    legal_name: String,
    address: AddressView,
    tax_id: Option<String>,
    remit_to: RemitToRecord,
    /// Prefix of invoice numbers.
    invoice_prefix: String,
    /// E-mail address that is told about orders.
    contact: String,
    payment_terms_days: u32,
    tax_rules: Vec<TaxRuleRecord>,
}

impl From<&Seller> for SellerView {
    fn from(seller: &Seller) -> Self {
        Self {
            id: seller.id.to_string(),
            name: seller.name.clone(),
            legal_name: seller.legal_name.clone(),
            address: (&seller.address).into(),
            tax_id: seller.tax_id.clone(),
            remit_to: (&seller.remit_to).into(),
            invoice_prefix: seller.invoice_prefix.clone(),
            contact: seller.contact.as_str().to_owned(),
            payment_terms_days: seller.payment_terms_days,
            tax_rules: views(&seller.tax_rules),
        }
    }
}

/// Lists sellers.
#[utoipa::path(tag = "catalog", params(Paging), responses((status = 200, description = "A page", body = List<SellerView>)))]
#[get("/sellers")]
pub async fn list_sellers(context: Data<Context>, request: HttpRequest, caller: Caller) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let window = ListQuery::of(&request).window()?;
    let page = look(&context, move |snapshot| api::sellers(snapshot, window)).await?;
    Ok(list::<SellerView, _, _>(page))
}

/// Reads a seller.
#[utoipa::path(tag = "catalog", params(("id" = String, Path)), responses((status = 200, description = "The seller", body = SellerView)))]
#[get("/sellers/{id}")]
pub async fn read_seller(context: Data<Context>, caller: Caller, path: Path<String>) -> Answer {
    caller.may(Action::BrowseCatalog)?;
    let id: SellerId = id(&path)?;
    let found = look_for(&context, move |snapshot| api::seller(snapshot, id)).await?;
    Ok(HttpResponse::Ok().json(SellerView::from(&found)))
}

/// A seller to enter.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct NewSeller {
    name: String,
    legal_name: String,
    address: AddressView,
    #[schema(required = false)]
    tax_id: Option<String>,
    #[schema(required = false)]
    remit_to: RemitToRecord,
    /// Prefix of invoice numbers, unique in the installation; never changes.
    #[schema(example = "COB-")]
    invoice_prefix: String,
    /// E-mail address that is told about orders.
    contact: String,
    /// 30 where it is not named.
    #[schema(required = false)]
    payment_terms_days: u32,
    #[schema(required = false)]
    tax_rules: Vec<TaxRuleRecord>,
}

/// Changes of a seller. What is not named stays as it is.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read by Members, which knows the place of every error")]
pub struct SellerPatch {
    #[schema(required = false)]
    name: String,
    #[schema(required = false)]
    legal_name: String,
    #[schema(required = false)]
    address: AddressView,
    #[schema(required = false)]
    tax_id: Option<String>,
    #[schema(required = false)]
    remit_to: RemitToRecord,
    #[schema(required = false)]
    contact: String,
    #[schema(required = false)]
    payment_terms_days: u32,
    #[schema(required = false)]
    tax_rules: Vec<TaxRuleRecord>,
}

/// What can be said anew about a seller.
#[derive(Debug, Default)]
struct Particulars {
    name: Option<String>,
    legal_name: Option<String>,
    address: Option<PostalAddress>,
    #[expect(clippy::option_option, reason = "not named, null and a text are three things to say")]
    tax_id: Option<Option<String>>,
    remit_to: Option<RemitTo>,
    contact: Option<EmailAddress>,
    payment_terms_days: Option<u32>,
    tax_rules: Option<Vec<TaxRule>>,
}

impl Particulars {
    fn read(members: &mut Members) -> Self {
        Self {
            name: members.optional("name", owned_text),
            legal_name: members.optional("legal_name", owned_text),
            address: members.part("address", read_address),
            tax_id: members.optional(
                "tax_id",
                |value| {
                    if value.is_null() { Ok(None) } else { owned_text(value).map(Some) }
                },
            ),
            remit_to: members.part("remit_to", read_remit_to),
            contact: members.optional("contact", parsed),
            payment_terms_days: members.optional("payment_terms_days", whole_number),
            tax_rules: members.parts("tax_rules", read_tax_rule),
        }
    }

    fn apply(&self, seller: &mut Seller) {
        set(&mut seller.name, self.name.as_ref());
        set(&mut seller.legal_name, self.legal_name.as_ref());
        set(&mut seller.address, self.address.as_ref());
        set(&mut seller.tax_id, self.tax_id.as_ref());
        set(&mut seller.remit_to, self.remit_to.as_ref());
        set(&mut seller.contact, self.contact.as_ref());
        set(&mut seller.payment_terms_days, self.payment_terms_days.as_ref());
        set(&mut seller.tax_rules, self.tax_rules.as_ref());
    }
}

/// Enters a seller of record.
#[utoipa::path(tag = "catalog", request_body = NewSeller, responses((status = 201, description = "The seller", body = SellerView)))]
#[post("/sellers")]
pub async fn register_seller(context: Data<Context>, caller: Caller, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let mut members = Members::of(payload).await?;
    let invoice_prefix = members.required("invoice_prefix", owned_text);
    members.must_name(&["name", "legal_name", "address", "contact"]);
    let particulars = Particulars::read(&mut members);
    members.finish()?;
    // A member that is not there was refused by now.
    let (Some(invoice_prefix), Some(address), Some(contact)) =
        (invoice_prefix, particulars.address.clone(), particulars.contact.clone())
    else {
        return Err(Problem::invalid(Vec::new()));
    };
    let mut seller = Seller {
        id: SellerId::new(context.random.uuid()),
        name: String::new(),
        legal_name: String::new(),
        address,
        tax_id: None,
        remit_to: RemitTo { code: None, bank_reference: None },
        invoice_prefix,
        contact,
        payment_terms_days: USUAL_PAYMENT_TERMS_DAYS,
        tax_rules: Vec::new(),
    };
    particulars.apply(&mut seller);
    let entered = enter_seller(&context, caller.actor(), seller).await?;
    Ok(HttpResponse::Created().json(SellerView::from(&entered)))
}

/// Changes the particulars of a seller.
///
/// Members that are not named stay as they are (JSON Merge Patch). Invoices that were issued keep what they say.
#[utoipa::path(
    tag = "catalog",
    params(("id" = String, Path)),
    request_body = SellerPatch,
    responses((status = 200, description = "The seller as it is now", body = SellerView))
)]
#[patch("/sellers/{id}")]
pub async fn change_seller(context: Data<Context>, caller: Caller, path: Path<String>, payload: Payload) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let id: SellerId = id(&path)?;
    let mut members = Members::of(payload).await?;
    let particulars = Particulars::read(&mut members);
    members.finish()?;
    let changed = change_particulars(&context, caller.actor(), id, move |seller| particulars.apply(seller)).await?;
    Ok(HttpResponse::Ok().json(SellerView::from(&changed)))
}
