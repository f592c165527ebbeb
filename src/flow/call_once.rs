//! A call with an idempotency key is carried out once, however often it is sent (W5).
//!
//! The key is taken before the call is carried out, and its answer kept afterwards: two commits. If the program ends between them,
//! nobody knows whether the call took effect, and the key says so until its time is over.

use jiff::ToSpan;
use marketgate_store::calls::{self, Call, CallOutcome};

use super::Error;
use crate::context::Context;

/// Keys that are deleted in one transaction.
const PURGED_TOGETHER: usize = 500;

/// A call: who makes it, under which key, and what it asks.
#[derive(Debug, Clone)]
pub struct KeyedCall {
    /// Name of the caller's token.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what is asked, in hexadecimal digits.
    pub fingerprint: String,
}

/// What is to be done with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Carry it out: the key is taken.
    First,
    /// It was carried out: this was the answer.
    Again {
        /// HTTP status.
        status: u16,
        /// Media type of the body.
        content_type: Option<String>,
        /// The body; none where it held what is shown only once.
        body: Option<String>,
    },
    /// The key was used for something else.
    OtherRequest,
    /// The first call is still under way.
    UnderWay,
    /// The program ended while it carried the call out: what became of it is not known.
    Unknown,
}

/// Takes the key, or says what it stands for.
///
/// # Errors
/// [`Error::Store`].
pub async fn begin(context: &Context, call: &KeyedCall) -> Result<Verdict, Error> {
    let (call, at, run) = (call.clone(), context.clock.wall(), context.run.to_string());
    let oldest = kept_since(context);
    let verdict = context.store.transact_async(move |tx| -> Result<Verdict, Error> {
        let known = calls::find(tx, &call.caller, &call.key)?.filter(|known| known.at >= oldest);
        Ok(match known {
            None => {
                let outcome = CallOutcome::Running { run: run.clone() };
                let taken = Call { fingerprint: call.fingerprint.clone(), at, outcome };
                calls::put(tx, &call.caller, &call.key, &taken)?;
                Verdict::First
            }
            Some(known) if known.fingerprint != call.fingerprint => Verdict::OtherRequest,
            Some(Call { outcome: CallOutcome::Running { run: of }, .. }) if of == run => Verdict::UnderWay,
            Some(Call { outcome: CallOutcome::Running { .. }, .. }) => Verdict::Unknown,
            Some(Call { outcome: CallOutcome::Answered { status, content_type, body }, .. }) => {
                Verdict::Again { status, content_type, body }
            }
        })
    });
    verdict.await
}

/// Keeps the answer of a call that took effect.
///
/// # Errors
/// [`Error::Store`].
pub async fn keep(context: &Context, call: &KeyedCall, outcome: CallOutcome) -> Result<(), Error> {
    let (call, at) = (call.clone(), context.clock.wall());
    let kept = context.store.transact_async(move |tx| -> Result<(), Error> {
        let answered = Call { fingerprint: call.fingerprint.clone(), at, outcome: outcome.clone() };
        Ok(calls::put(tx, &call.caller, &call.key, &answered)?)
    });
    kept.await
}

/// Frees the key of a call that was refused: nothing was done.
///
/// # Errors
/// [`Error::Store`].
pub async fn release(context: &Context, call: &KeyedCall) -> Result<(), Error> {
    let call = call.clone();
    let released = context
        .store
        .transact_async(move |tx| -> Result<(), Error> { Ok(calls::delete(tx, &call.caller, &call.key)?) });
    released.await
}

/// Deletes keys whose time is over; how many there were.
///
/// # Errors
/// [`Error::Store`].
pub async fn purge(context: &Context) -> Result<usize, Error> {
    let (oldest, mut purged) = (kept_since(context), 0);
    loop {
        let purge = move |tx: &mut marketgate_store::Tx<'_>| -> Result<usize, Error> {
            Ok(calls::purge(tx, oldest, PURGED_TOGETHER)?)
        };
        let some = context.store.transact_async(purge).await?;
        purged += some;
        if some < PURGED_TOGETHER {
            return Ok(purged);
        }
    }
}

/// Calls from before this moment are forgotten.
fn kept_since(context: &Context) -> jiff::Timestamp {
    let now = context.clock.wall();
    now.checked_sub(i64::from(context.config.api.idempotency_hours).hours()).unwrap_or(now)
}
