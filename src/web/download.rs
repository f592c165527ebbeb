//! Files that a browser or a machine keeps instead of showing them.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::render::supplier_catalog::CatalogFile;

/// Answers with a file. It shows what one buyer may see and stays in no cache.
pub fn attachment(file: CatalogFile) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(file.media_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file.text)
}
