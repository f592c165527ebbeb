//! Direct subscription: an agreement without a round trip through a procurement system, and when that is open (C3b, P7).
//!
//! Where an organization has no procurement integration, everything can be subscribed to but services. With one, money that is
//! promised goes through approval; usage may go either way; what costs nothing needs approval unless the organization said
//! otherwise.

use jiff::Timestamp;

use crate::agreement::{Agreement, AgreementStatus, DirectSubscription, Origin};
use crate::charge::{self, Charge};
use crate::connection::{Connection, LineSettings};
use crate::day;
use crate::email::EmailAddress;
use crate::id::{AccountId, AgreementId};
use crate::offer::Offer;
use crate::organization::Organization;
use crate::procurement_request::Acceptance;
use crate::product::{Product, ProductType};
use crate::quote::{self, QuoteRules, Selection};
use crate::refusal::Refusal;
use crate::seller::Seller;
use crate::terms::PricingModel;

/// How an organization's purchases are tied to procurement systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Integration {
    /// Not at all.
    Off,
    /// A connection is switched on, be it in test mode.
    On,
    /// One of them sends people who start on the marketplace to their procurement system (P8).
    Redirecting,
}

impl Integration {
    /// What an organization's connections amount to.
    pub fn of(connections: &[Connection]) -> Self {
        let mut on = connections.iter().filter(|connection| connection.enabled).peekable();
        if on.peek().is_none() {
            Self::Off
        } else if on.any(|connection| connection.punchout.redirect_url.is_some()) {
            Self::Redirecting
        } else {
            Self::On
        }
    }
}

/// Why something cannot be subscribed to directly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDirect {
    /// Professional services.
    #[error("Services are agreed with the seller: write to {0}.")]
    ContactSeller(EmailAddress),
    /// Money is promised, and there is a procurement system to approve it.
    #[error("Contracts go through your organization's procurement system: request approval.")]
    ContractNeedsApproval,
    /// Costs nothing, and the organization wants to approve it all the same.
    #[error("Your organization wants to approve offers of this kind ({}): request approval.", .0.title())]
    NoAutomaticApproval(PricingModel),
    /// Usage, where everything starts in the procurement system.
    #[error("Your organization's purchases start in its procurement system: request approval.")]
    StartsInProcurement,
    /// A number is given, and orders come from the procurement system (O8).
    #[error(
        "Purchase order numbers cannot be given while the organization has a procurement system connected: leave the number out."
    )]
    NumberWithIntegration,
    /// A visit in test mode (N3).
    #[error("This visit is a test: nothing can be subscribed to.")]
    Test,
    /// The account has it.
    #[error("The account has this subscription: agreement {0} runs.")]
    AlreadySubscribed(AgreementId),
    /// The offer itself cannot be bought, or not as chosen.
    #[error("{0}")]
    Refused(Refusal),
}

impl From<Refusal> for NotDirect {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a direct subscription depends on.
#[derive(Debug, Clone)]
pub struct SubscriptionFacts {
    /// The organization.
    pub organization: Organization,
    /// Its connections, as far as they matter.
    pub integration: Integration,
    /// The account that is to subscribe.
    pub account: AccountId,
    /// The offer, which the account may see.
    pub offer: Offer,
    /// Its product.
    pub product: Product,
    /// Its seller.
    pub seller: Seller,
    /// An agreement of the account for the same offer that runs.
    pub running: Option<AgreementId>,
    /// In a visit of which nothing is to result (N3).
    pub test: bool,
}

/// What somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Identifier for the agreement.
    pub id: AgreementId,
    /// What was chosen where the offer leaves a choice.
    pub selection: Selection,
    /// What was accepted.
    pub acceptance: Acceptance,
    /// Who asks.
    pub requester_email: Option<EmailAddress>,
    /// The number that the buyer wants on the invoices (O8).
    pub purchase_order: Option<String>,
}

impl SubscriptionFacts {
    /// Whether the account may subscribe directly.
    ///
    /// # Errors
    /// Why not: what is to be done instead.
    pub fn check(&self, now: Timestamp) -> Result<(), NotDirect> {
        self.is_open()?;
        if self.test {
            return Err(NotDirect::Test);
        }
        if self.offer.has_ended(now) {
            let (offer, last_day) = (self.offer.name.clone(), self.offer.availability_end_date);
            return Err(Refusal::ExpiredAgreementProposal { offer, last_day }.into());
        }
        match self.running {
            Some(agreement) => Err(NotDirect::AlreadySubscribed(agreement)),
            None => Ok(()),
        }
    }

