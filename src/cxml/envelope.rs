//! Owns the envelope: `cXML` with its header and its one request, message or response.
//!
//! Everything that identifies or routes a document is kept, all credentials included; what the document says about its time or
//! version never refuses it. A payload that is not typed here keeps its name, so that it can be answered 450.

use crate::catalog_upload::CatalogUploadRequest;
use crate::confirmation::ConfirmationRequest;
use crate::credential::{Authentication, Credential, Secret};
use crate::error::{WireError, WireErrorKind};
use crate::invoice::InvoiceDetailRequest;
use crate::order::OrderRequest;
use crate::profile::ProfileResponse;
use crate::punchout_order::PunchOutOrderMessage;
use crate::punchout_setup::{PunchOutSetupRequest, PunchOutSetupResponse};
use crate::read::Cursor;
use crate::ship_notice::ShipNoticeRequest;
use crate::signature::Signature;
use crate::status::Status;
use crate::status_update::StatusUpdateRequest;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown, without_secrets};
use crate::write::Element;

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `@payloadID`: opaque; the same on a retry; may be empty.
    pub payload_id: String,
    /// `@timestamp`: the same on a retry.
    pub timestamp: WireTime,
    /// `@version`, deprecated and often wrong.
    pub version: Option<String>,
    /// `@xml:lang`: the language for the shop.
    pub lang: Option<String>,
    /// Present with requests and messages.
    pub header: Option<Header>,
    /// The content.
    pub body: Body,
    /// `@signatureVersion`.
    pub signature_version: Option<String>,
    /// Whether a `Signature` element stands beside the body. It is not verified here.
    pub is_signed: bool,
    /// Where the signatures stand.
    pub signatures: Vec<Signature>,
    /// What else envelope and header say. What stands in a credential is named, but its content may be a secret and is not kept.
    pub unknown: Vec<Unknown>,
}

/// `Header`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The party that the document comes from, unchanged along the route.
    pub from: Party,
    /// The party that it is meant for.
    pub to: Party,
    /// Whoever opened the connection: the buyer itself, or a network.
    pub sender: Sender,
}

/// `From` or `To`: one organisation under one or several names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// All credentials, in the order sent.
    pub credentials: Vec<Credential>,
}

/// `Sender`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// All credentials, in the order sent.
    pub credentials: Vec<Credential>,
    /// `UserAgent`; empty if missing. Information only.
    pub user_agent: String,
}

/// `@deploymentMode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeploymentMode {
    /// The default of the DTD.
    #[default]
    Production,
    /// Must never reach fulfilment.
    Test,
}

/// The content of an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `Request`: expects a response on the same connection.
    Request {
        /// `@deploymentMode`.
        deployment_mode: DeploymentMode,
        /// What is asked.
        payload: RequestPayload,
    },
    /// `Message`: one way.
    Message {
        /// `@deploymentMode`.
        deployment_mode: DeploymentMode,
        /// `@inReplyTo`: payloadID of the request that led to it.
        in_reply_to: Option<String>,
        /// `Status`; 204 beside a cart means: leave it as it is.
        status: Option<Status>,
        /// What is told.
        payload: MessagePayload,
    },
    /// `Response`.
    Response {
        /// `Status`.
        status: Status,
        /// The payload, only beside a 2xx status.
        payload: Option<ResponsePayload>,
    },
}

/// The requests of cXML that are read, and the names of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestPayload {
    /// Asks what the server can do; also used as a ping.
    ProfileRequest,
    /// Opens a PunchOut session.
    PunchOutSetupRequest(Box<PunchOutSetupRequest>),
    /// A purchase order, its change or its cancellation.
    OrderRequest(Box<OrderRequest>),
    /// News about a document sent earlier.
    StatusUpdateRequest(Box<StatusUpdateRequest>),
    /// A supplier's answer to an order.
    ConfirmationRequest(Box<ConfirmationRequest>),
    /// An invoice.
    InvoiceDetailRequest(Box<InvoiceDetailRequest>),
    /// A ship notice.
    ShipNoticeRequest(Box<ShipNoticeRequest>),
    /// A catalogue in an attachment.
    CatalogUploadRequest(Box<CatalogUploadRequest>),
    /// Any other request.
    Other {
        /// The element's name.
        name: String,
        /// The element as sent, secrets and card numbers masked.
        xml: String,
    },
}

