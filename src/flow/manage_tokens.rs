//! Tokens with which machines use the API (A3): made, shown once, ended. Only a hash is kept.

use jiff::Timestamp;
use marketgate_domain::access::Principal;
use marketgate_domain::event::Actor;
use marketgate_domain::id::UserId;
use marketgate_store::tokens::{self, ApiToken};
use marketgate_store::{Reader, StoreError, Tx};
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret, SecretString};

use super::{Error, audit};
use crate::context::Context;

/// Longest name of a token.
pub const LONGEST_NAME: usize = 64;

/// A token that was just made: the only moment at which it can be read.
#[derive(Debug)]
pub struct NewToken {
    /// The token.
    pub token: SecretString,
    /// What is remembered of it.
    pub record: ApiToken,
}

/// Who acts with a token: a name in the audit trail for each token, also after another token got its name.
pub fn acts_as(record: &ApiToken) -> UserId {
    let text = format!("api token {} {}", record.name, record.created_at);
    let mut value = [0; 16];
    value.iter_mut().zip(digest(&SHA256, text.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    UserId::from_value(u128::from_be_bytes(value))
}

/// The principal of a token: machines of the operator may what the operator may.
pub fn principal(record: &ApiToken) -> Principal {
    Principal::Operator { user: acts_as(record) }
}

/// Checks the name of a token: letters, digits, `-`, `_` and `.`, because it is part of an address.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn check_name(name: &str) -> Result<(), String> {
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let is_path = name.bytes().all(|b| b == b'.');
    if fits && !is_path && name.len() <= LONGEST_NAME {
        Ok(())
    } else {
        Err(format!("a name has 1 to {LONGEST_NAME} letters, digits, \"-\", \"_\" and \".\""))
    }
}

/// The live token, whoever shows it.
///
/// # Errors
/// [`StoreError`].
pub fn recognise(reader: &impl Reader, token: &str) -> Result<Option<ApiToken>, StoreError> {
    tokens::find(reader, token)
}

/// Makes a token.
///
/// # Errors
/// [`Error::BadRequest`] for an unusable name, [`Error::Conflict`] for one that is taken.
pub async fn create_token(context: &Context, actor: Actor, made_by: &str, name: &str) -> Result<NewToken, Error> {
    check_name(name).map_err(Error::BadRequest)?;
    let token = context.random.token();
    let record = ApiToken { name: name.to_owned(), made_by: made_by.to_owned(), created_at: context.clock.wall() };
    let (now, stored, issued) = (context.clock.business(), record.clone(), token.clone());
    context.store.transact_async(move |tx| issue(tx, &issued, &stored, now, actor.clone())).await?;
    Ok(NewToken { token: SecretString::from(token), record })
}

/// Stores a token inside a transaction: for the API, the command line, the demo.
///
/// # Errors
/// [`Error::Conflict`] for a name that is taken.
pub fn issue(tx: &mut Tx<'_>, token: &str, record: &ApiToken, now: Timestamp, actor: Actor) -> Result<(), Error> {
    if tokens::all(tx, usize::MAX)?.iter().any(|other| other.name == record.name) {
        return Err(Error::Conflict(format!("There is a token named \"{}\" already. Revoke it first.", record.name)));
    }
    tokens::put(tx, token, record)?;
    let subject = acts_as(record).to_string();
    let detail = format!("token \"{}\" made by {}", record.name, record.made_by);
    audit::record(tx, now, actor, None, "token.created", &subject, &detail)?;
    Ok(())
}

/// Ends a token.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke_token(context: &Context, actor: Actor, name: &str) -> Result<(), Error> {
    let (now, name) = (context.clock.business(), name.to_owned());
    context
        .store
        .transact_async(move |tx| -> Result<(), Error> {
            let all = tokens::all(tx, usize::MAX)?;
            let record = all.into_iter().find(|token| token.name == name).ok_or(Error::NotFound)?;
            tokens::revoke(tx, &name)?;
            let subject = acts_as(&record).to_string();
            let detail = format!("token \"{name}\" ended");
            audit::record(tx, now, actor.clone(), None, "token.revoked", &subject, &detail)?;
            Ok(())
        })
        .await?;
    Ok(())
}

impl NewToken {
    /// The token as it is shown, once.
    pub fn reveal(&self) -> &str {
        self.token.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, created_at: &str) -> ApiToken {
        let created_at = created_at.parse().unwrap();
        ApiToken { name: name.to_owned(), made_by: "demo".to_owned(), created_at }
    }

    #[test]
    fn a_token_that_takes_over_a_name_is_somebody_else_in_the_audit_trail() {
        let first = record("erp", "2026-03-02T09:00:00Z");
        assert_eq!(acts_as(&first), acts_as(&first.clone()));
        assert_ne!(acts_as(&first), acts_as(&record("erp", "2026-03-02T09:00:01Z")));
        assert_ne!(acts_as(&first), acts_as(&record("crm", "2026-03-02T09:00:00Z")));
    }

    #[test]
    fn a_name_that_cannot_stand_in_an_address_is_refused() {
        for good in ["erp", "ERP_2.nightly-sync"] {
            assert_eq!(check_name(good), Ok(()));
        }
        for bad in ["", "..", "a/b", "a b", "ä", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_new_token_does_not_show_itself_in_debug_output() {
        let token = NewToken { token: SecretString::from("hidden"), record: record("erp", "2026-03-02T09:00:00Z") };
        assert!(!format!("{token:?}").contains("hidden"));
        assert_eq!(token.reveal(), "hidden");
    }
}
