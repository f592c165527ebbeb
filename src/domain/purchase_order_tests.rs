//! Which orders are taken and which are refused, check by check and in their documented order.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::connection::LineStyle;
use crate::fixtures::{
    ACCOUNT, OTHER_ACCOUNT, PURCHASE_ORDER, arrival, at, connection, decimal, email, fixed, line_for, line_settings,
    monthly, private_offer, schedule, three_installments, usage, usd,
};
use crate::money::Currency;
use crate::offer::{OfferState, Visibility};
use crate::product::ProductType;
use crate::terms::{Term, Terms};

/// An order on its way in: the connection it comes over, its lines, and the moment it arrives.
#[derive(Debug, Clone)]
struct Order {
    connection: Connection,
    lines: Vec<LineFacts>,
    now: Timestamp,
    total: Option<OrderedPrice>,
    test: bool,
}

impl Order {
    /// One line for each list of terms, numbered from 1, just as the carts said.
    fn of(lines: impl IntoIterator<Item = Vec<Term>>) -> Self {
        Self::in_style(LineStyle::Natural, lines)
    }

    fn in_style(style: LineStyle, lines: impl IntoIterator<Item = Vec<Term>>) -> Self {
        let mut connection = connection();
        connection.lines = line_settings(style);
        let lines = lines.into_iter().zip(1u32..).map(|(terms, number)| line_for(number, terms, &connection)).collect();
        Self { connection, lines, now: arrival(), total: None, test: false }
    }

    fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn arriving_at(self, moment: &str) -> Self {
        self.with(|order| order.now = at(moment))
    }

    fn matched(&mut self, position: usize) -> &mut MatchedRequest {
        self.lines[position].matched.as_mut().unwrap()
    }

    /// Makes the offer a private one that has a newer revision.
    fn supersede(&mut self, position: usize) {
        let offer = &mut self.matched(position).offer;
        (offer.revision, offer.visibility) = (2, Visibility::Private { accounts: vec![ACCOUNT] });
    }

    fn price(&mut self, amount: &str) {
        self.lines[0].line.price.as_mut().unwrap().amount = decimal(amount);
    }

    fn quantity(&mut self, quantity: &str) {
        self.lines[0].line.quantity = decimal(quantity);
    }

    fn decide(&self) -> OrderDecision {
        let facts = OrderFacts {
            order: PurchaseOrderId::from_value(1),
            number: PURCHASE_ORDER,
            connection: &self.connection,
            lines: &self.lines,
            total: self.total.as_ref(),
            test: self.test,
        };
        decide(&facts, self.now)
    }

    fn accepted(&self) -> (Vec<Agreement>, Vec<Charge>, Vec<ProcurementRequest>) {
        match self.decide() {
            OrderDecision::Accepted { agreements, charges, requests } => (agreements, charges, requests),
            OrderDecision::Refused { lines, .. } => panic!("refused: {lines:?}"),
        }
    }

    fn agreement(&self) -> Agreement {
        self.accepted().0.remove(0)
    }

    fn refused(&self) -> (Vec<LineRefusal>, Vec<ProcurementRequest>) {
        match self.decide() {
            OrderDecision::Refused { lines, requests } => (lines, requests),
            OrderDecision::Accepted { agreements, .. } => panic!("accepted: {agreements:?}"),
        }
    }

    /// The failing lines, each with its code.
    fn refusals(&self) -> Vec<(u32, &'static str)> {
        self.refused().0.iter().map(|line| (line.line, line.refusal.code())).collect()
    }
}

fn standard() -> Order {
    Order::of([vec![fixed("12000")]])
}

/// One thing that can be wrong with the first line.
type Fault = fn(&mut Order);

