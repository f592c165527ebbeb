//! Runs recurring work on its schedule, at once after a start (what fell due while the program was off), and when a bell
//! rings. A job never overlaps itself: its next run is computed after the last one has ended.

use std::time::Duration;

use tokio::sync::watch;

use super::cron_schedule::CronSchedule;
use crate::context::Context;
use crate::flow::bill_due_charges::bill_due_charges;

/// The longest sleep: clocks jump, machines sleep, so the next run is looked at again from time to time.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// Turns due charges into invoices until it is told to stop.
pub async fn run_billing(context: Context, schedule: CronSchedule, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let bell = context.billing_bell.clone();
        let rung = bell.notified();
        match bill_due_charges(&context).await {
            Ok(issued) if issued.is_empty() => {}
            Ok(issued) => tracing::info!(invoices = issued.len(), "due charges were invoiced"),
            Err(error) => tracing::error!(%error, "due charges could not be invoiced; the next run tries again"),
        }
        tokio::pin!(rung);
        wait(&context, &schedule, rung, &mut stop).await;
    }
}

async fn wait(
    context: &Context,
    schedule: &CronSchedule,
    mut rung: std::pin::Pin<&mut tokio::sync::futures::Notified<'_>>,
    stop: &mut watch::Receiver<bool>,
) {
    let Some(next) = schedule.next_after(context.clock.wall()) else { return };
    loop {
        let left = Duration::try_from(next.duration_since(context.clock.wall())).unwrap_or(Duration::ZERO);
        if left.is_zero() {
            return;
        }
        tokio::select! {
            () = &mut rung => return,
            _ = stop.changed() => return,
            () = tokio::time::sleep(left.min(LONGEST_SLEEP)) => {}
        }
    }
}
