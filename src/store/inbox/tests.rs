//! The cases of O2, each a sentence.

use super::*;
use crate::Store;
use crate::testing::{golden, moment, store};

const BUYER: ConnectionId = ConnectionId::from_value(1);

fn order(payload_id: &str, order_id: &str, content: u8) -> InboxRequest {
    InboxRequest {
        connection: BUYER,
        payload_id: payload_id.to_owned(),
        order: Some(OrderIdentity { order_id: order_id.to_owned(), version: 1, kind: "new".to_owned() }),
        content_hash: [content; 32],
        hash_version: 1,
    }
}

fn answer(status: u16) -> StoredAnswer {
    StoredAnswer { status, text: "text".to_owned(), content: "content".to_owned(), refused: false }
}

fn answered(store: &Store, request: &InboxRequest, status: u16) {
    let request = request.clone();
    store.transact(move |tx| record(tx, &request, &answer(status), None, moment(1))).unwrap();
}

fn consulted(store: &Store, request: &InboxRequest) -> Consulted {
    store.read(|snapshot| consult(snapshot, request)).unwrap()
}

fn is_replayed(store: &Store, request: &InboxRequest) -> bool {
    matches!(consulted(store, request), Consulted::Replay(row) if row.answer == answer(200))
}

const FRESH: Consulted = Consulted::Fresh { earlier_refusal: None };

#[test]
fn a_request_never_seen_is_decided() {
    assert_eq!(consulted(&store(), &order("p1", "PO-1", 1)), FRESH);
}

#[test]
fn an_accepted_order_is_answered_again_under_the_same_another_or_no_message_id() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    for payload_id in ["p1", "p2", "", "  "] {
        assert!(is_replayed(&store, &order(payload_id, "PO-1", 1)), "payloadID {payload_id:?}");
    }
}

#[test]
fn a_message_id_used_for_other_content_is_a_conflict() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    let reused = consulted(&store, &order("p1", "PO-2", 2));
    assert_eq!(reused, Consulted::Conflict { which: InboxKey::PayloadId });
}

#[test]
fn an_order_version_with_other_content_is_a_conflict() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    let changed = consulted(&store, &order("p2", "PO-1", 2));
    assert_eq!(changed, Consulted::Conflict { which: InboxKey::Order });
}

#[test]
fn empty_message_ids_have_nothing_in_common() {
    let store = store();
    answered(&store, &order("", "PO-1", 1), 200);
    assert_eq!(consulted(&store, &order("", "PO-2", 2)), FRESH);
}

#[test]
fn a_next_version_another_type_and_another_buyer_are_other_requests() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    let mut next = order("p2", "PO-1", 2);
    next.order.as_mut().unwrap().version = 2;
    let mut deletion = order("p3", "PO-1", 2);
    deletion.order.as_mut().unwrap().kind = "delete".to_owned();
    let mut stranger = order("p1", "PO-1", 2);
    stranger.connection = ConnectionId::from_value(2);
    for request in [next, deletion, stranger] {
        assert_eq!(consulted(&store, &request), FRESH);
    }
}

#[test]
fn a_refused_order_is_decided_again_and_its_refusal_is_known() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 409);
    for payload_id in ["p1", "p2"] {
        let again = consulted(&store, &order(payload_id, "PO-1", 1));
        assert_eq!(again, Consulted::Fresh { earlier_refusal: Some(answer(409)) });
    }
    answered(&store, &order("p2", "PO-1", 1), 200);
    assert!(is_replayed(&store, &order("p1", "PO-1", 1)), "accepted meanwhile under another message id");
}

#[test]
fn an_answer_about_the_sender_or_about_our_failure_is_not_remembered() {
    let store = store();
    for status in [401, 403, 500, 503, 560] {
        answered(&store, &order("p1", "PO-1", 1), status);
        assert_eq!(consulted(&store, &order("p1", "PO-1", 1)), FRESH, "status {status}");
    }
}

#[test]
fn a_promise_is_never_replaced() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    answered(&store, &order("p1", "PO-1", 1), 409);
    answered(&store, &order("p1", "PO-1", 2), 409);
    assert!(is_replayed(&store, &order("p1", "PO-1", 1)));
}

#[test]
fn a_hash_of_an_older_version_is_not_compared() {
    let store = store();
    answered(&store, &order("p1", "PO-1", 1), 200);
    let request = InboxRequest { hash_version: 2, ..order("p1", "PO-1", 9) };
    assert!(is_replayed(&store, &request));
}

#[test]
fn the_stored_form_is_as_it_was() {
    let order = Some(PurchaseOrderId::from_value(5));
    let row = InboxRow { content_hash: [0; 32], hash_version: 1, answer: answer(200), order, recorded_at: moment(1) };
    let zeros = "0".repeat(64);
    let json = format!(
        r#"{{"content_hash":"{zeros}","hash_version":1,"answer":{{"status":200,"text":"text","content":"content"}},"order":"ord-00000000000000000000000000000005","recorded_at":"2026-01-01T00:00:01Z"}}"#
    );
    golden(&INBOX_PAYLOADS, (BUYER, "p1".to_owned()), &row, &json);
}
