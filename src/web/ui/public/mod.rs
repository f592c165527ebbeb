//! Pages before sign-in: home, first set-up, sign-in, and what went wrong.
//!
//! | page | address | forms it posts |
//! |---|---|---|
//! | [`home::page`] | `/` | |
//! | [`setup::page`] | the one-time address from the log | the same: `email`, `password`, `password_again` |
//! | [`sign_in::page`] | `/sign-in` | the same: `email`, `password`, `next` |
//! | [`error::not_found`], [`error::forbidden`], [`error::failed`] | any | |

pub mod error;
pub mod home;
pub mod send_again;
pub mod setup;
pub mod sign_in;
