//! What taking an invoice and taking a confirmation share: whose document it is, and the answer in that buyer's words.

use ring::digest;

use crate::config::BuyerConfig;
use crate::dialect::{Habits, Wording};
use crate::wire::answer::CxmlStatus;
use crate::wire::invoice::Parties;

/// The cXML version of answers to documents that belong to nobody.
const FALLBACK_VERSION: &str = "1.2.014";

/// What is answered, in the cXML version of the buyer it was answered for.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: CxmlStatus,
    pub(crate) dtd_version: &'static str,
}

impl Reply {
    /// An answer in the name of a buyer, or of nobody.
    pub(crate) fn new(status: CxmlStatus, buyer: Option<&BuyerConfig>) -> Self {
        let dtd_version = buyer.map_or(FALLBACK_VERSION, |buyer| buyer.dialect.habits().dtd_version);
        Self { status, dtd_version }
    }
}

impl Wording {
    /// The status with its reason.
    pub(crate) fn because(self, why: impl AsRef<str>) -> CxmlStatus {
        CxmlStatus::new(self.code, self.text, format!("{}{}", self.prefix, why.as_ref()))
    }
}

impl Habits {
    /// The answer to a document that was taken: `what` names the kind.
    pub(crate) fn accepted(&self, what: &str, id: u64) -> CxmlStatus {
        self.accepted.because(format!("{what} id: {id}"))
    }
}

/// The buyer whose supplier sent the document; the roles are turned round compared with an order.
pub(crate) fn authenticate(buyers: &[BuyerConfig], parties: Option<Parties>) -> Result<&BuyerConfig, CxmlStatus> {
    let refusal = || CxmlStatus::new(401, "Unauthorized", "Invalid credentials");
    let parties = parties.ok_or_else(refusal)?;
    let names = |party: &[(String, String)], domain: &str, identity: &str| {
        party.iter().any(|(d, i)| d.eq_ignore_ascii_case(domain) && same_identity(domain, i, identity))
    };
    buyers
        .iter()
        .find(|buyer| {
            names(&parties.from, &buyer.supplier_domain, &buyer.supplier_identity)
                && names(&parties.sender, &buyer.supplier_domain, &buyer.supplier_identity)
                && names(&parties.to, &buyer.buyer_domain, &buyer.buyer_identity)
                && same_secret(&parties.shared_secret, buyer.shared_secret.expose())
        })
        .ok_or_else(refusal)
}

pub(crate) fn not_acceptable(why: impl Into<String>) -> CxmlStatus {
    CxmlStatus::new(406, "Not Acceptable", why)
}

/// The cXML guide compares network ids and DUNS numbers without regard to case, everything else to the letter.
fn same_identity(domain: &str, given: &str, expected: &str) -> bool {
    if ["NetworkID", "DUNS"].iter().any(|known| domain.eq_ignore_ascii_case(known)) {
        given.eq_ignore_ascii_case(expected)
    } else {
        given == expected
    }
}

/// Compares digests, so that the time taken tells nothing about the secret.
fn same_secret(given: &str, expected: &str) -> bool {
    let digest_of = |secret: &str| digest::digest(&digest::SHA256, secret.as_bytes());
    digest_of(given).as_ref() == digest_of(expected).as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{buyer, network_buyer};

    fn parties(sender: (&str, &str), secret: &str) -> Parties {
        let one = |domain: &str, identity: &str| vec![(domain.to_owned(), identity.to_owned())];
        Parties {
            from: one("NetworkId", "an02000000002-t"),
            to: one("networkid", "AN01000000001-T"),
            sender: one(sender.0, sender.1),
            shared_secret: secret.to_owned(),
        }
    }

    #[test]
    fn a_supplier_is_known_in_any_spelling_of_its_network_id() {
        let buyers = [buyer("coupa"), network_buyer("sap")];
        let own = ("NETWORKID", "An02000000002-T");
        assert_eq!(authenticate(&buyers, Some(parties(own, "hush & \"quiet\""))).unwrap().key, "sap");
    }

    #[test]
    fn a_wrong_secret_and_another_sender_are_refused_alike() {
        let buyers = [buyer("coupa"), network_buyer("sap")];
        let wrong = authenticate(&buyers, Some(parties(("NetworkID", "AN02000000002-T"), "Hush"))).unwrap_err();
        let hub = ("AribaNetworkUserId", "sysadmin@ariba.com");
        let other = authenticate(&buyers, Some(parties(hub, "hush & \"quiet\""))).unwrap_err();
        assert_eq!((wrong.code, &wrong), (401, &other));
    }
}
