//! A call with an idempotency key is carried out once, however often it is sent (W5).
//!
//! The key is taken before the call is carried out, and its answer kept afterwards. Between the two, the first commit of what the call
//! does notes with the key that it took effect. So if the program ends meanwhile, a call that did nothing is carried out when it comes
//! again, and one that did something is not: its answer is lost, and the key says so until its time is over.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::ToSpan;
use marketgate_store::calls::{self, Call, CallOutcome};

use super::Error;
use crate::context::Context;

/// Keys that are deleted in one transaction.
const PURGED_TOGETHER: usize = 500;

/// A call: who makes it, under which key, and what it asks.
#[derive(Debug, Clone)]
pub struct KeyedCall {
    /// Who the caller's token acts as.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what is asked, in hexadecimal digits.
    pub fingerprint: String,
}

/// The calls that are being carried out at this moment.
#[derive(Debug, Default)]
pub struct CallsUnderWay(Mutex<HashSet<(String, String)>>);

impl CallsUnderWay {
    fn lock(&self) -> MutexGuard<'_, HashSet<(String, String)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is being carried out, until this is dropped.
#[derive(Debug)]
pub struct UnderWay {
    calls: Arc<CallsUnderWay>,
    key: (String, String),
}

impl UnderWay {
    fn begin(context: &Context, call: &KeyedCall) -> Option<Self> {
        let (calls, key) = (context.calls.clone(), (call.caller.clone(), call.key.clone()));
        let is_first = calls.lock().insert(key.clone());
        // Made for the first one only: dropping a second one would take the mark of the first away.
        is_first.then(|| Self { calls, key })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.calls.lock().remove(&self.key);
    }
}

/// What is to be done with a call.
#[derive(Debug)]
pub enum Verdict {
    /// Carry it out: the key is taken.
    First(UnderWay),
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
    /// It took effect, but the program ended or failed before its answer was kept.
    AnswerLost,
}

/// Takes the key, or says what it stands for.
///
/// # Errors
/// [`Error::Store`].
pub async fn begin(context: &Context, call: &KeyedCall) -> Result<Verdict, Error> {
    let under_way = UnderWay::begin(context, call);
    let known = take(context, call, under_way.is_some()).await?;
    Ok(match (known, under_way) {
        (Some(known), _) if known.fingerprint != call.fingerprint => Verdict::OtherRequest,
        (Some(Call { outcome: CallOutcome::Answered { status, content_type, body }, .. }), _) => {
            Verdict::Again { status, content_type, body }
        }
        (_, None) => Verdict::UnderWay,
        (Some(Call { outcome: CallOutcome::Running { took_effect: true }, .. }), Some(_)) => Verdict::AnswerLost,
        (_, Some(under_way)) => Verdict::First(under_way),
    })
}

/// What is known of a call. The key is taken where nothing is, or where an earlier try of the same call had no effect, unless
/// somebody else is at it.
async fn take(context: &Context, call: &KeyedCall, may_take: bool) -> Result<Option<Call>, Error> {
    let (call, at, oldest) = (call.clone(), context.clock.wall(), kept_since(context));
    let known = context.store.transact_async(move |tx| -> Result<Option<Call>, Error> {
        let known = calls::find(tx, &call.caller, &call.key)?.filter(|known| known.at >= oldest);
        if known.is_none() && may_take {
            let outcome = CallOutcome::Running { took_effect: false };
            let taken = Call { fingerprint: call.fingerprint.clone(), at, outcome };
            calls::put(tx, &call.caller, &call.key, &taken)?;
        }
        Ok(known)
    });
    known.await
}

/// What the call is to be carried out with: its first commit notes that it took effect.
pub fn noting(context: &Context, call: &KeyedCall) -> Context {
    let KeyedCall { caller, key, .. } = call.clone();
    let store = context.store.noting(move |tx| calls::note_effect(tx, &caller, &key));
    Context { store: Arc::new(store), ..context.clone() }
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

/// Frees the key of a call that was refused, or failed, and did nothing.
///
/// # Errors
/// [`Error::Store`].
pub async fn release(context: &Context, call: &KeyedCall) -> Result<(), Error> {
    let call = call.clone();
    let released = context.store.transact_async(move |tx| -> Result<(), Error> {
        let known = calls::find(tx, &call.caller, &call.key)?;
        if known.is_some_and(|known| known.outcome == CallOutcome::Running { took_effect: true }) {
            return Ok(());
        }
        Ok(calls::delete(tx, &call.caller, &call.key)?)
    });
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
