//! Where a seller's money goes, as the seller wrote it: an IBAN (ISO 13616), or any other text that says which account it is.
//!
//! A text that looks like an IBAN must be one: its length is that of its country, and its check digits fit (ISO 7064, mod 97-10). Documents
//! carry an IBAN bare and in capitals.

/// What a bank reference is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BankReference<'a> {
    /// A checked IBAN, without blanks, in capitals.
    Iban(String),
    /// Another account: number, routing number, name of a bank, as entered.
    Account(&'a str),
}

impl<'a> BankReference<'a> {
    /// Reads a reference. What is not a right IBAN is an account.
    pub fn of(text: &'a str) -> Self {
        candidate(text).filter(|iban| fault_of(iban).is_none()).map_or(Self::Account(text.trim()), Self::Iban)
    }
}

/// What is wrong with a text that looks like an IBAN, and what to do; `None` for a right one and for every other text.
pub fn fault(text: &str) -> Option<String> {
    let found = fault_of(&candidate(text)?)?;
    Some(format!("this looks like an IBAN, but {found}; enter the whole IBAN, or describe the account in other words"))
}

/// Shorter texts are not taken for an IBAN; the shortest one has 15 characters.
const LOOKS_LIKE_ONE: usize = 10;

/// The longest IBAN that the standard allows.
const LONGEST: usize = 34;

/// The text without blanks, in capitals, if it looks like an IBAN: it says so, or it begins with the letters of a country that has them
/// and two digits, and nothing but letters and digits follows.
fn candidate(text: &str) -> Option<String> {
    let text = text.trim();
    let named = text.get(..4).filter(|word| word.eq_ignore_ascii_case("iban")).and_then(|_| text.get(4..));
    let written = named.unwrap_or(text).trim_start_matches([':', ' ', '\u{a0}']);
    let compact: String = written
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let has_digits = compact.get(2..4).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let is_of_country = compact.get(..2).and_then(length_in).is_some();
    let is_plain = compact.bytes().all(|b| b.is_ascii_alphanumeric());
    let looks_alike = is_of_country && has_digits && is_plain && compact.len() >= LOOKS_LIKE_ONE;
    (named.is_some() || looks_alike).then_some(compact)
}

fn fault_of(iban: &str) -> Option<String> {
    let country = iban.get(..2).unwrap_or_default();
    let is_well_formed = iban.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && iban.get(2..4).is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    if !is_well_formed {
        return Some("an IBAN is a country's two letters, two check digits, and letters and digits".to_owned());
    }
    match length_in(country) {
        Some(length) if length != iban.len() => {
            return Some(format!("one of {country} has {length} characters and this has {}", iban.len()));
        }
        None if !(15..=LONGEST).contains(&iban.len()) => {
            return Some(format!("an IBAN has 15 to {LONGEST} characters and this has {}", iban.len()));
        }
        _ => {}
    }
    (remainder(iban) != 1).then(|| "its check digits do not fit: a character is mistyped".to_owned())
}

/// The remainder by 97 of the number that the IBAN stands for; 1 for a right one.
fn remainder(iban: &str) -> u32 {
    let (head, account) = iban.split_at_checked(4).unwrap_or((iban, ""));
    account.chars().chain(head.chars()).filter_map(|c| c.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

/// How many characters an IBAN of a country has, by its ISO 3166 letters (registry of ISO 13616).
fn length_in(country: &str) -> Option<usize> {
    const LENGTHS: [(usize, &str); 18] = [
        (15, "NO"),
        (16, "BE"),
        (18, "DK FK FO FI GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    ];
    LENGTHS.iter().find(|(_, countries)| countries.split(' ').any(|it| it == country)).map(|(length, _)| *length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iban_is_recognised_however_it_is_written() {
        for (written, bare) in [
            ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
            ("IBAN: GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
            ("iban no93 8601 1117 947", "NO9386011117947"),
            (" MT84MALT011000012345MTLCAST001S ", "MT84MALT011000012345MTLCAST001S"),
        ] {
            assert_eq!((BankReference::of(written), fault(written)), (BankReference::Iban(bare.to_owned()), None));
        }
    }

    #[test]
    fn a_wrong_iban_is_said_at_entry_and_never_taken_for_one() {
        for (written, said) in [
            ("DE89 3704 0044 0532 0130 01", "check digits"),
            ("DE98 3704 0044 0532 0130 00", "check digits"),
            ("DE89 3704 0044 0532 0130", "has 22 characters and this has 20"),
            ("IBAN DE00 0000 0000 0000 0000 00", "check digits"),
            ("IBAN", "two check digits"),
            ("IBAN 12 of our bank", "two check digits"),
            ("IBAN ZZ12 3", "15 to 34"),
        ] {
            assert_eq!(BankReference::of(written), BankReference::Account(written), "{written}");
            assert!(fault(written).is_some_and(|text| text.contains(said)), "{written}: {:?}", fault(written));
        }
    }

    #[test]
    fn every_other_text_is_an_account() {
        for text in
            ["", "Routing 000000000, account 0000123456", "12345678", "DE00 1", "Deutsche Bank 12", "ZZ12345678901"]
        {
            assert_eq!((BankReference::of(text), fault(text)), (BankReference::Account(text), None), "{text}");
        }
    }
}
