//! What one organization may see: a reader that is bound to it (A4).
//!
//! Pages of buyers read through this and nothing else, so an identifier that somebody guessed finds nothing of another
//! organization: every key begins with the one that the view was made for. It is made from a principal, or for whoever has
//! proven by other means (a signed address) what may be seen.

use jiff::civil::Date;
use marketgate_domain::access::Principal;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::Charge;
use marketgate_domain::id::{AccountId, AgreementId, InvoiceId, OrganizationId, ProductId, RequestId, UserId};
use marketgate_domain::invoice::Invoice;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::user::User;

use crate::error::StoreError;
use crate::reader::Reader;
use crate::{agreements, invoices, organizations, requests};

/// A reader bound to one organization.
#[derive(Debug, Clone, Copy)]
pub struct OrgView<'r, R> {
    reader: &'r R,
    organization: OrganizationId,
}

impl<'r, R: Reader> OrgView<'r, R> {
    /// The view of a principal; none for who belongs to no organization.
    pub fn of(reader: &'r R, principal: &Principal) -> Option<Self> {
        match principal {
            Principal::Punchout { organization, .. } | Principal::Member { organization, .. } => {
                Some(Self { reader, organization: *organization })
            }
            Principal::Anonymous | Principal::Operator { .. } => None,
        }
    }

    /// The view of an organization, for who has proven by other means that it may be seen.
    pub fn vouched(reader: &'r R, organization: OrganizationId) -> Self {
        Self { reader, organization }
    }

    /// What belongs to nobody: the catalogue.
    pub fn catalogue(&self) -> &'r R {
        self.reader
    }

    /// The organization itself.
    pub fn organization(&self) -> Result<Organization, StoreError> {
        organizations::require(self.reader, self.organization)
    }

    /// One of its people.
    pub fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        organizations::user(self.reader, self.organization, id)
    }

    /// The newest requests that one of its people made, at most so many.
    pub fn requests_of(&self, requester: UserId, limit: usize) -> Result<Vec<ProcurementRequest>, StoreError> {
        requests::newest_of_requester(self.reader, self.organization, requester, limit)
    }

    /// One of its requests.
    pub fn request(&self, id: RequestId) -> Result<Option<ProcurementRequest>, StoreError> {
        requests::find(self.reader, self.organization, id)
    }

    /// Its newest agreements, at most so many.
    pub fn agreements(&self, limit: usize) -> Result<Vec<Agreement>, StoreError> {
        agreements::newest(self.reader, self.organization, None, limit)
    }

    /// One of its agreements.
    pub fn agreement(&self, id: AgreementId) -> Result<Option<Agreement>, StoreError> {
        agreements::find(self.reader, self.organization, id)
    }

    /// The agreement that one of its accounts has for a product and that runs on that day.
    pub fn running_agreement(
        &self,
        account: AccountId,
        product: ProductId,
        today: Date,
    ) -> Result<Option<Agreement>, StoreError> {
        let running = agreements::running_for_product(self.reader, self.organization, (account, product), today)?;
        running.map(|id| agreements::require(self.reader, self.organization, id)).transpose()
    }

    /// The charges of one of its agreements.
    pub fn charges(&self, agreement: AgreementId) -> Result<Vec<Charge>, StoreError> {
        agreements::charges(self.reader, self.organization, agreement)
    }

    /// One of its invoices.
    pub fn invoice(&self, id: InvoiceId) -> Result<Option<Invoice>, StoreError> {
        invoices::find(self.reader, self.organization, id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::store;
    use marketgate_domain::id::ConnectionId;

    #[test]
    fn only_who_belongs_to_an_organization_has_a_view_of_it() {
        let visitor = Principal::Punchout {
            organization: OrganizationId::from_value(1),
            account: AccountId::from_value(1),
            connection: ConnectionId::from_value(1),
            user: UserId::from_value(1),
        };
        let store = store();
        let views = store.read(|snapshot| {
            let has_view = |principal: &Principal| OrgView::of(snapshot, principal).is_some();
            let operator = Principal::Operator { user: UserId::from_value(1) };
            Ok::<_, StoreError>([has_view(&visitor), has_view(&operator), has_view(&Principal::Anonymous)])
        });
        assert_eq!(views.unwrap(), [true, false, false]);
    }

    #[test]
    fn a_guessed_identifier_finds_nothing_of_another_organization() {
        let store = store();
        let agreement = crate::testing::agreement(OrganizationId::from_value(1), AgreementId::from_value(7));
        store.transact(move |tx| agreements::put(tx, &agreement)).unwrap();
        let seen = |organization| {
            let view = |snapshot: &crate::Snapshot| {
                OrgView::vouched(snapshot, organization).agreement(AgreementId::from_value(7))
            };
            store.read(view).unwrap().is_some()
        };
        assert!(seen(OrganizationId::from_value(1)));
        assert!(!seen(OrganizationId::from_value(2)));
    }
}
