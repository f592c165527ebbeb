//! What leaves the house: lanes of messages, one at a time each (B5).
//!
//! Messages of a lane leave in the order in which they were committed. Only the first unfinished one of a lane, its
//! head, is ever due; a head that waits for a person blocks its lane, and a connection that refused our credentials
//! blocks every lane that meets it. A message is marked as being sent before its bytes leave, so a crash can never
//! turn into a second invoice. Nothing here sends anything or knows a retry schedule.

use std::collections::BTreeMap;

use jiff::Timestamp;
use marketgate_domain::event::{Attempt, OutboxIntent, OutboxMessage, OutboxState};
use marketgate_domain::id::{ConnectionId, MessageId, OutboxId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{OUTBOX, OUTBOX_BLOCKS, OUTBOX_DUE, OUTBOX_LANES, OUTBOX_STATES};
use crate::tx::Tx;

/// A message with its place in its lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The message.
    pub message: OutboxMessage,
    /// The commit that enqueued it.
    pub seq: u64,
    /// Its place in that commit.
    pub ordinal: u32,
}

/// Why nothing is sent over a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionBlock {
    /// Since when, in wall time.
    pub since: Timestamp,
    /// In words.
    pub reason: String,
    /// The message that met the refusal.
    pub message: OutboxId,
}

/// What a start found half sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Harmless to repeat: they wait again.
    pub waiting: Vec<OutboxId>,
    /// A person or a status must find out whether they arrived.
    pub to_verify: Vec<OutboxId>,
}

/// The most messages that one transaction moves; a worker that finds more comes again.
const BATCH: usize = 1000;

/// So many due messages are looked at for one claim: those of a connection that has its share already are passed over.
const MOST_LOOKED_AT: usize = 10 * BATCH;

/// Adds a message at the end of its lane. `created_at` is business time, `due_at` wall time.
pub fn enqueue(
    tx: &mut Tx<'_>,
    intent: OutboxIntent,
    created_at: Timestamp,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let (seq, ordinal) = (tx.commit_seq().0, tx.next_ordinal());
    let state = OutboxState::Waiting;
    let (attempts, tries_before, document, reason) = (Vec::new(), 0, None, None);
    let message = OutboxMessage { intent, state, created_at, due_at, attempts, tries_before, document, reason };
    let row = OutboxRow { message, seq, ordinal };
    tx.insert_new(&OUTBOX, &row.message.intent.id, &row)?;
    tx.put(&OUTBOX_LANES, &place(&row), &row.message.intent.id)?;
    save(tx, None, &row)
}

/// Takes due heads, oldest first, and marks them as being sent. They may be sent after this is committed, not before.
/// Of one connection (and of all mail) at most `share` are being sent at a time, so a slow receiver cannot take every slot.
/// Heads whose connection is blocked are held instead.
pub fn claim_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: usize,
    share: usize,
) -> Result<Vec<OutboxMessage>, StoreError> {
    let mut claimed = Vec::new();
    let mut busy = being_sent(tx)?;
    let (mut moved, mut looked_at) = (0, 0);
    let mut page = Scan::all(BATCH).through(&now);
    while looked_at < MOST_LOOKED_AT {
        let due = tx.scan_keys(&OUTBOX_DUE, &page)?;
        let Some(last) = due.last() else { break };
        page = Scan::all(BATCH).through(&now).after(last);
        looked_at += due.len();
        for (_, id) in due {
            if claimed.len() == limit || moved == BATCH {
                return Ok(claimed);
            }
            let connection = tx.require(&OUTBOX, &id)?.message.intent.connection;
            let blocked = connection.map(|connection| block(tx, connection)).transpose()?.flatten();
            let sending = busy.entry(connection).or_insert(0);
            if blocked.is_none() && *sending >= share {
                continue;
            }
            moved += 1;
            *sending += usize::from(blocked.is_none());
            claimed.extend(claim(tx, id, blocked.as_ref())?);
        }
    }
    Ok(claimed)
}

