//! The browser opens the StartPage, and every page after it: tokens become sessions (P2).

use jiff::Timestamp;
use marketgate_domain::punchout::PunchoutSession;
use marketgate_store::Reader;
use marketgate_store::sessions::{self, PunchoutToken};

use super::Error;
use crate::context::Context;

/// Redeems a StartPage token; the token of the session's pages comes back.
///
/// Opening it again works for a short while until the first action, because link scanners open addresses before people do.
///
/// # Errors
/// [`Error::NotFound`] for a token that is unknown, used up or too old.
pub async fn redeem_start_token(context: &Context, token: &str) -> Result<String, Error> {
    let token = token.to_owned();
    let wall_now = context.clock.wall();
    let grace = i64::from(context.config.punchout.start_token_grace_seconds);
    let value = context
        .store
        .transact_async(move |tx| {
            let Some(PunchoutToken::Start { session: id, path_token, expires_at }) = sessions::token(tx, &token)?
            else {
                return Err(Error::NotFound);
            };
            let mut session = sessions::session(tx, id)?.ok_or(Error::NotFound)?;
            if !session.is_alive(wall_now) || !session.start_token_works(wall_now, expires_at, grace) {
                return Err(Error::NotFound);
            }
            if session.opened_at.is_none() {
                session.opened_at = Some(wall_now);
                sessions::put(tx, &session)?;
            }
            Ok(path_token)
        })
        .await?;
    Ok(value)
}

/// The live session of a page's token.
///
/// # Errors
/// [`Error::NotFound`] for a token that is unknown, and for a session that is over.
pub fn session(reader: &impl Reader, path_token: &str, wall_now: Timestamp) -> Result<PunchoutSession, Error> {
    match sessions::token(reader, path_token)? {
        Some(PunchoutToken::Path { session }) => {
            sessions::session(reader, session)?.filter(|session| session.is_alive(wall_now)).ok_or(Error::NotFound)
        }
        _ => Err(Error::NotFound),
    }
}

/// Notes the first action, which spends the StartPage token.
///
/// # Errors
/// [`Error::Store`].
pub async fn note_action(context: &Context, session: &PunchoutSession) -> Result<(), Error> {
    if session.acted {
        return Ok(());
    }
    let id = session.id;
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let Some(mut session) = sessions::session(tx, id)? else { return Ok(()) };
            session.acted = true;
            sessions::put(tx, &session)?;
            Ok(())
        })
        .await?;
    Ok(())
}
