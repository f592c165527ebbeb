//! What is on its way out: waiting for it, and counting what is left.

use std::collections::BTreeMap;
use std::time::Instant;

use marketgate::context::Context;
use marketgate::flow::Error;
use marketgate::flow::bill_due_charges::bill_due_charges;
use marketgate_domain::event::{OutboxMessage, OutboxState};
use marketgate_store::outbox;
use tokio::time::{Duration, sleep};

use super::{Market, PATIENCE};

const UNFINISHED: [OutboxState; 5] =
    [OutboxState::Waiting, OutboxState::Sending, OutboxState::Parked, OutboxState::Verify, OutboxState::Held];

/// A state in lists.
pub fn word(state: OutboxState) -> &'static str {
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

/// Bills what is due and waits until nothing that is due now waits in the outbox.
pub async fn settle(context: &Context) {
    let began = Instant::now();
    loop {
        bill_due_charges(context).await.unwrap();
        let now = context.clock.wall();
        let busy = context.store.read(|snapshot| -> Result<bool, Error> {
            let due = outbox::next_due(snapshot)?.is_some_and(|due| due <= now);
            Ok(due || outbox::count_in_state(snapshot, OutboxState::Sending, 1)? > 0)
        });
        if !busy.unwrap() {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "the outbox is not worked off: {:#?}", all(context));
        context.outbox_bell.notify_one();
        sleep(Duration::from_millis(2)).await;
    }
}

/// How many messages are in each unfinished state.
pub fn left(context: &Context) -> BTreeMap<&'static str, usize> {
    let count = |state| {
        let counted = context
            .store
            .read(|snapshot| -> Result<usize, Error> { Ok(outbox::count_in_state(snapshot, state, 1000)?) });
        counted.unwrap()
    };
    UNFINISHED.into_iter().map(|state| (word(state), count(state))).filter(|(_, count)| *count > 0).collect()
}

fn all(context: &Context) -> Vec<OutboxMessage> {
    let read = context.store.read(|snapshot| -> Result<_, Error> { Ok(outbox::newest(snapshot, None, 1000)?) });
    let mut messages = read.unwrap();
    messages.reverse();
    messages
}

impl Market {
    /// Every message that was ever put into the outbox, oldest first.
    pub fn outbox(&self) -> Vec<OutboxMessage> {
        all(self.context())
    }

    /// The only message of a kind.
    pub fn only_message(&self, kind: &str) -> OutboxMessage {
        let mut found: Vec<_> =
            self.outbox().into_iter().filter(|message| message.intent.payload.kind() == kind).collect();
        assert_eq!(found.len(), 1, "messages of kind {kind}: {found:#?}");
        found.remove(0)
    }

    /// Lets wall time pass until the next message that waits is due, and lets it happen.
    pub async fn wait_for_next_try(&self) {
        let waiting: Vec<_> =
            self.outbox().into_iter().filter(|message| message.state == OutboxState::Waiting).collect();
        let next = waiting.iter().map(|message| message.due_at).min().expect("something waits");
        self.clock.advance_wall(next.duration_since(self.context().clock.wall()));
        self.settle().await;
    }
}
