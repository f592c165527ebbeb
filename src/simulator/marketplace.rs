//! What a demonstration's marketplace lets the simulator do over HTTP: move business time, and find the pages that its operator has
//! about an order. Without [`crate::MarketplaceAccess`] there is neither.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use url::Url;

use crate::config::MarketplaceAccess;
use crate::core::Core;
use crate::error::SimulatorError;
use crate::exchange::{complaint, read_bounded};

/// Longer answers of the API are cut.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// A year of events in one step takes a while.
const LIMIT: Duration = Duration::from_mins(1);

/// Nothing more is expected when nothing came for so long.
const PAUSE: Duration = Duration::from_millis(700);

/// What is to come arrives within this time, or is shown later.
const PATIENCE: Duration = Duration::from_secs(6);

/// How far business time moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Day,
    Month,
    Year,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Year];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }

    /// ISO 8601.
    fn duration(self) -> &'static str {
        match self {
            Self::Day => "P1D",
            Self::Month => "P1M",
            Self::Year => "P1Y",
        }
    }
}

/// A link into the marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) url: Url,
}

/// Moves business time forward and waits for what falls due on the way.
pub(crate) async fn advance(core: &Core, step: Step) -> Result<(), SimulatorError> {
    let access = core.config.marketplace.as_ref().ok_or(SimulatorError::NoClock)?;
    let body = format!("{{\"advance\":\"{}\"}}", step.duration());
    call(core, access, Method::POST, "clock", &[], Some(body)).await.map_err(SimulatorError::Marketplace)?;
    core.wait_for_quiet(PAUSE, PATIENCE).await;
    Ok(())
}

/// Waits for the mail about an order and for what comes with it, where a marketplace sends its mail here.
pub(crate) async fn wait_for_documents(core: &Core, po_number: &str) {
    if core.config.marketplace.is_none() {
        return;
    }
    let mail = || core.mails().into_iter().find(|mail| mail.is_about(po_number));
    // What is late is shown at the next look.
    drop(core.wait_for("the mail about an order", PATIENCE, mail).await);
    core.wait_for_quiet(PAUSE, PATIENCE).await;
}

/// The console's pages about an order, its agreements and these invoices; none without a marketplace that lets us.
pub(crate) async fn places(core: &Core, po_number: &str, invoices: &[String]) -> Result<Vec<Place>, String> {
    let Some(access) = &core.config.marketplace else { return Ok(Vec::new()) };
    let mut places = Vec::new();
    let found = call(core, access, Method::GET, "orders", &[("number", po_number)], None).await?;
    for order in items(&found) {
        places.extend(page(access, "orders", text(order, "id"), format!("Order {po_number}")));
        let versions = order.get("versions").and_then(Value::as_array).into_iter().flatten();
        let agreements = versions.filter_map(|version| version.get("agreements").and_then(Value::as_array)).flatten();
        for id in agreements.filter_map(Value::as_str) {
            places.extend(page(access, "agreements", id, format!("Agreement {id}")));
        }
    }
    for number in invoices {
        let found = call(core, access, Method::GET, "invoices", &[("number", number)], None).await?;
        for invoice in items(&found) {
            places.extend(page(access, "invoices", text(invoice, "id"), format!("Invoice {number}")));
        }
    }
    Ok(places)
}

fn items(list: &Value) -> &[Value] {
    list.get("items").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn page(access: &MarketplaceAccess, kind: &str, id: &str, name: String) -> Option<Place> {
    let url = access.address.join(&format!("/console/{kind}/{id}")).ok()?;
    Some(Place { name, url })
}

async fn call(
    core: &Core,
    access: &MarketplaceAccess,
    method: Method,
    operation: &str,
    query: &[(&str, &str)],
    body: Option<String>,
) -> Result<Value, String> {
    let mut url = access.address.join(&format!("/api/v1/{operation}")).map_err(|error| error.to_string())?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut request = core.client.request(method, url).bearer_auth(access.token.expose()).timeout(LIMIT);
    if let Some(body) = body {
        request = request.header(CONTENT_TYPE, "application/json").body(body);
    }
    let mut response = request.send().await.map_err(complaint)?;
    let status = response.status();
    let body = read_bounded(&mut response, ANSWER_BYTES_MAX).await.map_err(complaint)?;
    let answer: Value = serde_json::from_slice(&body).map_err(|_| format!("HTTP {status} without JSON"))?;
    if status.is_success() { Ok(answer) } else { Err(format!("HTTP {status}: {}", text(&answer, "detail"))) }
}
