//! The stored form of a record: one version byte, then JSON.
//!
//! Self-describing beats small: a record can be read in a support case, and a field can be added with a default. The
//! stored form is a contract; a change that an older record cannot be read through needs a new version and a migration.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A record as bytes.
pub(crate) fn encode<V: Serialize>(version: u8, value: &V) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = vec![version];
    serde_json::to_writer(&mut bytes, value)?;
    Ok(bytes)
}

/// The inverse of [`encode`]; the error says what is wrong with the bytes, never what they hold.
pub(crate) fn decode<V: DeserializeOwned>(version: u8, bytes: &[u8]) -> Result<V, String> {
    match bytes.split_first() {
        None => Err("empty record".to_owned()),
        Some((found, _)) if *found != version => Err(format!("record version {found}, expected {version}")),
        // The parser's own text can quote the data.
        Some((_, json)) => serde_json::from_slice(json).map_err(|error| {
            format!("{:?} error in line {}, column {}", error.classify(), error.line(), error.column())
        }),
    }
}

/// A hash as hexadecimal digits: what people see in every other tool. For `#[serde(with = ...)]`.
pub(crate) mod hash {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::table::hexadecimal;

    pub(crate) fn serialize<S: Serializer>(hash: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hexadecimal(hash))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        parse(&String::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a hash"))
    }

    fn parse(text: &str) -> Option<[u8; 32]> {
        let digits = text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect::<Option<Vec<u8>>>()?;
        let bytes = digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
        (digits.len() == 64).then(|| bytes.collect::<Vec<u8>>())?.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_comes_first() {
        assert_eq!(encode(1, &["a"]).unwrap(), b"\x01[\"a\"]");
        assert_eq!(decode::<Vec<String>>(1, b"\x01[\"a\"]"), Ok(vec!["a".to_owned()]));
    }

    #[test]
    fn a_record_of_another_version_is_refused() {
        assert_eq!(decode::<u32>(1, b"\x027"), Err("record version 2, expected 1".to_owned()));
        assert_eq!(decode::<u32>(1, b""), Err("empty record".to_owned()));
    }

    #[test]
    fn a_hash_is_stored_as_digits() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Row(#[serde(with = "hash")] [u8; 32]);
        let stored = serde_json::to_string(&Row([0xA7; 32])).unwrap();
        assert_eq!(stored, format!("\"{}\"", "a7".repeat(32)));
        assert_eq!(serde_json::from_str::<Row>(&stored).unwrap(), Row([0xA7; 32]));
        assert!(serde_json::from_str::<Row>("\"a7\"").is_err());
    }

    #[test]
    fn an_error_never_quotes_the_record() {
        let error = decode::<u32>(1, b"\x01\"secret\"").unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}
