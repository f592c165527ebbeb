//! Every rule says where it is broken, and none hides another.

use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::*;
use crate::fixtures::{decimal, fixed, monthly, usd};
use crate::terms::DurationChoice;

fn misfits_of(list: Vec<Term>) -> Vec<(String, TermsError)> {
    let misfits = Terms::checked(list).unwrap_err();
    misfits.into_iter().map(|misfit| (misfit.place, misfit.error)).collect()
}

fn places(list: Vec<Term>) -> Vec<String> {
    misfits_of(list).into_iter().map(|(place, _)| place).collect()
}

fn fields(list: Vec<Term>) -> Vec<String> {
    Terms::new(list).unwrap().faults().into_iter().map(|fault| fault.field.into_owned()).collect()
}

fn part(day: Date, amount: &str) -> Installment {
    Installment { charge_date: day, amount: usd(amount) }
}

fn scheduled(installments: Vec<Installment>) -> Vec<Term> {
    vec![fixed("0"), Term::PaymentSchedule { installments }]
}

fn rate(dimension: &str, price: Decimal) -> UsageRate {
    UsageRate { dimension: dimension.into(), unit: "scan".into(), price }
}

fn dimension(name: &str, price: Money) -> DimensionPrice {
    DimensionPrice { dimension: name.into(), unit: "user".into(), price }
}

#[test]
fn everything_that_is_wrong_with_a_schedule_is_said_at_its_installment() {
    let (day, later) = (date(2027, 3, 1), date(2027, 4, 1));
    let euro = Money::zero(Currency::EUR);
    let wrong = vec![
        part(later, "1"),
        part(day, "-1"),
        part(day, "1"),
        Installment { charge_date: date(2027, 5, 1), amount: euro },
    ];
    assert_eq!(
        misfits_of(scheduled(wrong)),
        [
            ("schedule/1/amount/amount".into(), TermsError::NegativePrice),
            ("schedule/3/amount/currency".into(), TermsError::SeveralCurrencies),
            ("schedule/1/charge_date".into(), TermsError::InvalidSchedule("installments are listed by day")),
            ("schedule/2/charge_date".into(), TermsError::DuplicateChargeDates(day)),
        ]
    );
    let many = (0..61).map(|n| part(crate::day::plus_months(day, n), "1")).collect();
    assert_eq!(misfits_of(scheduled(many)), [("schedule".into(), TermsError::TooManyCharges(61))]);
}

#[test]
fn a_price_less_than_nothing_or_of_another_currency_is_named() {
    let rates = vec![rate("a", decimal("1")), rate("b", decimal("-1"))];
    let usage = Term::UsageBasedPricing { currency: Currency::EUR, rates };
    let prices = vec![dimension("a", usd("1")), dimension("b", usd("-1"))];
    let choices = Term::ConfigurableUpfrontPricing { choices: vec![DurationChoice { months: 12, dimensions: prices }] };
    assert_eq!(
        places(vec![usage, choices]),
        [
            "choices/0/dimensions/0/price/currency",
            "choices/0/dimensions/1/price/amount",
            "choices/0/dimensions/1/price/currency",
            "usage_rates/1/price",
        ]
    );
    let recurring = Term::RecurringPayment { price: usd("-5") };
    assert_eq!(
        places(vec![recurring, fixed("-1")]),
        ["", "validity_months", "fixed_upfront/price/amount", "recurring/amount"]
    );
}

#[test]
fn a_duration_that_nobody_can_plan_or_bill_is_refused() {
    assert_eq!(fields(monthly("5", MOST_MONTHS)), [""; 0]);
    assert_eq!(fields(monthly("5", MOST_MONTHS + 1)), ["terms/validity_months"]);
    assert_eq!(fields(monthly("5", 0)), ["terms/validity_months"]);
    let lasting = |months, amount| vec![Term::FixedUpfrontPricing { months, price: usd(amount), grants: vec![] }];
    assert_eq!(fields(lasting(0, "0")), [""; 0], "a free offer may have no end");
    assert_eq!(fields(lasting(0, "1")), ["terms/fixed_upfront/months"]);
    assert_eq!(fields(lasting(u32::MAX, "1")), ["terms/fixed_upfront/months"]);
    assert_eq!(fields(vec![Term::FreeTrial { days: 0 }]), ["terms/trial_days"]);
    assert_eq!(fields(vec![Term::Byol, Term::NetPayment { days: 366 }]), ["terms/net_payment_days"]);
}

#[test]
fn a_duration_beside_that_of_the_price_is_the_same_one() {
    let fixed = |validity| {
        vec![
            Term::FixedUpfrontPricing { months: 12, price: usd("1"), grants: vec![] },
            Term::Validity { months: validity },
        ]
    };
    assert_eq!(fields(fixed(12)), [""; 0]);
    assert_eq!(fields(fixed(24)), ["terms/validity_months"]);
    let choices = vec![DurationChoice { months: 12, dimensions: vec![dimension("user", usd("1"))] }];
    let chosen = vec![Term::ConfigurableUpfrontPricing { choices }, Term::Validity { months: 12 }];
    assert_eq!(fields(chosen), ["terms/validity_months"]);
}

#[test]
fn what_the_buyer_chooses_by_is_unique_and_has_a_name() {
    let choice = |months, dimensions| DurationChoice { months, dimensions };
    let user = || dimension("user", usd("1"));
    let choices =
        vec![choice(12, vec![user(), user()]), choice(12, vec![dimension(" ", usd("1"))]), choice(24, vec![])];
    assert_eq!(
        fields(vec![Term::ConfigurableUpfrontPricing { choices }]),
        [
            "terms/choices/0/dimensions/1/dimension",
            "terms/choices/1/months",
            "terms/choices/1/dimensions/0/dimension",
            "terms/choices/2/dimensions",
        ]
    );
    let rates = vec![rate("scan", Decimal::ONE), rate("scan", Decimal::TWO)];
    let usage = Term::UsageBasedPricing { currency: Currency::USD, rates };
    assert_eq!(fields(vec![usage]), ["terms/usage_rates/1/dimension"]);
}

#[test]
fn texts_have_a_length_and_legal_ones_keep_their_tabs() {
    let document =
        |title: &str, text: &str| LegalDocument { title: title.into(), version: "1".into(), text: text.into() };
    let documents = vec![document("Licence", "1.\tBe fair.\r\n"), document("", "a\u{0}b")];
    let terms = vec![
        Term::FixedUpfrontPricing { months: 12, price: usd("1"), grants: vec!["10 users".into(), "a\u{7}".into()] },
        Term::Support { refund_policy: "\t".into() },
        Term::Legal { documents },
    ];
    assert_eq!(
        fields(terms),
        [
            "terms/fixed_upfront/grants/1",
            "terms/refund_policy",
            "terms/legal_documents/1/title",
            "terms/legal_documents/1/text",
        ]
    );
}
