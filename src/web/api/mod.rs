//! The JSON API (W5).

use actix_web::web::ServiceConfig;

/// All routes.
pub fn routes(_config: &mut ServiceConfig) {}
