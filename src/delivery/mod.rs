//! What leaves the house: the worker takes due messages from the outbox, sends them and records every try (B5).
//!
//! A message is marked as being sent before its bytes leave. After a crash an invoice that was being sent waits for a person
//! (*verify*); a mail is sent again with the same Message-ID.

pub mod classify;
pub mod document;
pub mod email;
pub mod http;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use marketgate_cxml::mask::mask_secrets;
use marketgate_domain::event::{Attempt, OutboxMessage, Payload};
use marketgate_domain::id::{MessageId, OutboxId};
use marketgate_store::messages::{self, Direction, MessageSummary};
use marketgate_store::{StoreError, outbox};
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::classify::{RetryAfter, Verdict};
use self::document::Prepared;
use self::email::Mailer;
use self::http::{HttpClient, Posted};
use crate::context::Context;
use crate::flow::Error;
use crate::message_log::{Entry, month_of};

/// So many messages are sent at the same time.
const SLOTS: usize = 16;

/// So many of them over one connection, or as mail: a slow receiver delays only its own.
const SHARE: usize = 4;

/// While slots are busy the worker looks again after this time: a due message may wait for its connection's share.
const BUSY_SLEEP: Duration = Duration::from_secs(1);

/// Without a bell the worker looks again after this time: clocks jump, machines sleep.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// A store that failed is left alone for so long: a full disk stays full for a while.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Sends what is due.
#[derive(Debug, Clone)]
pub struct Worker {
    context: Context,
    http: HttpClient,
    mailer: Mailer,
    stop: Option<watch::Receiver<bool>>,
}

/// One finished try.
#[derive(Debug, Clone)]
struct Tried {
    attempt: Attempt,
    verdict: Verdict,
    logged: Option<MessageSummary>,
    retry_after: Option<RetryAfter>,
}

impl Worker {
    /// A worker with the configured clients.
    ///
    /// # Errors
    /// In words, when the settings cannot be used.
    pub fn new(context: Context) -> Result<Self, String> {
        let http = HttpClient::new(&context.config.delivery).map_err(|error| format!("[delivery] {error}"))?;
        let mailer = Mailer::new(&context.config.mail, &context.host())?;
        Ok(Self { context, http, mailer, stop: None })
    }

