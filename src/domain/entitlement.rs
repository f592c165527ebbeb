//! Entitlements: what an agreement gives the right to use, and whether it does at a moment (C3c).

use jiff::Timestamp;
use jiff::civil::Date;

use crate::agreement::Agreement;
use crate::day;
use crate::quote::Quote;
use crate::terms::Terms;

/// The right to use something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Key of the dimension; none where the product as a whole is meant.
    pub dimension: Option<String>,
    /// For people, for example `user`; what a fixed price grants, in words.
    pub name: String,
    /// How much of it.
    pub amount: Amount,
    /// Its last day; none where it runs until somebody ends it.
    pub until: Option<Date>,
    /// Whether it may be used.
    pub status: EntitlementStatus,
}

/// How much of something may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many units.
    Units(u32),
    /// What is needed, billed as it occurs.
    AsUsed,
    /// Simply the thing.
    Included,
}

/// Whether an entitlement may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntitlementStatus {
    /// From the first day through the last one, UTC.
    Active,
    /// Its last day is over.
    Expired,
}

impl EntitlementStatus {
    /// The word in lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Expired => "EXPIRED",
        }
    }
}

/// What an agreement entitles to: every chosen dimension, everything that a fixed price grants, and every dimension of usage; the
/// product as a whole where the terms name nothing.
///
/// `quote` is what the agreement was made at, `terms` are those of its revision, where they are still known.
pub fn entitlements(agreement: &Agreement, quote: &Quote, terms: Option<&Terms>, now: Timestamp) -> Vec<Entitlement> {
    let is_over = agreement.end_date.is_some_and(|last| day::is_over(last, now));
    let status = if is_over { EntitlementStatus::Expired } else { EntitlementStatus::Active };
    let one = |dimension: Option<&str>, name: &str, amount| Entitlement {
        dimension: dimension.map(str::to_owned),
        name: name.to_owned(),
        amount,
        until: agreement.end_date,
        status,
    };
    let chosen = quote.selection.quantities.iter().filter(|(_, units)| **units > 0);
    let chosen = chosen.map(|(key, units)| one(Some(key), unit(terms, key), Amount::Units(*units)));
    let granted = terms.into_iter().flat_map(Terms::grants).map(|grant| one(None, grant, Amount::Included));
    let rates = terms.and_then(Terms::usage).into_iter().flatten();
    let used = rates.map(|rate| one(Some(&rate.dimension), &rate.unit, Amount::AsUsed));
    let mut all: Vec<Entitlement> = chosen.chain(granted).chain(used).collect();
    if all.is_empty() {
        all.push(one(None, "The product", Amount::Included));
    }
    all
}

/// A dimension for people; its key where the terms do not know it.
fn unit<'a>(terms: Option<&'a Terms>, key: &'a str) -> &'a str {
    let mut dimensions = terms.and_then(Terms::choices).into_iter().flatten().flat_map(|choice| &choice.dimensions);
    dimensions.find(|dimension| dimension.dimension == key).map_or(key, |dimension| &dimension.unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{self, at, click, fixed, offer, product, quote_rules, usage, usd};
    use crate::organization::AutomaticApproval;
    use crate::procurement_request::Acceptance;
    use crate::product::ProductType;
    use crate::quote::Selection;
    use crate::subscription::{Integration, SubscriptionFacts, Wish, subscribe};
    use crate::terms::{DimensionPrice, DurationChoice, Term};

    /// What an account has at that moment that subscribed on 2026-12-01: name, amount, status.
    fn has(terms: Vec<Term>, quantities: &[(&str, u32)], now: Timestamp) -> Vec<(String, Amount, EntitlementStatus)> {
        let mut organization = fixtures::organization();
        organization.automatic_approval = AutomaticApproval { free: true, byol: true };
        let facts = SubscriptionFacts {
            organization,
            integration: Integration::Off,
            account: fixtures::ACCOUNT,
            offer: offer(terms),
            product: product(ProductType::SaaS),
            seller: fixtures::seller(),
            running: None,
            test: false,
        };
        let quantities = quantities.iter().map(|(key, units)| ((*key).to_owned(), *units)).collect();
        let wish = Wish {
            id: crate::id::AgreementId::from_value(1),
            selection: Selection { quantities, ..Selection::default() },
            acceptance: Acceptance { documents_sha256: "00".into(), accepted_at: click() },
            requester_email: None,
            purchase_order: None,
        };
        let agreement = subscribe(&facts, wish, &quote_rules(), click()).unwrap().0;
        let crate::agreement::Origin::Direct { direct } = &agreement.origin else { panic!("ordered") };
        let all = entitlements(&agreement, &direct.quote, Some(&facts.offer.terms), now);
        all.into_iter().map(|entitlement| (entitlement.name, entitlement.amount, entitlement.status)).collect()
    }

    fn chosen(dimensions: &[&str]) -> Vec<Term> {
        let dimension =
            |key: &&str| DimensionPrice { dimension: (*key).into(), unit: format!("{key}, named"), price: usd("10") };
        let dimensions = dimensions.iter().map(dimension).collect();
        vec![Term::ConfigurableUpfrontPricing { choices: vec![DurationChoice { months: 12, dimensions }] }]
    }

    #[test]
    fn the_chosen_units_of_each_dimension_may_be_used() {
        assert_eq!(
            has(chosen(&["user", "site"]), &[("user", 10)], click()),
            [("user, named".to_owned(), Amount::Units(10), EntitlementStatus::Active)]
        );
    }

    #[test]
    fn usage_may_be_used_as_it_comes_and_what_names_nothing_is_the_product() {
        let rate = usage();
        let Term::UsageBasedPricing { rates, .. } = &rate else { panic!("usage") };
        let unit = rates[0].unit.clone();
        assert_eq!(has(vec![rate], &[], click())[0], (unit, Amount::AsUsed, EntitlementStatus::Active));
        assert_eq!(has(vec![Term::Byol], &[], click())[0].0, "The product");
    }

    #[test]
    fn an_entitlement_lasts_through_the_last_second_of_its_last_day() {
        let status = |now| has(vec![fixed("12000")], &[], at(now))[0].2;
        assert_eq!(status("2027-11-30T23:59:59Z"), EntitlementStatus::Active);
        assert_eq!(status("2027-12-01T00:00:00Z"), EntitlementStatus::Expired);
        let trial = |now| has(vec![Term::FreeTrial { days: 14 }], &[], at(now))[0].2;
        assert_eq!(trial("2026-12-14T23:59:59Z"), EntitlementStatus::Active);
        assert_eq!(trial("2026-12-15T00:00:00Z"), EntitlementStatus::Expired);
    }
}
