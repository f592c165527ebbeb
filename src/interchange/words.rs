//! Words that people write where a fixed set of them is known: compared without case and separators, and the nearest one for a
//! word that is not known.

use serde_json::Value;
use strsim::osa_distance;

/// A value in a message is cut behind so many characters.
const LONGEST: usize = 60;

/// What two spellings of a word have in common: `Free trial`, `free-trial` and `FREE_TRIAL` are one word.
pub fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The known word that the given one is likely to mean: the same but for case and separators, or with few typing mistakes.
pub fn nearest<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let given = folded(given);
    let distances = known.into_iter().map(|word| (osa_distance(&given, &folded(word)), word));
    let (distance, word) = distances.min_by_key(|(distance, _)| *distance)?;
    // A third of a short word may be wrong, and never more than three letters of a long one.
    (distance <= (given.chars().count() / 3).min(3)).then_some(word)
}

/// A question at the end of a message; empty where no known word is near.
pub fn did_you_mean<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(given, known).map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default()
}

/// That a word is not one of the known ones, all of which are listed.
pub fn not_one_of(given: &str, known: &[&str]) -> String {
    let suggestion = did_you_mean(given, known.iter().copied());
    format!("{} is not one of {}{suggestion}", shown(&given.into()), known.join(", "))
}

/// A value as a message shows it, cut where it is long.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let kept: String = text.chars().take(LONGEST).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_one_with_few_mistakes() {
        let known = ["product_type", "seller", "setup", "summary"];
        for (given, word) in [("Product Type", "product_type"), ("prodcut_type", "product_type"), ("sumary", "summary")]
        {
            assert_eq!(nearest(given, known), Some(word), "{given}");
        }
        for given in ["price", "x", ""] {
            assert_eq!(nearest(given, known), None, "{given}");
        }
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(shown(&7.into()), "7");
        assert_eq!(shown(&"ä".repeat(500).into()).chars().count(), LONGEST + 1);
    }
}
