//! The console: what the operator sees. Every page asks the authorization function for the whole installation.

mod operator;

pub use operator::{Operator, cookie_name};

use actix_web::web::ServiceConfig;

/// All routes.
pub fn routes(config: &mut ServiceConfig) {
    let _ = config;
}
