//! ProfileRequest: what this server takes. Only payloadID and timestamp ever vary in the answer.

use jiff::Timestamp;
use marketgate_cxml::profile::{ProfileResponse, Transaction};

/// The requests that this server takes. Every other one is answered 450.
pub const TAKEN: [&str; 4] = ["ProfileRequest", "PunchOutSetupRequest", "OrderRequest", "StatusUpdateRequest"];

/// Since when the profile has been what it is: the release that last changed it.
const IN_EFFECT_SINCE: &str = "2026-11-01T00:00:00Z";

/// The profile, with everything sent to the one endpoint (P1).
pub fn profile(endpoint: &str) -> ProfileResponse {
    let since = IN_EFFECT_SINCE.parse().unwrap_or(Timestamp::UNIX_EPOCH);
    let transactions = vec![
        Transaction::new("ProfileRequest", endpoint),
        Transaction::new("PunchOutSetupRequest", endpoint).with_option("operationAllowed", "create"),
        Transaction::new("OrderRequest", endpoint).with_option("attachments", "Yes").with_option("changes", "No"),
        Transaction::new("StatusUpdateRequest", endpoint),
    ];
    ProfileResponse::new(since, transactions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_names_every_request_that_is_answered() {
        let profile = profile("https://market.example/cxml");
        for name in TAKEN {
            assert_eq!(profile.url_for(name), Some("https://market.example/cxml"), "{name}");
        }
        assert_eq!(profile.url_for("InvoiceDetailRequest"), None);
    }
}
