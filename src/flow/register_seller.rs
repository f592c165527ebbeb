//! A seller of record is entered, or its particulars change. Its invoice prefix never changes: numbers would lose their row
//! without gaps (B3). Invoices that were issued keep what they say.

use marketgate_domain::event::Actor;
use marketgate_domain::id::SellerId;
use marketgate_domain::seller::Seller;
use marketgate_store::{StoreError, catalog};

use super::{Error, audit};
use crate::context::Context;

/// Enters a new seller.
///
/// # Errors
/// [`Error::Faults`], [`Error::Conflict`] for an invoice prefix that is taken.
pub async fn register_seller(context: &Context, actor: Actor, seller: Seller) -> Result<Seller, Error> {
    Error::check(seller.faults())?;
    let (now, stored) = (context.clock.business(), seller.clone());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            catalog::put_seller(tx, &stored).map_err(taken)?;
            let detail = format!("\"{}\" entered, invoices {}...", stored.name, stored.invoice_prefix);
            audit::record(tx, now, actor.clone(), None, "seller.registered", &stored.id.to_string(), &detail)?;
            Ok(())
        })
        .await?;
    Ok(seller)
}

/// Changes the particulars of a seller. A change that changes nothing leaves no record.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Faults`].
pub async fn change_seller(
    context: &Context,
    actor: Actor,
    id: SellerId,
    change: impl Fn(&mut Seller) + Send + 'static,
) -> Result<Seller, Error> {
    let now = context.clock.business();
    let changed = context.store.transact_async(move |tx| -> Result<Seller, Error> {
        let before = catalog::seller(tx, id)?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        change(&mut after);
        let after = Seller { id, invoice_prefix: before.invoice_prefix.clone(), ..after };
        Error::check(after.faults())?;
        if after != before {
            catalog::put_seller(tx, &after)?;
            let detail = format!("particulars of \"{}\" changed", after.name);
            audit::record(tx, now, actor.clone(), None, "seller.changed", &id.to_string(), &detail)?;
        }
        Ok(after)
    });
    changed.await
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Exists { key, .. } => Error::Conflict(format!("Another seller has the invoice prefix \"{key}\".")),
        other => other.into(),
    }
}
