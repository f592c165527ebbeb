//! Gives a connection's catalogue as a file for its procurement system. Nothing is recorded: it can be asked for at any time.

use marketgate_domain::id::ConnectionId;

use super::Error;
use crate::context::Context;
use crate::query::supplier_catalog::supplier_catalog;
use crate::render::supplier_catalog::{CatalogFile, CatalogFormat, write};

/// Looks the catalogue up and writes the file.
///
/// # Errors
/// [`Error::NotFound`] for an unknown connection, [`Error::Conflict`] where the connection does not say who we are.
pub async fn export_catalog(context: &Context, id: ConnectionId, format: CatalogFormat) -> Result<CatalogFile, Error> {
    let (rules, now, keeper) = (context.quote_rules.clone(), context.clock.business(), context.catalogue.clone());
    let catalog = context
        .read(move |snapshot| -> Result<_, Error> {
            Ok(supplier_catalog(snapshot, &keeper.shelf(snapshot)?, id, &rules, now)?)
        })
        .await?
        .ok_or(Error::NotFound)?;
    write(&catalog, &context.url("/cxml"), format).map_err(|error| Error::Conflict(error.to_string()))
}
