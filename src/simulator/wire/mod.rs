//! Documents as text: templates filled in on the way out, trees walked by name on the way in. No IO here.

pub(crate) mod answer;
pub(crate) mod cart;
pub(crate) mod confirmation;
pub(crate) mod invoice;
pub(crate) mod order;
pub(crate) mod profile;
pub(crate) mod setup;
pub(crate) mod status_update;
pub(crate) mod template;

use crate::config::{BuyerConfig, Credential, Secret};

use template::fill;

/// What every document of one buyer carries in its envelope.
pub(crate) struct Envelope<'a> {
    pub(crate) buyer: &'a BuyerConfig,
    pub(crate) payload_id: &'a str,
    pub(crate) timestamp: &'a str,
    /// Another secret than the configured one, to rehearse a refusal.
    pub(crate) shared_secret: Option<&'a Secret>,
}

impl Envelope<'_> {
    /// Wraps a request body. `deployment_mode` of `None` leaves the attribute out.
    pub(crate) fn request(&self, deployment_mode: Option<&str>, body: &str) -> String {
        let habits = self.buyer.dialect.habits();
        let attribute = deployment_mode
            .map(|mode| fill(" deploymentMode=\"{{mode}}\"", &[("mode", mode)], &[]))
            .unwrap_or_default();
        let to: String = self.buyer.supplier_credentials().iter().map(credential).collect();
        let sender = self.buyer.sender();
        fill(
            include_str!("../templates/envelope.xml"),
            &[
                ("dtd_version", habits.dtd_version),
                ("payload_id", self.payload_id),
                ("timestamp", self.timestamp),
                ("buyer_domain", &self.buyer.buyer_domain),
                ("buyer_identity", &self.buyer.buyer_identity),
                ("sender_domain", &sender.domain),
                ("sender_identity", &sender.identity),
                ("shared_secret", self.shared_secret.unwrap_or(&self.buyer.shared_secret).expose()),
                ("user_agent", habits.user_agent),
            ],
            &[("deployment_mode", &attribute), ("to", &to), ("body", body)],
        )
    }
}

fn credential(credential: &Credential) -> String {
    fill(
        "\n      <Credential domain=\"{{domain}}\"><Identity>{{identity}}</Identity></Credential>",
        &[("domain", &credential.domain), ("identity", &credential.identity)],
        &[],
    )
}

/// Puts stars in place of every shared secret of a document, well-formed or not.
pub fn mask_secret(document: &str) -> String {
    const OPEN: &str = "<SharedSecret>";
    const CLOSE: &str = "</SharedSecret>";
    let mut masked = String::with_capacity(document.len());
    let mut rest = document;
    while let Some((before, after)) = rest.split_once(OPEN) {
        masked.push_str(before);
        masked.push_str(OPEN);
        masked.push_str("********");
        rest = after.find(CLOSE).and_then(|end| after.get(end..)).unwrap_or_default();
    }
    masked.push_str(rest);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::{buyer, network_buyer};
    use crate::xml;

    fn envelope(buyer: &BuyerConfig) -> Envelope<'_> {
        Envelope { buyer, payload_id: "1@sim", timestamp: "2026-11-20T10:00:00+00:00", shared_secret: None }
    }

    #[test]
    fn the_envelope_names_both_parties_and_escapes_the_secret() {
        let buyer = buyer("coupa");
        let envelope = envelope(&buyer);
        let document = envelope.request(Some("production"), "<ProfileRequest/>");
        let tree = xml::parse(&document).unwrap();
        let header = xml::path(tree.root_element(), &["Header"]).unwrap();
        assert_eq!(xml::text_at(header, &["From", "Credential", "Identity"]).unwrap(), "COUPA-ACME");
        assert_eq!(xml::text_at(header, &["To", "Credential", "Identity"]).unwrap(), "MARKETGATE");
        assert_eq!(xml::text_at(header, &["Sender", "Credential", "SharedSecret"]).unwrap(), "hush & \"quiet\"");
        let request = xml::path(tree.root_element(), &["Request"]).unwrap();
        assert_eq!(request.attribute("deploymentMode"), Some("production"));
    }

    #[test]
    fn a_network_signs_with_its_own_name_and_the_suppliers_secret() {
        let buyer = network_buyer("sap");
        let document = envelope(&buyer).request(None, "<ProfileRequest/>");
        let tree = xml::parse(&document).unwrap();
        let header = xml::path(tree.root_element(), &["Header"]).unwrap();
        assert_eq!(xml::text_at(header, &["From", "Credential", "Identity"]).unwrap(), "AN01000000001-T");
        let sender = xml::path(header, &["Sender", "Credential"]).unwrap();
        assert_eq!(sender.attribute("domain"), Some("AribaNetworkUserId"));
        assert_eq!(xml::text_at(sender, &["Identity"]).unwrap(), "sysadmin@ariba.com");
        assert_eq!(xml::text_at(sender, &["SharedSecret"]).unwrap(), "hush & \"quiet\"");
        let to = xml::children(xml::child(header, "To").unwrap(), "Credential");
        let domains: Vec<_> = to.filter_map(|credential| credential.attribute("domain")).collect();
        assert_eq!(domains, ["NetworkId", "buyersystemid", "sapvendornumber", "duns"]);
    }

    #[test]
    fn a_masked_document_holds_no_secret_even_when_it_is_cut_off() {
        let masked = mask_secret("<a><SharedSecret>one</SharedSecret><SharedSecret>two</SharedSecret></a>");
        assert_eq!(masked, "<a><SharedSecret>********</SharedSecret><SharedSecret>********</SharedSecret></a>");
        assert_eq!(mask_secret("<SharedSecret>cut of"), "<SharedSecret>********");
        assert_eq!(mask_secret("<a/>"), "<a/>");
    }
}
