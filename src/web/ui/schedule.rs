//! A payment schedule as a table and as a picture: bars on a time axis.
//!
//! The picture is computed in whole numbers and says in words what it shows; the table beside it holds the same values,
//! so nobody depends on the picture.

use jiff::civil::Date;
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::terms::Installment;
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::components::{Column, money, table};
use super::format;

/// Size and inner edges of the drawing, in its own units.
const WIDTH: i64 = 560;
const HEIGHT: i64 = 176;
const LEFT: i64 = 56;
const RIGHT: i64 = 504;
const TOP: i64 = 30;
const FLOOR: i64 = 140;
/// Texts nearer than this to their neighbour are left out. Roomy, because a phone shows them in relatively larger type.
const LABEL_WIDTH: i64 = 112;

/// Table and picture of the installments, listed by day.
pub fn view(installments: &[Installment], currency: Currency) -> Markup {
    html! { figure.schedule { (picture(installments)) (rows(installments, currency)) } }
}

fn rows(installments: &[Installment], currency: Currency) -> Markup {
    let mut rows: Vec<Vec<Markup>> = installments
        .iter()
        .zip(1usize..)
        .map(|(part, number)| {
            vec![html! { (number) " of " (installments.len()) }, format::date(part.charge_date), money(part.amount)]
        })
        .collect();
    if let Ok(total) = Money::sum(currency, installments.iter().map(|part| part.amount)) {
        rows.push(vec![html! { strong { "Total" } }, html! {}, html! { strong { (money(total)) } }]);
    }
    table(
        "Payment schedule",
        &[Column::Text("Installment"), Column::Text("Charge date"), Column::Number("Amount")],
        rows,
    )
}

struct Bar {
    x: i64,
    height: i64,
    labelled: bool,
    day: Date,
    amount: Money,
}

fn picture(installments: &[Installment]) -> Markup {
    let bars = bars(installments);
    let width = (360 / i64::try_from(bars.len().max(1)).unwrap_or(1)).clamp(5, 28);
    html! {
        div.schedule-box {
            svg.schedule-picture viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-labelledby="schedule-title schedule-desc" {
                title #schedule-title { "Payment schedule over time" }
                desc #schedule-desc { (in_words(installments)) }
                line.axis x1=(LEFT - 32) y1=(FLOOR) x2=(RIGHT + 32) y2=(FLOOR) {}
                @for bar in &bars {
                    rect.bar x=(bar.x - width / 2) y=(FLOOR - bar.height) width=(width) height=(bar.height) rx="2" {}
                    @if bar.labelled {
                        text.amount x=(bar.x) y=(FLOOR - bar.height - 8) text-anchor="middle" { (format::number(bar.amount.amount())) }
                        line.tick x1=(bar.x) y1=(FLOOR) x2=(bar.x) y2=(FLOOR + 5) {}
                        text.day x=(bar.x) y=(FLOOR + 20) text-anchor="middle" { (format::short_date(bar.day)) }
                    }
                }
            }
        }
    }
}

fn bars(installments: &[Installment]) -> Vec<Bar> {
    let first = installments.first().map(|part| part.charge_date).unwrap_or_default();
    let last = installments.last().map(|part| part.charge_date).unwrap_or_default();
    let span = days_between(first, last);
    let most = installments.iter().map(|part| part.amount.amount()).max().unwrap_or_default();
    let mut free_from = i64::MIN;
    installments
        .iter()
        .map(|part| {
            // One installment alone stands in the middle.
            let x = if span == 0 {
                i64::midpoint(LEFT, RIGHT)
            } else {
                LEFT + (RIGHT - LEFT) * days_between(first, part.charge_date) / span
            };
            let labelled = x >= free_from;
            if labelled {
                free_from = x + LABEL_WIDTH;
            }
            Bar { x, height: height(part.amount.amount(), most), labelled, day: part.charge_date, amount: part.amount }
        })
        .collect()
}

/// In proportion to the largest amount; the smallest amount is still a line.
fn height(amount: Decimal, most: Decimal) -> i64 {
    let room = Decimal::from(FLOOR - TOP);
    let exact = amount.checked_mul(room).and_then(|product| product.checked_div(most)).unwrap_or_default();
    exact.round().to_i64().unwrap_or(0).clamp(1, FLOOR - TOP)
}

fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

fn in_words(installments: &[Installment]) -> String {
    let parts: Vec<String> =
        installments.iter().map(|part| format!("{} on {}", part.amount, format::date_text(part.charge_date))).collect();
    format!("{}: {}.", format::plural(installments.len(), "installment"), parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use marketgate_domain::day::plus_months;

    fn part(day: Date, amount: i64) -> Installment {
        Installment { charge_date: day, amount: Money::new(Decimal::from(amount), Currency::USD).unwrap() }
    }

    #[test]
    fn bars_stand_where_their_day_is_and_as_high_as_their_amount() {
        let start = date(2027, 1, 1);
        let bars = bars(&[part(start, 100), part(plus_months(start, 3), 50), part(plus_months(start, 12), 0)]);
        let [first, second, third] = bars.as_slice() else { panic!("three bars") };
        assert_eq!((first.x, first.height), (LEFT, FLOOR - TOP));
        assert_eq!(second.height, (FLOOR - TOP) / 2);
        assert!((second.x - LEFT) * 3 < RIGHT - LEFT && second.x > LEFT, "a quarter of the way, not a half");
        assert_eq!((third.x, third.height), (RIGHT, 1));
    }

    #[test]
    fn sixty_installments_leave_room_between_their_labels() {
        let start = date(2027, 1, 1);
        let many: Vec<Installment> = (0..60).map(|month| part(plus_months(start, month), 10)).collect();
        let labels: Vec<i64> = bars(&many).iter().filter(|bar| bar.labelled).map(|bar| bar.x).collect();
        assert!(labels.len() > 3);
        assert!(labels.windows(2).all(|pair| pair[1] - pair[0] >= LABEL_WIDTH));
    }

    #[test]
    fn the_picture_says_in_words_what_it_shows() {
        let html =
            view(&[part(date(2026, 12, 1), 30_000), part(date(2027, 3, 1), 45_000)], Currency::USD).into_string();
        assert!(html.contains("2 installments: 30,000.00 USD on 1 December 2026, 45,000.00 USD on 1 March 2027."));
        assert!(html.contains("75,000.00 USD"), "the table adds up");
    }

    #[test]
    fn one_installment_is_drawn_too() {
        assert_eq!(bars(&[part(date(2027, 1, 1), 0)]).len(), 1);
        assert!(bars(&[]).is_empty());
    }
}
