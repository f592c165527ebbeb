//! The one source of randomness: identifiers, tokens, payloadIDs. Injected, so that a test can repeat a run exactly.

use std::fmt::Write;
use std::sync::Arc;

use ring::rand::SecureRandom;
use uuid::{Builder, Uuid};

use crate::clock::Clock;

/// Unpredictable bytes.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug)]
pub struct SystemEntropy(ring::rand::SystemRandom);

impl Default for SystemEntropy {
    fn default() -> Self {
        Self(ring::rand::SystemRandom::new())
    }
}

impl Entropy for SystemEntropy {
    #[expect(clippy::expect_used, reason = "without randomness no token may be made: stopping is the only safe answer")]
    fn fill(&self, buffer: &mut [u8]) {
        self.0.fill(buffer).expect("the operating system gives randomness");
    }
}

/// Makes identifiers and tokens.
#[derive(Clone)]
pub struct Random {
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
}

impl Random {
    /// Uses that entropy, and that clock for the time inside identifiers.
    pub fn new(entropy: Arc<dyn Entropy>, clock: Arc<dyn Clock>) -> Self {
        Self { entropy, clock }
    }

    /// A new identifier (UUID version 7 by wall time: they sort by creation).
    pub fn uuid(&self) -> Uuid {
        let mut bytes = [0; 10];
        self.entropy.fill(&mut bytes);
        let millis = u64::try_from(self.clock.wall().as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    /// A token that cannot be guessed: 256 bits, in letters that need no escaping in an address.
    pub fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.entropy.fill(&mut bytes);
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// A number from zero through `most`.
    pub fn up_to(&self, most: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % most.saturating_add(1).max(1)
    }

    /// Bytes for keys and nonces.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn identifiers_and_tokens_do_not_repeat() {
        let random = Random::new(Arc::new(SystemEntropy::default()), Arc::new(SystemClock));
        assert_ne!(random.uuid(), random.uuid());
        let token = random.token();
        assert_eq!(token.len(), 64);
        assert_ne!(token, random.token());
        assert!((0..100).all(|_| random.up_to(3) <= 3));
        assert_eq!(random.up_to(0), 0);
    }
}
