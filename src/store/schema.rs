//! THE list of tables: what is stored, under which key, who writes it and who reads it.
//!
//! A table exists because it is declared here, and nowhere else: opening, dumping and checking go through [`TABLES`],
//! so a table cannot be forgotten. A name, a key type and the order of a key's parts never change for a table that
//! exists; a record type may gain fields with a default. Keys of a buyer's data begin with the organization.

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::connection::Connection;
use marketgate_domain::event::AuditRecord;
use marketgate_domain::id::{
    AccountId, AgreementId, CatalogImportId, ConnectionId, InvoiceId, MessageId, NetworkAccountId, OfferId,
    OrganizationId, OutboxId, ProductId, PunchoutSessionId, PurchaseOrderId, RequestId, SellerId, UserId,
};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::network_account::NetworkAccount;
use marketgate_domain::offer::Offer;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::product::Product;
use marketgate_domain::punchout::{PendingSelection, PunchoutSession};
use marketgate_domain::purchase_order::PurchaseOrder;
use marketgate_domain::seller::Seller;
use marketgate_domain::user::{OperatorUser, User};

use crate::calls::Call;
use crate::catalog::CatalogState;
use crate::imports::CatalogImport;
use crate::inbox::InboxRow;
use crate::jobs::{JobRun, JobState};
use crate::messages::MessageSummary;
use crate::meta::MetaValue;
use crate::outbox::{ConnectionBlock, OutboxRow};
use crate::sessions::{OperatorSession, PunchoutToken, SetupLink};
use crate::table::{Table, TableInfo, tables};
use crate::tokens::ApiToken;

