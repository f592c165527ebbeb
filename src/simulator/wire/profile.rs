//! Reads a `ProfileResponse`: which requests the supplier takes, and where.

use crate::xml;

/// Body of the request.
pub(crate) const REQUEST: &str = "    <ProfileRequest/>";

/// What a supplier says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierProfile {
    /// The requests that it takes.
    pub transactions: Vec<Transaction>,
}

/// One request that the supplier takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// `Transaction@requestName`.
    pub request_name: String,
    /// `URL`.
    pub url: String,
}

impl SupplierProfile {
    /// Where a request is taken.
    pub fn url_for(&self, request_name: &str) -> Option<&str> {
        let found = self.transactions.iter().find(|transaction| transaction.request_name == request_name);
        found.map(|transaction| transaction.url.as_str())
    }
}

/// Reads the profile in an answer whose envelope and status were read already; the error says what is missing.
pub(crate) fn read(body: &str) -> Result<SupplierProfile, String> {
    let document = xml::parse(body.trim_start())?;
    let profile = xml::path(document.root_element(), &["Response", "ProfileResponse"])
        .ok_or("there is no ProfileResponse in the answer")?;
    xml::attribute(profile, "effectiveDate").ok_or("ProfileResponse has no effectiveDate")?;
    let transactions = xml::children(profile, "Transaction").map(|transaction| {
        let request_name = xml::attribute(transaction, "requestName").ok_or("a Transaction has no requestName")?;
        let url = xml::text_at(transaction, &["URL"]).ok_or_else(|| format!("{request_name} has no URL"))?;
        Ok(Transaction { request_name, url })
    });
    Ok(SupplierProfile { transactions: transactions.collect::<Result<_, String>>()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(inside: &str) -> String {
        format!("<cXML><Response><Status code='200' text='OK'/>{inside}</Response></cXML>")
    }

    const TRANSACTION: &str =
        "<Transaction requestName='OrderRequest'><URL>http://shop.example/cxml</URL></Transaction>";

    #[test]
    fn a_profile_says_where_each_request_goes() {
        let profile = read(&answer(&format!("<ProfileResponse effectiveDate='t'>{TRANSACTION}</ProfileResponse>")));
        let profile = profile.unwrap();
        assert_eq!(profile.url_for("OrderRequest"), Some("http://shop.example/cxml"));
        assert_eq!(profile.url_for("PunchOutSetupRequest"), None);
    }

    #[test]
    fn an_incomplete_profile_is_refused_with_the_reason() {
        let cases = [
            (String::new(), "no ProfileResponse"),
            (format!("<ProfileResponse>{TRANSACTION}</ProfileResponse>"), "effectiveDate"),
            (
                "<ProfileResponse effectiveDate='t'><Transaction requestName='X'/></ProfileResponse>".to_owned(),
                "X has no",
            ),
        ];
        for (inside, expected) in cases {
            let why = read(&answer(&inside)).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