/// How many messages of each connection, and how many mails, are being sent; the worker's slots bound how many there are.
fn being_sent(reader: &impl Reader) -> Result<BTreeMap<Option<ConnectionId>, usize>, StoreError> {
    let mut busy = BTreeMap::new();
    for message in newest_in_state(reader, OutboxState::Sending, None, BATCH)? {
        *busy.entry(message.intent.connection).or_insert(0) += 1;
    }
    Ok(busy)
}

/// Notes which stored document holds the bytes that are sent, before they are: later tries send the same ones.
pub fn remember_document(tx: &mut Tx<'_>, id: OutboxId, document: MessageId) -> Result<OutboxMessage, StoreError> {
    step(tx, id, &[OutboxState::Sending], "given a document", |message| message.document = Some(document))
}

/// The receiver has it.
pub fn delivered(tx: &mut Tx<'_>, id: OutboxId, attempt: Attempt) -> Result<OutboxMessage, StoreError> {
    tried(tx, id, attempt, "delivered", |message| message.state = OutboxState::Delivered)
}

/// It did not work now: try again at `due_at` (wall time).
pub fn retry_at(
    tx: &mut Tx<'_>,
    id: OutboxId,
    attempt: Attempt,
    due_at: Timestamp,
) -> Result<OutboxMessage, StoreError> {
    tried(tx, id, attempt, "retried", |message| {
        message.state = OutboxState::Waiting;
        message.due_at = due_at;
    })
}

/// It will not work: a person must look.
pub fn park(tx: &mut Tx<'_>, id: OutboxId, attempt: Attempt, reason: &str) -> Result<OutboxMessage, StoreError> {
    tried(tx, id, attempt, "parked", |message| stop(message, OutboxState::Parked, reason))
}

/// It may have arrived: somebody must find out.
pub fn verify(tx: &mut Tx<'_>, id: OutboxId, attempt: Attempt, reason: &str) -> Result<OutboxMessage, StoreError> {
    tried(tx, id, attempt, "set aside", |message| stop(message, OutboxState::Verify, reason))
}

/// The receiver refused our credentials (401, 403): this message waits for a person, everything else over its
/// connection until [`release_connection`]. Trying on would only get us locked out.
pub fn hold_connection(
    tx: &mut Tx<'_>,
    id: OutboxId,
    attempt: Attempt,
    reason: &str,
) -> Result<OutboxMessage, StoreError> {
    let since = attempt.at;
    let message = park(tx, id, attempt, reason)?;
    if let Some(connection) = message.intent.connection {
        let block = ConnectionBlock { since, reason: reason.to_owned(), message: id };
        tx.put(&OUTBOX_BLOCKS, &connection, &block)?;
    }
    Ok(message)
}

/// The connection's credentials are in order again: what was held is due at `now` (wall time). Answers how many there
/// were; the message that met the refusal stays parked until [`requeue`].
pub fn release_connection(tx: &mut Tx<'_>, connection: ConnectionId, now: Timestamp) -> Result<usize, StoreError> {
    tx.delete(&OUTBOX_BLOCKS, &connection)?;
    let mut released = 0;
    let mut page = Scan::prefix(&word(OutboxState::Held).to_owned(), BATCH);
    loop {
        let held = tx.scan_keys(&OUTBOX_STATES, &page)?;
        let Some(last) = held.last() else { return Ok(released) };
        page = page.after(last);
        for (_, id) in held {
            if tx.require(&OUTBOX, &id)?.message.intent.connection == Some(connection) {
                step(tx, id, &[OutboxState::Held], "released", |message| begin_again(message, now))?;
                released += 1;
            }
        }
    }
}

/// A person decided to send it (again), due at `now` (wall time). The schedule of waits begins anew.
pub fn requeue(tx: &mut Tx<'_>, id: OutboxId, now: Timestamp) -> Result<OutboxMessage, StoreError> {
    step(tx, id, &[OutboxState::Parked, OutboxState::Verify], "sent again", |message| begin_again(message, now))
}

