//! The first operator: made through a one-time link that only the log shows (A3). No default password ever exists.

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use marketgate_domain::email::EmailAddress;
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_domain::user::OperatorUser;
use marketgate_store::sessions::{self, SetupLink};
use marketgate_store::{Reader, StoreError};
use secrecy::{ExposeSecret, SecretString};

use super::{Error, audit};
use crate::context::Context;

/// Shorter passwords are refused.
pub const SHORTEST_PASSWORD: usize = 12;

/// The path of a new set-up link, if the store has no operator yet. Earlier links stop working.
///
/// # Errors
/// [`Error::Store`].
pub async fn setup_path(context: &Context) -> Result<Option<String>, Error> {
    let token = context.random.token();
    let link = SetupLink { created_at: context.clock.wall() };
    let path = format!("/setup/{token}");
    let value = context
        .store
        .transact_async(move |tx| -> Result<bool, Error> {
            if sessions::has_operator(tx)? {
                return Ok(false);
            }
            sessions::replace_setup_link(tx, &token, &link)?;
            Ok(true)
        })
        .await?;
    Ok(value.then_some(path))
}

/// Whether a set-up link still works.
///
/// # Errors
/// [`StoreError`].
pub fn link_works(reader: &impl Reader, token: &str) -> Result<bool, StoreError> {
    Ok(sessions::setup_link(reader, token)?.is_some() && !sessions::has_operator(reader)?)
}

/// Makes the operator; the link is used up.
///
/// # Errors
/// [`Error::BadRequest`] for an unusable address or password, [`Error::NotFound`] for a link that does not work.
pub async fn create_operator(context: &Context, token: &str, email: &str, password: SecretString) -> Result<(), Error> {
    let email: EmailAddress = email.parse().map_err(|error| Error::BadRequest(format!("{error}")))?;
    if password.expose_secret().chars().count() < SHORTEST_PASSWORD {
        return Err(Error::BadRequest(format!("The password needs at least {SHORTEST_PASSWORD} characters.")));
    }
    let password_hash = hash_password(context, password).await?;
    let (now, token) = (context.clock.business(), token.to_owned());
    let operator =
        OperatorUser { id: UserId::new(context.random.uuid()), email, password_hash, created_at: context.clock.wall() };
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            if !link_works(tx, &token)? {
                return Err(Error::NotFound);
            }
            sessions::end_setup_links(tx)?;
            sessions::put_operator(tx, &operator)?;
            let detail = format!("first operator {}", operator.email);
            audit::record(
                tx,
                now,
                Actor::Operator { user: operator.id },
                None,
                "operator.created",
                &operator.id.to_string(),
                &detail,
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// argon2id with the library's recommended cost; takes tens of milliseconds, so it runs on the blocking pool.
///
/// # Errors
/// [`Error::Store`] when the work was abandoned.
pub async fn hash_password(context: &Context, password: SecretString) -> Result<String, Error> {
    let salt: [u8; 16] = context.random.bytes();
    let work = move || {
        hasher().hash_password_with_salt(password.expose_secret().as_bytes(), &salt).map(|hash| hash.to_string())
    };
    let failed = |detail: String| Error::Store(StoreError::Panicked { detail });
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(|error| failed(error.to_string()))
}

/// The one password hasher.
pub(super) fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}
