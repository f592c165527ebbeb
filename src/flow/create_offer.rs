//! An offer of a product is prepared (C1, C2): a draft that nobody sees who buys, or released at once.

use std::collections::HashSet;

use marketgate_domain::event::Actor;
use marketgate_domain::fault::Fault;
use marketgate_domain::id::{AccountId, OfferId, ProductId};
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::offer_change::OfferChange;
use marketgate_domain::terms::Terms;
use marketgate_store::{Reader, StoreError, catalog, organizations};

use super::{Error, audit};
use crate::context::Context;

/// What is to be offered.
#[derive(Debug, Clone)]
pub struct NewOffer {
    /// Of which product; its seller sells it.
    pub product: ProductId,
    /// Name for people.
    pub name: String,
    /// To whom.
    pub visibility: Visibility,
    /// Last day of a private offer.
    pub availability_end_date: Option<jiff::civil::Date>,
    /// What is paid.
    pub terms: Terms,
    /// Release it at once.
    pub release: bool,
}

/// Makes an offer.
///
/// # Errors
/// [`Error::Faults`] for wrong fields, for a product or an account that does not exist, and, if it is to be released, for rules of C4
/// and C5 that do not hold.
pub async fn create_offer(context: &Context, actor: Actor, wanted: NewOffer) -> Result<Offer, Error> {
    let (now, id) = (context.clock.business(), OfferId::new(context.random.uuid()));
    let created = context.store.transact_async(move |tx| -> Result<Offer, Error> {
        let Some(product) = catalog::product(tx, wanted.product)? else {
            let detail = format!("there is no product {}: make it first", wanted.product);
            return Err(Error::Faults(vec![Fault::new("product", detail)]));
        };
        let offer = Offer {
            id,
            product: product.id,
            seller: product.seller,
            name: wanted.name.clone(),
            visibility: wanted.visibility.clone(),
            revision: 0,
            availability_end_date: wanted.availability_end_date,
            terms: wanted.terms.clone(),
            state: OfferState::Draft,
            released_at: now,
        };
        let release = OfferChange { release: wanted.release, ..OfferChange::default() };
        // Where the release is refused the faults say why.
        let mut faults = if wanted.release { offer.release_faults(now) } else { offer.faults() };
        let offer = offer.change(&release, now).unwrap_or(offer);
        if offer.is_private() {
            let known = all_accounts(tx)?;
            faults.extend(offer.unknown_account(|account| known.contains(&account)));
        }
        Error::check(faults)?;
        catalog::put_offer(tx, &offer)?;
        let step = if wanted.release { "released" } else { "drafted" };
        let detail = format!("\"{}\" of {} {step}", offer.name, product.code);
        audit::record(tx, now, actor.clone(), None, "offer.created", &id.to_string(), &detail)?;
        Ok(offer)
    });
    created.await
}

/// The accounts that organizations have.
pub(super) fn all_accounts(reader: &impl Reader) -> Result<HashSet<AccountId>, StoreError> {
    let organizations = organizations::all(reader, usize::MAX)?;
    Ok(organizations.iter().flat_map(|organization| &organization.accounts).map(|account| account.id).collect())
}
