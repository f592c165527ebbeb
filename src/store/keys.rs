//! Keys as bytes whose order is the order of the values.
//!
//! Every part of a key delimits itself, so that parts can be put in a row and a scan over the leading parts is a scan
//! over leading bytes. The encoding is a stored form: it never changes for a table that exists.

use jiff::Timestamp;
use jiff::civil::Date;

/// A value that can be (part of) a key.
pub trait StoreKey: Sized {
    /// Appends the encoded value.
    fn encode(&self, out: &mut Vec<u8>);

    /// Takes a value from the front of the bytes; nothing if they are not one.
    fn decode(bytes: &mut &[u8]) -> Option<Self>;

    /// The key in words, for errors and dumps.
    fn describe(&self) -> String;

    /// The encoded value alone.
    fn encoded(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// The inverse of [`Self::encoded`]; nothing if there are bytes left over.
    fn decoded(mut bytes: &[u8]) -> Option<Self> {
        let key = Self::decode(&mut bytes)?;
        bytes.is_empty().then_some(key)
    }
}

/// The leading parts of a key `K`: what a scan can be limited to.
pub trait Prefix<K>: StoreKey {}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk::<N>()?;
    *bytes = tail;
    Some(*head)
}

macro_rules! unsigned_keys {
    ($($kind:ty),*) => {$(
        impl StoreKey for $kind {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                take(bytes).map(Self::from_be_bytes)
            }

            fn describe(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

unsigned_keys!(u8, u32, u64);

impl StoreKey for i64 {
    fn encode(&self, out: &mut Vec<u8>) {
        // With the sign bit turned over, negative numbers sort before positive ones.
        (self.cast_unsigned() ^ (1 << 63)).encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        u64::decode(bytes).map(|value| (value ^ (1 << 63)).cast_signed())
    }

    fn describe(&self) -> String {
        self.to_string()
    }
}

/// In milliseconds: what is finer is cut off.
impl StoreKey for Timestamp {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_millisecond().encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        i64::decode(bytes).and_then(|value| Self::from_millisecond(value).ok())
    }

    fn describe(&self) -> String {
        self.to_string()
    }
}

impl StoreKey for Date {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.year().cast_unsigned() ^ (1 << 15)).to_be_bytes());
        out.extend([self.month().cast_unsigned(), self.day().cast_unsigned()]);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let year = u16::from_be_bytes(take(bytes)?) ^ (1 << 15);
        let [month, day] = take(bytes)?;
        Self::new(year.cast_signed(), month.cast_signed(), day.cast_signed()).ok()
    }

    fn describe(&self) -> String {
        self.to_string()
    }
}

/// Ended by `00 01`; a zero byte inside becomes `00 FF`, so that a text sorts before every longer one it begins.
impl StoreKey for String {
    fn encode(&self, out: &mut Vec<u8>) {
        for byte in self.bytes() {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
        }
        out.extend([0, 1]);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            match take(bytes)? {
                [0] => match take(bytes)? {
                    [1] => break,
                    [0xFF] => text.push(0),
                    _ => return None,
                },
                [byte] => text.push(byte),
            }
        }
        Self::from_utf8(text).ok()
    }

    fn describe(&self) -> String {
        self.clone()
    }
}

macro_rules! id_keys {
    ($($name:ident),* $(,)?) => {$(
        impl StoreKey for marketgate_domain::id::$name {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.value().to_be_bytes());
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                take(bytes).map(|value| Self::from_value(u128::from_be_bytes(value)))
            }

            fn describe(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

id_keys! {
    AccountId, AgreementId, CatalogImportId, ConnectionId, InvoiceId, MessageId, NetworkAccountId, OfferId, OrganizationId, OutboxId, ProductId,
    PunchoutSessionId, PurchaseOrderId, RequestId, SellerId, UserId,
}

macro_rules! tuple_keys {
    ($($name:ident $field:tt),*) => {
        impl<$($name: StoreKey),*> StoreKey for ($($name,)*) {
            fn encode(&self, out: &mut Vec<u8>) {
                $(self.$field.encode(out);)*
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($name::decode(bytes)?,)*))
            }

            fn describe(&self) -> String {
                [$(self.$field.describe()),*].join(" / ")
            }
        }
    };
}

tuple_keys!(A 0, B 1);
tuple_keys!(A 0, B 1, C 2);
tuple_keys!(A 0, B 1, C 2, D 3);
tuple_keys!(A 0, B 1, C 2, D 3, E 4);

impl<A: StoreKey, B> Prefix<(A, B)> for A {}
impl<A: StoreKey, B, C> Prefix<(A, B, C)> for A {}
impl<A: StoreKey, B, C, D> Prefix<(A, B, C, D)> for A {}
impl<A: StoreKey, B, C, D, E> Prefix<(A, B, C, D, E)> for A {}
impl<A: StoreKey, B: StoreKey, C> Prefix<(A, B, C)> for (A, B) {}
impl<A: StoreKey, B: StoreKey, C, D> Prefix<(A, B, C, D)> for (A, B) {}
impl<A: StoreKey, B: StoreKey, C, D, E> Prefix<(A, B, C, D, E)> for (A, B) {}
impl<A: StoreKey, B: StoreKey, C: StoreKey, D> Prefix<(A, B, C, D)> for (A, B, C) {}
impl<A: StoreKey, B: StoreKey, C: StoreKey, D, E> Prefix<(A, B, C, D, E)> for (A, B, C) {}
impl<A: StoreKey, B: StoreKey, C: StoreKey, D: StoreKey, E> Prefix<(A, B, C, D, E)> for (A, B, C, D) {}

#[cfg(test)]
mod tests {
    use marketgate_domain::id::OrganizationId;
    use proptest::prelude::*;

    use super::*;

    fn organization() -> impl Strategy<Value = OrganizationId> {
        any::<u128>().prop_map(OrganizationId::from_value)
    }

    fn moment() -> impl Strategy<Value = Timestamp> {
        (-99_999_999_999_i64..99_999_999_999).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
    }

    fn day() -> impl Strategy<Value = Date> {
        (-9999_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
    }

    type Key = (String, i64, OrganizationId, Timestamp, Date);

    fn key() -> impl Strategy<Value = Key> {
        ("[\0a\u{ff}]{0,3}", -2_i64..2, organization(), moment(), day())
    }

    proptest! {
        #[test]
        fn a_key_survives_its_encoding(key in key()) {
            prop_assert_eq!(Key::decoded(&key.encoded()), Some(key));
        }

        #[test]
        fn keys_sort_like_their_values(a in key(), b in key()) {
            prop_assert_eq!(a.encoded().cmp(&b.encoded()), a.cmp(&b));
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Some(key) = Key::decoded(&bytes) {
                prop_assert_eq!(key.encoded(), bytes);
            }
        }
    }

    #[test]
    fn the_stored_form_is_as_it_was() {
        let key = ("a\0".to_owned(), -1_i64, 7_u32, "2026-03-01".parse::<Date>().unwrap());
        let stored = [97, 0, 255, 0, 1, 127, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 7, 0x87, 0xEA, 3, 1];
        assert_eq!(key.encoded(), stored);
        assert_eq!(key.describe(), "a\0 / -1 / 7 / 2026-03-01");
    }
}