/// Every fault with its code, in the order in which the checks run.
const FAULTS: [(&str, Fault); 14] = [
    ("UNKNOWN_PROCUREMENT_REQUEST", |order| order.lines[0].matched = None),
    ("UNKNOWN_PROCUREMENT_REQUEST", |order| order.matched(0).request.connection = ConnectionId::from_value(99)),
    ("TEST_REQUEST", |order| order.matched(0).request.made_in_test = true),
    ("ALREADY_ORDERED", |order| order.matched(0).request.status = fulfilled_by("PO-1")),
    ("SUPERSEDED_AGREEMENT_PROPOSAL", |order| order.supersede(0)),
    ("UNSUPPORTED_PRODUCT", |order| order.matched(0).product.product_type = ProductType::Ami),
    ("EXPIRED_AGREEMENT_PROPOSAL", |order| order.matched(0).offer.availability_end_date = Some(date(2026, 12, 9))),
    ("EXPIRED_AGREEMENT_PROPOSAL", |order| order.matched(0).offer.state = OfferState::Withdrawn),
    ("EXPIRED_QUOTE", |order| order.matched(0).request.quote.valid_until = date(2026, 12, 9)),
    ("ACCOUNT_NOT_TARGETED", |order| {
        order.matched(0).offer.visibility = Visibility::Private { accounts: vec![OTHER_ACCOUNT] };
    }),
    ("PART_MISMATCH", |order| order.lines[0].line.part_id = "ANOTHER-PART".into()),
    ("CURRENCY_MISMATCH", |order| order.lines[0].line.price.as_mut().unwrap().currency = "EUR".into()),
    ("QUANTITY_MISMATCH", |order| order.quantity("2")),
    ("PRICE_MISMATCH", |order| order.price("11999.99")),
];

fn fulfilled_by(purchase_order: &str) -> RequestStatus {
    RequestStatus::Fulfilled { agreement: AgreementId::from_value(77), purchase_order: purchase_order.to_owned() }
}

fn refused_before() -> RequestStatus {
    let reason = Refusal::AccountNotTargeted { offer: "Standard".into() };
    RequestStatus::Refused { reason, purchase_order: "PO-1".into() }
}

#[test]
fn an_order_as_the_cart_said_is_accepted() {
    let (agreements, charges, requests) = standard().accepted();
    assert_eq!((agreements.len(), charges.len(), requests.len()), (1, 1, 1));
    let agreement = &agreements[0];
    assert_eq!(agreement.id, AgreementId::from_value(1));
    let link = agreement.ordered().unwrap();
    assert_eq!((link.purchase_order.as_str(), link.order_line), (PURCHASE_ORDER, 1));
    assert_eq!((agreement.account, agreement.revision, agreement.status), (ACCOUNT, 1, AgreementStatus::Active));
    assert_eq!((agreement.value, agreement.budget), (usd("12000"), None));
    assert_eq!(agreement.requester_email, Some(email("buyer@acme.example")));
    assert_eq!(charges[0].amount, usd("12000"));
    let expected = RequestStatus::Fulfilled { agreement: agreement.id, purchase_order: PURCHASE_ORDER.into() };
    assert_eq!((&requests[0].status, requests[0].changed_at), (&expected, arrival()));
}

#[test]
fn every_fault_is_refused_with_its_code() {
    for (position, (code, fault)) in FAULTS.iter().enumerate() {
        assert_eq!(standard().with(fault).refusals(), [(1, *code)], "fault {position}");
    }
}

#[test]
fn of_two_faults_the_earlier_check_gives_the_reason() {
    for (earlier, (code, first)) in FAULTS.iter().enumerate() {
        for (later, (_, second)) in FAULTS.iter().enumerate().skip(earlier + 1) {
            // The fault of an unmatched line hides what the later one would change.
            let order = standard().with(|order| {
                second(order);
                first(order);
            });
            assert_eq!(order.refusals(), [(1, *code)], "faults {earlier} and {later}");
        }
    }
}

#[test]
fn an_order_for_a_request_that_was_taken_back_is_refused_and_the_request_stays_withdrawn() {
    let order = standard().with(|order| order.matched(0).request.status = RequestStatus::Withdrawn);
    assert_eq!(order.refusals(), [(1, "WITHDRAWN_REQUEST")]);
    assert_eq!(order.refused().1, []);
}

#[test]
fn a_refused_order_marks_its_request_with_the_reason_and_the_order() {
    let (lines, requests) = standard().with(|order| order.price("1")).refused();
    let reason = Refusal::PriceMismatch { quoted: usd("12000"), ordered: decimal("1"), of: PriceKind::Unit };
    assert_eq!(lines, [LineRefusal { line: 1, request: Some(RequestId::from_value(1)), refusal: reason.clone() }]);
    assert_eq!(requests[0].status, RequestStatus::Refused { reason, purchase_order: PURCHASE_ORDER.into() });
    assert_eq!(requests[0].changed_at, arrival());
}