    /// The rule of C3b.
    fn is_open(&self) -> Result<(), NotDirect> {
        if self.product.product_type == ProductType::ProfessionalServices {
            return Err(NotDirect::ContactSeller(self.seller.contact.clone()));
        }
        if self.integration == Integration::Off {
            return Ok(());
        }
        let model = self.offer.pricing_model();
        let automatic = self.organization.automatic_approval;
        let approved = |automatic: bool| if automatic { Ok(()) } else { Err(NotDirect::NoAutomaticApproval(model)) };
        match model {
            PricingModel::Contract | PricingModel::Fps | PricingModel::ContractWithUsage => {
                Err(NotDirect::ContractNeedsApproval)
            }
            PricingModel::Usage if self.integration == Integration::Redirecting => Err(NotDirect::StartsInProcurement),
            PricingModel::Usage => Ok(()),
            PricingModel::Free | PricingModel::FreeTrial => approved(automatic.free),
            PricingModel::Byol => approved(automatic.byol),
        }
    }
}

/// Subscribes: the agreement and everything that it will charge. Nothing stands between an agreement and its invoices: there is
/// no order that somebody could take back.
///
/// # Errors
/// See [`NotDirect`].
pub fn subscribe(
    facts: &SubscriptionFacts,
    wish: Wish,
    rules: &QuoteRules,
    now: Timestamp,
) -> Result<(Agreement, Vec<Charge>), NotDirect> {
    facts.check(now)?;
    if wish.purchase_order.is_some() && facts.integration != Integration::Off {
        return Err(NotDirect::NumberWithIntegration);
    }
    let SubscriptionFacts { offer, product, organization, .. } = facts;
    let quote = quote::price(offer, product, wish.selection, &LineSettings::natural(), rules, now)?;
    let charges = charge::plan(&quote.plan, wish.id, organization.id, None, now, 0);
    let start_date = day::of(now);
    let agreement = Agreement {
        id: wish.id,
        organization: organization.id,
        account: facts.account,
        seller: offer.seller,
        product: product.id,
        offer: offer.id,
        revision: offer.revision,
        pricing_model: quote.pricing_model,
        value: quote.contract_value(),
        budget: quote.budget,
        requester_email: wish.requester_email,
        start_date,
        end_date: quote.last_day(start_date),
        accepted_at: now,
        status: AgreementStatus::Active,
        origin: Origin::Direct {
            direct: Box::new(DirectSubscription {
                quote,
                acceptance: wish.acceptance,
                purchase_order: wish.purchase_order,
            }),
        },
    };
    Ok((agreement, charges))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, ACCOUNT, click, fixed, offer, product, quote_rules, three_installments, usage, usd};
    use crate::organization::AutomaticApproval;
    use crate::terms::Term;
    use jiff::civil::date;

    /// Acme's account looks at an offer under those terms.
    fn facts(terms: Vec<Term>, integration: Integration) -> SubscriptionFacts {
        SubscriptionFacts {
            organization: fixtures::organization(),
            integration,
            account: ACCOUNT,
            offer: offer(terms),
            product: product(ProductType::SaaS),
            seller: fixtures::seller(),
            running: None,
            test: false,
        }
    }

    fn subscribed(
        facts: &SubscriptionFacts,
        purchase_order: Option<&str>,
    ) -> Result<(Agreement, Vec<Charge>), NotDirect> {
        let wish = Wish {
            id: AgreementId::from_value(5),
            selection: Selection::default(),
            acceptance: Acceptance { documents_sha256: "00".into(), accepted_at: click() },
            requester_email: None,
            purchase_order: purchase_order.map(str::to_owned),
        };
        subscribe(facts, wish, &quote_rules(), click())
    }

    /// One of every model, with its name.
    fn every_model() -> Vec<(PricingModel, Vec<Term>)> {
        vec![
            (PricingModel::Contract, vec![fixed("12000")]),
            (PricingModel::Fps, three_installments()),
            (PricingModel::ContractWithUsage, vec![fixed("500"), usage()]),
            (PricingModel::Usage, vec![usage()]),
            (PricingModel::Free, vec![fixed("0")]),
            (PricingModel::FreeTrial, vec![Term::FreeTrial { days: 14 }]),
            (PricingModel::Byol, vec![Term::Byol]),
        ]
    }

    /// The models that are open, in the order of [`every_model`].
    fn open(integration: Integration, automatic_approval: AutomaticApproval) -> Vec<PricingModel> {
        let is_open = |terms: Vec<Term>| {
            let mut world = facts(terms, integration);
            world.organization.automatic_approval = automatic_approval;
            subscribed(&world, None).is_ok()
        };
        let open = every_model().into_iter().filter(|(_, terms)| is_open(terms.clone()));
        open.map(|(model, _)| model).collect()
    }

    #[test]
    fn what_can_be_subscribed_to_directly_depends_on_the_model_and_on_the_organization() {
        use Integration::{Off, On, Redirecting};
        use PricingModel::{Byol, Free, FreeTrial, Usage};
        let none = AutomaticApproval::default();
        let (free, byol) = (AutomaticApproval { free: true, ..none }, AutomaticApproval { byol: true, ..none });
        assert_eq!(open(Off, none).len(), every_model().len());
        assert_eq!(open(On, none), [Usage]);
        assert_eq!(open(On, free), [Usage, Free, FreeTrial]);
        assert_eq!(open(On, byol), [Usage, Byol]);
        assert_eq!(open(Redirecting, none), []);
        assert_eq!(open(Redirecting, free), [Free, FreeTrial]);
    }

    #[test]
    fn without_an_integration_images_and_containers_can_be_contracted_and_services_cannot() {
        for (product_type, is_open) in
            [(ProductType::Ami, true), (ProductType::Container, true), (ProductType::ProfessionalServices, false)]
        {
            let mut world = facts(vec![fixed("12000")], Integration::Off);
            world.product = product(product_type);
            assert_eq!(subscribed(&world, None).is_ok(), is_open, "{product_type:?}");
        }
        let mut services = facts(vec![fixed("0")], Integration::On);
        services.product = product(ProductType::ProfessionalServices);
        services.organization.automatic_approval.free = true;
        let problem = subscribed(&services, None).unwrap_err().to_string();
        assert!(problem.contains("orders@harborlight.example"), "{problem}");
    }

    #[test]
    fn any_connection_that_is_switched_on_counts_also_in_test_mode() {
        let connection = |enabled, test_mode| Connection { enabled, test_mode, ..fixtures::connection() };
        assert_eq!(Integration::of(&[]), Integration::Off);
        assert_eq!(Integration::of(&[connection(false, false)]), Integration::Off);
        assert_eq!(Integration::of(&[connection(false, false), connection(true, true)]), Integration::On);
        let mut redirecting = connection(true, false);
        redirecting.punchout.redirect_url = Some("https://acme.coupahost.example/marketplace".into());
        assert_eq!(Integration::of(&[connection(true, false), redirecting.clone()]), Integration::Redirecting);
        redirecting.enabled = false;
        assert_eq!(Integration::of(&[redirecting]), Integration::Off);
    }

    #[test]
    fn a_contract_is_charged_like_one_that_was_ordered_and_its_number_is_kept() {
        let (agreement, charges) = subscribed(&facts(three_installments(), Integration::Off), Some("PO-77")).unwrap();
        assert_eq!((agreement.value, agreement.end_date), (usd("120000"), Some(date(2027, 11, 30))));
        assert_eq!((agreement.purchase_order(), agreement.ordered()), (Some("PO-77"), None));
        assert_eq!(charges.len(), 3);
        assert!(charges.iter().all(|charge| charge.order.is_none()));
        assert_eq!(charges[0].due_at, click(), "nothing is held back: there is no order to change");
    }

    #[test]
    fn a_number_is_refused_where_orders_come_from_a_procurement_system() {
        let world = facts(vec![usage()], Integration::On);
        assert_eq!(subscribed(&world, Some("PO-77")), Err(NotDirect::NumberWithIntegration));
    }

    #[test]
    fn a_trial_ends_after_its_days_and_usage_runs_on_with_its_budget() {
        let trial = subscribed(&facts(vec![Term::FreeTrial { days: 14 }], Integration::Off), None).unwrap().0;
        assert_eq!((trial.start_date, trial.end_date), (date(2026, 12, 1), Some(date(2026, 12, 14))));
        let usage = subscribed(&facts(vec![usage()], Integration::On), None).unwrap().0;
        assert_eq!((usage.end_date, usage.budget), (None, Some(usd("10000"))));
    }

    #[test]
    fn nothing_results_from_a_visit_in_test_mode() {
        let world = SubscriptionFacts { test: true, ..facts(vec![usage()], Integration::On) };
        assert_eq!(subscribed(&world, None), Err(NotDirect::Test));
    }

    #[test]
    fn an_offer_that_has_ended_and_one_that_the_account_has_are_refused() {
        let mut world = facts(vec![usage()], Integration::On);
        world.running = Some(AgreementId::from_value(4));
        assert_eq!(subscribed(&world, None), Err(NotDirect::AlreadySubscribed(AgreementId::from_value(4))));
        world.offer.state = crate::offer::OfferState::Withdrawn;
        assert!(matches!(subscribed(&world, None), Err(NotDirect::Refused(Refusal::ExpiredAgreementProposal { .. }))));
    }
}
