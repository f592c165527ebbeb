//! A product is listed, or what is said about it changes (C1). Its code, type and seller never change: carts, orders and
//! hosted catalogues refer to them.

use marketgate_domain::event::Actor;
use marketgate_domain::id::ProductId;
use marketgate_domain::product::Product;
use marketgate_store::{StoreError, catalog};

use super::{Error, audit};
use crate::context::Context;

/// Lists a new product.
///
/// # Errors
/// [`Error::Faults`], [`Error::BadRequest`] for a seller that does not exist, [`Error::Conflict`] for a code that is taken.
pub async fn list_product(context: &Context, actor: Actor, product: Product) -> Result<Product, Error> {
    Error::check(product.faults())?;
    let (now, stored) = (context.clock.business(), product.clone());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            if catalog::seller(tx, stored.seller)?.is_none() {
                return Err(Error::BadRequest(format!("There is no seller {}: make it first.", stored.seller)));
            }
            catalog::put_product(tx, &stored).map_err(taken)?;
            let detail = format!("\"{}\" listed as {}", stored.name, stored.code);
            audit::record(tx, now, actor.clone(), None, "product.listed", &stored.id.to_string(), &detail)?;
            Ok(())
        })
        .await?;
    Ok(product)
}

/// Changes what is said about a product. A change that changes nothing leaves no record.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Faults`].
pub async fn change_product(
    context: &Context,
    actor: Actor,
    id: ProductId,
    change: impl Fn(&mut Product) + Send + 'static,
) -> Result<Product, Error> {
    let now = context.clock.business();
    let changed = context.store.transact_async(move |tx| -> Result<Product, Error> {
        let before = catalog::product(tx, id)?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        change(&mut after);
        let after = Product {
            id,
            code: before.code.clone(),
            product_type: before.product_type,
            seller: before.seller,
            ..after
        };
        Error::check(after.faults())?;
        if after != before {
            catalog::put_product(tx, &after)?;
            let detail = format!("\"{}\" ({}) described anew", after.name, after.code);
            audit::record(tx, now, actor.clone(), None, "product.changed", &id.to_string(), &detail)?;
        }
        Ok(after)
    });
    changed.await
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Exists { key, .. } => Error::Conflict(format!("Another product has the code \"{key}\" already.")),
        other => other.into(),
    }
}
