//! The message log's index: what is known about every cXML document that came in or went out (N5).
//!
//! The documents themselves are elsewhere ([`crate::message_store`]) and are stored first, so a summary never points at
//! nothing. Summaries are listed newest first and found by order, payloadID, user, PunchOut session and procurement request; they
//! hold no secret. A request and its answer are one row of a list: the answer is found by what it answers.

use jiff::Timestamp;
use marketgate_domain::id::{ConnectionId, MessageId, OrganizationId, PunchoutSessionId, RequestId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::message_store::Month;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{MESSAGE_REPLIES, MESSAGES, MESSAGES_BY_ORGANIZATION, MESSAGES_BY_WORD, MESSAGES_LISTED};
use crate::tx::Tx;

/// Which way a document went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody sent it to us.
    In,
    /// We sent it.
    Out,
}

/// What is known about a document of the message log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSummary {
    /// The document.
    pub id: MessageId,
    /// When it came or went, in wall time.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Over which connection, if that is known.
    pub connection: Option<ConnectionId>,
    /// Whose it is, if that is known.
    pub organization: Option<OrganizationId>,
    /// Name of the cXML document, for example `OrderRequest`; `unknown` if it could not be parsed.
    pub document_type: String,
    /// The payloadID, empty if there is none.
    pub payload_id: String,
    /// The buyer's orderID, if the document is about an order.
    pub order_id: Option<String>,
    /// The user's e-mail, if the document names one.
    pub user_email: Option<String>,
    /// HTTP status of the answer; none if no answer came.
    pub http_status: Option<u16>,
    /// cXML status of the answer, if it was cXML.
    pub cxml_status: Option<u16>,
    /// From the first byte in to the last byte out.
    pub duration_ms: u64,
    /// What happened, in words for a person.
    pub diagnosis: String,
    /// Hash of the original bytes, before secrets were masked.
    #[serde(with = "crate::codec::hash")]
    pub sha256: [u8; 32],
    /// Length of the original, in bytes.
    pub size_bytes: u64,
    /// The month under which the document is stored.
    pub month: Month,
    /// The request that it answers, if it is an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<MessageId>,
    /// The PunchOut session that it opened or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<PunchoutSessionId>,
    /// The procurement requests that are its lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestId>,
}

/// By what a document can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageField {
    /// The buyer's orderID.
    OrderId,
    /// The payloadID.
    PayloadId,
    /// The user's e-mail.
    User,
    /// The PunchOut session.
    Session,
    /// A procurement request.
    Request,
}

impl MessageField {
    /// Every field.
    pub const ALL: [Self; 5] = [Self::OrderId, Self::PayloadId, Self::User, Self::Session, Self::Request];

    const fn word(self) -> &'static str {
        match self {
            Self::OrderId => "order",
            Self::PayloadId => "payload",
            Self::User => "user",
            Self::Session => "session",
            Self::Request => "request",
        }
    }
}

/// Stores a summary, replacing an earlier one of the same document.
pub fn put(tx: &mut Tx<'_>, summary: &MessageSummary) -> Result<(), StoreError> {
    remove(tx, summary.id)?;
    tx.put(&MESSAGES, &summary.id, summary)?;
    let shown = summary.reply_to.unwrap_or(summary.id);
    for (field, text) in words(summary) {
        tx.put(&MESSAGES_BY_WORD, &(field, text, shown), &())?;
    }
    if let Some(request) = summary.reply_to {
        return tx.put(&MESSAGE_REPLIES, &request, &summary.id);
    }
    if let Some(organization) = summary.organization {
        tx.put(&MESSAGES_BY_ORGANIZATION, &(organization, summary.id), &())?;
    }
    tx.put(&MESSAGES_LISTED, &summary.id, &())
}

/// One summary.
pub fn find(reader: &impl Reader, id: MessageId) -> Result<Option<MessageSummary>, StoreError> {
    reader.get(&MESSAGES, &id)
}

/// The answer to a request, if it is logged.
pub fn reply(reader: &impl Reader, request: MessageId) -> Result<Option<MessageId>, StoreError> {
    reader.get(&MESSAGE_REPLIES, &request)
}

/// A summary as lists show it, and the answer: how long the exchange took is known to the answer alone where the request was
/// stored before it was answered.
pub fn answered(
    reader: &impl Reader,
    summary: MessageSummary,
) -> Result<(MessageSummary, Option<MessageId>), StoreError> {
    let Some(id) = reply(reader, summary.id)? else { return Ok((summary, None)) };
    let took = find(reader, id)?.map_or(0, |answer| answer.duration_ms);
    Ok((MessageSummary { duration_ms: summary.duration_ms.max(took), ..summary }, Some(id)))
}

