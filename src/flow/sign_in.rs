//! Operators sign in with their password and get a session (A3).

use argon2::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use marketgate_domain::access::Principal;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::event::Actor;
use marketgate_domain::user::OperatorUser;
use marketgate_store::StoreError;
use marketgate_store::sessions::{self, OperatorSession};
use secrecy::{ExposeSecret, SecretString};

use super::create_operator::hasher;
use super::open_punchout::after;
use super::{Error, audit};
use crate::context::Context;

/// Seconds that a sign-in lasts.
pub const SESSION_SECONDS: i64 = 8 * 60 * 60;

/// A hash that no password has: an unknown name costs as much time as a wrong password.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bWFya2V0Z2F0ZW5vYm9keQ$ttxFGhB6J0gkY4lHo6pW8u0c3DdhrM0XDIhQIf2kDzQ";

/// Signs in; the value of the cookie comes back.
///
/// # Errors
/// [`Error::Unauthenticated`] for whatever does not fit, also after too many tries.
pub async fn sign_in(context: &Context, source: &str, email: &str, password: SecretString) -> Result<String, Error> {
    let wall_now = context.clock.wall();
    let identity = format!("operator {email}");
    if !context.logins.allows(source, &identity, wall_now) {
        return Err(Error::Unauthenticated);
    }
    let operator = match email.parse::<EmailAddress>() {
        Ok(email) => context.read(move |snapshot| sessions::operator(snapshot, &email)).await?,
        Err(_) => None,
    };
    let Some(operator) = verify(operator, password).await? else {
        context.logins.failed(source, &identity, wall_now);
        return Err(Error::Unauthenticated);
    };
    let cookie = context.random.token();
    let session = OperatorSession {
        user: operator.id,
        email: operator.email.clone(),
        csrf: context.random.token(),
        expires_at: after(wall_now, SESSION_SECONDS),
    };
    let (now, stored) = (context.clock.business(), cookie.clone());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            sessions::put_operator_session(tx, &stored, &session)?;
            let detail = format!("{} signed in", session.email);
            audit::record(
                tx,
                now,
                Actor::Operator { user: session.user },
                None,
                "operator.signed_in",
                &session.user.to_string(),
                &detail,
            )?;
            Ok(())
        })
        .await?;
    Ok(cookie)
}

async fn verify(operator: Option<OperatorUser>, password: SecretString) -> Result<Option<OperatorUser>, Error> {
    let work = move || {
        let hash = operator.as_ref().map_or(NOBODY, |operator| operator.password_hash.as_str());
        let fits = PasswordHash::new(hash)
            .is_ok_and(|hash| hasher().verify_password(password.expose_secret().as_bytes(), &hash).is_ok());
        operator.filter(|_| fits)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Store(StoreError::Panicked { detail: error.to_string() }))
}

/// The live sign-in of a cookie.
///
/// # Errors
/// [`Error::Store`].
pub async fn signed_in(context: &Context, cookie: &str) -> Result<Option<OperatorSession>, Error> {
    let wall_now = context.clock.wall();
    let cookie = cookie.to_owned();
    let session = context.read(move |snapshot| sessions::operator_session(snapshot, &cookie)).await?;
    Ok(session.filter(|session| wall_now < session.expires_at))
}

/// The principal of a sign-in.
pub fn principal(session: &OperatorSession) -> Principal {
    Principal::Operator { user: session.user }
}

/// Ends a sign-in.
///
/// # Errors
/// [`Error::Store`].
pub async fn sign_out(context: &Context, cookie: &str) -> Result<(), Error> {
    let cookie = cookie.to_owned();
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            sessions::end_operator_session(tx, &cookie)?;
            Ok(())
        })
        .await?;
    Ok(())
}
