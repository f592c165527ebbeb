//! Confirmations towards a network: which are taken, and what they make of the order.

use marketgate_simulator::{ChangeOrder, OrderState, PurchaseOrder, ResendAs};

use crate::market::{Rehearsal, between};

struct Confirming<'a> {
    rehearsal: &'a Rehearsal,
    po_number: String,
    payload_id: String,
    buyer: &'a str,
}

impl<'a> Confirming<'a> {
    fn new(rehearsal: &'a Rehearsal, order: &PurchaseOrder, buyer: &'a str) -> Self {
        Self { rehearsal, po_number: order.po_number.clone(), payload_id: order.payload_id().to_owned(), buyer }
    }

    /// Code and message of the answer to a confirmation of that type with those items.
    async fn answer(&self, kind: &str, items: &str) -> (String, String) {
        let document = format!(
            "<cXML payloadID='c1@shop' timestamp='t'><Header>\
             <From><Credential domain='NetworkID'><Identity>AN02000000002-T</Identity></Credential></From>\
             <To><Credential domain='NetworkID'><Identity>{}</Identity></Credential></To>\
             <Sender><Credential domain='NetworkID'><Identity>AN02000000002-T</Identity>\
             <SharedSecret>hush &amp; \"quiet\"</SharedSecret></Credential><UserAgent>x</UserAgent></Sender></Header>\
             <Request><ConfirmationRequest><ConfirmationHeader type='{kind}' noticeDate='t' confirmID='C1'>\
             <Comments>the reason</Comments></ConfirmationHeader>\
             <OrderReference orderID='{}'><DocumentReference payloadID='{}'/></OrderReference>{items}\
             </ConfirmationRequest></Request></cXML>",
            self.buyer, self.po_number, self.payload_id
        );
        let (http, body) = self.rehearsal.post(self.rehearsal.simulator.confirmation_url(), document).await;
        assert_eq!(http, 200, "errors travel as cXML");
        assert!(body.contains("/1.2.050/"), "{body}");
        let status = between(&body, "<Status", "</Status>");
        (between(&body, "code=\"", "\""), status.split_once('>').unwrap().1.to_owned())
    }

    fn order(&self) -> PurchaseOrder {
        self.rehearsal.simulator.order(&self.po_number).unwrap()
    }
}

const BUYER: &str = "AN01000000001-T";
const ENHANCED_BUYER: &str = "AN01000000009-T";

fn item(line: u32, quantity: &str, statuses: &str) -> String {
    format!(
        "<ConfirmationItem lineNumber='{line}' quantity='{quantity}'><UnitOfMeasure>EA</UnitOfMeasure>{statuses}</ConfirmationItem>"
    )
}

fn part(kind: &str, quantity: &str) -> String {
    format!(
        "<ConfirmationStatus type='{kind}' quantity='{quantity}'><UnitOfMeasure>EA</UnitOfMeasure></ConfirmationStatus>"
    )
}

#[tokio::test]
async fn a_confirmation_decides_about_the_order_and_a_later_one_overwrites_it() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let confirming = Confirming::new(&rehearsal, &order, BUYER);
    assert_eq!(confirming.answer("accept", "").await.0, "201");
    assert_eq!(confirming.order().state(), OrderState::Confirmed);
    assert_eq!(confirming.answer("reject", "").await.0, "201");
    let order = confirming.order();
    assert_eq!(order.state(), OrderState::Rejected);
    assert_eq!(order.confirmation.unwrap().comments.as_deref(), Some("the reason"));
    assert_eq!(rehearsal.simulator.confirmations().len(), 2);
    let page = rehearsal.simulator.base_url().join(&format!("/orders/{}", order.po_number)).unwrap();
    let text = rehearsal.browser.open(&page).await.unwrap().text();
    assert!(text.contains("Globex / SAP, SAP Business Network"), "{text}");
    assert!(text.contains("The order is rejected by the supplier") && text.contains("the reason"), "{text}");
    rehearsal.end().await;
}

