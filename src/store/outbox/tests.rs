//! The rules of the lanes, each a sentence.

use marketgate_domain::event::{Email, Payload};
use marketgate_domain::id::{InvoiceId, OrganizationId};

use super::*;
use crate::Store;
use crate::testing::{golden, moment, store};

const CONNECTION: ConnectionId = ConnectionId::from_value(9);

pub(super) fn id(number: u128) -> OutboxId {
    OutboxId::from_value(number)
}

pub(super) fn intent(number: u128, lane: &str, connection: Option<ConnectionId>) -> OutboxIntent {
    let organization = OrganizationId::from_value(1);
    let payload = match connection {
        Some(_) => Payload::Invoice { invoice: InvoiceId::from_value(number) },
        None => Payload::Email(Email { to: Vec::new(), subject: String::new(), text: String::new(), about: None }),
    };
    OutboxIntent { id: id(number), lane: lane.to_owned(), connection, organization, payload }
}

pub(super) fn attempt() -> Attempt {
    let (transport_status, cxml_status) = (Some(200), Some(200));
    Attempt { at: moment(1), duration_ms: 5, transport_status, cxml_status, answer: "OK".to_owned(), in_doubt: false }
}

fn with(messages: &[(u128, &'static str)]) -> Store {
    let store = store();
    for (number, lane) in messages.iter().copied() {
        let enqueued =
            store.transact(move |tx| enqueue(tx, intent(number, lane, Some(CONNECTION)), moment(0), moment(1)));
        enqueued.unwrap();
    }
    store
}

fn claimed(store: &Store, now: i64) -> Vec<OutboxId> {
    let claimed = store.transact(move |tx| claim_due(tx, moment(now), 10, 10)).unwrap();
    claimed.into_iter().map(|message| message.intent.id).collect()
}

fn state(store: &Store, number: u128) -> OutboxState {
    store.read(|snapshot| find(snapshot, id(number))).unwrap().unwrap().state
}

#[test]
fn only_the_head_of_a_lane_is_due() {
    let store = with(&[(1, "po-1"), (2, "po-1"), (3, "po-2")]);
    assert_eq!(claimed(&store, 0), []);
    assert_eq!(claimed(&store, 1), [id(1), id(3)]);
    assert_eq!(claimed(&store, 1), [], "the second of a lane waits for the first");
    store.transact(|tx| delivered(tx, id(1), attempt())).unwrap();
    assert_eq!(claimed(&store, 1), [id(2)]);
}

#[test]
fn a_slow_receiver_takes_no_more_than_its_share() {
    let store = with(&[(1, "po-1"), (2, "po-2"), (3, "po-3")]);
    let other = Some(ConnectionId::from_value(10));
    store.transact(move |tx| enqueue(tx, intent(4, "po-4", other), moment(0), moment(2))).unwrap();
    let claim = |limit| {
        let claimed = store.transact(move |tx| claim_due(tx, moment(2), limit, 2)).unwrap();
        claimed.into_iter().map(|message| message.intent.id).collect::<Vec<_>>()
    };
    assert_eq!(claim(10), [id(1), id(2), id(4)], "the third waits for its connection, the fourth passes it");
    assert_eq!(claim(10), []);
    store.transact(|tx| delivered(tx, id(1), attempt())).unwrap();
    assert_eq!(claim(10), [id(3)]);
}

#[test]
fn a_message_that_a_person_sends_again_begins_its_schedule_anew() {
    let store = with(&[(1, "po-1")]);
    claimed(&store, 1);
    store.transact(|tx| retry_at(tx, id(1), attempt(), moment(1))).unwrap();
    claimed(&store, 1);
    store.transact(|tx| park(tx, id(1), attempt(), "all tries are used up")).unwrap();
    let requeued = store.transact(|tx| requeue(tx, id(1), moment(2))).unwrap();
    assert_eq!((requeued.attempts.len(), requeued.tries_before), (2, 2));
}

#[test]
fn a_message_that_is_tried_again_keeps_its_place_and_its_attempts() {
    let store = with(&[(1, "po-1"), (2, "po-1")]);
    claimed(&store, 1);
    store.transact(|tx| retry_at(tx, id(1), attempt(), moment(60))).unwrap();
    assert_eq!(claimed(&store, 59), []);
    assert_eq!(store.read(next_due), Ok(Some(moment(60))));
    assert_eq!(claimed(&store, 60), [id(1)]);
    let message = store.transact(|tx| delivered(tx, id(1), attempt())).unwrap();
    assert_eq!(message.attempts.len(), 2);
}

#[test]
fn a_parked_head_blocks_its_lane_until_a_person_decides() {
    let store = with(&[(1, "po-1"), (2, "po-1")]);
    claimed(&store, 1);
    store.transact(|tx| park(tx, id(1), attempt(), "unknown supplier")).unwrap();
    assert_eq!(claimed(&store, 100), []);
    let discarded = store.transact(|tx| discard(tx, id(1), "replaced by hand")).unwrap();
    assert_eq!(discarded.reason.as_deref(), Some("replaced by hand"));
    assert_eq!(claimed(&store, 100), [id(2)]);
}

#[test]
fn a_refused_credential_stops_the_whole_connection() {
    let store = with(&[(1, "po-1"), (2, "po-2"), (3, "po-3")]);
    let first = store.transact(|tx| claim_due(tx, moment(1), 1, 10)).unwrap();
    assert_eq!(first[0].intent.id, id(1));
    store.transact(|tx| hold_connection(tx, id(1), attempt(), "401 from the buyer")).unwrap();
    assert_eq!(claimed(&store, 1), []);
    assert_eq!(
        [1, 2, 3].map(|number| state(&store, number)),
        [OutboxState::Parked, OutboxState::Held, OutboxState::Held]
    );
    assert_eq!(store.read(|s| block(s, CONNECTION)).unwrap().unwrap().reason, "401 from the buyer");
    assert_eq!(store.transact(|tx| release_connection(tx, CONNECTION, moment(7))), Ok(2));
    assert_eq!(claimed(&store, 7), [id(2), id(3)]);
    store.transact(|tx| requeue(tx, id(1), moment(8))).unwrap();
    assert_eq!(claimed(&store, 8), [id(1)]);
}

#[test]
fn after_a_crash_a_mail_is_sent_again_and_an_invoice_is_not() {
    let store = with(&[(1, "po-1")]);
    store.transact(|tx| enqueue(tx, intent(2, "mail", None), moment(0), moment(1))).unwrap();
    assert_eq!(claimed(&store, 1), [id(1), id(2)]);
    let recovered = store.transact(|tx| recover_after_start(tx, moment(5))).unwrap();
    assert_eq!(recovered, Recovered { waiting: vec![id(2)], to_verify: vec![id(1)] });
    assert_eq!(claimed(&store, 5), [id(2)]);
    let found = store.transact(|tx| found_delivered(tx, id(1), "the buyer has it")).unwrap();
    assert_eq!(found.state, OutboxState::Delivered);
}

#[test]
fn a_step_that_does_not_fit_the_state_is_refused() {
    let store = with(&[(1, "po-1")]);
    let refused = store.transact(|tx| delivered(tx, id(1), attempt()));
    assert_eq!(refused, Err(StoreError::WrongState { message: id(1), state: "waiting", step: "delivered" }));
    claimed(&store, 1);
    assert!(store.transact(|tx| discard(tx, id(1), "")).is_err(), "its bytes may be leaving right now");
    let twice = store.transact(|tx| enqueue(tx, intent(1, "po-1", None), moment(0), moment(1)));
    assert!(matches!(twice, Err(StoreError::Exists { .. })));
}

#[test]
fn pages_list_messages_newest_first() {
    let store = with(&[(1, "a"), (2, "b"), (3, "c")]);
    let ids = |messages: Vec<OutboxMessage>| messages.into_iter().map(|m| m.intent.id).collect::<Vec<_>>();
    assert_eq!(ids(store.read(|s| newest(s, Some(id(3)), 9)).unwrap()), [id(2), id(1)]);
    let waiting = OutboxState::Waiting;
    assert_eq!(ids(store.read(|s| newest_in_state(s, waiting, None, 2)).unwrap()), [id(3), id(2)]);
    assert_eq!(ids(store.read(|s| newest_in_state(s, waiting, Some(id(2)), 2)).unwrap()), [id(1)]);
}

#[test]
fn the_stored_form_is_as_it_was() {
    let message = OutboxMessage {
        intent: intent(1, "po-1", Some(CONNECTION)),
        state: OutboxState::Parked,
        created_at: moment(0),
        due_at: moment(1),
        attempts: vec![attempt()],
        tries_before: 0,
        document: Some(MessageId::from_value(2)),
        reason: Some("why".to_owned()),
    };
    golden(
        &OUTBOX,
        id(1),
        &OutboxRow { message, seq: 3, ordinal: 4 },
        r#"{"message":{"intent":{"id":"out-00000000000000000000000000000001","lane":"po-1","connection":"con-00000000000000000000000000000009","organization":"org-00000000000000000000000000000001","payload":{"kind":"invoice","invoice":"inv-00000000000000000000000000000001"}},"state":"parked","created_at":"2026-01-01T00:00:00Z","due_at":"2026-01-01T00:00:01Z","attempts":[{"at":"2026-01-01T00:00:01Z","duration_ms":5,"transport_status":200,"cxml_status":200,"answer":"OK"}],"document":"msg-00000000000000000000000000000002","reason":"why"},"seq":3,"ordinal":4}"#,
    );
    golden(
        &OUTBOX_BLOCKS,
        CONNECTION,
        &ConnectionBlock { since: moment(1), reason: "401".to_owned(), message: id(1) },
        r#"{"since":"2026-01-01T00:00:01Z","reason":"401","message":"out-00000000000000000000000000000001"}"#,
    );
}