#[test]
fn a_public_price_holds_while_its_quote_does_and_the_offer_exists() {
    let raised = |order: &mut Order| {
        let offer = &mut order.matched(0).offer;
        (offer.revision, offer.terms) = (2, Terms::new(vec![fixed("15000")]).unwrap());
    };
    let order = standard().with(raised);
    assert_eq!((order.agreement().revision, order.agreement().value), (1, usd("12000")));
    let late = standard().with(raised).with(|order| order.matched(0).request.quote.valid_until = date(2026, 12, 9));
    assert_eq!(late.refusals(), [(1, "EXPIRED_QUOTE")]);
    let gone = standard().with(raised).with(|order| order.matched(0).offer.state = OfferState::Withdrawn);
    assert_eq!(gone.refusals(), [(1, "SUPERSEDED_AGREEMENT_PROPOSAL")]);
}

#[test]
fn one_failing_line_refuses_the_whole_order_and_changes_only_its_own_request() {
    let order = Order::of([vec![fixed("100")], vec![fixed("200")], vec![usage()]]).with(|order| order.supersede(1));
    assert_eq!(order.refusals(), [(2, "SUPERSEDED_AGREEMENT_PROPOSAL")]);
    let (_, requests) = order.refused();
    assert_eq!(requests.iter().map(|request| request.id).collect::<Vec<_>>(), [RequestId::from_value(2)]);
}

#[test]
fn every_failing_line_is_named() {
    let order = Order::of([vec![fixed("100")], vec![fixed("200")], vec![fixed("300")]]).with(|order| {
        order.lines[0].matched = None;
        order.lines[2].line.quantity = decimal("3");
    });
    assert_eq!(order.refusals(), [(1, "UNKNOWN_PROCUREMENT_REQUEST"), (3, "QUANTITY_MISMATCH")]);
}

#[test]
fn a_request_is_ordered_once_even_inside_one_order() {
    let order = standard().with(|order| {
        let mut again = order.lines[0].clone();
        again.line.number = 2;
        order.lines.push(again);
    });
    let (lines, requests) = order.refused();
    assert_eq!(order.refusals(), [(2, "ALREADY_ORDERED")]);
    assert_eq!(lines[0].refusal, Refusal::AlreadyOrdered { purchase_order: PURCHASE_ORDER.into() });
    assert_eq!(requests.len(), 1);
    assert!(requests[0].awaits_order(), "the remedy is to order it once");
}

#[test]
fn a_request_that_fails_twice_keeps_its_first_reason() {
    let order = standard().with(|order| {
        order.price("1");
        let mut again = order.lines[0].clone();
        again.line.quantity = decimal("2");
        order.lines.push(again);
    });
    let (lines, requests) = order.refused();
    assert_eq!((lines.len(), requests.len()), (2, 1));
    assert!(matches!(&requests[0].status, RequestStatus::Refused { reason: Refusal::PriceMismatch { .. }, .. }));
}

#[test]
fn another_connections_request_is_unknown_and_stays_untouched() {
    let order = standard().with(|order| order.matched(0).request.connection = ConnectionId::from_value(2));
    let (lines, requests) = order.refused();
    let reference = RequestId::from_value(1).to_string();
    assert_eq!(lines[0].refusal, Refusal::UnknownProcurementRequest { reference });
    assert_eq!(requests, []);
}

#[test]
fn a_fulfilled_request_stays_fulfilled_and_the_refusal_names_its_order() {
    let order = standard().with(|order| order.matched(0).request.status = fulfilled_by("PO-1"));
    let (lines, requests) = order.refused();
    assert_eq!(lines[0].refusal, Refusal::AlreadyOrdered { purchase_order: "PO-1".into() });
    assert_eq!(requests, []);
}

#[test]
fn a_refused_request_can_be_ordered_again_once_the_cause_is_mended() {
    let order = standard().with(|order| order.price("1"));
    let refused = order.refused().1.remove(0);
    let mended = standard().with(|order| order.matched(0).request = refused);
    assert_eq!(mended.accepted().2[0].status.word(), "FULFILLED");
}

#[test]
fn an_order_counts_whether_or_not_the_serving_of_the_cart_was_noted() {
    for status in [RequestStatus::Requested, RequestStatus::InCart, refused_before()] {
        let order = standard().with(|order| order.matched(0).request.status = status.clone());
        assert_eq!(order.accepted().0.len(), 1, "{status:?}");
    }
}