/// The messages of cXML that are read, and the names of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessagePayload {
    /// A cart.
    PunchOutOrderMessage(Box<PunchOutOrderMessage>),
    /// Any other message.
    Other {
        /// The element's name.
        name: String,
        /// The element as sent, secrets and card numbers masked.
        xml: String,
    },
}

/// The response payloads that are read, and the names of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponsePayload {
    /// What a server can do.
    ProfileResponse(ProfileResponse),
    /// Where to send the browser.
    PunchOutSetupResponse(PunchOutSetupResponse),
    /// Any other response.
    Other {
        /// The element's name.
        name: String,
        /// The element as sent, secrets and card numbers masked.
        xml: String,
    },
}

impl RequestPayload {
    /// The element's name.
    pub fn name(&self) -> &str {
        match self {
            Self::ProfileRequest => "ProfileRequest",
            Self::PunchOutSetupRequest(_) => "PunchOutSetupRequest",
            Self::OrderRequest(_) => "OrderRequest",
            Self::StatusUpdateRequest(_) => "StatusUpdateRequest",
            Self::ConfirmationRequest(_) => "ConfirmationRequest",
            Self::InvoiceDetailRequest(_) => "InvoiceDetailRequest",
            Self::ShipNoticeRequest(_) => "ShipNoticeRequest",
            Self::CatalogUploadRequest(_) => "CatalogUploadRequest",
            Self::Other { name, .. } => name,
        }
    }

    fn read(at: Cursor<'_, '_>, taken: Option<&[&str]>) -> Result<Self, WireError> {
        Ok(match at.name() {
            name if taken.is_some_and(|taken| !taken.contains(&name)) => Self::other(at),
            "ProfileRequest" => Self::ProfileRequest,
            "PunchOutSetupRequest" => Self::PunchOutSetupRequest(Box::new(PunchOutSetupRequest::read(at)?)),
            "OrderRequest" => Self::OrderRequest(Box::new(OrderRequest::read(at)?)),
            "StatusUpdateRequest" => Self::StatusUpdateRequest(Box::new(StatusUpdateRequest::read(at)?)),
            "ConfirmationRequest" => Self::ConfirmationRequest(Box::new(ConfirmationRequest::read(at)?)),
            "InvoiceDetailRequest" => Self::InvoiceDetailRequest(Box::new(InvoiceDetailRequest::read(at)?)),
            "ShipNoticeRequest" => Self::ShipNoticeRequest(Box::new(ShipNoticeRequest::read(at)?)),
            "CatalogUploadRequest" => Self::CatalogUploadRequest(Box::new(CatalogUploadRequest::read(at)?)),
            _ => Self::other(at),
        })
    }

    fn other(at: Cursor<'_, '_>) -> Self {
        Self::Other { name: at.name().to_owned(), xml: without_secrets(at.outer_xml()) }
    }
}

impl Envelope {
    /// Of requests other than those `taken` only the name is read.
    pub(crate) fn read(root: Cursor<'_, '_>, taken: Option<&[&str]>) -> Result<Self, WireError> {
        if root.name() != "cXML" {
            return Err(root.located(WireError::new(WireErrorKind::NotCxml, "root element cXML", root.name())));
        }
        root.only_one_each(&["Header"])?;
        let mut unknown = Vec::new();
        unknown.other_attributes(root, &["payloadID", "timestamp", "version", "lang", "signatureVersion"]);
        let (mut header, mut signatures) = (None, Vec::new());
        for child in root.elements() {
            match child.name() {
                "Header" => header = Some(Header::keeping(child, &mut unknown)?),
                "Signature" => signatures.push(Signature::read(child)),
                _ => {}
            }
        }
        Ok(Self {
            payload_id: root.attr("payloadID").unwrap_or_default().to_owned(),
            timestamp: WireTime::read(root.attr("timestamp").unwrap_or_default()),
            version: root.attr_text("version"),
            lang: root.lang().map(str::to_owned),
            signature_version: root.attr_text("signatureVersion"),
            body: Body::read(root, taken, &mut unknown)?,
            header,
            is_signed: !signatures.is_empty(),
            signatures,
            unknown,
        })
    }
}

