//! The front door of an installation: what this is and where to go; in the demo, everything an evaluator needs (R1).

use maud::{Markup, html};

use super::super::components::{Column, table};
use super::super::context::{Head, PageContext};
use super::super::layout::document;

/// The front door.
#[derive(Debug, Default)]
pub struct HomeView<'a> {
    /// Present in the demo only.
    pub demo: Option<DemoHome<'a>>,
}

/// What an evaluator needs.
#[derive(Debug)]
pub struct DemoHome<'a> {
    /// Address of the procurement system simulator.
    pub simulator: &'a str,
    /// Sign-in name of the demo's operator.
    pub operator_email: &'a str,
    /// Password of the demo's operator.
    pub operator_password: &'a str,
    /// Address that takes cXML documents.
    pub cxml_endpoint: &'a str,
    /// The fixed identities.
    pub identities: Vec<DemoIdentity<'a>>,
}

/// The fixed identities of a demo connection; not secret, because they exist in the demo alone.
#[derive(Debug)]
pub struct DemoIdentity<'a> {
    /// Name of the connection.
    pub connection: &'a str,
    /// `From`: domain and identity.
    pub from: &'a str,
    /// `To`: domain and identity.
    pub to: &'a str,
    /// `Sender`: domain and identity.
    pub sender: &'a str,
    /// Shared secret.
    pub secret: &'a str,
}

/// The front door.
pub fn page(context: &PageContext<'_>, view: &HomeView<'_>) -> Markup {
    let content = html! {
        div.hero {
            h1 { "From the catalog to the approved order, and to the invoice" }
            p.lead {
                "marketgate connects a software marketplace with your organization's procurement system. People choose an offer, "
                "approval happens where it always happens, and the agreement starts when the purchase order arrives."
            }
            p.buttons-row {
                @if let Some(demo) = &view.demo { a.button.primary href=(demo.simulator) { "Open the procurement system simulator" } }
                a class={ "button" @if view.demo.is_none() { " primary" } } href="/sign-in" { "Operator sign-in" }
            }
        }
        @match &view.demo {
            Some(demo) => { (demo_guide(demo)) }
            None => {
                section.narrow-left {
                    h2 { "Do you want to buy something?" }
                    p { "Open the marketplace from your procurement system. There is no separate sign-in for buyers." }
                }
            }
        }
    };
    document(context, Head { title: "Welcome", current: "" }, content)
}

fn demo_guide(demo: &DemoHome<'_>) -> Markup {
    let rows = demo
        .identities
        .iter()
        .map(|row| {
            vec![
                html! { strong { (row.connection) } },
                html! { code { (row.from) } },
                html! { code { (row.to) } },
                html! { code { (row.sender) } },
                html! { code { (row.secret) } },
            ]
        })
        .collect();
    let columns = [
        Column::Text("Connection"),
        Column::Text("From"),
        Column::Text("To"),
        Column::Text("Sender"),
        Column::Text("Shared secret"),
    ];
    html! {
        section {
            h2 { "Try it" }
            ol.guide {
                li { strong { "Start as a buyer." } " In the simulator choose a connection and start PunchOut: the store opens." }
                li { strong { "Ask for approval." } " Open an offer and choose \"Request approval\". The cart travels back." }
                li { strong { "Approve." } " The simulator sends the purchase order; the agreement, the confirmation and the invoice follow." }
                li {
                    strong { "Look behind." } " Sign in as operator with " code { (demo.operator_email) } " and "
                    code { (demo.operator_password) } "."
                }
            }
        }
        section {
            h2 { "Fixed identities" }
            p.muted { "For your own cXML documents, sent to " code { (demo.cxml_endpoint) } ". They exist in the demo alone." }
            (table("Fixed identities", &columns, rows))
        }
    }
}