#[test]
fn a_hidden_price_falls_back_to_the_quote() {
    let hidden = |terms| Order::of([terms]).with(|order| order.lines[0].line.price = None);
    assert_eq!(hidden(vec![fixed("12000")]).agreement().value, usd("12000"));
    assert_eq!(hidden(vec![usage()]).agreement().budget, Some(usd("10000")));
    let order = hidden(vec![fixed("12000")]).with(|order| order.quantity("2"));
    assert_eq!(order.refusals(), [(1, "QUANTITY_MISMATCH")]);
}

#[test]
fn prices_and_quantities_are_compared_as_numbers() {
    for spelling in ["19.5", "19.50", "19.5000000000"] {
        let order = Order::of([vec![fixed("19.50")]]).with(|order| {
            order.price(spelling);
            order.quantity("1.00");
        });
        assert_eq!(order.agreement().value, usd("19.50"), "{spelling}");
    }
    let order = Order::of([vec![fixed("19.50")]]).with(|order| order.price("19.501"));
    assert_eq!(order.refusals(), [(1, "PRICE_MISMATCH")]);
}

#[test]
fn a_currency_is_compared_without_case_and_blanks() {
    for spelling in ["usd", " USD ", "Usd"] {
        let order = standard().with(|order| order.lines[0].line.price.as_mut().unwrap().currency = spelling.into());
        assert_eq!(order.accepted().0.len(), 1, "{spelling:?}");
    }
}

#[test]
fn pay_as_you_go_takes_any_positive_amount_as_the_approved_budget() {
    for (quantity, price, budget) in
        [("1", "25000", "25000"), ("500", "2.5", "1250"), ("100", "0.005", "0.50"), ("1", "0.01", "0.01")]
    {
        let order = Order::of([vec![usage()]]).with(|order| {
            order.quantity(quantity);
            order.price(price);
        });
        let agreement = order.agreement();
        assert_eq!(agreement.budget, Some(usd(budget)), "{quantity} at {price}");
        assert_eq!(agreement.value, usd("0"));
        assert_eq!(order.accepted().1, [], "usage is charged when it is metered");
    }
}

#[test]
fn pay_as_you_go_refuses_nothing_less_than_nothing_and_a_fraction_of_a_cent() {
    for (quantity, price, code) in [
        ("1", "-5", "PRICE_MISMATCH"),
        ("1", "0.005", "PRICE_MISMATCH"),
        ("0", "5", "QUANTITY_MISMATCH"),
        ("-1", "5", "QUANTITY_MISMATCH"),
        ("-1", "-5", "QUANTITY_MISMATCH"),
    ] {
        let order = Order::of([vec![usage()]]).with(|order| {
            order.quantity(quantity);
            order.price(price);
        });
        assert_eq!(order.refusals(), [(1, code)], "{quantity} at {price}");
    }
}

#[test]
fn a_contract_with_usage_keeps_the_quoted_budget_and_the_quoted_price() {
    let order = Order::of([vec![fixed("500"), usage()]]);
    let agreement = order.agreement();
    assert_eq!((agreement.value, agreement.budget), (usd("500"), Some(usd("10000"))));
    let cheaper = order.with(|order| order.price("10000"));
    assert_eq!(cheaper.refusals(), [(1, "PRICE_MISMATCH")]);
}

#[test]
fn an_offer_can_be_ordered_to_the_last_second_of_its_last_day() {
    let last_day = |moment| {
        standard()
            .with(|order| {
                let matched = order.matched(0);
                matched.offer = private_offer(vec![fixed("12000")], date(2026, 12, 15));
                matched.request.quote.valid_until = date(2026, 12, 15);
            })
            .arriving_at(moment)
    };
    assert_eq!(last_day("2026-12-15T23:59:59Z").accepted().0.len(), 1);
    assert_eq!(last_day("2026-12-16T00:00:00Z").refusals(), [(1, "EXPIRED_AGREEMENT_PROPOSAL")]);
}

#[test]
fn a_public_price_is_held_to_the_last_second_of_its_last_day() {
    // Ninety days after the click of 2026-12-01.
    assert_eq!(standard().arriving_at("2027-03-01T23:59:59Z").accepted().0.len(), 1);
    assert_eq!(standard().arriving_at("2027-03-02T00:00:00Z").refusals(), [(1, "EXPIRED_QUOTE")]);
}

#[test]
fn nothing_falls_due_before_the_hold_window_is_over() {
    let order = Order::of([three_installments()]).with(|order| order.connection.invoicing.hold_minutes = 90);
    let due: Vec<String> = order.accepted().1.iter().map(|charge| charge.due_at.to_string()).collect();
    assert_eq!(due, ["2026-12-10T10:00:00Z", "2027-03-01T00:00:00Z", "2027-06-01T00:00:00Z"]);
}

