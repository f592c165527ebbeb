//! The verb *punch out*: posts a `PunchOutSetupRequest` and explains what went wrong the way the procurement system does.
//! A network asks for the supplier's profile first; it takes from it what the supplier can do, the address to post to
//! stays the configured one, as in the supplier's account on the network.

use std::time::Duration;

use jiff::SignedDuration;
use url::Url;

use crate::config::{BuyerConfig, BuyerUser, Secret};
use crate::core::Core;
use crate::error::{SetupFailure, SimulatorError};
use crate::exchange::{self, Exchange};
use crate::ledger::Session;
use crate::wire::answer::{self, Answer};
use crate::wire::cart::CartLine;
use crate::wire::profile::{self, SupplierProfile};
use crate::wire::setup::{Operation, SelectedItem, SetupText};
use crate::wire::{Envelope, mask_secret};

/// The user is waiting: nobody looks at a blank page for longer.
const SETUP_LIMIT: Duration = Duration::from_secs(30);

/// A profile is asked for again after this much business time.
const PROFILE_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// The request that a profile must list.
const SETUP_REQUEST: &str = "PunchOutSetupRequest";

/// A PunchOut that has started.
#[derive(Debug, Clone)]
pub struct PunchOutStarted {
    /// The session's number here; `BrowserFormPost` carries it.
    pub session_id: u64,
    /// Where the browser goes.
    pub start_page_url: Url,
    /// The request, its secret masked.
    pub request_xml: String,
    /// The answer.
    pub response_xml: String,
    /// How long the answer took.
    pub elapsed: Duration,
}

/// What may be altered about a setup request; the default is a plain `create` by the configured user.
#[derive(Debug, Clone, Default)]
pub struct SetupDraft {
    /// What the user wants to do.
    pub operation: Operation,
    /// Another user than the configured one.
    pub user: Option<BuyerUser>,
    /// A product picked in the buyer's own catalogue.
    pub selected_item: Option<SelectedItem>,
    /// The cart of `edit` and `inspect`.
    pub items: Vec<CartLine>,
    /// Another secret than the configured one, to rehearse a refusal.
    pub shared_secret: Option<Secret>,
}

/// Starts a PunchOut.
pub(crate) async fn punch_out(
    core: &Core,
    buyer_key: &str,
    draft: &SetupDraft,
) -> Result<PunchOutStarted, SimulatorError> {
    let buyer = core.buyer(buyer_key)?;
    if buyer.dialect.habits().setup.asks_for_profile {
        learn_profile(core, buyer).await.map_err(SimulatorError::Setup)?;
    }
    let session = open_session(core, buyer);
    let request = write_request(core, buyer, &session, draft);
    let request_xml = mask_secret(&request);
    let habits = buyer.dialect.habits();
    let endpoint = &core.config.supplier_endpoint;
    let exchange = exchange::post(&core.client, endpoint, habits.user_agent, request.into(), SETUP_LIMIT).await;
    let elapsed = exchange.elapsed;
    match judge(exchange, &request_xml, habits.setup.no_status_text) {
        Ok((start_page_url, response_xml)) => {
            Ok(PunchOutStarted { session_id: session.id, start_page_url, request_xml, response_xml, elapsed })
        }
        Err(failure) => Err(SimulatorError::Setup(failure)),
    }
}

/// Asks for the supplier's profile, unless a fresh one is remembered.
async fn learn_profile(core: &Core, buyer: &BuyerConfig) -> Result<(), Box<SetupFailure>> {
    let now = core.now();
    if core.ledger().profile(&buyer.key).is_some_and(|known| now.duration_since(known.learned_at) < PROFILE_LIFE) {
        return Ok(());
    }
    let (payload_id, timestamp) = (core.payload_id(), core.document_time());
    let envelope = Envelope { buyer, payload_id: &payload_id, timestamp: &timestamp, shared_secret: None };
    let habits = buyer.dialect.habits();
    let request = envelope.request(habits.setup.deployment_mode, profile::REQUEST);
    let request_xml = mask_secret(&request);
    let endpoint = &core.config.supplier_endpoint;
    let exchange = exchange::post(&core.client, endpoint, habits.user_agent, request.into(), SETUP_LIMIT).await;
    let profile = judge_profile(exchange, &request_xml)?;
    core.ledger().remember_profile(&buyer.key, now, profile);
    core.changed();
    Ok(())
}

fn open_session(core: &Core, buyer: &BuyerConfig) -> Session {
    let mut ledger = core.ledger();
    let session = Session {
        id: ledger.next_id(),
        buyer_key: buyer.key.clone(),
        buyer_cookie: format!("{:032x}", (core.config.random)()),
    };
    ledger.sessions.push(session.clone());
    session
}

fn write_request(core: &Core, buyer: &BuyerConfig, session: &Session, draft: &SetupDraft) -> String {
    let mut browser_form_post = core.page_url("/punchout/checkout");
    browser_form_post
        .query_pairs_mut()
        .extend_pairs(buyer.dialect.habits().setup.form_post_query)
        .append_pair("id", &session.id.to_string());
    let text = SetupText {
        operation: draft.operation,
        buyer_cookie: &session.buyer_cookie,
        user: draft.user.as_ref().unwrap_or(&buyer.user),
        browser_form_post: &browser_form_post,
        supplier_setup: &core.config.supplier_endpoint,
        selected_item: draft.selected_item.as_ref(),
        items: &draft.items,
    };
    text.write(&Envelope {
        buyer,
        payload_id: &core.payload_id(),
        timestamp: &core.document_time(),
        shared_secret: draft.shared_secret.as_ref(),
    })
}

