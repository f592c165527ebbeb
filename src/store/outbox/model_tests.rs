//! Random operations against a plain list that follows the rules of the lanes by brute force.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::tests::{attempt, id, intent};
use super::*;
use crate::testing::{moment, store};

const CONNECTIONS: [Option<u128>; 3] = [None, Some(1), Some(2)];

#[derive(Debug, Clone)]
enum Operation {
    Enqueue { lane: usize, connection: usize, due: i64 },
    Claim { now: i64, limit: usize, share: usize },
    Deliver(usize),
    Retry(usize, i64),
    Park(usize),
    Verify(usize),
    Hold(usize),
    Release { connection: usize, now: i64 },
    Requeue(usize, i64),
    Discard(usize),
    Restart(i64),
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let which = 0_usize..12;
    let second = 0_i64..6;
    prop_oneof![
        4 => (0_usize..3, 0_usize..3, second.clone())
            .prop_map(|(lane, connection, due)| Enqueue { lane, connection, due }),
        4 => (second.clone(), 1_usize..4, 1_usize..4)
            .prop_map(|(now, limit, share)| Claim { now, limit, share }),
        2 => which.clone().prop_map(Deliver),
        2 => (which.clone(), second.clone()).prop_map(|(which, due)| Retry(which, due)),
        1 => which.clone().prop_map(Park),
        1 => which.clone().prop_map(Verify),
        1 => which.clone().prop_map(Hold),
        1 => (1_usize..3, second.clone()).prop_map(|(connection, now)| Release { connection, now }),
        1 => (which.clone(), second.clone()).prop_map(|(which, now)| Requeue(which, now)),
        1 => which.prop_map(Discard),
        1 => second.prop_map(Restart),
    ]
}

#[derive(Debug)]
struct Entry {
    lane: usize,
    connection: Option<u128>,
    state: OutboxState,
    due: i64,
}

#[derive(Debug, Default)]
struct Model {
    entries: Vec<Entry>,
    blocked: BTreeSet<u128>,
}

impl Model {
    fn is_head(&self, index: usize) -> bool {
        let lane = self.entries[index].lane;
        let first = self.entries.iter().position(|entry| entry.lane == lane && !is_finished(entry.state));
        first == Some(index)
    }

    fn due_heads(&self) -> Vec<(i64, usize)> {
        let waits = |index: &usize| self.entries[*index].state == OutboxState::Waiting && self.is_head(*index);
        let mut heads: Vec<_> = (0..self.entries.len()).filter(waits).map(|i| (self.entries[i].due, i)).collect();
        heads.sort_unstable();
        heads
    }

    fn claim(&mut self, now: i64, limit: usize, share: usize) -> Vec<OutboxId> {
        let mut claimed = Vec::new();
        for (_, index) in self.due_heads().into_iter().filter(|(due, _)| *due <= now) {
            if claimed.len() == limit {
                break;
            }
            let is_blocked = self.entries[index].connection.is_some_and(|c| self.blocked.contains(&c));
            let same = |entry: &&Entry| entry.connection == self.entries[index].connection;
            let sending = |entry: &&Entry| entry.state == OutboxState::Sending;
            if !is_blocked && self.entries.iter().filter(same).filter(sending).count() >= share {
                continue;
            }
            self.entries[index].state = if is_blocked { OutboxState::Held } else { OutboxState::Sending };
            claimed.extend((!is_blocked).then(|| id(index as u128)));
        }
        claimed
    }

    /// Moves an entry from one of the given states; false if it is in another one, or not there.
    fn go(&mut self, index: usize, from: &[OutboxState], to: OutboxState, due: Option<i64>) -> bool {
        let Some(entry) = self.entries.get_mut(index).filter(|entry| from.contains(&entry.state)) else { return false };
        entry.state = to;
        entry.due = due.unwrap_or(entry.due);
        true
    }

    fn move_all(&mut self, from: OutboxState, change: impl Fn(&mut Entry)) {
        self.entries.iter_mut().filter(|entry| entry.state == from).for_each(change);
    }
}