#[test]
fn an_agreement_runs_from_the_day_of_the_order_to_the_day_before_its_anniversary() {
    let agreement = standard().agreement();
    assert_eq!((agreement.start_date, agreement.end_date), (date(2026, 12, 10), Some(date(2027, 12, 9))));
    let monthly = Order::of([monthly("100", 3)]).agreement();
    assert_eq!(monthly.end_date, Some(date(2027, 3, 9)));
}

#[test]
fn usage_and_free_offers_run_without_an_end_unless_their_terms_have_one() {
    let free = Term::FixedUpfrontPricing { months: 0, price: usd("0"), grants: vec![] };
    for terms in [vec![usage()], vec![Term::Byol], vec![free]] {
        assert_eq!(Order::of([terms.clone()]).agreement().end_date, None, "{terms:?}");
    }
    assert_eq!(Order::of([vec![usage(), Term::Validity { months: 1 }]]).agreement().end_date, Some(date(2027, 1, 9)));
}

#[test]
fn charges_are_numbered_within_their_agreement() {
    let (_, charges, _) = Order::of([monthly("100", 2), vec![usage()], three_installments()]).accepted();
    let ids: Vec<(u128, u32)> = charges.iter().map(|charge| (charge.id.agreement.value(), charge.id.number)).collect();
    assert_eq!(ids, [(1, 1), (1, 2), (3, 1), (3, 2), (3, 3)]);
}