/// A person, or a status from the receiver, found that it arrived after all.
pub fn found_delivered(tx: &mut Tx<'_>, id: OutboxId, reason: &str) -> Result<OutboxMessage, StoreError> {
    let allowed = [OutboxState::Parked, OutboxState::Verify];
    step(tx, id, &allowed, "marked as delivered", |message| stop(message, OutboxState::Delivered, reason))
}

/// A person decided that it shall not be sent. Not while its bytes may be leaving.
pub fn discard(tx: &mut Tx<'_>, id: OutboxId, reason: &str) -> Result<OutboxMessage, StoreError> {
    let allowed = [OutboxState::Waiting, OutboxState::Parked, OutboxState::Verify, OutboxState::Held];
    step(tx, id, &allowed, "discarded", |message| stop(message, OutboxState::Discarded, reason))
}

/// Sorts out what a crash left half sent; `now` is wall time. To be called once, before the first [`claim_due`].
pub fn recover_after_start(tx: &mut Tx<'_>, now: Timestamp) -> Result<Recovered, StoreError> {
    let mut recovered = Recovered::default();
    loop {
        let scan = Scan::prefix(&word(OutboxState::Sending).to_owned(), BATCH);
        let sending = tx.scan_keys(&OUTBOX_STATES, &scan)?;
        if sending.is_empty() {
            return Ok(recovered);
        }
        for (_, id) in sending {
            let message = step(tx, id, &[OutboxState::Sending], "recovered", |message| recover(message, now))?;
            let is_waiting = message.state == OutboxState::Waiting;
            if is_waiting { &mut recovered.waiting } else { &mut recovered.to_verify }.push(id);
        }
    }
}

/// When the next message is due, in wall time; nothing if none waits.
pub fn next_due(reader: &impl Reader) -> Result<Option<Timestamp>, StoreError> {
    Ok(reader.scan_keys(&OUTBOX_DUE, &Scan::all(1))?.first().map(|(due_at, _)| *due_at))
}

/// One message.
pub fn find(reader: &impl Reader, id: OutboxId) -> Result<Option<OutboxMessage>, StoreError> {
    Ok(reader.get(&OUTBOX, &id)?.map(|row| row.message))
}

/// All messages, newest id first, or the next older page.
pub fn newest(reader: &impl Reader, before: Option<OutboxId>, limit: usize) -> Result<Vec<OutboxMessage>, StoreError> {
    let scan = Scan::all(limit).newest_first(before);
    Ok(reader.scan(&OUTBOX, &scan)?.into_iter().map(|(_, row)| row.message).collect())
}

/// Messages in an unfinished state, newest id first, or the next older page.
pub fn newest_in_state(
    reader: &impl Reader,
    state: OutboxState,
    before: Option<OutboxId>,
    limit: usize,
) -> Result<Vec<OutboxMessage>, StoreError> {
    let scan = Scan::prefix(&word(state).to_owned(), limit)
        .newest_first(before.map(|before| (word(state).to_owned(), before)));
    let ids = reader.scan_keys(&OUTBOX_STATES, &scan)?;
    ids.into_iter().map(|(_, id)| Ok(reader.require(&OUTBOX, &id)?.message)).collect()
}

/// How many messages are in an unfinished state; counted up to so many.
pub fn count_in_state(reader: &impl Reader, state: OutboxState, limit: usize) -> Result<usize, StoreError> {
    Ok(reader.scan_keys(&OUTBOX_STATES, &Scan::prefix(&word(state).to_owned(), limit))?.len())
}

/// Why nothing is sent over a connection; nothing if all is well.
pub fn block(reader: &impl Reader, connection: ConnectionId) -> Result<Option<ConnectionBlock>, StoreError> {
    reader.get(&OUTBOX_BLOCKS, &connection)
}

/// Marks a due head as being sent, or as held; answers it if it is to be sent.
fn claim(
    tx: &mut Tx<'_>,
    id: OutboxId,
    blocked: Option<&ConnectionBlock>,
) -> Result<Option<OutboxMessage>, StoreError> {
    let message = step(tx, id, &[OutboxState::Waiting], "sent", |message| match blocked {
        Some(block) => stop(message, OutboxState::Held, &block.reason),
        None => message.state = OutboxState::Sending,
    })?;
    Ok(blocked.is_none().then_some(message))
}

