//! Owns the search for a byte that is mostly near: eight bytes are looked at together. For text between tags, names and values, calling
//! a search that is made for long ways costs more than it saves.

/// Where a byte first occurs from `at` on.
#[inline]
pub(crate) fn find_byte(bytes: &[u8], at: usize, wanted: u8) -> Option<usize> {
    find_either(bytes, at, wanted, wanted)
}

/// Where one of two bytes first occurs from `at` on.
#[inline]
pub(crate) fn find_either(bytes: &[u8], at: usize, one: u8, other: u8) -> Option<usize> {
    let mut rest = bytes.get(at..)?;
    let (ones, others) = (u64::from_ne_bytes([one; 8]), u64::from_ne_bytes([other; 8]));
    while let Some((word, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let hits = zero_bytes(word ^ ones) | zero_bytes(word ^ others);
        if hits != 0 {
            return Some(bytes.len() - rest.len() + (hits.trailing_zeros() / 8) as usize);
        }
        rest = behind;
    }
    let offset = rest.iter().position(|byte| *byte == one || *byte == other)?;
    Some(bytes.len() - rest.len() + offset)
}

/// The high bit of every byte that is zero; bytes above the lowest such one may be marked as well.
#[inline]
fn zero_bytes(word: u64) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    word.wrapping_sub(LOW) & !word & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_found_is_what_a_plain_loop_finds(
            bytes in prop::collection::vec(prop_oneof![Just(b'<'), Just(b'='), Just(b';'), any::<u8>()], 0..40),
            at in 0_usize..44,
        ) {
            let plain = |wanted: &[u8]| (at..bytes.len()).find(|place| wanted.contains(&bytes[*place]));
            prop_assert_eq!(find_byte(&bytes, at, b'<'), plain(b"<"));
            prop_assert_eq!(find_either(&bytes, at, b'<', b'='), plain(b"<="));
        }
    }
}
