//! The console as a browser meets it, over a store of its own.

mod catalog;
mod decisions;
mod house;
mod lists;
mod pages;
