//! The whole life of a request as a row of steps and as a timeline: requested, in cart, order, agreement, invoices (W1).
//!
//! Both are derived from the records; a step is done only where a record proves it.

use jiff::Timestamp;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::invoice::Invoice;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use maud::{Markup, html};

use super::components::Tone;
use super::{format, icons};

/// The records that a request's life left.
#[derive(Debug, Clone, Copy)]
pub struct Life<'a> {
    /// The request.
    pub request: &'a ProcurementRequest,
    /// Its agreement, once there is one.
    pub agreement: Option<&'a Agreement>,
    /// Invoices of that agreement, oldest first.
    pub invoices: &'a [&'a Invoice],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Done,
    Failed,
    Open,
}

impl Progress {
    fn done(condition: bool) -> Self {
        if condition { Self::Done } else { Self::Open }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Open => "open",
        }
    }
}

/// The five steps as a row.
pub fn steps(life: &Life<'_>) -> Markup {
    html! {
        ol.steps {
            @for (label, progress) in progress(life) {
                li class={ "step " (progress.word()) } {
                    span.step-dot {
                        @match progress {
                            Progress::Done => { (icons::check()) }
                            Progress::Failed => { (icons::cross()) }
                            Progress::Open => {}
                        }
                    }
                    span.step-label { (label) span.visually-hidden { ": " (progress.word()) } }
                }
            }
        }
    }
}

fn progress(life: &Life<'_>) -> [(&'static str, Progress); 5] {
    let status = &life.request.status;
    let lapsed = matches!(status, RequestStatus::Superseded { .. } | RequestStatus::Expired);
    let refused = matches!(status, RequestStatus::Refused { .. });
    let fulfilled = matches!(status, RequestStatus::Fulfilled { .. });
    let order = if refused || lapsed { Progress::Failed } else { Progress::done(fulfilled) };
    let in_cart = match status {
        RequestStatus::Withdrawn => Progress::Failed,
        RequestStatus::Requested => Progress::Open,
        _ => Progress::Done,
    };
    [
        ("Requested", Progress::Done),
        (if in_cart == Progress::Failed { "Withdrawn" } else { "Sent for approval" }, in_cart),
        (order_label(refused, lapsed), order),
        ("Agreement", Progress::done(fulfilled)),
        ("Invoices", Progress::done(!life.invoices.is_empty())),
    ]
}

/// What happened when, oldest first.
pub fn timeline(life: &Life<'_>) -> Markup {
    html! {
        ol.timeline {
            @for event in events(life) {
                li class=(event.tone.class()) {
                    p.timeline-title { (event.title) }
                    @if !event.detail.is_empty() { p { (event.detail) } }
                    p.timeline-time { (format::moment(event.at)) }
                }
            }
        }
    }
}

fn order_label(refused: bool, lapsed: bool) -> &'static str {
    match (refused, lapsed) {
        (true, _) => "Order refused",
        (_, true) => "No order in time",
        _ => "Order received",
    }
}

struct Event {
    at: Timestamp,
    tone: Tone,
    title: String,
    detail: String,
}

fn events(life: &Life<'_>) -> Vec<Event> {
    let request = life.request;
    let event = |at, tone, title: &str, detail: String| Event { at, tone, title: title.to_owned(), detail };
    let asked = format!("Revision {} of \"{}\" for {}.", request.revision, request.offer_name, request.quote.amount);
    let mut events = vec![event(request.created_at, Tone::Accent, "Approval requested", asked)];
    match &request.status {
        RequestStatus::Requested => {}
        RequestStatus::InCart => {
            let text = "It waits for approval and for the purchase order of your procurement system.".to_owned();
            events.push(event(request.changed_at, Tone::Accent, "In the cart of your procurement system", text));
        }
        RequestStatus::Fulfilled { purchase_order, .. } => {
            events.push(event(
                request.changed_at,
                Tone::Good,
                &format!("Purchase order {purchase_order} accepted"),
                String::new(),
            ));
        }
        RequestStatus::Refused { reason, purchase_order } => {
            let title = format!("Purchase order {purchase_order} refused");
            events.push(event(request.changed_at, Tone::Bad, &title, format!("{reason} ({})", reason.code())));
        }
        RequestStatus::Withdrawn => events.push(event(request.changed_at, Tone::Plain, "Taken back", String::new())),
        RequestStatus::Superseded { revision } => {
            let text = format!(
                "The seller changed the offer (revision {revision}). Send the revised offer for approval again."
            );
            events.push(event(request.changed_at, Tone::Warn, "Superseded", text));
        }
        RequestStatus::Expired => {
            let text = "No order came in time. Send the offer for approval again if it is still there.".to_owned();
            events.push(event(request.changed_at, Tone::Warn, "Expired", text));
        }
    }
    if let Some(agreement) = life.agreement {
        let term = format!("It starts on {}.", format::date_text(agreement.start_date));
        events.push(event(agreement.accepted_at, Tone::Good, "Agreement created", term));
    }
    for invoice in life.invoices {
        let due = format!("{}, due on {}.", invoice.total, format::date_text(invoice.due_date));
        events.push(event(invoice.issued_at, Tone::Good, &format!("Invoice {} issued", invoice.number), due));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::super::samples::World;
    use super::*;

    fn states(status: RequestStatus) -> [Progress; 5] {
        let world = World::new("");
        let request = ProcurementRequest { status, ..world.request.clone() };
        progress(&Life { request: &request, agreement: None, invoices: &[] }).map(|(_, progress)| progress)
    }

    #[test]
    fn a_step_is_done_only_where_a_record_proves_it() {
        use Progress::{Done, Failed, Open};
        let world = World::new("");
        let purchase_order = "PO-1".to_owned();
        let refused = RequestStatus::Refused { reason: world.refusal.clone(), purchase_order: purchase_order.clone() };
        let fulfilled = RequestStatus::Fulfilled { agreement: world.agreement.id, purchase_order };
        assert_eq!(states(RequestStatus::Requested), [Done, Open, Open, Open, Open]);
        assert_eq!(states(RequestStatus::InCart), [Done, Done, Open, Open, Open]);
        assert_eq!(states(refused), [Done, Done, Failed, Open, Open]);
        assert_eq!(states(fulfilled), [Done, Done, Done, Done, Open]);
        assert_eq!(states(RequestStatus::Withdrawn), [Done, Failed, Open, Open, Open]);
    }

    #[test]
    fn the_timeline_of_a_refused_order_says_why() {
        let world = World::new("");
        let status = RequestStatus::Refused { reason: world.refusal.clone(), purchase_order: "PO-77".to_owned() };
        let request = ProcurementRequest { status, ..world.request.clone() };
        let html = timeline(&Life { request: &request, agreement: None, invoices: &[] }).into_string();
        assert!(html.contains("Purchase order PO-77 refused") && html.contains(world.refusal.code()));
    }
}
