//! The StartPage: the token in its address leads to the session's own path, once (P2).

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};

use crate::context::Context;
use crate::flow::Error;
use crate::flow::enter_session::redeem_start_token;
use crate::web::pages::{PageError, see_other};

/// Opens a session.
#[get("/punchout/start/{token}")]
pub async fn open(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    match redeem_start_token(&context, &token).await {
        Ok(path_token) => Ok(see_other(&format!("/p/{path_token}"))),
        Err(Error::NotFound) => Err(PageError::session_ended(&context)),
        Err(error) => Err(PageError::new(&context, &error)),
    }
}
