//! Charges: amounts due under an agreement at a moment. Planned when the agreement is made, invoiced when they fall due.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::day;
use crate::id::{AgreementId, InvoiceId, OrganizationId, PurchaseOrderId};
use crate::money::Money;
use crate::quote::PaymentPlan;

/// A charge is the n-th of its agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChargeId {
    /// The agreement.
    pub agreement: AgreementId,
    /// Number, from 1.
    pub number: u32,
}

impl fmt::Display for ChargeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.agreement, self.number)
    }
}

/// An amount due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Identifier.
    pub id: ChargeId,
    /// The organization.
    pub organization: OrganizationId,
    /// The order that brought it; none under a direct subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<PurchaseOrderId>,
    /// How much.
    pub amount: Money,
    /// What for, for example `Installment 2 of 4`.
    pub description: String,
    /// When it may be invoiced, business time.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: ChargeState,
}

/// Where a charge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChargeState {
    /// Waits for its day.
    Planned,
    /// Is on an invoice.
    Invoiced {
        /// The invoice.
        invoice: InvoiceId,
    },
}

/// Plans the charges of a new agreement (B1).
///
/// Dates before acceptance fall due at acceptance; nothing falls due before the hold window of the connection is over
/// (O6). An installment of nothing is not a charge.
pub fn plan(
    plan: &PaymentPlan,
    agreement: AgreementId,
    organization: OrganizationId,
    order: Option<PurchaseOrderId>,
    accepted_at: Timestamp,
    hold_minutes: u32,
) -> Vec<Charge> {
    let earliest =
        accepted_at.saturating_add(SignedDuration::from_mins(i64::from(hold_minutes))).unwrap_or(accepted_at);
    parts(plan, accepted_at)
        .into_iter()
        .filter(|(_, amount, _)| !amount.is_zero())
        .zip(1u32..)
        .map(|((falls_due, amount, description), number)| Charge {
            id: ChargeId { agreement, number },
            organization,
            order,
            amount,
            description,
            due_at: falls_due.max(earliest),
            state: ChargeState::Planned,
        })
        .collect()
}

fn parts(plan: &PaymentPlan, accepted_at: Timestamp) -> Vec<(Timestamp, Money, String)> {
    let today = day::of(accepted_at);
    match plan {
        PaymentPlan::Nothing => Vec::new(),
        PaymentPlan::Once { amount } => vec![(accepted_at, *amount, "Contract price".to_owned())],
        PaymentPlan::Schedule { installments } => installments
            .iter()
            .zip(1u32..)
            .map(|(part, n)| {
                (day::start(part.charge_date), part.amount, format!("Installment {n} of {}", installments.len()))
            })
            .collect(),
        PaymentPlan::Monthly { amount, months } => (0..*months)
            .map(|n| (day::start(day::plus_months(today, n)), *amount, format!("Month {} of {months}", n + 1)))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::terms::Installment;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn usd(n: i64) -> Money {
        Money::new(n.into(), Currency::USD).unwrap()
    }

    fn planned(payment: &PaymentPlan, hold_minutes: u32) -> Vec<Charge> {
        plan(
            payment,
            AgreementId::from_value(1),
            OrganizationId::from_value(1),
            Some(PurchaseOrderId::from_value(1)),
            "2026-12-10T08:30:00Z".parse().unwrap(),
            hold_minutes,
        )
    }

    fn due(charges: &[Charge]) -> Vec<String> {
        charges.iter().map(|charge| charge.due_at.to_string()).collect()
    }

    #[test]
    fn an_upfront_price_falls_due_at_acceptance_once_the_hold_is_over() {
        let once = PaymentPlan::Once { amount: usd(100) };
        assert_eq!(due(&planned(&once, 0)), ["2026-12-10T08:30:00Z"]);
        assert_eq!(due(&planned(&once, 60)), ["2026-12-10T09:30:00Z"]);
    }

    #[test]
    fn installments_fall_due_on_their_days_and_missed_ones_at_acceptance() {
        let installments = [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
            .map(|charge_date| Installment { charge_date, amount: usd(10) })
            .to_vec();
        let charges = planned(&PaymentPlan::Schedule { installments }, 60);
        assert_eq!(due(&charges), ["2026-12-10T09:30:00Z", "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"]);
        assert_eq!(charges[1].description, "Installment 2 of 3");
    }

    #[test]
    fn a_flat_monthly_price_falls_due_each_month() {
        let charges = planned(&PaymentPlan::Monthly { amount: usd(5), months: 3 }, 0);
        assert_eq!(due(&charges), ["2026-12-10T08:30:00Z", "2027-01-10T00:00:00Z", "2027-02-10T00:00:00Z"]);
    }

    #[test]
    fn an_installment_of_nothing_is_not_a_charge() {
        let installments = vec![
            Installment { charge_date: date(2027, 1, 1), amount: usd(0) },
            Installment { charge_date: date(2027, 2, 1), amount: usd(7) },
        ];
        let charges = planned(&PaymentPlan::Schedule { installments }, 0);
        assert_eq!(charges.len(), 1);
        assert_eq!(charges[0].id.number, 1);
    }

    proptest! {
        #[test]
        fn the_charges_add_up_to_the_contract_value(amounts in proptest::collection::vec(0i64..100_000, 1..60)) {
            let installments = amounts
                .iter()
                .zip(0..)
                .map(|(n, month)| Installment { charge_date: day::plus_months(date(2026, 12, 1), month), amount: usd(*n) })
                .collect();
            let payment = PaymentPlan::Schedule { installments };
            let total = Money::sum(Currency::USD, planned(&payment, 60).iter().map(|charge| charge.amount)).unwrap();
            prop_assert_eq!(total, payment.total(Currency::USD).unwrap());
        }
    }
}