fn any_terms() -> impl Strategy<Value = Vec<Term>> {
    let amount = (0u32..10_000_000).prop_map(|cents| Decimal::new(cents.into(), 2).to_string());
    prop_oneof![
        amount.clone().prop_map(|price| vec![fixed(&price)]),
        amount.clone().prop_map(|price| vec![fixed(&price), usage()]),
        (amount.clone(), 1u32..36).prop_map(|(price, months)| monthly(&price, months)),
        (amount, 1u32..12).prop_map(|(each, count)| {
            let days: Vec<_> = (0..count).map(|n| day::plus_months(date(2026, 12, 5), n)).collect();
            schedule(&days, &each)
        }),
        Just(vec![usage()]),
        Just(vec![Term::Byol]),
        Just(vec![Term::FreeTrial { days: 14 }]),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    let styles = prop_oneof![Just(LineStyle::Classified), Just(LineStyle::Material), Just(LineStyle::Natural)];
    (styles, proptest::collection::vec(any_terms(), 1..6)).prop_map(|(style, lines)| Order::in_style(style, lines))
}

proptest! {
    #[test]
    fn an_accepted_order_has_one_agreement_for_each_line_and_charges_that_add_up(order in any_order()) {
        let (agreements, charges, requests) = order.accepted();
        prop_assert_eq!(agreements.len(), order.lines.len());
        prop_assert_eq!(requests.len(), order.lines.len());
        for ((agreement, request), line) in agreements.iter().zip(&requests).zip(&order.lines) {
            let of_it = charges.iter().filter(|charge| charge.id.agreement == agreement.id);
            let total = Money::sum(Currency::USD, of_it.map(|charge| charge.amount)).unwrap();
            prop_assert_eq!(total, agreement.value);
            let link = agreement.ordered().unwrap();
            prop_assert_eq!((link.order_line, link.request), (line.line.number, request.id));
            prop_assert_eq!(&request.status, &RequestStatus::Fulfilled { agreement: agreement.id, purchase_order: PURCHASE_ORDER.into() });
        }
    }

    #[test]
    fn a_refused_order_names_its_reasons_and_nothing_of_it_is_fulfilled(order in any_order(), fault in 0..9usize) {
        // The first nine faults are faults under every pricing model.
        let (code, fault) = FAULTS[fault];
        // Only contracts are refused for machine images.
        prop_assume!(code != "UNSUPPORTED_PRODUCT" || order.lines[0].matched.as_ref().unwrap().offer.pricing_model().is_contract());
        let order = order.with(fault);
        prop_assert_eq!(order.refusals(), [(1, code)]);
        for request in order.refused().1 {
            prop_assert_eq!(request.status.word(), "REFUSED");
        }
    }

    #[test]
    fn the_same_order_is_always_decided_alike(order in any_order(), faults in proptest::collection::vec(0..FAULTS.len(), 0..3)) {
        let order = order.with(|order| faults.iter().rev().for_each(|fault| {
            // A line that lost its request has nothing left to spoil.
            if order.lines[0].matched.is_some() {
                FAULTS[*fault].1(order);
            }
        }));
        prop_assert_eq!(order.decide(), order.decide());
    }
}

#[test]
fn a_price_for_several_units_counts_as_the_price_of_one() {
    let per = |quantity: &str, amount: &str, terms| {
        Order::of([terms]).with(|order| {
            let basis = PriceBasis { quantity: decimal(quantity), conversion_factor: Decimal::ONE };
            order.lines[0].line.price.as_mut().unwrap().basis = Some(basis);
            order.price(amount);
        })
    };
    assert_eq!(per("100", "12000", vec![fixed("12000")]).refusals(), [(1, "PRICE_MISMATCH")]);
    assert_eq!(per("100", "1200000.00", vec![fixed("12000")]).agreement().value, usd("12000"));
    assert_eq!(per("100", "250000", vec![usage()]).with(|o| o.quantity("1")).agreement().budget, Some(usd("2500")));
}

#[test]
fn where_prices_are_hidden_a_total_is_the_quoted_one() {
    let hidden = |price: Option<&str>, total: Option<(&str, &str)>| {
        standard().with(|order| {
            match price {
                Some(price) => order.price(price),
                None => order.lines[0].line.price = None,
            }
            let stated = |(amount, currency): (&str, &str)| OrderedPrice {
                amount: decimal(amount),
                currency: currency.into(),
                basis: None,
            };
            order.total = total.map(stated);
        })
    };
    for (price, total) in [
        (None, None),
        (None, Some(("12000.0", "usd"))),
        (Some("0"), None),
        (Some("0.00"), Some(("0", "USD"))),
        (Some("0"), Some(("12000", "USD"))),
        (Some("12000"), Some(("1", "EUR"))),
    ] {
        assert_eq!(hidden(price, total).agreement().value, usd("12000"), "{price:?} {total:?}");
    }
    for (price, total, code) in [
        (None, ("1.00", "USD"), "PRICE_MISMATCH"),
        (None, ("0", "USD"), "PRICE_MISMATCH"),
        (Some("0"), ("1.00", "USD"), "PRICE_MISMATCH"),
        (None, ("12000", "EUR"), "CURRENCY_MISMATCH"),
    ] {
        assert_eq!(hidden(price, Some(total)).refusals(), [(1, code)], "{price:?} {total:?}");
    }
    let text = hidden(None, Some(("1.00", "USD"))).refused().0[0].refusal.to_string();
    assert!(text.contains("Total 1.00 differs from the quoted 12,000.00 USD"), "{text}");
}

#[test]
fn pay_as_you_go_at_zero_takes_the_quoted_budget() {
    let order = Order::of([vec![usage()]]).with(|order| order.price("0"));
    assert_eq!(order.agreement().budget, Some(usd("10000")));
}

#[test]
fn a_budget_that_is_no_amount_of_money_names_what_differs() {
    let order = Order::in_style(LineStyle::Classified, [vec![usage()]]);
    let order = order.with(|order| order.quantity("0.0001"));
    assert_eq!(order.refusals(), [(1, "QUANTITY_MISMATCH")]);
}

#[test]
fn another_part_is_refused_and_another_spelling_is_not() {
    let quoted = "ANVIL-STANDARD".to_owned();
    let standard = || standard().with(|order| order.matched(0).request.quote.line.part_id = quoted.clone());
    let cut: String = quoted.chars().take(SHORTEST_CUT_PART).collect();
    for same in [quoted.to_lowercase(), format!("  {quoted}\n"), String::new(), " ".to_owned(), cut] {
        let order = standard().with(|order| order.lines[0].line.part_id = same.clone());
        assert_eq!(order.accepted().0.len(), 1, "{same:?}");
    }
    for other in [quoted.chars().take(SHORTEST_CUT_PART - 1).collect(), format!("{quoted}-PRO")] {
        let order = standard().with(|order| order.lines[0].line.part_id = other.clone());
        assert_eq!(order.refusals(), [(1, "PART_MISMATCH")], "{other}");
    }
}

#[test]
fn a_test_order_may_use_a_request_made_in_test_mode() {
    let order = standard().with(|order| (order.matched(0).request.made_in_test, order.test) = (true, true));
    assert_eq!(order.accepted().0.len(), 1);
}
