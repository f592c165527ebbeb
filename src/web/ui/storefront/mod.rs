//! What people who buy see, in a PunchOut session or signed in directly (W1).
//!
//! | page | address below `base` | forms it posts |
//! |---|---|---|
//! | [`store::page`] | (nothing), `?q=&type=&model=&seller=&category=` | |
//! | [`product::page`] | `/products/ID` | |
//! | [`offer::page`] | `/offers/ID` | `/offers/ID/request` with `then` = `return`, `add` or `preview` |
//! | [`cart::page`] | `/cart` | `/cart/REQUEST/remove`, `/cart/return` |
//! | [`requests::list`], [`requests::one`] | `/requests`, `/requests/ID` | |
//! | [`agreements::list`], [`agreements::one`] | `/agreements`, `/agreements/ID` | |
//! | [`return_cart::page`] | answer to the forms that return the cart | the buyer's own address |
//! | [`approver::page`] | a signed address of its own | |
//! | [`ended::page`], [`ended::start_help`] | where no session leads further | |

pub mod agreements;
pub mod approver;
pub mod cart;
pub mod ended;
pub mod offer;
pub mod offer_form;
pub mod product;
pub mod requests;
pub mod return_cart;
pub mod store;
pub mod terms;