/// Applies one operation to the model; answers what it claims and whether it is allowed.
fn expect(model: &mut Model, operation: &Operation) -> (Vec<OutboxId>, bool) {
    use Operation::*;
    use OutboxState::{Delivered, Discarded, Held, Parked, Sending, Verify as ToVerify, Waiting};
    let allowed = match *operation {
        Enqueue { lane, connection, due } => {
            model.entries.push(Entry { lane, connection: CONNECTIONS[connection], state: Waiting, due });
            true
        }
        Claim { now, limit, share } => return (model.claim(now, limit, share), true),
        Deliver(index) => model.go(index, &[Sending], Delivered, None),
        Retry(index, due) => model.go(index, &[Sending], Waiting, Some(due)),
        Park(index) => model.go(index, &[Sending], Parked, None),
        Verify(index) => model.go(index, &[Sending], ToVerify, None),
        Hold(index) => {
            let parked = model.go(index, &[Sending], Parked, None);
            let connection = model.entries.get(index).and_then(|entry| entry.connection);
            model.blocked.extend(connection.filter(|_| parked));
            parked
        }
        Release { connection, now } => {
            let connection = CONNECTIONS[connection];
            model.blocked.retain(|blocked| Some(*blocked) != connection);
            model.move_all(Held, |entry| {
                if entry.connection == connection {
                    (entry.state, entry.due) = (Waiting, now);
                }
            });
            true
        }
        Requeue(index, now) => model.go(index, &[Parked, ToVerify], Waiting, Some(now)),
        Discard(index) => model.go(index, &[Waiting, Parked, ToVerify, Held], Discarded, None),
        Restart(now) => {
            model.move_all(Sending, |entry| match entry.connection {
                None => (entry.state, entry.due) = (Waiting, now),
                Some(_) => entry.state = ToVerify,
            });
            true
        }
    };
    (Vec::new(), allowed)
}

/// Applies one operation to the store.
fn perform(tx: &mut Tx<'_>, operation: &Operation, next: usize) -> Result<Vec<OutboxId>, StoreError> {
    use Operation::*;
    let index = |index: usize| id(index as u128);
    let connection = |index: usize| CONNECTIONS[index].map(ConnectionId::from_value);
    match *operation {
        Enqueue { lane, connection: c, due } => {
            enqueue(tx, intent(next as u128, ["a", "b", "c"][lane], connection(c)), moment(0), moment(due))?;
        }
        Claim { now, limit, share } => {
            let claimed = claim_due(tx, moment(now), limit, share)?;
            return Ok(claimed.into_iter().map(|message| message.intent.id).collect());
        }
        Deliver(i) => drop(delivered(tx, index(i), attempt())?),
        Retry(i, due) => drop(retry_at(tx, index(i), attempt(), moment(due))?),
        Park(i) => drop(park(tx, index(i), attempt(), "")?),
        Verify(i) => drop(verify(tx, index(i), attempt(), "")?),
        Hold(i) => drop(hold_connection(tx, index(i), attempt(), "")?),
        Release { connection: c, now } => {
            release_connection(tx, connection(c).unwrap(), moment(now))?;
        }
        Requeue(i, now) => drop(requeue(tx, index(i), moment(now))?),
        Discard(i) => drop(discard(tx, index(i), "")?),
        Restart(now) => drop(recover_after_start(tx, moment(now))?),
    }
    Ok(Vec::new())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_lanes_follow_the_model(operations in prop::collection::vec(operation(), 1..60)) {
        let store = store();
        let mut model = Model::default();
        for operation in operations {
            let next = model.entries.len();
            let (claimed, is_allowed) = expect(&mut model, &operation);
            let done = store.transact({ let operation = operation.clone(); move |tx| perform(tx, &operation, next) });
            prop_assert_eq!(done.is_ok(), is_allowed, "{:?}: {:?}", operation, done);
            prop_assert_eq!(done.unwrap_or_default(), claimed, "{:?}", operation);
            let found = store.read(|snapshot| newest(snapshot, None, 1000)).unwrap();
            let states: Vec<_> = found.iter().rev().map(|message| message.state).collect();
            prop_assert_eq!(&states, &model.entries.iter().map(|entry| entry.state).collect::<Vec<_>>());
            let due = model.due_heads().first().map(|(due, _)| moment(*due));
            prop_assert_eq!(store.read(next_due).unwrap(), due, "{:?}", operation);
            for lane in 0..3 {
                let is_sending = |entry: &&Entry| entry.lane == lane && entry.state == OutboxState::Sending;
                let sending = model.entries.iter().filter(is_sending).count();
                prop_assert!(sending <= 1, "two messages of a lane are in flight");
            }
        }
    }
}
