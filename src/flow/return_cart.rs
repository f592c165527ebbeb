//! The cart goes back to the buyer: the PunchOutOrderMessage that the browser will post (P5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use marketgate_cxml::mask::mask_secrets;
use marketgate_cxml::outgoing::Stamp;
use marketgate_domain::connection::{CartEncoding, Connection};
use marketgate_domain::event::Actor;
use marketgate_domain::id::MessageId;
use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
use marketgate_domain::punchout::{PunchoutSession, SessionState};
use marketgate_domain::purchase_order::check_request;
use marketgate_domain::refusal::Refusal;
use marketgate_store::messages::{Direction, MessageSummary};
use marketgate_store::{Reader, Snapshot, catalog, connections, requests, sessions};

use super::supersede_requests::as_kept;
use super::{Error, audit};
use crate::approver_link;
use crate::context::Context;
use crate::message_log::{Entry, month_of};
use crate::render::cart_message::{self, CartLine};

/// What the message log calls a cart: the one document that a browser carries.
pub const CART: &str = "PunchOutOrderMessage";

/// The form that the browser posts to the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartForm {
    /// BrowserFormPost.
    pub action: String,
    /// Name of the hidden field.
    pub field: &'static str,
    /// Its value, not yet escaped for HTML.
    pub value: String,
    /// How many lines it has.
    pub lines: usize,
    /// The document.
    pub document: String,
    /// Lines that are no longer part of the cart.
    pub left: Vec<LeftLine>,
    /// Its entry in the message log.
    logged: MessageSummary,
}

/// A line of the cart that is not handed over, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftLine {
    /// The request.
    pub request: ProcurementRequest,
    /// Why no order for it would be taken.
    pub reason: Refusal,
}

/// Returns the cart: its requests are IN_CART from here on. The page that follows reads the form with [`cart_form`].
///
/// # Errors
/// [`Error::Conflict`] when no line is left: an empty cart is never posted (P4).
pub async fn return_cart(context: &Context, session: &PunchoutSession) -> Result<(), Error> {
    let (id, now) = (session.id, context.clock.business());
    let stamp = Stamp { payload_id: context.payload_id(), timestamp: now };
    let links = context.clone();
    context
        .store
        .transact_async(move |tx| {
            let mut session = sessions::session(tx, id)?.ok_or(Error::NotFound)?;
            if session.state == SessionState::Returned {
                return Ok(());
            }
            let connection = connections::require(tx, session.organization, session.connection)?;
            let Contents { lines, left } = contents(&links, tx, &session, now)?;
            // What the buyer's system would refuse must not be noted as handed over.
            form(&links, &stamp, &session, &connection, &lines, left)?;
            session.state = SessionState::Returned;
            session.acted = true;
            sessions::put(tx, &session)?;
            let actor = Actor::PunchoutUser { connection: session.connection, user: session.user };
            let detail = format!("cart with {} lines handed to the browser", lines.len());
            audit::record(tx, now, actor, Some(session.organization), "cart.served", &id.to_string(), &detail)?;
            for (request, _) in lines {
                requests::put(tx, &request)?;
            }
            Ok(())
        })
        .await
}

/// The form of a returned cart. Reading it again gives the same lines, so a reload or a browser that lost the page does no harm; it
/// changes no state but the message log, which has each document that was served.
///
/// # Errors
/// [`Error::Conflict`] when no line is left.
pub async fn cart_form(context: &Context, session: &PunchoutSession) -> Result<CartForm, Error> {
    let now = context.clock.business();
    let stamp = Stamp { payload_id: context.payload_id(), timestamp: now };
    let (links, session) = (context.clone(), session.clone());
    let read = move |snapshot: &Snapshot| {
        let connection = connections::require(snapshot, session.organization, session.connection)?;
        let Contents { lines, left } = contents(&links, snapshot, &session, now)?;
        form(&links, &stamp, &session, &connection, &lines, left)
    };
    let form = context.read(read).await?;
    let document = Some(form.document.clone().into_bytes());
    context.message_log.note(Entry { summary: form.logged.clone(), document }).await;
    Ok(form)
}

/// What a cart holds at that moment.
pub struct Contents {
    /// Requests that an order would be taken for, as they are once the cart is served, with the seller's name.
    pub lines: Vec<(ProcurementRequest, String)>,
    /// The others.
    pub left: Vec<LeftLine>,
}