/// The newest summaries of what is not an answer, or the next older page.
pub fn newest(
    reader: &impl Reader,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<MessageSummary>, StoreError> {
    let scan = Scan::all(limit).newest_first(before);
    reader.scan_keys(&MESSAGES_LISTED, &scan)?.into_iter().map(|id| reader.require(&MESSAGES, &id)).collect()
}

/// [`newest`] of one organization.
pub fn newest_of(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<MessageSummary>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    let keys = reader.scan_keys(&MESSAGES_BY_ORGANIZATION, &scan)?;
    keys.into_iter().map(|(_, id)| reader.require(&MESSAGES, &id)).collect()
}

/// The newest summaries with a certain order, payloadID, user, session or request (whole, in any case of letters); what fits
/// the answer alone finds what it answers. Of every organization: who asks for one must leave the others out.
pub fn search(
    reader: &impl Reader,
    field: MessageField,
    text: &str,
    before: Option<MessageId>,
    limit: usize,
) -> Result<Vec<MessageSummary>, StoreError> {
    let prefix = (field.word().to_owned(), text.trim().to_lowercase());
    let scan =
        Scan::prefix(&prefix, limit).newest_first(before.map(|before| (prefix.0.clone(), prefix.1.clone(), before)));
    let keys = reader.scan_keys(&MESSAGES_BY_WORD, &scan)?;
    // The log may have lost the request that an answer belongs to.
    keys.into_iter().filter_map(|(_, _, id)| reader.get(&MESSAGES, &id).transpose()).collect()
}

/// Forgets up to `limit` summaries of documents older than a month; answers how many it forgot, less than `limit` if
/// that was all.
pub fn forget_before(tx: &mut Tx<'_>, month: Month, limit: usize) -> Result<usize, StoreError> {
    let old = tx.scan_keys(&MESSAGES, &Scan::all(limit).before(&month.first_id()))?;
    old.iter().try_for_each(|id| remove(tx, *id))?;
    Ok(old.len())
}

fn remove(tx: &mut Tx<'_>, id: MessageId) -> Result<(), StoreError> {
    let Some(old) = tx.get(&MESSAGES, &id)? else { return Ok(()) };
    tx.delete(&MESSAGES, &id)?;
    if let Some(request) = old.reply_to {
        tx.delete(&MESSAGE_REPLIES, &request)?;
    }
    tx.delete(&MESSAGES_LISTED, &id)?;
    if let Some(organization) = old.organization {
        tx.delete(&MESSAGES_BY_ORGANIZATION, &(organization, id))?;
    }
    let shown = old.reply_to.unwrap_or(id);
    for (field, text) in words(&old) {
        tx.delete(&MESSAGES_BY_WORD, &(field, text, shown))?;
    }
    Ok(())
}

fn words(summary: &MessageSummary) -> impl Iterator<Item = (String, String)> {
    let words = [
        (MessageField::OrderId, summary.order_id.clone()),
        (MessageField::PayloadId, Some(summary.payload_id.clone())),
        (MessageField::User, summary.user_email.clone()),
        (MessageField::Session, summary.session.map(|session| session.to_string())),
    ];
    let requests = summary.requests.iter().map(|request| (MessageField::Request, Some(request.to_string())));
    let words = words
        .into_iter()
        .chain(requests.collect::<Vec<_>>())
        .filter_map(|(field, text)| Some((field, text?.trim().to_lowercase())));
    words.filter(|(_, text)| !text.is_empty()).map(|(field, text)| (field.word().to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, moment, store};

    const ORGANIZATION: OrganizationId = OrganizationId::from_value(1);

    /// A summary whose id was made in the given second of 2026.
    fn summary(second: i64, order_id: &str) -> MessageSummary {
        let id = MessageId::from_value(u128::from(moment(second).as_millisecond().cast_unsigned()) << 80);
        MessageSummary {
            id,
            at: moment(second),
            direction: Direction::In,
            connection: Some(ConnectionId::from_value(2)),
            organization: Some(ORGANIZATION),
            document_type: "OrderRequest".to_owned(),
            payload_id: "p-1@buyer.example".to_owned(),
            order_id: Some(order_id.to_owned()),
            user_email: Some("Buyer@acme.example".to_owned()),
            http_status: Some(200),
            cxml_status: Some(409),
            duration_ms: 12,
            diagnosis: "The offer has expired.".to_owned(),
            sha256: [0; 32],
            size_bytes: 3210,
            month: Month::of(id),
            reply_to: None,
            session: None,
            requests: Vec::new(),
        }
    }

    fn ids(found: Result<Vec<MessageSummary>, StoreError>) -> Vec<MessageId> {
        found.unwrap().into_iter().map(|summary| summary.id).collect()
    }

    #[test]
    fn documents_are_found_by_order_payload_and_user_in_any_case() {
        let store = store();
        let [old, new] = [summary(1, "PO-1"), summary(2, "PO-2")];
        for summary in [old.clone(), new.clone()] {
            store.transact(move |tx| put(tx, &summary)).unwrap();
        }
        let found = |field, text| ids(store.read(|snapshot| search(snapshot, field, text, None, 10)));
        assert_eq!(found(MessageField::OrderId, " po-1 "), [old.id]);
        assert_eq!(found(MessageField::PayloadId, "P-1@buyer.example"), [new.id, old.id]);
        assert_eq!(found(MessageField::User, "buyer@ACME.example"), [new.id, old.id]);
        assert_eq!(found(MessageField::OrderId, "PO-"), []);
        assert_eq!(ids(store.read(|snapshot| newest_of(snapshot, ORGANIZATION, Some(new.id), 10))), [old.id]);
        assert_eq!(ids(store.read(|snapshot| newest(snapshot, None, 1))), [new.id]);
    }

    #[test]
    fn an_answer_is_no_row_of_its_own_and_its_payload_id_finds_what_it_answers() {
        let store = store();
        let request = summary(1, "PO-1");
        let answer = MessageSummary {
            payload_id: "a-1@market.example".to_owned(),
            direction: Direction::Out,
            reply_to: Some(request.id),
            ..summary(2, "PO-1")
        };
        for summary in [request.clone(), answer.clone()] {
            store.transact(move |tx| put(tx, &summary)).unwrap();
        }
        assert_eq!(ids(store.read(|snapshot| newest(snapshot, None, 10))), [request.id]);
        assert_eq!(ids(store.read(|snapshot| newest_of(snapshot, ORGANIZATION, None, 10))), [request.id]);
        for (field, text) in [(MessageField::OrderId, "PO-1"), (MessageField::PayloadId, "a-1@market.example")] {
            assert_eq!(ids(store.read(|snapshot| search(snapshot, field, text, None, 10))), [request.id], "{text}");
        }
        assert_eq!(store.read(|snapshot| reply(snapshot, request.id)).unwrap(), Some(answer.id));
    }

    #[test]
    fn a_summary_that_is_put_again_is_found_by_its_new_words_only() {
        let store = store();
        store.transact(|tx| put(tx, &summary(1, "PO-1"))).unwrap();
        store.transact(|tx| put(tx, &summary(1, "PO-9"))).unwrap();
        let found = |text| ids(store.read(|snapshot| search(snapshot, MessageField::OrderId, text, None, 10)));
        assert_eq!((found("PO-1").len(), found("PO-9").len()), (0, 1));
    }

    #[test]
    fn old_summaries_are_forgotten_with_everything_that_points_at_them() {
        let store = store();
        let february = 40 * 86_400;
        for second in [1, 2, february] {
            store.transact(move |tx| put(tx, &summary(second, "PO-1"))).unwrap();
        }
        let kept = summary(february, "PO-1");
        let month = kept.month;
        let forget = || store.transact(move |tx| forget_before(tx, month, 1)).unwrap();
        assert_eq!([forget(), forget(), forget()], [1, 1, 0]);
        assert_eq!(ids(store.read(|s| search(s, MessageField::OrderId, "po-1", None, 10))), [kept.id]);
        assert_eq!(ids(store.read(|s| newest_of(s, ORGANIZATION, None, 10))), [kept.id]);
    }

    #[test]
    fn the_stored_form_is_as_it_was() {
        let summary = summary(1, "PO-1");
        let zeros = "0".repeat(64);
        let json = format!(
            r#"{{"id":"msg-019b76daabe800000000000000000000","at":"2026-01-01T00:00:01Z","direction":"in","connection":"con-00000000000000000000000000000002","organization":"org-00000000000000000000000000000001","document_type":"OrderRequest","payload_id":"p-1@buyer.example","order_id":"PO-1","user_email":"Buyer@acme.example","http_status":200,"cxml_status":409,"duration_ms":12,"diagnosis":"The offer has expired.","sha256":"{zeros}","size_bytes":3210,"month":"2026-01"}}"#
        );
        golden(&MESSAGES, summary.id, &summary, &json);
    }
}
