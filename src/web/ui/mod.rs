//! The pages: pure functions from view models to HTML.
//!
//! No data access, no framework, no clock: a handler fills a view struct with borrowed domain values, a page function
//! turns it into markup, and everything that came from outside is escaped by the template. Pages work without JavaScript
//! and inside a frame; they load nothing but the two files of [`assets`] and carry no inline style and no inline script,
//! so that the strictest content security policy holds (W4).
//!
//! * every page: [`context`] (what each page needs to know), [`layout`] (head, header, banners, footer)
//! * building blocks: [`components`], [`mod@format`], [`price`], [`schedule`], [`life`], [`status`], [`icons`]
//! * pages: [`storefront`] (people who buy), [`public`] (before sign-in), [`console`] (the operator)
//!
//! Links are made from [`context::PageContext::base`]: a storefront lives under the path of its own session.

pub mod assets;
pub mod components;
pub mod console;
pub mod context;
pub mod format;
pub mod icons;
pub mod layout;
pub mod life;
pub mod price;
pub mod public;
pub mod schedule;
pub mod status;
pub mod storefront;

#[cfg(test)]
pub(crate) mod gallery;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod samples_catalog;
#[cfg(test)]
mod tests;
