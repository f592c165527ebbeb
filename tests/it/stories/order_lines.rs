//! What the lines and the header of an order say is held against the quote, however a procurement system writes it (O3, O3c).

use marketgate::demo::seed::ACME_COUPA;
use marketgate_simulator::Cart;

use super::{PLAIN_OFFER, PLAIN_PRODUCT};
use crate::harness::market::Market;
use crate::harness::post::{Answer, request};

/// One ItemOut for the first line of a cart, with a price of its own.
fn item(market: &Market, cart: &Cart, attributes: &str, price: &str) -> String {
    let line = market.simulator.draft(cart.id).unwrap().lines.remove(0);
    format!(
        "<ItemOut quantity=\"{}\" {attributes}><ItemID><SupplierPartID> </SupplierPartID><SupplierPartAuxiliaryID>{}\
         </SupplierPartAuxiliaryID></ItemID><ItemDetail>{price}<Description xml:lang=\"en\">A service</Description>\
         <UnitOfMeasure/></ItemDetail></ItemOut>",
        line.quantity,
        line.supplier_part_auxiliary_id.unwrap(),
    )
}

async fn order(market: &Market, number: &str, total: &str, items: &str) -> Answer {
    let body = format!(
        "<OrderRequest><OrderRequestHeader orderID=\"{number}\" orderDate=\"2026-03-02T09:00:00+00:00\" type=\"new\">{total}\
         </OrderRequestHeader>{items}</OrderRequest>"
    );
    let answer = market.post(request(&ACME_COUPA, &format!("{number}@test"), &body)).await;
    market.settle().await;
    answer
}

fn unit_price(market: &Market, cart: &Cart) -> (rust_decimal::Decimal, String) {
    let line = market.simulator.draft(cart.id).unwrap().lines.remove(0);
    (line.unit_price, line.currency)
}

fn priced(amount: impl std::fmt::Display, currency: &str, rest: &str) -> String {
    format!("<UnitPrice><Money currency=\"{currency}\">{amount}</Money></UnitPrice>{rest}")
}

fn total(amount: &str, currency: &str) -> String {
    format!("<Total><Money currency=\"{currency}\">{amount}</Money></Total>")
}

fn per_hundred(xml: &str) -> String {
    let basis = "<PriceBasisQuantity quantity=\"100\" conversionFactor=\"1\"><UnitOfMeasure>EA</UnitOfMeasure></PriceBasisQuantity>";
    xml.replace("<UnitOfMeasure/>", &format!("<UnitOfMeasure/>{basis}"))
}

#[actix_web::test]
async fn a_price_for_a_hundred_units_is_not_the_price_of_one() {
    let market = Market::start().await;
    // The simulator does not know these orders: it would refuse their invoices.
    market.change_connection(&ACME_COUPA, |connection| connection.invoicing.hold_minutes = 60);
    let cart = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let (price, currency) = unit_price(&market, &cart);
    let cheap = per_hundred(&item(&market, &cart, "lineNumber=\"1\"", &priced(price, &currency, "")));
    let answer = order(&market, "PO-1", "", &cheap).await;
    assert!(answer.code() == 400 && answer.words().contains("PRICE_MISMATCH"), "{}", answer.words());
    let bad = cheap.replace("quantity=\"100\"", "quantity=\"0\"");
    let answer = order(&market, "PO-2", "", &bad).await;
    assert!(answer.code() == 400 && answer.words().contains("Line 1: the quantity \"0\""), "{}", answer.words());
    let hundred = price * rust_decimal::Decimal::ONE_HUNDRED;
    let right = per_hundred(&item(&market, &cart, "lineNumber=\"1\"", &priced(hundred, &currency, "")));
    assert_eq!(order(&market, "PO-3", "", &right).await.code(), 200);
    market.finish().await;
}

#[actix_web::test]
async fn a_total_stands_in_for_hidden_prices_and_only_warns_beside_stated_ones() {
    let market = Market::start().await;
    // The simulator does not know these orders: it would refuse their invoices.
    market.change_connection(&ACME_COUPA, |connection| connection.invoicing.hold_minutes = 60);
    let cart = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let (price, currency) = unit_price(&market, &cart);
    let hidden = item(&market, &cart, "lineNumber=\"1\"", "");
    for (number, amount, in_currency, code) in [
        ("PO-1", "1.00", currency.as_str(), "PRICE_MISMATCH"),
        ("PO-2", "0", currency.as_str(), "PRICE_MISMATCH"),
        ("PO-3", "1.00", "EUR", "CURRENCY_MISMATCH"),
    ] {
        let answer = order(&market, number, &total(amount, in_currency), &hidden).await;
        assert!(answer.code() == 400 && answer.words().contains(code), "{}", answer.words());
    }
    let stated = item(&market, &cart, "lineNumber=\"1\"", &priced(price, &currency, ""));
    assert_eq!(order(&market, "PO-4", &total("1.00", &currency), &stated).await.code(), 200);
    let diagnoses = market.read(|snapshot| Ok(marketgate_store::messages::newest(snapshot, None, 50)?));
    let warned = diagnoses.iter().any(|message| message.diagnosis.contains("The Total 1 USD differs from the sum"));
    assert!(warned, "{diagnoses:?}");
    market.finish().await;
}

#[actix_web::test]
async fn a_line_that_takes_away_or_shares_its_number_is_refused_by_name() {
    let market = Market::start().await;
    let cart = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let line = |attributes: &str| item(&market, &cart, attributes, "");
    for (number, items) in [
        ("PO-1", line("lineNumber=\"4\" operation=\"delete\"")),
        ("PO-2", line("lineNumber=\"4\" operation=\"block\"")),
        ("PO-3", line("lineNumber=\"4\" isReturn=\"yes\"")),
        ("PO-4", format!("{}{}", line("lineNumber=\"4\""), line("lineNumber=\"4\""))),
    ] {
        let answer = order(&market, number, "", &items).await;
        assert!(answer.code() == 400 && answer.words().contains("Line 4: "), "{number}: {}", answer.words());
    }
    market.finish().await;
}