/// Parts the lines of a cart: what was superseded, expired, ordered or taken back meanwhile must not be posted.
pub fn contents(
    context: &Context,
    reader: &impl Reader,
    session: &PunchoutSession,
    now: Timestamp,
) -> Result<Contents, Error> {
    let mut contents = Contents { lines: Vec::new(), left: Vec::new() };
    for id in &session.cart {
        let request = requests::find(reader, session.organization, *id)?.ok_or(Error::NotFound)?;
        let offer = catalog::offer(reader, request.offer)?.ok_or(Error::NotFound)?;
        let product = catalog::product(reader, request.product)?.ok_or(Error::NotFound)?;
        let request = as_kept(context, reader, request, &offer, now)?;
        if let Err(reason) = check_request(&request, &offer, &product, now) {
            contents.left.push(LeftLine { request, reason });
        } else {
            let seller = catalog::require_seller(reader, request.seller)?;
            contents.lines.push((served(request, now), seller.name));
        }
    }
    Ok(contents)
}

/// The cart as the message log lists it. It holds no secret: the browser carries it.
fn logged(
    context: &Context,
    stamp: &Stamp,
    session: &PunchoutSession,
    lines: &[(ProcurementRequest, String)],
    document: &str,
) -> MessageSummary {
    let id = MessageId::new(context.random.uuid());
    let first = lines.first().map(|(request, _)| request);
    let total = lines.iter().skip(1).try_fold(first.map(|request| request.quote.amount), |sum, (request, _)| {
        sum.map(|sum| sum.plus(request.quote.amount)).transpose()
    });
    let total = total.ok().flatten().map_or_else(String::new, |total| format!(", {total}"));
    let count = if lines.len() == 1 { "1 line".to_owned() } else { format!("{} lines", lines.len()) };
    MessageSummary {
        id,
        at: context.clock.wall(),
        direction: Direction::Out,
        connection: Some(session.connection),
        organization: Some(session.organization),
        document_type: CART.to_owned(),
        payload_id: stamp.payload_id.clone(),
        order_id: None,
        user_email: first.and_then(|request| request.requester_email.as_ref()).map(ToString::to_string),
        http_status: None,
        cxml_status: None,
        duration_ms: 0,
        diagnosis: format!("Cart handed to the buyer's browser: {count}{total}."),
        sha256: mask_secrets(document.as_bytes()).sha256_of_original,
        size_bytes: document.len() as u64,
        month: month_of(id),
        reply_to: None,
        session: Some(session.id),
        requests: lines.iter().map(|(request, _)| request.id).collect(),
    }
}

fn nothing_to_return(left: &[LeftLine]) -> String {
    if left.is_empty() {
        return "The cart is empty: choose an offer first, or close the window to leave.".to_owned();
    }
    let reasons: Vec<String> =
        left.iter().map(|line| format!("{}: {}", line.request.offer_name, line.reason)).collect();
    format!("Every line has left the cart, so it was not returned. {}", reasons.join(" "))
}

fn served(request: ProcurementRequest, now: Timestamp) -> ProcurementRequest {
    if request.status == RequestStatus::Requested { request.with_status(RequestStatus::InCart, now) } else { request }
}

fn form(
    context: &Context,
    stamp: &Stamp,
    session: &PunchoutSession,
    connection: &Connection,
    lines: &[(ProcurementRequest, String)],
    left: Vec<LeftLine>,
) -> Result<CartForm, Error> {
    if lines.is_empty() {
        return Err(Error::Conflict(nothing_to_return(&left)));
    }
    let cart_lines: Vec<CartLine<'_>> = lines
        .iter()
        .map(|(request, seller_name)| CartLine {
            request,
            seller_name,
            approver_url: approver_link::url(context, request),
        })
        .collect();
    let document = cart_message::write(stamp, session, connection, &cart_lines)
        .map_err(|error| Error::Conflict(error.to_string()))?;
    let (field, value) = match connection.punchout.cart_encoding {
        CartEncoding::Urlencoded => ("cXML-urlencoded", document.clone()),
        CartEncoding::Base64 => ("cXML-base64", STANDARD.encode(&document)),
    };
    let logged = logged(context, stamp, session, lines, &document);
    Ok(CartForm { action: session.browser_form_post.clone(), field, value, lines: lines.len(), document, left, logged })
}
