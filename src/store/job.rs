//! A transaction waiting in the queue: its closure, what it decided, and how its caller gets the answer.
//!
//! The caller is answered exactly once, after the fate of the whole group is known. A job that is dropped unanswered
//! drops its reply, which the caller sees as a closed store.

use std::any::Any;

use crate::engine::{CommitSeq, Committed};
use crate::error::StoreError;
use crate::tx::Tx;

/// What the writer does with a transaction, whatever its types.
pub(crate) trait Job: Send {
    /// Runs the closure; true if it answered Ok, so that its changes are to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;

    /// The closure's decision is committed under this number; nothing if it changed nothing.
    fn stamp(&mut self, commit_seq: Option<CommitSeq>);

    /// The closure failed by the store's or by its own fault.
    fn fail(&mut self, error: StoreError);

    /// Tells the caller. An error takes the place of whatever the closure decided.
    fn answer(self: Box<Self>, fate: Result<(), StoreError>);
}

/// A transaction with its types.
pub(crate) struct Task<T, E, F, R> {
    decide: F,
    outcome: Option<Result<T, E>>,
    commit_seq: Option<CommitSeq>,
    reply: R,
}

impl<T, E, F, R> Task<T, E, F, R>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    R: FnOnce(Result<Committed<T>, E>) + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    pub(crate) fn new(decide: F, reply: R) -> Self {
        Self { decide, outcome: None, commit_seq: None, reply }
    }
}

impl<T, E, F, R> Job for Task<T, E, F, R>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    R: FnOnce(Result<Committed<T>, E>) + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        self.outcome.insert((self.decide)(tx)).is_ok()
    }

    fn stamp(&mut self, commit_seq: Option<CommitSeq>) {
        self.commit_seq = commit_seq;
    }

    fn fail(&mut self, error: StoreError) {
        self.outcome = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
        let Self { outcome, commit_seq, reply, .. } = *self;
        let outcome = match fate {
            Ok(()) => outcome.unwrap_or_else(|| Err(E::from(StoreError::Closed))),
            Err(error) => Err(E::from(error)),
        };
        reply(outcome.map(|value| Committed { value, commit_seq }));
    }
}

/// The text of a panic, if it has one.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a text").to_owned()
}