impl Body {
    fn read(root: Cursor<'_, '_>, taken: Option<&[&str]>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let is_body = |child: &Cursor<'_, '_>| matches!(child.name(), "Request" | "Message" | "Response");
        let mut bodies = root.elements().filter(is_body);
        let Some(body) = bodies.next() else {
            let error = WireError::new(WireErrorKind::NotCxml, "element Request, Message or Response", "none");
            return Err(root.located(error));
        };
        if let Some(second) = bodies.next() {
            return Err(second.second("Request, Message or Response"));
        }
        let is_other =
            |child: &Cursor<'_, '_>| child.range() != body.range() && !matches!(child.name(), "Header" | "Signature");
        root.elements().filter(is_other).for_each(|child| unknown.element(child));
        unknown.other_attributes(body, &["deploymentMode", "inReplyTo"]);
        match body.name() {
            "Request" => {
                let mut payloads = body.elements();
                let payload = payloads.next().ok_or_else(|| body.missing("a request"))?;
                root.required("Header")?;
                if let Some(second) = payloads.next() {
                    return Err(second.second("request"));
                }
                let payload = RequestPayload::read(payload, taken)?;
                Ok(Self::Request { deployment_mode: deployment_mode(body), payload })
            }
            "Message" => Self::read_message(body, unknown),
            _ => Self::read_response(body, unknown),
        }
    }

    fn read_message(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let (status, payload) = status_and_payload(at, unknown)?;
        let payload = payload.ok_or_else(|| at.missing("a message"))?;
        Ok(Self::Message {
            deployment_mode: deployment_mode(at),
            in_reply_to: at.attr_text("inReplyTo"),
            status: status.map(Status::read).transpose()?,
            payload: match payload.name() {
                "PunchOutOrderMessage" => {
                    MessagePayload::PunchOutOrderMessage(Box::new(PunchOutOrderMessage::read(payload)?))
                }
                other => MessagePayload::Other { name: other.to_owned(), xml: without_secrets(payload.outer_xml()) },
            },
        })
    }

    fn read_response(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        let (status, payload) = status_and_payload(at, unknown)?;
        let status = Status::read(status.ok_or_else(|| at.missing("element Status"))?)?;
        let read = |payload: Cursor<'_, '_>| {
            Ok::<_, WireError>(match payload.name() {
                "ProfileResponse" => ResponsePayload::ProfileResponse(ProfileResponse::read(payload, unknown)?),
                "PunchOutSetupResponse" => {
                    ResponsePayload::PunchOutSetupResponse(PunchOutSetupResponse::read(payload, unknown)?)
                }
                other => ResponsePayload::Other { name: other.to_owned(), xml: without_secrets(payload.outer_xml()) },
            })
        };
        Ok(Self::Response { status, payload: payload.map(read).transpose()? })
    }
}

/// An element that may be there or not.
type Found<'a, 'i> = Option<Cursor<'a, 'i>>;

/// The one status and the one other element that a message and a response have.
fn status_and_payload<'a, 'i: 'a>(
    at: Cursor<'a, 'i>,
    unknown: &mut Vec<Unknown>,
) -> Result<(Found<'a, 'i>, Found<'a, 'i>), WireError> {
    let (mut status, mut payload) = (None, None);
    for child in at.elements() {
        let (slot, what) = if child.name() == "Status" { (&mut status, "Status") } else { (&mut payload, "payload") };
        if slot.is_some() {
            return Err(child.second(what));
        }
        *slot = Some(child);
    }
    if let Some(status) = status {
        unknown.beyond_text(status, &["code", "text", "lang"]);
    }
    Ok((status, payload))
}