#[tokio::test]
async fn every_broken_rule_of_a_confirmation_is_answered() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let confirming = Confirming::new(&rehearsal, &order, BUYER);
    let all = "2400000";
    let cases = [
        ("reject", item(1, all, &part("reject", all)), "reject must not have items"),
        ("accept", item(1, all, &part("reject", all)), "a status of type reject is not allowed"),
        ("except", String::new(), "except needs items"),
        ("detail", String::new(), "detail needs items"),
        ("detail", item(1, all, &part("detail", all)), "must say what differs"),
        ("detail", item(1, all, &part("allDetail", all)), "a status of type allDetail is not allowed"),
        ("allDetail", item(1, all, &part("allDetail", all)), "allDetail is not allowed for this customer"),
        ("backordered", String::new(), "backordered is not allowed"),
        ("except", item(2, all, &part("reject", all)), "no such line"),
        ("except", item(1, "2400001", &part("reject", "2400001")), "were ordered"),
        ("except", item(1, all, &part("reject", "5")), "do not add up"),
        ("except", item(1, all, &part("reject", all)).repeat(2), "twice"),
    ];
    for (kind, items, expected) in cases {
        let (code, message) = confirming.answer(kind, &items).await;
        assert!(code == "400" && message.contains(expected), "{kind}: {code} {message}");
    }
    assert_eq!(confirming.order().state(), OrderState::Unconfirmed, "nothing refused counts");
    let split = part("accept", "2000000") + &part("backordered", "400000");
    assert_eq!(confirming.answer("except", &item(1, all, &split)).await.0, "201");
    assert_eq!(confirming.order().state(), OrderState::ConfirmedWithChanges);
    rehearsal.end().await;
}

#[tokio::test]
async fn the_enhanced_order_confirmation_wants_every_line_in_full() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("enhanced").await;
    assert!(!rehearsal.received().pop().unwrap().contains("allDetailOC"));
    let confirming = Confirming::new(&rehearsal, &order, ENHANCED_BUYER);
    let line = |kind| item(1, "2400000", &part(kind, "2400000"));
    assert!(confirming.answer("detail", &line("accept")).await.1.contains("it takes accept, reject, allDetail"));
    assert_eq!(confirming.answer("allDetail", &line("accept")).await.0, "400");
    assert_eq!(confirming.answer("allDetail", &line("allDetail")).await.0, "201");
    assert_eq!(confirming.order().state(), OrderState::Confirmed);
    rehearsal.end().await;
}

#[tokio::test]
async fn only_the_latest_version_of_an_order_can_be_confirmed() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let simulator = &rehearsal.simulator;
    let mut confirming = Confirming::new(&rehearsal, &order, BUYER);
    simulator.resend(&order.po_number, ResendAs::NewPayloadId).await.unwrap();
    assert_eq!(confirming.answer("accept", "").await.0, "201", "a resend is the same version");
    let change = simulator.draft_change(&order.po_number, ChangeOrder::Update).unwrap();
    let changed = simulator.send_order(change).await.unwrap();
    assert_eq!(confirming.order().state(), OrderState::Unconfirmed, "a changed order awaits a new confirmation");
    assert!(confirming.answer("accept", "").await.1.contains("was replaced"));
    confirming.payload_id = changed.payload_id;
    assert_eq!(confirming.answer("accept", "").await.0, "201");
    confirming.payload_id = "nothing".to_owned();
    assert!(confirming.answer("accept", "").await.1.contains("is unknown"));
    confirming.po_number = "nothing".to_owned();
    assert_eq!(confirming.answer("accept", "").await.1, "Unable to find order nothing");
    rehearsal.end().await;
}

#[tokio::test]
async fn control_keys_and_a_cancellation_forbid_a_confirmation() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let simulator = &rehearsal.simulator;
    let mut confirming = Confirming::new(&rehearsal, &order, BUYER);
    let mut change = simulator.draft_change(&order.po_number, ChangeOrder::Update).unwrap();
    change.confirmation_instruction = Some("notAllowed".to_owned());
    confirming.payload_id = simulator.send_order(change).await.unwrap().payload_id;
    assert!(confirming.answer("accept", "").await.1.contains("ControlKeys"));
    let cancel = simulator.draft_change(&order.po_number, ChangeOrder::Cancel).unwrap();
    confirming.payload_id = simulator.send_order(cancel).await.unwrap().payload_id;
    assert!(confirming.answer("accept", "").await.1.contains("is cancelled"));
    rehearsal.end().await;
}
