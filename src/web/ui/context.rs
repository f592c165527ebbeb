//! What every page needs to know besides its own content.

use jiff::Timestamp;

/// What every page needs to know besides its own content.
#[derive(Debug, Clone, Copy)]
pub struct PageContext<'a> {
    /// Prefix of every link and form, without a slash at its end: `/p/TOKEN` in a PunchOut session, `/console` for the
    /// operator, empty for public pages.
    pub base: &'a str,
    /// Which links the header shows.
    pub nav: Nav,
    /// Who is looking, where somebody is signed in.
    pub signed_in: Option<SignedIn<'a>>,
    /// Value of the hidden field `csrf` of every form, where forms are possible.
    pub csrf: Option<&'a str>,
    /// The installation is a demo: every page says so (R1).
    pub demo: bool,
    /// The connection is in test mode: every page of it says so (N3).
    pub test_mode: bool,
    /// Version of the program, for the footer.
    pub version: &'a str,
    /// Business time, for "ends in 3 days".
    pub now: Timestamp,
}

/// Who is looking.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<'a> {
    /// The organization; for the operator a word such as `Operator`.
    pub organization: &'a str,
    /// The connection that the session came over, where there is one.
    pub connection: Option<&'a str>,
    /// Name of the person.
    pub user: &'a str,
}

/// Which links the header shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Store, cart, requests, agreements.
    Storefront {
        /// Lines in the cart, shown beside the link.
        cart_lines: usize,
    },
    /// The operator's lists.
    Console,
    /// None: before sign-in, and where no session leads further.
    Public,
}

/// What a page says about itself to the layout.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Title of the window; the product's name is added.
    pub title: &'a str,
    /// The last part of the address of the link that is current in the header, for example `cart`; empty for none.
    pub current: &'a str,
}