impl DeploymentMode {
    /// The attribute value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

fn deployment_mode(at: Cursor<'_, '_>) -> DeploymentMode {
    match at.attr("deploymentMode") {
        Some(mode) if mode.trim().eq_ignore_ascii_case("test") => DeploymentMode::Test,
        _ => DeploymentMode::Production,
    }
}

impl Header {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        Self::keeping(at, &mut Vec::new())
    }

    fn keeping(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Self, WireError> {
        at.only_one_each(&["From", "To", "Sender"])?;
        let (from, to, sender) = (at.required("From")?, at.required("To")?, at.required("Sender")?);
        let parties = [from, to, sender];
        unknown.attributes(at);
        for child in at.elements() {
            if parties.iter().all(|party| party.range() != child.range()) {
                unknown.element(child);
            }
        }
        let mut user_agent = None;
        for child in sender.children("UserAgent") {
            unknown.text(&mut user_agent, child);
        }
        Ok(Self {
            from: Party { credentials: credentials(from, unknown)? },
            to: Party { credentials: credentials(to, unknown)? },
            sender: Sender { credentials: credentials(sender, unknown)?, user_agent: user_agent.unwrap_or_default() },
        })
    }

    /// Writes the header; secrets only into requests, never into messages that pass through a browser.
    pub(crate) fn element(&self, with_secrets: bool) -> Element {
        let party = |name, party: &Party| {
            Element::new(name).children(party.credentials.iter().map(|credential| credential.element(false)))
        };
        let sender = Element::new("Sender")
            .children(self.sender.credentials.iter().map(|credential| credential.element(with_secrets)))
            .child(Element::with_text("UserAgent", &self.sender.user_agent));
        Element::new("Header").child(party("From", &self.from)).child(party("To", &self.to)).child(sender)
    }
}

impl Party {
    /// A party under one name.
    pub fn single(domain: impl Into<String>, identity: impl Into<String>) -> Self {
        Self { credentials: vec![Credential::new(domain, identity)] }
    }

    /// Whether any credential names the given party.
    pub fn has_name(&self, domain: &str, identity: &str) -> bool {
        self.credentials.iter().any(|credential| credential.names(domain, identity))
    }
}

impl Sender {
    /// The shared secrets of all credentials, usually one.
    pub fn shared_secrets(&self) -> impl Iterator<Item = &Secret> {
        self.credentials.iter().filter_map(Credential::shared_secret)
    }

    /// Whether any credential carries a proof of some kind.
    pub fn has_authentication(&self) -> bool {
        self.credentials.iter().any(|credential| credential.authentication.is_some())
    }

    /// Whether a credential offers a digital signature, which is not verified here.
    pub fn offers_digital_signature(&self) -> bool {
        let is_signature = |c: &Credential| c.authentication == Some(Authentication::DigitalSignature);
        self.credentials.iter().any(is_signature)
    }
}

fn credentials(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Result<Vec<Credential>, WireError> {
    let mut credentials = Vec::with_capacity(1);
    unknown.attributes(at);
    for child in at.elements() {
        match child.name() {
            "Credential" => {
                credentials.push(Credential::read(child)?);
                unknown.other_attributes(child, &["domain", "type"]);
                keep_names(child, unknown);
            }
            "UserAgent" if at.name() == "Sender" => {}
            _ => unknown.element(child),
        }
    }
    if credentials.is_empty() { Err(at.missing("element Credential")) } else { Ok(credentials) }
}

/// What a credential has beyond the standard may be a secret: only its name is kept.
fn keep_names(credential: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
    for child in credential.elements() {
        match child.name() {
            "Identity" => unknown.beyond_text(child, &[]),
            "SharedSecret" | "CredentialMac" | "DigitalSignature" => {}
            name => unknown.push(Unknown { name: format!("Credential/{name}"), xml: String::new() }),
        }
    }
}
