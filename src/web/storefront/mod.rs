//! The storefront: pages of a PunchOut session, under the path of its own token (P2). No cookie, so it works inside the
//! buyer's frame and where cookies are refused.

pub mod again;
pub mod agreements;
pub mod approver;
pub mod cart;
pub mod offer;
pub mod product;
pub mod requests;
pub mod start;
pub mod store;

use actix_web::web::ServiceConfig;

use super::ui::components::Pager;

/// Pages of lists show so many rows.
const ROWS: usize = 100;

/// All routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(start::open)
        .service(store::show)
        .service(product::show)
        .service(offer::show)
        .service(offer::choose)
        .service(offer::subscribe_directly)
        .service(cart::show)
        .service(cart::remove)
        .service(cart::give_back)
        .service(cart::show_form)
        .service(requests::list)
        .service(requests::show)
        .service(requests::withdraw)
        .service(agreements::list)
        .service(agreements::show)
        .service(approver::show)
        .service(again::show)
        .service(again::put_down);
}

/// A list that is shown whole, or its newest part.
fn newest_only(summary: &str) -> Pager<'_> {
    Pager { previous: None, next: None, summary }
}

/// "12 requests", "the newest 100 requests".
fn counted(count: usize, noun: &str) -> String {
    match count {
        ROWS => format!("The newest {ROWS} {noun}s"),
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}