    /// Settles what an earlier process left half sent. Once, before [`Self::run`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recover(&self) -> Result<(), StoreError> {
        let now = self.context.clock.wall();
        let recovered = self.context.store.transact_async(move |tx| outbox::recover_after_start(tx, now)).await?;
        for id in recovered.to_verify {
            tracing::warn!(%id, "a document was being sent when the program stopped: find out whether it arrived");
        }
        Ok(())
    }

    /// Sends what is due until it is told to stop; what is being sent then is finished first. A slot that becomes free is
    /// filled at once, whatever the other slots wait for.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        self.stop = Some(stop.clone());
        let mut slots = JoinSet::new();
        while !*stop.borrow() {
            // Listening before looking: what is put in meanwhile rings the bell and is not missed.
            let bell = self.context.outbox_bell.clone();
            let rung = bell.notified();
            let sleep = match self.fill(&mut slots).await {
                Ok(()) => self.time_to_next(!slots.is_empty()).await,
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be worked on");
                    PAUSE_AFTER_FAILURE
                }
            };
            tokio::select! {
                Some(sent) = slots.join_next() => report(sent),
                () = rung => {}
                () = tokio::time::sleep(sleep) => {}
                _ = stop.changed() => {}
            }
        }
        // Each is waited for, whatever became of the others: what is being sent must not be cut off.
        while let Some(sent) = slots.join_next().await {
            report(sent);
        }
    }

    /// Gives every free slot a due message.
    async fn fill(&self, slots: &mut JoinSet<Result<(), StoreError>>) -> Result<(), StoreError> {
        let free = SLOTS.saturating_sub(slots.len());
        if free == 0 {
            return Ok(());
        }
        let now = self.context.clock.wall();
        let claimed = self.context.store.transact_async(move |tx| outbox::claim_due(tx, now, free, SHARE)).await?;
        for message in claimed {
            let worker = self.clone();
            slots.spawn(async move { worker.send(message).await });
        }
        Ok(())
    }

    async fn send(&self, message: OutboxMessage) -> Result<(), StoreError> {
        let began = self.context.clock.wall();
        let tried = match &message.intent.payload {
            Payload::Email(mail) => self.mail(&message, mail, began).await,
            Payload::Invoice { .. } | Payload::Confirmation { .. } => self.document(&message, began).await,
        };
        self.record(message, tried).await
    }

    async fn mail(&self, message: &OutboxMessage, mail: &marketgate_domain::event::Email, began: Timestamp) -> Tried {
        let sent = self.mailer.send(message.intent.id, message.created_at, mail).await;
        let verdict = classify::mail(&sent);
        let (transport_status, answer) = match sent {
            Ok(answer) => (None, answer),
            Err(failure) => (failure.code, failure.text),
        };
        let attempt = Attempt {
            at: began,
            duration_ms: self.since(began),
            transport_status,
            cxml_status: None,
            answer,
            in_doubt: false,
        };
        Tried { attempt, verdict, logged: None, retry_after: None }
    }

    async fn document(&self, message: &OutboxMessage, began: Timestamp) -> Tried {
        let prepared = match document::prepare(&self.context, message).await {
            Ok(prepared) => prepared,
            Err(error) => return self.not_sent(began, error),
        };
        let Prepared { url, bytes, summary } = prepared;
        let Posted { exchange, answer, retry_after } = self.http.post_cxml(&url, bytes).await;
        let earlier_doubt = message.attempts.iter().any(|attempt| attempt.in_doubt);
        let verdict = classify::document(&exchange, earlier_doubt);
        let duration_ms = self.since(began);
        let attempt = Attempt {
            at: began,
            duration_ms,
            transport_status: exchange.http_status(),
            cxml_status: exchange.cxml_status(),
            answer: exchange.in_words(),
            in_doubt: exchange.in_doubt(),
        };
        let logged = MessageSummary {
            http_status: attempt.transport_status,
            cxml_status: attempt.cxml_status,
            duration_ms,
            diagnosis: attempt.answer.clone(),
            ..summary
        };
        self.log_answer(&logged, &answer).await;
        Tried { attempt, verdict, logged: Some(logged), retry_after }
    }

    /// The buyer's answer to a try goes to the message log, beside the document; of several tries the last one's stays there.
    async fn log_answer(&self, sent: &MessageSummary, answer: &[u8]) {
        if answer.is_empty() {
            return;
        }
        let masked = mask_secrets(answer);
        let id = MessageId::new(self.context.random.uuid());
        let summary = MessageSummary {
            id,
            at: self.context.clock.wall(),
            direction: Direction::In,
            document_type: format!("Response to {}", sent.document_type),
            payload_id: String::new(),
            sha256: masked.sha256_of_original,
            size_bytes: answer.len() as u64,
            month: month_of(id),
            reply_to: Some(sent.id),
            ..sent.clone()
        };
        self.context.message_log.note(Entry { summary, document: Some(masked.bytes) }).await;
    }

    /// The document could not even be made: a person must look at the records or the keys.
    fn not_sent(&self, began: Timestamp, error: Error) -> Tried {
        let answer = error.to_string();
        let temporary = matches!(&error, Error::Store(error) if may_pass(error));
        let verdict = if temporary { Verdict::Retry { limit: None } } else { Verdict::Park(answer.clone()) };
        let attempt = Attempt {
            at: began,
            duration_ms: self.since(began),
            transport_status: None,
            cxml_status: None,
            answer,
            in_doubt: false,
        };
        Tried { attempt, verdict, logged: None, retry_after: None }
    }

    /// What happened out there cannot be undone: it is noted as soon as the store takes it. Otherwise the message would count
    /// as being sent until the next start, and an invoice that arrived would have to be verified.
    async fn record(&self, message: OutboxMessage, tried: Tried) -> Result<(), StoreError> {
        let id = message.intent.id;
        let due_at = self.next_try(&message, &tried);
        tracing::info!(%id, kind = message.intent.payload.kind(), verdict = ?tried.verdict, "outbox");
        let mut in_doubt = false;
        while let Err(error) = self.note(id, tried.clone(), due_at).await {
            if in_doubt && matches!(error, StoreError::WrongState { .. }) {
                break;
            }
            if !may_pass(&error) || self.is_stopping() {
                return Err(error);
            }
            in_doubt |= matches!(error, StoreError::InDoubt { .. });
            tracing::error!(%id, %error, "the result of a try cannot be noted; trying again");
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        // A lane may have a next message now.
        self.context.outbox_bell.notify_one();
        Ok(())
    }

    async fn note(&self, id: OutboxId, tried: Tried, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.context
            .store
            .transact_async(move |tx| {
                let attempt = tried.attempt.clone();
                if let Some(summary) = &tried.logged {
                    messages::put(tx, summary)?;
                }
                match (&tried.verdict, due_at) {
                    (Verdict::Delivered, _) => outbox::delivered(tx, id, attempt),
                    (Verdict::Retry { .. }, Some(due_at)) => outbox::retry_at(tx, id, attempt, due_at),
                    (Verdict::Retry { .. }, None) => {
                        let reason = format!("All tries are used up. The last answer: {}", attempt.answer);
                        outbox::park(tx, id, attempt, &reason)
                    }
                    (Verdict::Park(reason), _) => outbox::park(tx, id, attempt, reason),
                    (Verdict::Verify(reason), _) => outbox::verify(tx, id, attempt, reason),
                    (Verdict::HoldConnection(reason), _) => outbox::hold_connection(tx, id, attempt, reason),
                }
                .map(drop)
            })
            .await
    }

    fn is_stopping(&self) -> bool {
        self.stop.as_ref().is_some_and(|stop| *stop.borrow())
    }

    /// When to try again by the configured list; none when the list or the verdict's own limit is used up. Up to a fifth is
    /// added at random, so that what failed together does not come back together. A receiver may ask for a longer wait.
    fn next_try(&self, message: &OutboxMessage, tried: &Tried) -> Option<Timestamp> {
        let Verdict::Retry { limit } = &tried.verdict else { return None };
        let settings = &self.context.config.delivery;
        let tries = message.attempts.len().saturating_sub(message.tries_before);
        let limit = match limit {
            Some(classify::RetryLimit::OftenPermanent) => settings.retries_on_cxml_500 as usize,
            None => usize::MAX,
        };
        let seconds = settings.retry_seconds.get(tries).filter(|_| tries < limit)?;
        let now = self.context.clock.wall();
        let wait_ms = u64::from(*seconds).saturating_mul(1000);
        let wait_ms = wait_ms.saturating_add(self.context.random.up_to(wait_ms / 5));
        let scheduled = SignedDuration::from_millis(i64::try_from(wait_ms).unwrap_or(i64::MAX));
        let asked_for = tried.retry_after.map_or(SignedDuration::ZERO, |after| after.wait(now));
        now.saturating_add(scheduled.max(asked_for)).ok()
    }

    async fn time_to_next(&self, is_busy: bool) -> Duration {
        let next = self.context.read(outbox::next_due).await;
        let now = self.context.clock.wall();
        match next {
            Ok(Some(due)) if due <= now && is_busy => BUSY_SLEEP,
            Ok(Some(due)) => Duration::try_from(due.duration_since(now)).unwrap_or(Duration::ZERO).min(LONGEST_SLEEP),
            Err(_) | Ok(None) => LONGEST_SLEEP,
        }
    }

    fn since(&self, began: Timestamp) -> u64 {
        u64::try_from(self.context.clock.wall().duration_since(began).as_millis()).unwrap_or(0)
    }
}

/// A result that could not be recorded: the next start finds the message as being sent.
fn report(sent: Result<Result<(), StoreError>, tokio::task::JoinError>) {
    match sent {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the result of a try was not recorded"),
        Err(error) => tracing::error!(%error, "sending a message failed"),
    }
}

/// Whether the store may do the same a little later.
fn may_pass(error: &StoreError) -> bool {
    matches!(error, StoreError::Overloaded | StoreError::Full | StoreError::InDoubt { .. } | StoreError::Io { .. })
}
