//! The whole catalogue as a file.

use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get};
use futures_util::stream;
use marketgate_domain::access::Action;

use super::caller::Caller;
use super::{Answer, look};
use crate::context::Context;
use crate::interchange::catalog::file::CatalogRecord;
use crate::query::catalog_file::Export;

/// Reads the whole catalogue.
///
/// Sellers, products and offers as one JSON file, each record on a line of its own, newest first: the form that can be imported. It
/// holds everything, private offers and drafts too.
#[utoipa::path(tag = "catalog", responses((status = 200, description = "The file", body = CatalogRecord)))]
#[get("/catalog")]
pub async fn export_catalog(context: Data<Context>, caller: Caller) -> Answer {
    caller.may(Action::ChangeCatalog)?;
    let context = context.into_inner();
    let pieces = stream::try_unfold(Export::default(), move |walk| {
        let context = context.clone();
        async move {
            let piece = look(&context, move |snapshot| walk.clone().next(snapshot)).await?;
            Ok::<_, actix_web::Error>(piece.map(|piece| (Bytes::from(piece.text), piece.rest)))
        }
    });
    let name = "attachment; filename=\"catalog.json\"";
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(pieces))
}
