//! The cart: PunchOutOrderMessage from the requests of a session (P5, P6).

use marketgate_cxml::buyer_cookie::BuyerCookie;
use marketgate_cxml::envelope::DeploymentMode;
use marketgate_cxml::extrinsic::Extrinsic;
use marketgate_cxml::item::{Classification, Description, ItemDetail, ItemId};
use marketgate_cxml::outgoing::{Cart, Stamp, write_cart};
use marketgate_cxml::punchout_order::{ItemIn, OperationAllowed, PunchOutOrderMessage, QuoteStatus};
use marketgate_cxml::write::{Charset, DtdVersion};
use marketgate_domain::connection::{CartEncoding, Connection};
use marketgate_domain::money::{Currency, Money, MoneyError};
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::punchout::PunchoutSession;
use marketgate_domain::quote::PaymentPlan;
use rust_decimal::Decimal;

use super::parties;

/// One line of a cart.
#[derive(Debug)]
pub struct CartLine<'a> {
    /// The request.
    pub request: &'a ProcurementRequest,
    /// Name of the seller.
    pub seller_name: &'a str,
    /// Address of the page for approvers.
    pub approver_url: String,
}

/// Why a cart cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CartError {
    /// The total of a cart has one currency.
    #[error("a cart has one currency, this one has several: return the items in separate carts ({0})")]
    Currencies(MoneyError),
    /// The connection does not say who we are.
    #[error("the connection names no buyer or no supplier identity: an administrator completes it")]
    Identities,
}

/// Writes the cart message, pure ASCII where the form field demands it.
///
/// # Errors
/// See [`CartError`].
pub fn write(
    stamp: &Stamp,
    session: &PunchoutSession,
    connection: &Connection,
    lines: &[CartLine<'_>],
) -> Result<String, CartError> {
    let supplier = connection.supplier().ok_or(CartError::Identities)?;
    let buyer = connection.buyer().ok_or(CartError::Identities)?;
    let currency = lines.first().map_or(Currency::USD, |line| line.request.quote.amount.currency());
    let total =
        Money::sum(currency, lines.iter().map(|line| line.request.quote.amount)).map_err(CartError::Currencies)?;
    let message = PunchOutOrderMessage {
        buyer_cookie: BuyerCookie { text: session.buyer_cookie.clone(), markup: session.buyer_cookie_markup.clone() },
        operation_allowed: OperationAllowed::Create,
        quote_status: QuoteStatus::Final,
        total: parties::money(total),
        items: lines.iter().map(item).collect(),
        ..PunchOutOrderMessage::default()
    };
    let in_reply_to = Some(session.setup_payload_id.as_str()).filter(|id| !id.is_empty());
    let mode = if session.test { DeploymentMode::Test } else { DeploymentMode::Production };
    let charset = match connection.punchout.cart_encoding {
        CartEncoding::Urlencoded => Charset::Ascii,
        CartEncoding::Base64 => Charset::Utf8,
    };
    let version = parties::version(&connection.versions.cxml, DtdVersion::PUNCHOUT);
    let cart = Cart { message: &message, in_reply_to, status: None, mode };
    Ok(write_cart(stamp, &parties::header(supplier, buyer, None), cart, version, charset))
}

fn item(line: &CartLine<'_>) -> ItemIn {
    let quoted = &line.request.quote.line;
    ItemIn {
        quantity: quoted.quantity.into(),
        line_number: None,
        item_id: ItemId {
            supplier_part_id: quoted.part_id.clone(),
            supplier_part_auxiliary_id: Some(line.request.reference()),
            buyer_part_id: None,
        },
        detail: ItemDetail {
            unit_price: Some(parties::money(quoted.unit_price)),
            descriptions: vec![Description::new("en", &quoted.description)],
            unit_of_measure: quoted.unit.as_str().to_owned(),
            price_basis_quantity: None,
            classifications: vec![Classification::unspsc(quoted.classification.as_str())],
            manufacturer_part_id: None,
            manufacturer_name: Some(line.seller_name.to_owned()),
            url: Some(line.approver_url.clone()),
            lead_time_days: Some(Decimal::ZERO.into()),
            extrinsics: extrinsics(line),
            ..ItemDetail::default()
        },
        ..ItemIn::default()
    }
}

fn extrinsics(line: &CartLine<'_>) -> Vec<Extrinsic> {
    let quote = &line.request.quote;
    let mut extrinsics = vec![
        Extrinsic::new("LineType", quote.line.kind.word()),
        Extrinsic::new("SupplierPunchoutURL", &line.approver_url),
        Extrinsic::new("OfferValidUntil", quote.valid_until.to_string()),
    ];
    if let PaymentPlan::Schedule { installments } = &quote.plan {
        extrinsics.extend(installments.iter().zip(1..).map(|(installment, number)| {
            let text = format!(
                "{} {} {}",
                installment.charge_date,
                installment.amount.amount(),
                installment.amount.currency()
            );
            Extrinsic::new(format!("PaymentSchedule{number}"), text)
        }));
    }
    extrinsics
}