fn tried(
    tx: &mut Tx<'_>,
    id: OutboxId,
    attempt: Attempt,
    name: &'static str,
    change: impl FnOnce(&mut OutboxMessage),
) -> Result<OutboxMessage, StoreError> {
    step(tx, id, &[OutboxState::Sending], name, |message| {
        message.attempts.push(attempt);
        message.reason = None;
        change(message);
    })
}

/// Changes a message that must be in one of the allowed states, and every index with it.
fn step(
    tx: &mut Tx<'_>,
    id: OutboxId,
    allowed: &[OutboxState],
    name: &'static str,
    change: impl FnOnce(&mut OutboxMessage),
) -> Result<OutboxMessage, StoreError> {
    let before = tx.require(&OUTBOX, &id)?;
    if !allowed.contains(&before.message.state) {
        return Err(StoreError::WrongState { message: id, state: word(before.message.state), step: name });
    }
    let mut after = before.clone();
    change(&mut after.message);
    tx.put(&OUTBOX, &id, &after)?;
    save(tx, Some(&before.message), &after)?;
    Ok(after.message)
}

/// Brings the indexes in line with a message that was stored.
fn save(tx: &mut Tx<'_>, before: Option<&OutboxMessage>, after: &OutboxRow) -> Result<(), StoreError> {
    let id = after.message.intent.id;
    if let Some(before) = before {
        tx.delete(&OUTBOX_STATES, &(word(before.state).to_owned(), id))?;
        tx.delete(&OUTBOX_DUE, &(before.due_at, id))?;
    }
    if is_finished(after.message.state) {
        tx.delete(&OUTBOX_LANES, &place(after))?;
    } else {
        tx.put(&OUTBOX_STATES, &(word(after.message.state).to_owned(), id), &())?;
    }
    make_head_due(tx, &after.message.intent.lane)
}

/// The head of a lane is due, if it waits.
fn make_head_due(tx: &mut Tx<'_>, lane: &str) -> Result<(), StoreError> {
    let head = tx.scan(&OUTBOX_LANES, &Scan::prefix(&lane.to_owned(), 1))?;
    let Some((_, head)) = head.first() else { return Ok(()) };
    let message = tx.require(&OUTBOX, head)?.message;
    match message.state {
        OutboxState::Waiting => tx.put(&OUTBOX_DUE, &(message.due_at, *head), &()),
        _ => Ok(()),
    }
}

fn place(row: &OutboxRow) -> (String, u64, u32) {
    (row.message.intent.lane.clone(), row.seq, row.ordinal)
}

fn stop(message: &mut OutboxMessage, state: OutboxState, reason: &str) {
    message.state = state;
    message.reason = Some(reason.to_owned());
}

fn wait(message: &mut OutboxMessage, due_at: Timestamp) {
    message.state = OutboxState::Waiting;
    message.due_at = due_at;
    message.reason = None;
}

fn begin_again(message: &mut OutboxMessage, due_at: Timestamp) {
    wait(message, due_at);
    message.tries_before = message.attempts.len();
}

fn recover(message: &mut OutboxMessage, now: Timestamp) {
    if message.intent.payload.may_be_repeated() {
        wait(message, now);
    } else {
        stop(message, OutboxState::Verify, "The program ended while this was being sent; it may have arrived.");
    }
}

fn is_finished(state: OutboxState) -> bool {
    matches!(state, OutboxState::Delivered | OutboxState::Discarded)
}

/// The state in a word, as it is stored in keys.
const fn word(state: OutboxState) -> &'static str {
    match state {
        OutboxState::Waiting => "waiting",
        OutboxState::Sending => "sending",
        OutboxState::Delivered => "delivered",
        OutboxState::Parked => "parked",
        OutboxState::Verify => "verify",
        OutboxState::Held => "held",
        OutboxState::Discarded => "discarded",
    }
}

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;
