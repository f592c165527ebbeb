//! Every page, rendered with the sample world: what the tests of all pages walk through.

use marketgate_domain::entitlement::entitlements;
use marketgate_domain::id::MessageId;
use marketgate_domain::quote::{QuoteRules, quote};
use marketgate_domain::refusal::Refusal;
use marketgate_domain::subscription::NotDirect;
use maud::Markup;

use super::components::Pager;
use super::console::editor;
use super::context::{Nav, PageContext, SignedIn};
use super::samples::{World, at, team_selection, usd};
use super::{console, public, storefront};
use storefront::store::{Facet, FacetValue, Hit, StoreView};

/// A rendered page with a name for messages and files.
pub(crate) type Page = (&'static str, Markup);

impl World {
    fn context<'a>(&'a self, base: &'a str, nav: Nav) -> PageContext<'a> {
        PageContext {
            base,
            nav,
            signed_in: Some(SignedIn {
                organization: &self.organization.name,
                connection: Some(&self.connection.name),
                user: "Robin Lee",
            }),
            csrf: Some(self.csrf),
            demo: true,
            test_mode: true,
            version: "0.1.0",
            now: at("2026-12-02T09:30:00Z"),
        }
    }

    pub(crate) fn storefront(&self) -> PageContext<'_> {
        self.context("/p/k3Jx9TqLw2", Nav::Storefront { cart_lines: 1 })
    }

    pub(crate) fn console(&self) -> PageContext<'_> {
        let operator = SignedIn { organization: "Operator", connection: None, user: "operator@marketgate.example" };
        PageContext { signed_in: Some(operator), test_mode: false, ..self.context("/console", Nav::Console) }
    }

    pub(crate) fn public(&self) -> PageContext<'_> {
        PageContext { signed_in: None, test_mode: false, ..self.context("", Nav::Public) }
    }

    pub(crate) fn offer_view(&self) -> storefront::offer::OfferView<'_> {
        storefront::offer::OfferView {
            product: &self.product,
            seller: &self.seller,
            offer: &self.private_offer,
            request: storefront::offer::RequestOption::Open,
            selection: &self.selection,
            quote: Some(&self.request.quote),
            default_budget: Some(self.default_budget),
            problem: None,
            duplicate: None,
            direct: Some(&NotDirect::ContractNeedsApproval),
        }
    }

    pub(crate) fn request_view(&self) -> storefront::requests::RequestView<'_> {
        storefront::requests::RequestView {
            request: &self.request,
            product: &self.product.name,
            seller: &self.seller.name,
            agreement: Some(&self.agreement),
            invoices: vec![&self.invoice],
            again: false,
        }
    }

    pub(crate) fn agreement_view(&self) -> storefront::agreements::AgreementView<'_> {
        storefront::agreements::AgreementView {
            agreement: &self.agreement,
            product: &self.product,
            offer: &self.private_offer.name,
            seller: &self.seller.name,
            account: self.account(),
            entitlements: entitlements(
                &self.agreement,
                &self.request.quote,
                Some(&self.private_offer.terms),
                self.agreement.accepted_at,
            ),
            charges: &self.charges,
            invoices: vec![&self.invoice],
        }
    }

    pub(crate) fn approver_view(&self) -> storefront::approver::ApproverView<'_> {
        storefront::approver::ApproverView {
            request: &self.request,
            product: &self.product,
            seller: &self.seller,
            terms: Some(&self.private_offer.terms),
            private: true,
            requester: "Robin Lee",
            organization: &self.organization.name,
            refusal: None,
        }
    }

    pub(crate) fn return_view() -> storefront::return_cart::ReturnView<'static> {
        storefront::return_cart::ReturnView {
            action: "https://acme.coupahost.example/punchout/checkout?id=4711",
            field: "cXML-urlencoded",
            value: "<?xml version=\"1.0\"?>",
            autosubmit: false,
            lines: 1,
            left: vec![],
            system: "Acme / Coupa",
        }
    }

    pub(crate) fn overview(&self) -> console::overview::OverviewView<'_> {
        console::overview::OverviewView {
            counts: console::overview::Counts {
                waiting_requests: 3,
                orders: 1_204,
                agreements: 982,
                invoices: 2_310,
                waiting_messages: 4,
                connections: 3,
            },
            stuck: vec![self.stuck()],
            refused: vec![&self.refused_order],
            testing: vec![&self.connection],
            recent: &self.audit,
        }
    }

    fn stuck(&self) -> console::outbox::OutboxRow<'_> {
        console::outbox::OutboxRow {
            message: &self.parked,
            organization: &self.organization.name,
            connection: Some(&self.connection.name),
            about: Some(&self.invoice.number),
        }
    }

    pub(crate) fn connection_view(&self) -> console::connections::ConnectionView<'_> {
        console::connections::ConnectionView {
            connection: &self.connection,
            organization: &self.organization.name,
            account: self.account(),
            endpoint: "https://marketgate.example/cxml",
        }
    }

    fn message(&self) -> console::messages::MessageView<'_> {
        console::messages::MessageView {
            id: MessageId::from_value(0x019a_b3c0_1f2e_7000_8000_0000_0000_0061),
            at: at("2026-11-24T09:12:00Z"),
            inbound: true,
            kind: "OrderRequest",
            connection: Some(&self.connection.name),
            payload_id: Some(&self.order.versions[0].payload_id),
            cxml_status: Some(200),
            http_status: Some(200),
            duration_ms: 14,
            diagnosis: &self.audit[1].detail,
            by_browser: false,
            answers: None,
            session: None,
            requests: &[],
        }
    }

    fn cart_message(&self) -> console::messages::MessageView<'_> {
        console::messages::MessageView {
            inbound: false,
            kind: "PunchOutOrderMessage",
            cxml_status: None,
            http_status: None,
            by_browser: true,
            session: Some(self.request.session),
            requests: std::slice::from_ref(&self.request.id),
            ..self.message()
        }
    }

    /// Every page there is.
    pub(crate) fn pages(&self) -> Vec<Page> {
        let mut pages = self.catalog_pages();
        pages.extend(self.offer_pages());
        pages.extend(self.buying_pages());
        pages.extend(self.public_pages());
        pages.extend(self.console_pages());
        pages.extend(self.console_catalog_pages());
        pages
    }

    fn catalog_pages(&self) -> Vec<Page> {
        let context = self.storefront();
        let hit = |product, offers, requestable| Hit { product, seller: &self.seller.name, offers, requestable };
        let value = |label: &'static str, count, selected| FacetValue { label, value: label, count, selected };
        let facets = vec![
            Facet {
                title: "Product type",
                parameter: "type",
                values: vec![value("SaaS", 12, true), value("AMI", 4, false)],
            },
            Facet {
                title: "Pricing model",
                parameter: "model",
                values: vec![value("Contract", 9, false), value("Pay as you go", 5, false)],
            },
            Facet {
                title: "Category",
                parameter: "category",
                values: vec![FacetValue {
                    label: &self.product.category,
                    value: &self.product.category,
                    count: 7,
                    selected: false,
                }],
            },
        ];
        let store = StoreView {
            query: &self.product.name,
            facets,
            hits: vec![
                hit(&self.product, vec![&self.public_offer, &self.private_offer, &self.configurable_offer], true),
                hit(&self.product, vec![&self.usage_offer], true),
                hit(&self.image, vec![&self.public_offer], false),
            ],
            total: 12,
            pager: Pager { previous: None, next: Some("?page=2"), summary: "1 to 3 of 12" },
            notice: Some(&self.audit[0].detail),
        };
        let row = |offer, refusal| storefront::product::OfferRow { offer, refusal };
        let product = storefront::product::ProductView {
            product: &self.product,
            seller: &self.seller,
            offers: vec![
                row(&self.private_offer, None),
                row(&self.configurable_offer, None),
                row(&self.usage_offer, Some(&self.refusal)),
            ],
        };
        let blocked = storefront::product::ProductView {
            product: &self.image,
            seller: &self.seller,
            offers: vec![row(&self.public_offer, Some(&self.unsupported))],
        };
        vec![
            ("store", storefront::store::page(&context, &store)),
            ("product", storefront::product::page(&context, &product)),
            ("product-blocked", storefront::product::page(&context, &blocked)),
        ]
    }

    fn offer_pages(&self) -> Vec<Page> {
        use storefront::offer::{OfferView, RequestOption, page};
        let context = self.storefront();
        let soon = PageContext { now: at("2026-12-11T09:30:00Z"), test_mode: false, ..context };
        let rules = QuoteRules { blanket_values: vec![self.default_budget], validity_days: 90 };
        let key = self.configurable_offer.terms.choices().unwrap()[0].dimensions[0].dimension.clone();
        let chosen = team_selection(&key);
        let priced = |offer, selection| {
            quote(offer, &self.product, selection, &self.connection.lines, &rules, context.now).unwrap()
        };
        let team = priced(&self.configurable_offer, chosen.clone());
        let usage = priced(&self.usage_offer, marketgate_domain::quote::Selection::default());
        let problem = Refusal::InvalidSelection { problem: self.audit[0].detail.clone() }.to_string();
        let offer = |offer, quote| OfferView { offer, quote, ..self.offer_view() };
        let configurable = OfferView {
            selection: &chosen,
            duplicate: Some(&self.agreement),
            ..offer(&self.configurable_offer, Some(&team))
        };
        let failed = OfferView { problem: Some(&problem), ..offer(&self.configurable_offer, None) };
        let blocked = OfferView { request: RequestOption::Blocked(&self.refusal), quote: None, ..self.offer_view() };
        let looking = OfferView { request: RequestOption::ViewOnly, ..offer(&self.public_offer, None) };
        vec![
            ("offer-schedule", page(&context, &self.offer_view())),
            ("offer-soon", page(&soon, &self.offer_view())),
            ("offer-choice", page(&context, &configurable)),
            ("offer-problem", page(&context, &failed)),
            ("offer-usage", page(&context, &offer(&self.usage_offer, Some(&usage)))),
            ("offer-blocked", page(&context, &blocked)),
            ("offer-view-only", page(&context, &looking)),
        ]
    }

    fn buying_pages(&self) -> Vec<Page> {
        use marketgate_domain::procurement_request::{ProcurementRequest, RequestStatus};
        use storefront::{agreements, approver, cart, ended, requests, return_cart};
        let context = self.storefront();
        let line = || cart::CartLine { request: &self.request, product: &self.product.name, seller: &self.seller.name };
        let basket = |lines, state| cart::CartView {
            lines,
            totals: vec![self.request.quote.amount],
            system: &self.connection.name,
            left: vec![],
            state,
        };
        let status = RequestStatus::Refused { reason: self.refusal.clone(), purchase_order: "PO-4500018".to_owned() };
        let refused = ProcurementRequest { status, ..self.request.clone() };
        let refused_view = || requests::RequestView {
            request: &refused,
            agreement: None,
            invoices: vec![],
            again: true,
            ..self.request_view()
        };
        let row = agreements::AgreementRow {
            agreement: &self.agreement,
            product: &self.product.name,
            seller: &self.seller.name,
        };
        let form = return_cart::ReturnView {
            value: &self.audit[0].detail,
            system: &self.connection.name,
            ..Self::return_view()
        };
        let late = approver::ApproverView { refusal: Some(&self.refusal), request: &refused, ..self.approver_view() };
        vec![
            ("cart", cart::page(&context, &basket(vec![line(), line()], cart::CartState::Open))),
            ("cart-empty", cart::page(&context, &basket(vec![], cart::CartState::Open))),
            ("cart-returned", cart::page(&context, &basket(vec![line()], cart::CartState::Returned))),
            ("requests", requests::list(&context, &[self.request_view(), refused_view()], &Pager::default())),
            ("requests-empty", requests::list(&context, &[], &Pager::default())),
            ("request", requests::one(&context, &self.request_view())),
            ("request-refused", requests::one(&context, &refused_view())),
            ("agreements", agreements::list(&context, &[row], &Pager::default())),
            ("agreement", agreements::one(&context, &self.agreement_view())),
            ("return", return_cart::page(&context, &form)),
            ("approver", approver::page(&context, &self.approver_view())),
            ("approver-late", approver::page(&context, &late)),
            ("ended", ended::page(&context)),
            ("start-help", ended::start_help(&context)),
        ]
    }

    fn public_pages(&self) -> Vec<Page> {
        use public::{error, home, setup, sign_in};
        let context = self.public();
        let detail = self.audit[0].detail.as_str();
        let identity = home::DemoIdentity {
            connection: &self.connection.name,
            from: "NetworkID COUPA-ACME",
            to: "NetworkID MARKETGATE",
            sender: "NetworkID COUPA-ACME",
            secret: "demo-coupa-secret",
        };
        let demo = home::DemoHome {
            simulator: "http://127.0.0.1:8081/",
            operator_email: "operator@demo.example",
            operator_password: "demo",
            cxml_endpoint: "http://127.0.0.1:8080/cxml",
            identities: vec![identity],
        };
        let problems = [detail, "The passwords differ."];
        let first =
            setup::SetupView { action: "/setup/9fKx", email: detail, problems: &problems, password_length_min: 12 };
        let again = sign_in::SignInView {
            email: detail,
            problem: Some("E-mail or password is wrong."),
            next: Some("/console/outbox"),
        };
        let plain = PageContext { demo: false, ..context };
        vec![
            ("home-demo", home::page(&context, &home::HomeView { demo: Some(demo) })),
            ("home", home::page(&plain, &home::HomeView::default())),
            ("setup", setup::page(&plain, &first)),
            ("sign-in", sign_in::page(&plain, &again)),
            ("not-found", error::not_found(&context)),
            ("forbidden", error::forbidden(&self.console(), detail)),
            ("stale-form", error::stale_form(&self.console())),
            ("failed", error::failed(&context, "01J9ZK3F")),
        ]
    }

    fn console_pages(&self) -> Vec<Page> {
        use console::{agreements, audit, invoices, messages, orders, outbox, overview, requests};
        let context = self.console();
        let (organization, connection) = (self.organization.name.as_str(), self.connection.name.as_str());
        let pager = Pager { previous: Some("?page=1"), next: Some("?page=3"), summary: "51 to 100 of 312" };
        let order = |order| orders::OrderRow { order, organization, connection };
        let request = requests::RequestRow { request: &self.request, product: &self.product.name, organization };
        let agreement =
            agreements::AgreementRow { agreement: &self.agreement, product: &self.product.name, organization };
        let invoice = invoices::InvoiceRow { invoice: &self.invoice, delivery: Some(self.parked.state) };
        let sent = |message| outbox::OutboxRow { message, organization, connection: Some(connection), about: None };
        let document = format!("<cXML><Message>{}</Message>\n</cXML>", self.audit[1].detail);
        vec![
            ("console-overview", overview::page(&context, &self.overview())),
            ("console-requests", requests::list(&context, &[request], &pager)),
            ("console-request", requests::one(&context, &self.request_view(), organization)),
            ("console-orders", orders::list(&context, &[order(&self.order), order(&self.refused_order)], &pager)),
            ("console-order", orders::one(&context, &order(&self.order), &[&self.agreement])),
            ("console-order-refused", orders::one(&context, &order(&self.refused_order), &[])),
            ("console-agreements", agreements::list(&context, &[agreement], &pager)),
            ("console-agreement", agreements::one(&context, &self.agreement_view(), organization)),
            ("console-invoices", invoices::list(&context, &[invoice], &pager)),
            ("console-invoice", invoices::one(&context, &self.invoice, &[&self.parked])),
            ("console-outbox", outbox::list(&context, &[self.stuck(), sent(&self.mail)], &pager)),
            ("console-outbox-empty", outbox::list(&context, &[], &Pager::default())),
            ("console-outbox-parked", outbox::one(&context, &self.stuck())),
            ("console-outbox-mail", outbox::one(&context, &sent(&self.mail))),
            ("console-messages", messages::list(&context, &self.product.name, &[self.message()], &pager)),
            ("console-message", messages::one(&context, &self.message(), &document, Some(&document))),
            ("console-message-cart", messages::one(&context, &self.cart_message(), &document, None)),
            ("console-audit", audit::list(&context, &self.audit, &pager)),
        ]
    }

    fn console_catalog_pages(&self) -> Vec<Page> {
        use console::{catalog, connections};
        let context = self.console();
        let none = Pager::default();
        let product = catalog::ProductRow { product: &self.product, seller: &self.seller.name, offers: 4 };
        let row = |offer| catalog::OfferRow { offer, product: &self.product.name };
        let offers = [&self.public_offer, &self.private_offer, &self.usage_offer, &self.configurable_offer];
        vec![
            ("console-connections", connections::list(&context, &[self.connection_view()], &none)),
            ("console-connection", connections::one(&context, &self.connection_view())),
            ("console-products", catalog::products(&context, &[product], &none)),
            ("console-product", catalog::product(&context, &self.product, &self.seller, &offers)),
            ("console-offers", catalog::offers(&context, &offers.map(row), &none)),
            ("console-offer", catalog::offer(&context, &self.private_offer, &self.product, 2)),
            ("console-offer-choice", catalog::offer(&context, &self.configurable_offer, &self.product, 0)),
            ("console-sellers", catalog::sellers(&context, &[&self.seller], &none)),
            ("console-seller", catalog::seller(&context, &self.seller)),
            ("console-editor", editor::page(&context, &self.editor(None))),
            ("console-editor-wrong", editor::page(&context, &self.editor(Some(&self.seller.name)))),
        ]
    }

    /// The form of a record with every kind of field; `wrong` is said of each.
    fn editor<'a>(&'a self, wrong: Option<&'a str>) -> editor::Editor<'a> {
        let option = |value: &str| (value.to_owned(), self.product.category.clone());
        let field =
            |name, hint, input| editor::EditField { name, label: &self.product.name, hint, input, problem: wrong };
        let options = vec![option("a"), option("b")];
        let choice = editor::Input::Choice { options: options.clone(), value: "b" };
        editor::Editor {
            title: &self.product.name,
            lead: &self.product.summary,
            trail: vec![("/console/products".to_owned(), "Products"), (String::new(), self.product.name.as_str())],
            current: "products",
            action: "/console/products/new".to_owned(),
            submit: "Save",
            fields: vec![
                field("code", "", editor::Input::Fixed(&self.product.code)),
                field("name", "A hint.", editor::Input::Line { kind: "text", value: &self.product.name }),
                field("description", "", editor::Input::Lines { rows: 4, value: &self.product.description }),
                field("kind", "A hint.", choice),
                field("accounts", "A hint.", editor::Input::Boxes { options, ticked: vec!["a"] }),
            ],
            problem: wrong,
            is_wrong: wrong.is_some(),
            warning: wrong.map(|text| ("Requests wait", text.to_owned())),
        }
    }
}

#[test]
fn the_sample_amounts_are_what_the_tests_of_pages_rely_on() {
    let world = World::new("");
    assert_eq!(world.request.quote.amount, usd("120000"));
    assert_eq!(world.invoice.total, usd("35700"));
}
