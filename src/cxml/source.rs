//! Owns the way back from a place in the decoded text to the bytes that came, so that signed content can be cut out exactly.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Where the text of a document came from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    encoding: &'static Encoding,
    byte_order_mark: usize,
    /// Bytes of the original that the text lacks since its prolog was blanked.
    lost: usize,
}

impl Source {
    pub(crate) fn new(encoding: &'static Encoding, byte_order_mark: usize) -> Self {
        Self { encoding, byte_order_mark, lost: 0 }
    }

    /// Notes that a piece of the prolog was replaced by blanks, one for each character.
    pub(crate) fn blanked(&mut self, piece: &str, blanks: &str) {
        if let (Some(before), Some(after)) = (self.length(piece), self.length(blanks)) {
            self.lost += before.saturating_sub(after);
        }
    }

    /// The bytes of a range of the text that stands behind the prolog. `None` for an encoding whose characters differ in length
    /// in ways that cannot be told from the text.
    pub(crate) fn original(&self, text: &str, range: Range<usize>) -> Option<Range<usize>> {
        let start = self.byte_order_mark + self.lost + self.length(text.get(..range.start)?)?;
        Some(start..start + self.length(text.get(range)?)?)
    }

    fn length(&self, text: &str) -> Option<usize> {
        if self.encoding == UTF_8 {
            Some(text.len())
        } else if self.encoding == UTF_16LE || self.encoding == UTF_16BE {
            Some(text.encode_utf16().count() * 2)
        } else {
            self.encoding.is_single_byte().then(|| text.chars().count())
        }
    }
}
