//! The lines of an order, read as the decision needs them: numbers that can be calculated with, and one number for each line.

use std::collections::{BTreeMap, BTreeSet};

use marketgate_cxml::money::{Money, Number};
use marketgate_cxml::order::OrderRequest;
use marketgate_cxml::order_item::ItemOut;
use marketgate_domain::ordered_price::total_warning;
use marketgate_domain::purchase_order::{AccountingSegment, OrderedLine, OrderedPrice, PriceBasis};
use rust_decimal::Decimal;

use super::Error;

/// Reads the lines in their order.
///
/// # Errors
/// [`Error::BadRequest`] naming the line for a number that cannot be understood, for a line that does not order something
/// new, and for two lines with one number.
pub(super) fn lines(order: &OrderRequest) -> Result<Vec<OrderedLine>, Error> {
    let numbers = numbers(&order.items)?;
    order.items.iter().zip(numbers).map(|(item, number)| line(item, number)).collect()
}

/// The header's Total, if it states an amount, and the warning that it deserves (O3c).
///
/// # Errors
/// [`Error::BadRequest`] for a Total that cannot be understood where it has to stand in for prices that lines hide.
pub(super) fn total(
    order: &OrderRequest,
    lines: &[OrderedLine],
) -> Result<(Option<OrderedPrice>, Option<String>), Error> {
    let Some(total) = &order.header.total else { return Ok((None, None)) };
    if total.amount.is_unreadable() {
        let error = unreadable("The order", "the Total", &total.amount.text);
        let states_price = |line: &OrderedLine| line.price.as_ref().is_some_and(|price| !price.amount.is_zero());
        return if lines.iter().all(states_price) { Ok((None, Some(error.to_string()))) } else { Err(error) };
    }
    let total = price(total, None);
    let stated = lines.iter().map(|line| (line.quantity, line.price.as_ref()));
    let warning = total.as_ref().and_then(|total| total_warning(total, stated));
    Ok((total, warning))
}

/// A line without a number gets the lowest one that no line has, in the order of the lines.
fn numbers(items: &[ItemOut]) -> Result<Vec<u32>, Error> {
    let mut places: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (item, place) in items.iter().zip(1..) {
        if let Some(number) = item.line_number {
            places.entry(number).or_default().push(place);
        }
    }
    if let Some((number, places)) = places.iter().find(|(_, places)| places.len() > 1) {
        let shown: Vec<String> = places.iter().take(5).map(ToString::to_string).collect();
        let more = if places.len() > shown.len() { " and more" } else { "" };
        return Err(Error::BadRequest(format!(
            "Line {number}: the ItemOut elements {}{more} have the lineNumber {number}. Give each line a lineNumber of its own.",
            shown.join(", ")
        )));
    }
    let taken: BTreeSet<u32> = places.into_keys().collect();
    let mut free = (1..).filter(|number| !taken.contains(number));
    Ok(items.iter().filter_map(|item| item.line_number.or_else(|| free.next())).collect())
}

fn line(item: &ItemOut, number: u32) -> Result<OrderedLine, Error> {
    let place = format!("Line {number}");
    check_purpose(item, &place)?;
    let quantity = item.quantity.value.ok_or_else(|| unreadable(&place, "the quantity", &item.quantity.text))?;
    if quantity < Decimal::ZERO {
        return Err(Error::BadRequest(format!("{place}: the quantity is negative. Send a positive quantity.")));
    }
    let basis = basis(item, &place)?;
    let price = match item.unit_price() {
        Some(money) if money.amount.is_unreadable() => {
            return Err(unreadable(&place, "the unit price", &money.amount.text));
        }
        Some(money) => price(money, basis),
        None => None,
    };
    Ok(OrderedLine {
        number,
        part_id: item.item_id.supplier_part_id.clone(),
        reference: item.item_id.supplier_part_auxiliary_id.clone().unwrap_or_default().trim().to_owned(),
        quantity,
        price,
        unit: item.unit_of_measure().to_owned(),
        accounting: accounting(item),
    })
}

/// A new order adds lines: it takes none away, blocks none and returns none.
fn check_purpose(item: &ItemOut, place: &str) -> Result<(), Error> {
    if let Some(operation) = item.operation.as_deref().filter(|operation| *operation != "new") {
        return Err(Error::BadRequest(format!(
            "{place}: operation=\"{}\" is not taken in a new order. Leave the line out, or cancel the order with the seller.",
            shortened(operation)
        )));
    }
    if item.is_return {
        return Err(Error::BadRequest(format!(
            "{place}: isReturn=\"yes\" is not taken in a new order. Agree returns with the seller."
        )));
    }
    Ok(())
}

