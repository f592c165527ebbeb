//! Documents as they arrive from outside: good, odd and hostile. Every one gets a cXML answer in HTTP 200, because
//! procurement systems take anything else for a broken network.

mod hostile;
mod identities;
mod requests;
pub mod samples;
mod secrets;
mod signatures;
mod transport;
mod validation;

use marketgate::demo::seed::{ACME_COUPA, FixedConnection};

use crate::harness::Answer;
use crate::harness::post::{request, setup};

/// A setup request of Acme that is taken.
fn acme_setup(payload_id: &str) -> String {
    setup_of(&ACME_COUPA, payload_id)
}

fn setup_of(fixed: &FixedConnection, payload_id: &str) -> String {
    request(fixed, payload_id, &setup("https://buyer.acme.example/punchout/return"))
}

/// The answer travels in HTTP 200 and has that status.
fn assert_answered(answer: &Answer, code: u16) {
    assert_eq!((answer.http_status, answer.code()), (200, code), "{}", answer.text);
}
