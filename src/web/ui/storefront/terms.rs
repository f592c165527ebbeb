//! The terms of an offer in plain words: price, rate card, schedule, duration, payment, renewal, documents.

use marketgate_domain::offer::Offer;
use marketgate_domain::terms::{LegalDocument, Term, Terms, UsageRate};
use maud::{Markup, html};

use super::super::components::{Column, Tone, definitions, money, notice, table};
use super::super::context::PageContext;
use super::super::{format, price, schedule, status};

/// An offer whose last day is this near is shown as a warning.
const SOON_DAYS: i64 = 7;

/// Until when the offer can be bought; nothing for offers without an end.
pub fn availability(context: &PageContext<'_>, offer: &Offer) -> Markup {
    let Some(last) = offer.availability_end_date else { return html! {} };
    let until = format!("through {}, end of day UTC", format::date_text(last));
    match status::days_left(offer, context.now) {
        _ if offer.has_ended(context.now) => {
            notice(Tone::Warn, "This offer has ended", format!("It could be bought {until}."))
        }
        Some(0) => notice(Tone::Warn, "Ends today", format!("Can be bought {until}.")),
        Some(days) if days <= SOON_DAYS => {
            let title = format!("Ends in {}", format::plural(usize::try_from(days).unwrap_or(0), "day"));
            notice(Tone::Warn, &title, format!("Can be bought {until}. The approved order must arrive by then."))
        }
        _ => html! { p.availability { "Can be bought " (until) "." } },
    }
}

/// What is paid: grants, schedule, rate card. Choices are part of the form.
pub fn pricing(terms: &Terms) -> Markup {
    html! {
        @if let Some(installments) = terms.schedule() {
            section { h2 { "Payment schedule" } (schedule::view(installments, terms.currency())) }
        } @else if let Some((months, amount)) = terms.fixed_upfront() {
            section {
                h2 { "Price" }
                (table("Price", &[Column::Text("What"), Column::Text("Duration"), Column::Number("Price")],
                    vec![vec![html! { "Contract price, charged once" }, html! { (format::months(months)) }, money(amount)]]))
            }
        } @else if let Some(amount) = terms.recurring() {
            section {
                h2 { "Price" }
                (table("Price", &[Column::Text("What"), Column::Text("Duration"), Column::Number("Per month")],
                    vec![vec![html! { "Flat amount each month" }, html! { (format::months(terms.validity_months().unwrap_or(0))) }, money(amount)]]))
            }
        }
        @for grants in terms.iter().filter_map(grants).filter(|grants| !grants.is_empty()) {
            section { h2 { "Included" } ul.ticks { @for grant in grants { li { (grant) } } } }
        }
        @if let Some(rates) = terms.usage() { section { h2 { "Rate card" } (rate_card(rates, terms)) } }
    }
}

fn grants(term: &Term) -> Option<&[String]> {
    match term {
        Term::FixedUpfrontPricing { grants, .. } => Some(grants),
        _ => None,
    }
}

fn rate_card(rates: &[UsageRate], terms: &Terms) -> Markup {
    let rows = rates
        .iter()
        .map(|rate| {
            vec![
                html! { (rate.unit) },
                html! { code { (rate.dimension) } },
                html! { (price::rate(rate.price, terms.currency())) },
            ]
        })
        .collect();
    html! {
        p.muted { "Billed monthly for what was used." }
        (table("Rate card", &[Column::Text("Unit"), Column::Text("Dimension"), Column::Number("Price per unit")], rows))
    }
}

/// Everything else that holds, as names and values.
pub fn conditions(terms: &Terms) -> Markup {
    let words = |text: &str| Some(html! { (text) });
    let duration =
        terms.fixed_upfront().map(|(months, _)| months).or(terms.validity_months()).filter(|months| *months > 0);
    let renewal = terms.iter().find_map(|term| match term {
        Term::Renewal { auto_renew: true } => words("Renews itself where the procurement connection allows it"),
        Term::Renewal { auto_renew: false } => words("Ends on its last day unless renewed"),
        _ => None,
    });
    let refund = terms.iter().find_map(|term| match term {
        Term::Support { refund_policy } => words(refund_policy),
        _ => None,
    });
    let rows = [
        ("Pricing model", words(terms.pricing_model().title())),
        ("Duration", duration.map(|months| html! { (format::months(months)) " from the day the order is accepted" })),
        ("Free trial", terms.trial_days().map(|days| html! { (format::plural(days as usize, "day")) })),
        ("Invoices due", terms.net_payment_days().map(|days| html! { "net " (format::plural(days as usize, "day")) })),
        ("Renewal", renewal),
        ("Refunds", refund),
    ];
    html! { section { h2 { "Terms" } (definitions(&rows)) } }
}

/// The full texts that the buyer accepts, folded.
pub fn documents(list: &[LegalDocument]) -> Markup {
    html! {
        @if !list.is_empty() {
            section #legal {
                h2 { "Legal documents" }
                @for document in list {
                    details.document {
                        summary { (document.title) " " span.muted { "version " (document.version) } }
                        div.document-text role="group" aria-label=(document.title) tabindex="0" { (document.text) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::World;
    use super::*;
    use jiff::civil::date;

    fn at(offer: &Offer, now: &str) -> String {
        let world = World::new("");
        let context = PageContext { now: now.parse().unwrap(), ..world.storefront() };
        availability(&context, offer).into_string()
    }

    #[test]
    fn the_last_day_is_a_warning_once_it_is_a_week_away() {
        let world = World::new("");
        let offer = Offer { availability_end_date: Some(date(2026, 12, 15)), ..world.private_offer.clone() };
        let early = at(&offer, "2026-12-01T00:00:00Z");
        assert!(early.contains("Can be bought through 15 December 2026, end of day UTC") && !early.contains("warn"));
        assert!(at(&offer, "2026-12-08T00:00:00Z").contains("Ends in 7 days"));
        assert!(at(&offer, "2026-12-15T23:59:59Z").contains("Ends today"));
        assert!(at(&offer, "2026-12-16T00:00:00Z").contains("This offer has ended"));
        assert!(at(&world.public_offer, "2026-12-08T00:00:00Z").is_empty());
    }

    #[test]
    fn rates_finer_than_the_minor_unit_are_shown_exactly() {
        let world = World::new("");
        let html = pricing(&world.usage_offer.terms).into_string();
        assert!(html.contains("0.0025 USD"));
    }
}