tables! {
    /// What the store knows about itself.
    META = "meta": String => MetaValue {
        key: "name of the fact",
        value: "schema version, kind, canary, progress of a migration",
        writer: "opening the store; the keyring (canary)",
        readers: "opening the store; the keyring",
    }
    /// Buying organizations.
    ORGANIZATIONS = "organizations": OrganizationId => Organization {
        key: "organization",
        value: "name, address, admins, accounts",
        writer: "flow: seed, import",
        readers: "everybody who prints or mails",
    }
    /// People of organizations.
    USERS = "users": (OrganizationId, UserId) => User {
        key: "organization, user",
        value: "the person",
        writer: "flow: open_punchout (provisioning)",
        readers: "pages; mails",
    }
    /// People by what their procurement system calls them.
    USERS_BY_LOGIN = "users_by_login": (OrganizationId, String) => UserId {
        key: "organization, e-mail or login in lower case",
        value: "the user",
        writer: "with the user",
        readers: "flow: open_punchout",
    }
    /// Operators.
    OPERATORS = "operators": String => OperatorUser {
        key: "e-mail in lower case",
        value: "the operator with the hash of the password",
        writer: "flow: create_operator",
        readers: "sign-in",
    }
    /// Sign-ins of operators.
    OPERATOR_SESSIONS = "operator_sessions": String => OperatorSession {
        key: "hash of the cookie",
        value: "who, until when",
        writer: "sign-in, sign-out",
        readers: "every console page",
    }
    /// One-time links that make the first operator.
    SETUP_LINKS = "setup_links": String => SetupLink {
        key: "hash of the token",
        value: "when it was made",
        writer: "serve on a store without operator; flow: create_operator",
        readers: "set-up page",
    }
    /// Connections.
    CONNECTIONS = "connections": (OrganizationId, ConnectionId) => Connection {
        key: "organization, connection",
        value: "identities, sealed secrets, settings",
        writer: "flow: seed, import",
        readers: "cXML endpoint; delivery; pages",
    }
    /// The owner of a connection.
    CONNECTION_OWNERS = "connection_owners": ConnectionId => OrganizationId {
        key: "connection",
        value: "the organization",
        writer: "with the connection",
        readers: "delivery",
    }
    /// Connections by the names under which buyers send.
    CONNECTIONS_BY_IDENTITY = "connections_by_identity": (String, String, ConnectionId) => OrganizationId {
        key: "domain and identity of the buyer in lower case, connection",
        value: "the organization",
        writer: "with the connection",
        readers: "cXML endpoint (authentication)",
    }
    /// Our own accounts at networks.
    NETWORK_ACCOUNTS = "network_accounts": NetworkAccountId => NetworkAccount {
        key: "network account",
        value: "identities of the network, our sealed secret",
        writer: "flow: seed, import",
        readers: "cXML endpoint (authentication); delivery",
    }
    /// Sellers of record.
    SELLERS = "sellers": SellerId => Seller {
        key: "seller",
        value: "legal entity, remit-to, tax rules",
        writer: "flow: seed, import",
        readers: "pages; invoices",
    }
    /// Owners of invoice prefixes: a prefix is unique in the installation (B3).
    INVOICE_PREFIXES = "invoice_prefixes": String => SellerId {
        key: "prefix",
        value: "the seller",
        writer: "with the seller",
        readers: "storing a seller",
    }
    /// The count of each seller's invoices.
    INVOICE_COUNTERS = "invoice_counters": SellerId => u64 {
        key: "seller",
        value: "the last number given",
        writer: "flow: bill_due_charges",
        readers: "the same",
    }
    /// Products.
    PRODUCTS = "products": ProductId => Product {
        key: "product",
        value: "the product",
        writer: "flow: seed, import",
        readers: "pages; orders",
    }
    /// Products by SupplierPartID.
    PRODUCTS_BY_CODE = "products_by_code": String => ProductId {
        key: "code in lower case",
        value: "the product",
        writer: "with the product",
        readers: "flow: open_punchout (SelectedItem)",
    }
    /// Products of a seller.
    PRODUCTS_BY_SELLER = "products_by_seller": (SellerId, ProductId) => () {
        key: "seller, product",
        value: "nothing", writer: "with the product",
        readers: "API",
    }
    /// Offers in their newest revision.
    OFFERS = "offers": OfferId => Offer {
        key: "offer",
        value: "the newest revision",
        writer: "flow: seed, import",
        readers: "pages; orders",
    }
    /// Every revision of every offer.
    OFFER_REVISIONS = "offer_revisions": (OfferId, u32) => Offer {
        key: "offer, revision",
        value: "the offer as it was",
        writer: "with the offer",
        readers: "pages about requests",
    }
    /// Offers of a product.
    OFFERS_BY_PRODUCT = "offers_by_product": (ProductId, OfferId) => () {
        key: "product, offer",
        value: "nothing", writer: "with the offer",
        readers: "pages",
    }
    /// Offers of a seller.
    OFFERS_BY_SELLER = "offers_by_seller": (SellerId, OfferId) => () {
        key: "seller, offer",
        value: "nothing", writer: "with the offer",
        readers: "API",
    }
    /// Released offers by their last day.
    OFFERS_ENDING = "offers_ending": (Date, OfferId) => () {
        key: "last day, offer",
        value: "nothing", writer: "with the offer",
        readers: "flow: expire_offers; flow: advance_clock",
    }
    /// Where an import of the catalogue stands.
    CATALOG_STATE = "catalog_state": String => CatalogState {
        key: "import",
        value: "generation; staging, or live and being moved to its place",
        writer: "flow: import_catalog; every write of the catalogue (that it disturbed an import)",
        readers: "every read of the catalogue",
    }
    /// When the catalogue changed last.
    CATALOG_CHANGED = "catalog_changed": String => u64 {
        key: "last",
        value: "number of the transaction after which readers see another catalogue than before",
        writer: "every write of the catalogue; flow: import_catalog",
        readers: "query: storefront",
    }
    /// Staged sellers.
    STAGED_SELLERS = "staged_sellers": (u64, SellerId) => Vec<Seller> {
        key: "generation, seller",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged owners of invoice prefixes.
    STAGED_INVOICE_PREFIXES = "staged_invoice_prefixes": (u64, String) => Vec<SellerId> {
        key: "generation, prefix",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged products.
    STAGED_PRODUCTS = "staged_products": (u64, ProductId) => Vec<Product> {
        key: "generation, product",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged products by SupplierPartID.
    STAGED_PRODUCTS_BY_CODE = "staged_products_by_code": (u64, String) => Vec<ProductId> {
        key: "generation, code in lower case",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged products of a seller.
    STAGED_PRODUCTS_BY_SELLER = "staged_products_by_seller": (u64, (SellerId, ProductId)) => Vec<()> {
        key: "generation, seller, product",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged offers in their newest revision.
    STAGED_OFFERS = "staged_offers": (u64, OfferId) => Vec<Offer> {
        key: "generation, offer",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged revisions of offers.
    STAGED_OFFER_REVISIONS = "staged_offer_revisions": (u64, (OfferId, u32)) => Vec<Offer> {
        key: "generation, offer, revision",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged offers of a product.
    STAGED_OFFERS_BY_PRODUCT = "staged_offers_by_product": (u64, (ProductId, OfferId)) => Vec<()> {
        key: "generation, product, offer",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged offers of a seller.
    STAGED_OFFERS_BY_SELLER = "staged_offers_by_seller": (u64, (SellerId, OfferId)) => Vec<()> {
        key: "generation, seller, offer",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Staged released offers by their last day.
    STAGED_OFFERS_ENDING = "staged_offers_ending": (u64, (Date, OfferId)) => Vec<()> {
        key: "generation, last day, offer",
        value: "the row; empty if it is gone",
        writer: "flow: import_catalog",
        readers: "every read of the catalogue",
    }
    /// Offers that an import gave a new revision, while requests may wait on older ones.
    OFFERS_TO_SUPERSEDE = "offers_to_supersede": (u64, OfferId) => () {
        key: "generation, offer",
        value: "nothing", writer: "flow: import_catalog",
        readers: "the same",
    }
    /// Imports of the catalogue.
    CATALOG_IMPORTS = "catalog_imports": CatalogImportId => CatalogImport {
        key: "import",
        value: "who, when, how it ended, counts, errors",
        writer: "flow: import_catalog",
        readers: "API",
    }
    /// PunchOut sessions.
    PUNCHOUT_SESSIONS = "punchout_sessions": PunchoutSessionId => PunchoutSession {
        key: "session",
        value: "who, over which connection, cart, lifetime",
        writer: "flow: open_punchout, request_approval, return_cart",
        readers: "every storefront page",
    }
    /// What PunchOut tokens open.
    PUNCHOUT_TOKENS = "punchout_tokens": String => PunchoutToken {
        key: "hash of the token",
        value: "the session; for the StartPage also the path token",
        writer: "flow: open_punchout",
        readers: "StartPage; every storefront page",
    }
    /// Selections that wait for a person's next visit.
    PENDING_SELECTIONS = "pending_selections": (OrganizationId, UserId) => PendingSelection {
        key: "organization, user",
        value: "offer, choice, when it was put down",
        writer: "flow: send_again (puts), open_punchout (takes)",
        readers: "flow: open_punchout",
    }
    /// Procurement requests.
    REQUESTS = "requests": (OrganizationId, RequestId) => ProcurementRequest {
        key: "organization, request",
        value: "offer and revision, quote, requester, status",
        writer: "flow: request_approval, return_cart, receive_order",
        readers: "pages; flow: receive_order; approver page",
    }
    /// The owner of a request.
    REQUEST_OWNERS = "request_owners": RequestId => OrganizationId {
        key: "request",
        value: "the organization",
        writer: "with the request",
        readers: "console and API",
    }
    /// Requests by the person who made them.
    REQUESTS_BY_REQUESTER = "requests_by_requester": (OrganizationId, UserId, RequestId) => () {
        key: "organization, requester, request",
        value: "nothing", writer: "with the request",
        readers: "the requester's pages",
    }
    /// Requests that wait for an order, by the last day on which it would be taken.
    REQUESTS_WAITING = "requests_waiting": (Date, OrganizationId, RequestId) => () {
        key: "last day of the quote, organization, request",
        value: "nothing", writer: "with the request",
        readers: "flow: expire_offers; flow: advance_clock",
    }
    /// Requests that wait for an order, by their offer.
    REQUESTS_WAITING_BY_OFFER = "requests_waiting_by_offer": (OfferId, OrganizationId, RequestId) => () {
        key: "offer, organization, request",
        value: "nothing", writer: "with the request",
        readers: "flow: change_offer",
    }
    /// Purchase orders.
    ORDERS = "orders": (OrganizationId, PurchaseOrderId) => PurchaseOrder {
        key: "organization, order",
        value: "every received version and its outcome",
        writer: "flow: receive_order",
        readers: "pages; flow: bill_due_charges; delivery",
    }
    /// Purchase orders by the buyer's number.
    ORDERS_BY_NUMBER = "orders_by_number": (ConnectionId, String) => PurchaseOrderId {
        key: "connection, orderID",
        value: "the order",
        writer: "with the order",
        readers: "flow: receive_order",
    }
    /// Orders received in test mode.
    TEST_ORDERS = "test_orders": (OrganizationId, PurchaseOrderId) => PurchaseOrder {
        key: "organization, order",
        value: "the received version and what its outcome would have been",
        writer: "flow: receive_order",
        readers: "console",
    }
    /// Test orders by the buyer's number.
    TEST_ORDERS_BY_NUMBER = "test_orders_by_number": (ConnectionId, String) => PurchaseOrderId {
        key: "connection, number",
        value: "the test order",
        writer: "with the test order",
        readers: "flow: receive_order",
    }
    /// The owner of an order.
    ORDER_OWNERS = "order_owners": PurchaseOrderId => OrganizationId {
        key: "order",
        value: "the organization",
        writer: "with the order",
        readers: "console and API",
    }
    /// The owner of an order that was received in test mode.
    TEST_ORDER_OWNERS = "test_order_owners": PurchaseOrderId => OrganizationId {
        key: "order",
        value: "the organization",
        writer: "with the order",
        readers: "console and API",
    }
    /// How many records there are of a kind.
    COUNTS = "counts": String => u64 {
        key: "name of the table",
        value: "records in it",
        writer: "with each new record",
        readers: "console",
    }
    /// Agreements.
    AGREEMENTS = "agreements": (OrganizationId, AgreementId) => Agreement {
        key: "organization, agreement",
        value: "the agreement",
        writer: "flow: receive_order, subscribe",
        readers: "pages; flow: bill_due_charges",
    }
    /// The owner of an agreement.
    AGREEMENT_OWNERS = "agreement_owners": AgreementId => OrganizationId {
        key: "agreement",
        value: "the organization",
        writer: "with the agreement",
        readers: "console and API",
    }
    /// The agreements that an account has for a product, by their last day.
    AGREEMENTS_OF_PRODUCT = "agreements_of_product": (OrganizationId, AccountId, ProductId, Date, AgreementId) => () {
        key: "organization, account, product, last day (the greatest if there is none), agreement",
        value: "nothing", writer: "with the agreement",
        readers: "storefront; flow: subscribe",
    }
    /// The agreements that an account has under an offer, by their last day.
    AGREEMENTS_OF_OFFER = "agreements_of_offer": (OrganizationId, AccountId, OfferId, Date, AgreementId) => () {
        key: "organization, account, offer, last day (as with a product), agreement",
        value: "nothing", writer: "with the agreement",
        readers: "flow: subscribe",
    }
    /// How many agreements end on a day.
    AGREEMENTS_BY_DAY = "agreements_by_day": Date => u64 {
        key: "last day (the greatest if there is none)",
        value: "agreements whose last day it is",
        writer: "with the agreement",
        readers: "console (how many run)",
    }
    /// Charges.
    CHARGES = "charges": (OrganizationId, AgreementId, u32) => Charge {
        key: "organization, agreement, number",
        value: "amount, due moment, state",
        writer: "flow: receive_order, subscribe, bill_due_charges",
        readers: "pages; flow: bill_due_charges",
    }
    /// Planned charges by due moment.
    CHARGES_DUE = "charges_due": (Timestamp, OrganizationId, AgreementId, u32) => () {
        key: "business time, organization, agreement, number",
        value: "nothing", writer: "with the charge",
        readers: "flow: bill_due_charges",
    }
    /// Issued invoices.
    INVOICES = "invoices": (OrganizationId, InvoiceId) => Invoice {
        key: "organization, invoice",
        value: "the invoice, never changed",
        writer: "flow: bill_due_charges",
        readers: "pages; delivery",
    }
    /// The owner of an invoice.
    INVOICE_OWNERS = "invoice_owners": InvoiceId => OrganizationId {
        key: "invoice",
        value: "the organization",
        writer: "with the invoice",
        readers: "delivery",
    }
    /// The outbox message that delivers an invoice.
    INVOICE_DELIVERIES = "invoice_deliveries": InvoiceId => OutboxId {
        key: "invoice",
        value: "the outbox message",
        writer: "with the invoice",
        readers: "pages",
    }
    /// Received requests by the sender's message id.
    INBOX_PAYLOADS = "inbox_payloads": (ConnectionId, String) => InboxRow {
        key: "connection, payloadID",
        value: "hash of the content, answer given",
        writer: "flow: every received request that must have an effect once",
        readers: "the same flow, when the request comes again",
    }
    /// Received orders by what they are, whatever message brought them.
    INBOX_ORDERS = "inbox_orders": (ConnectionId, String, u32, String) => InboxRow {
        key: "connection, orderID, version, type",
        value: "hash of the content, answer given",
        writer: "flow: receive_order, change_order",
        readers: "the same flows, when the order comes again",
    }
    /// Everything that leaves the house.
    OUTBOX = "outbox": OutboxId => OutboxRow {
        key: "outbox message",
        value: "the message, its place in its lane, its attempts",
        writer: "flow (enqueue); delivery (attempts); console (requeue, discard)",
        readers: "delivery; console and API",
    }
    /// The order of the unfinished messages of a lane; the first one is the head.
    OUTBOX_LANES = "outbox_lanes": (String, u64, u32) => OutboxId {
        key: "lane, commit_seq, place in the transaction",
        value: "the message",
        writer: "outbox",
        readers: "outbox; console",
    }
    /// Heads that wait for their time.
    OUTBOX_DUE = "outbox_due": (Timestamp, OutboxId) => () {
        key: "wall time of the next try, message",
        value: "nothing", writer: "outbox",
        readers: "delivery",
    }
    /// Unfinished messages by state.
    OUTBOX_STATES = "outbox_states": (String, OutboxId) => () {
        key: "state, message",
        value: "nothing", writer: "outbox",
        readers: "recovery after a start; console",
    }
    /// Connections that refused our credentials.
    OUTBOX_BLOCKS = "outbox_blocks": ConnectionId => ConnectionBlock {
        key: "connection",
        value: "since when and why nothing is sent to it",
        writer: "outbox",
        readers: "outbox; console",
    }
    /// When each job ran last.
    JOBS = "jobs": String => JobState {
        key: "job",
        value: "last scheduled run",
        writer: "jobs",
        readers: "jobs (catching up after a start); console and API",
    }
    /// What the newest runs of each job did.
    JOB_RUNS = "job_runs": (String, Timestamp) => JobRun {
        key: "job, wall time of the start",
        value: "duration, what it did, error",
        writer: "jobs",
        readers: "console and API",
    }
    /// How far the demo's business time was moved.
    CLOCK = "clock": String => i64 {
        key: "offset",
        value: "milliseconds that business time is ahead of wall time",
        writer: "flow: advance_clock",
        readers: "the start of a demo",
    }
    /// Tokens of machines, by their hashes.
    API_TOKENS = "api_tokens": String => ApiToken {
        key: "hash of the token",
        value: "name, who made it, when",
        writer: "flow: manage_tokens; the demo's seed",
        readers: "every API call",
    }
    /// Calls of the API with an idempotency key.
    CALLS = "calls": (String, String) => Call {
        key: "who the caller's token acts as, idempotency key",
        value: "what was asked, what was answered",
        writer: "flow: call_once",
        readers: "the same flow, when the call comes again",
    }
    /// Those calls by age.
    CALLS_BY_AGE = "calls_by_age": (Timestamp, String, String) => () {
        key: "wall time, who the caller's token acts as, idempotency key",
        value: "nothing", writer: "with the call",
        readers: "flow: call_once (purge)",
    }
    /// Who did what.
    AUDIT = "audit": (u64, u32) => AuditRecord {
        key: "commit_seq, place in the transaction",
        value: "who, what, when, to what",
        writer: "every flow",
        readers: "console and API of the operator",
    }
    /// The audit trail of an organization.
    AUDIT_BY_ORGANIZATION = "audit_by_organization": (OrganizationId, u64, u32) => () {
        key: "organization, commit_seq, place in the transaction",
        value: "nothing", writer: "every flow",
        readers: "console of the organization",
    }
    /// Summaries of the documents in the message log.
    MESSAGES = "messages": MessageId => MessageSummary {
        key: "message",
        value: "direction, document type, order, user, statuses, diagnosis",
        writer: "web (received documents), delivery (sent documents)",
        readers: "console and API",
    }
    /// The documents that lists show: an answer is shown with what it answers.
    MESSAGES_LISTED = "messages_listed": MessageId => () {
        key: "message",
        value: "nothing", writer: "with the summary of what is not an answer",
        readers: "console and API",
    }
    /// Answers by what they answer.
    MESSAGE_REPLIES = "message_replies": MessageId => MessageId {
        key: "message that was answered",
        value: "the answer",
        writer: "with the summary of the answer",
        readers: "console and API",
    }
    /// The message log of an organization.
    MESSAGES_BY_ORGANIZATION = "messages_by_organization": (OrganizationId, MessageId) => () {
        key: "organization, message",
        value: "nothing", writer: "with the summary",
        readers: "console and API of the organization",
    }
    /// The message log by what people look for.
    MESSAGES_BY_WORD = "messages_by_word": (String, String, MessageId) => () {
        key: "field (order, payload, user, session, request), text in lower case, message",
        value: "nothing", writer: "with the summary",
        readers: "console and API",
    }
}

/// The names of all tables, for the engine.
pub(crate) fn names() -> Vec<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}

#[cfg(test)]
mod tests;