fn price(money: &Money, basis: Option<PriceBasis>) -> Option<OrderedPrice> {
    money.value().map(|amount| OrderedPrice { amount, currency: money.currency.clone(), basis })
}

fn basis(item: &ItemOut, place: &str) -> Result<Option<PriceBasis>, Error> {
    let Some(basis) = item.detail.as_ref().and_then(|detail| detail.price_basis_quantity.as_ref()) else {
        return Ok(None);
    };
    let positive = |name: &str, number: &Number| {
        number.value.filter(|value| *value > Decimal::ZERO).ok_or_else(|| {
            Error::BadRequest(format!(
                "{place}: the {name} \"{}\" of PriceBasisQuantity is not a positive number. Send plain digits with a decimal point.",
                shortened(&number.text)
            ))
        })
    };
    // The DTD requires the factor; where it is missing, one ordered unit is one price unit.
    let factor = &basis.conversion_factor;
    let conversion_factor = if factor.text.is_empty() { Decimal::ONE } else { positive("conversionFactor", factor)? };
    Ok(Some(PriceBasis { quantity: positive("quantity", &basis.quantity)?, conversion_factor }))
}

fn unreadable(place: &str, what: &str, text: &str) -> Error {
    Error::BadRequest(format!(
        "{place}: {what} \"{}\" is not a number. Send plain digits with a decimal point.",
        shortened(text)
    ))
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    text.chars().take(LONGEST).collect()
}

fn accounting(item: &ItemOut) -> Vec<AccountingSegment> {
    item.distributions
        .iter()
        .flat_map(|distribution| {
            distribution.segments.iter().map(|segment| AccountingSegment {
                accounting: distribution.name.clone(),
                name: segment.name.clone(),
                value: segment.id.clone(),
                description: segment.description.clone(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use marketgate_cxml::item::{ItemDetail, PriceBasisQuantity};

    use super::*;

    fn items(numbers: &[Option<u32>]) -> Vec<ItemOut> {
        let item = |number: &Option<u32>| ItemOut { line_number: *number, ..item() };
        numbers.iter().map(item).collect()
    }

    fn item() -> ItemOut {
        ItemOut { quantity: Decimal::ONE.into(), ..ItemOut::default() }
    }

    fn refused(item: &ItemOut) -> String {
        match line(item, 7) {
            Err(Error::BadRequest(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_missing_line_number_is_the_lowest_free_one_and_none_stands_twice() {
        for (stated, expected) in [
            (vec![Some(2), None], vec![2, 1]),
            (vec![None, Some(1)], vec![2, 1]),
            (vec![None, Some(2), None, Some(10)], vec![1, 2, 3, 10]),
        ] {
            assert_eq!(numbers(&items(&stated)).unwrap(), expected);
        }
        let Err(Error::BadRequest(text)) = numbers(&items(&[Some(1), None, Some(1)])) else { panic!("taken") };
        assert!(text.starts_with("Line 1: the ItemOut elements 1, 3 have the lineNumber 1."), "{text}");
    }

    #[test]
    fn a_line_that_takes_away_blocks_or_returns_is_refused() {
        for operation in ["delete", "block"] {
            let text = refused(&ItemOut { operation: Some(operation.to_owned()), ..item() });
            assert!(text.contains("Line 7") && text.contains(operation), "{text}");
        }
        assert!(refused(&ItemOut { is_return: true, ..item() }).contains("Line 7: isReturn"));
    }

    #[test]
    fn a_price_basis_is_positive() {
        let with = |quantity: &str, factor: &str| {
            let basis = PriceBasisQuantity {
                quantity: Number::read(quantity),
                conversion_factor: Number::read(factor),
                unit_of_measure: "EA".to_owned(),
            };
            ItemOut {
                detail: Some(ItemDetail {
                    unit_price: Some(Money::new(Decimal::TEN, "USD")),
                    price_basis_quantity: Some(basis),
                    ..ItemDetail::default()
                }),
                ..item()
            }
        };
        for (quantity, factor) in [("0", "1"), ("-100", "1"), ("many", "1"), ("", "1"), ("100", "0"), ("100", "x")] {
            assert!(refused(&with(quantity, factor)).starts_with("Line 7: the "), "{quantity} {factor}");
        }
        let read = line(&with("100", ""), 7).unwrap().price.unwrap().basis.unwrap();
        assert_eq!((read.quantity, read.conversion_factor), (Decimal::from(100), Decimal::ONE));
    }
}