/// Start page and answer, or what the user is told instead.
fn judge(exchange: Exchange, request_xml: &str, no_status_text: &str) -> Result<(Url, String), Box<SetupFailure>> {
    let Taken { answer, body } = taken(exchange, request_xml, "Setup request", no_status_text)?;
    let url = answer.start_page.as_deref().and_then(|url| Url::parse(url).ok());
    match url {
        Some(url) if matches!(url.scheme(), "http" | "https") => Ok((url, body)),
        _ => Err(Box::new(SetupFailure {
            explanation: "There is no usable StartPage URL in the setup response".to_owned(),
            http_status: Some(200),
            status: Some(answer.status),
            request_xml: request_xml.to_owned(),
            response_body: body,
        })),
    }
}

/// The profile, if it allows PunchOut.
fn judge_profile(exchange: Exchange, request_xml: &str) -> Result<SupplierProfile, Box<SetupFailure>> {
    let Taken { answer, body } =
        taken(exchange, request_xml, "Profile request", "The answer to the profile request holds no cXML status")?;
    let explanation = match profile::read(&body) {
        Ok(profile) if profile.url_for(SETUP_REQUEST).is_some() => return Ok(profile),
        Ok(_) => format!("The supplier's profile does not list {SETUP_REQUEST}"),
        Err(why) => format!("The supplier's profile cannot be used: {why}"),
    };
    Err(Box::new(SetupFailure {
        explanation,
        http_status: Some(200),
        status: Some(answer.status),
        request_xml: request_xml.to_owned(),
        response_body: body,
    }))
}

struct Taken {
    answer: Answer,
    body: String,
}

/// An answer that came with HTTP 200 and a cXML status of success.
fn taken(exchange: Exchange, request_xml: &str, what: &str, no_status_text: &str) -> Result<Taken, Box<SetupFailure>> {
    let (http_status, body, complaint) = match exchange.outcome {
        Ok(http) => (Some(http.status), http.body, None),
        Err(complaint) => (None, String::new(), Some(complaint)),
    };
    let failure = |explanation: String, status| {
        let (request_xml, response_body) = (request_xml.to_owned(), body.clone());
        Box::new(SetupFailure { explanation, http_status, status, request_xml, response_body })
    };
    let Some(http_status) = http_status else {
        return Err(failure(format!("{what} failed: {}", complaint.unwrap_or_default()), None));
    };
    let read = answer::read(&body);
    if http_status != 200 {
        let status = read.ok().map(|answer| answer.status);
        return Err(failure(format!("{what} failed: HTTP {http_status}"), status));
    }
    let answer = read.map_err(|why| failure(format!("{no_status_text} ({why})"), None))?;
    let status = &answer.status;
    if !status.is_success() {
        let explanation = format!("{what} failed: {} {} {}", status.code, status.text, status.message);
        return Err(failure(explanation.trim_end().to_owned(), Some(status.clone())));
    }
    Ok(Taken { answer, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::HttpAnswer;

    fn judged(status: u16, body: &str) -> Result<(Url, String), Box<SetupFailure>> {
        let outcome = Ok(HttpAnswer { status, body: body.to_owned() });
        judge(Exchange { outcome, elapsed: Duration::ZERO }, "", "No status element in setup response")
    }

    fn envelope(inside: &str) -> String {
        format!("<cXML payloadID='1' timestamp='t'><Response>{inside}</Response></cXML>")
    }

    const START: &str =
        "<PunchOutSetupResponse><StartPage><URL>http://shop.example/s</URL></StartPage></PunchOutSetupResponse>";

    #[test]
    fn a_full_answer_leads_to_the_start_page() {
        let body = envelope(&format!("<Status code='200' text='OK'/>{START}"));
        assert_eq!(judged(200, &body).unwrap().0.as_str(), "http://shop.example/s");
    }

    #[test]
    fn an_html_answer_is_explained_like_the_real_system_does() {
        let failure = judged(200, "<html><p>Sorry</p></html>").unwrap_err();
        assert!(failure.explanation.starts_with("No status element in setup response"), "{}", failure.explanation);
        assert!(failure.response_body.contains("Sorry"));
    }

    #[test]
    fn a_refusal_an_http_error_and_a_missing_start_page_are_told_apart() {
        let refusal = judged(200, &envelope("<Status code='401' text='Unauthorized'>who?</Status>")).unwrap_err();
        assert_eq!(refusal.explanation, "Setup request failed: 401 Unauthorized who?");
        assert_eq!(judged(503, "").unwrap_err().explanation, "Setup request failed: HTTP 503");
        let script = envelope("<Status code='200' text='OK'/>").replace(
            "</Response>",
            &format!("{}</Response>", START.replace("http://shop.example/s", "javascript:alert(1)")),
        );
        assert!(judged(200, &script).unwrap_err().explanation.contains("StartPage"));
    }
}
