//! Texts of mails. Plain text; every mail says what happened, what it means and where to look.

use std::fmt::Write;

use marketgate_domain::agreement::{Agreement, Origin};
use marketgate_domain::charge::Charge;
use marketgate_domain::day;
use marketgate_domain::offer::Offer;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::LineRefusal;
use marketgate_domain::refusal_summary::summary;

/// Subject and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailText {
    /// One line.
    pub subject: String,
    /// Lines ended by `\n`.
    pub text: String,
}

/// What an accepted order created, one for each agreement.
#[derive(Debug)]
pub struct NewAgreement<'a> {
    /// The agreement.
    pub agreement: &'a Agreement,
    /// Product, offer and term in words.
    pub description: &'a str,
    /// Its charges.
    pub charges: Vec<&'a Charge>,
    /// Name of the seller.
    pub seller: &'a str,
    /// What to do next (C3c).
    pub setup: &'a str,
}

/// To the requester and the account's contact: the order was accepted (O5).
pub fn order_accepted(number: &str, created: &[NewAgreement<'_>]) -> MailText {
    let mut text = format!(
        "Purchase order {number} was received and accepted. {} now in place; nothing else needs to be done on the marketplace.\n",
        if created.len() == 1 { "The agreement is".to_owned() } else { format!("{} agreements are", created.len()) }
    );
    for new in created {
        agreement(&mut text, new);
    }
    MailText { subject: format!("Purchase order {number} accepted"), text }
}

/// To who subscribed directly and the account's contact (C3b).
pub fn subscribed(new: &NewAgreement<'_>) -> MailText {
    let mut text =
        "A direct subscription on the marketplace: the agreement is in place, no purchase order is needed.\n"
            .to_owned();
    agreement(&mut text, new);
    MailText { subject: format!("Subscribed: {}", new.description), text }
}

fn agreement(text: &mut String, new: &NewAgreement<'_>) {
    let agreement = new.agreement;
    line(text, "");
    line(text, new.description);
    field(text, "Agreement", &agreement.id.to_string());
    field(text, "Seller", new.seller);
    match agreement.end_date {
        Some(end) => field(text, "Runs", &format!("{} to {end}", agreement.start_date)),
        None => field(text, "Runs", &format!("from {}, until it is ended", agreement.start_date)),
    }
    // A direct subscription has a budget that no order approved.
    if let (Some(budget), Origin::Ordered(_)) = (agreement.budget, &agreement.origin) {
        field(text, "Approved usage", &budget.to_string());
    }
    for charge in &new.charges {
        field(text, &format!("Due {}", day::of(charge.due_at)), &format!("{} ({})", charge.amount, charge.description));
    }
    if !new.setup.is_empty() {
        line(text, &format!("Next step: {}", new.setup));
    }
}

/// To the requester and the administrators: the order was refused, and what to do (O4).
///
/// `again` makes the address at which a request is sent for approval again.
pub fn order_refused(
    number: &str,
    lines: &[LineRefusal],
    requests: &[ProcurementRequest],
    again: impl Fn(&ProcurementRequest) -> String,
) -> MailText {
    let mut text = format!(
        "Purchase order {number} was received but not accepted. No agreement exists and nothing will be invoiced.\n"
    );
    let (told, rest) = summary(lines);
    for refused in told {
        line(&mut text, "");
        let what = refused.request.and_then(|id| requests.iter().find(|request| request.id == id));
        match what {
            Some(request) => line(&mut text, &format!("Line {}: {}", refused.line, request.quote.line.description)),
            None => line(&mut text, &format!("Line {}", refused.line)),
        }
        line(&mut text, &format!("{}: {}", refused.refusal.code(), refused.refusal));
        if refused.refusal.can_be_sent_again() {
            line(&mut text, "To go on, send the current offer for approval again:");
            let link = what.map_or_else(|| "open the marketplace from your procurement system.".to_owned(), &again);
            line(&mut text, &link);
        }
    }
    if let Some(rest) = rest {
        line(&mut text, "");
        line(&mut text, &rest);
    }
    MailText { subject: format!("Purchase order {number} refused: {}", codes(lines)), text }
}

/// To the requester and the administrators: nobody ordered in time (C5, S1).
pub fn request_expired(request: &ProcurementRequest, again: &str) -> MailText {
    let mut text = format!(
        "The request for approval of \"{}\" has lapsed: no purchase order came by {}.\n",
        request.offer_name, request.quote.valid_until
    );
    line(&mut text, "");
    line(&mut text, &request.quote.line.description);
    line(&mut text, "");
    line(
        &mut text,
        "An order that arrives now will be refused. Where the offer itself has ended, ask the seller for a new one. To send the current offer for approval again:",
    );
    line(&mut text, again);
    MailText { subject: format!("Request for approval lapsed: {}", request.offer_name), text }
}

/// To the requester, the administrators and the seller: a request will lapse with its offer (S1).
pub fn request_lapses_soon(request: &ProcurementRequest, days: u8, again: &str) -> MailText {
    let (name, until) = (&request.offer_name, request.quote.valid_until);
    let mut text = format!(
        "The request for approval of \"{name}\" lapses soon: a purchase order is taken until {until} only, and none has come yet.\n"
    );
    line(&mut text, "");
    line(&mut text, &request.quote.line.description);
    line(&mut text, "");
    line(
        &mut text,
        "Ask the approvers to decide, or the seller to extend the offer. If the seller changes the offer, or the request lapses, send it for approval again here:",
    );
    line(&mut text, again);
    let when = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    MailText { subject: format!("Request for approval lapses within {when}: {name}"), text }
}

/// To the requester and the administrators: the seller changed the offer after it was sent for approval (C5).
pub fn request_superseded(request: &ProcurementRequest, offer: &Offer, again: &str) -> MailText {
    let name = &request.offer_name;
    let mut text = format!("The seller changed the offer \"{name}\" after it was sent for approval.\n");
    line(&mut text, "");
    line(&mut text, &request.quote.line.description);
    field(&mut text, "Sent for approval", &format!("revision {}", request.revision));
    field(&mut text, "Now", &format!("revision {}", offer.revision));
    if let Some(last_day) = offer.availability_end_date {
        field(&mut text, "Can be bought until", &last_day.to_string());
    }
    line(&mut text, "");
    line(
        &mut text,
        "A purchase order for the earlier revision will be refused. To look at the revised offer and send it for approval again:",
    );
    line(&mut text, again);
    MailText { subject: format!("Offer changed, send it for approval again: {name}"), text }
}

fn codes(lines: &[LineRefusal]) -> String {
    let mut codes: Vec<&str> = lines.iter().map(|line| line.refusal.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}

fn field(text: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  {name}: {value}");
}
