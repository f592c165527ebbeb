//! Owns digital signatures: they are recognised and kept byte by byte, and a policy says what to answer. They are not verified here.
//!
//! A document is never changed on its way to a verifier: a signature is a range of the text, and [`crate::Admitted::original_range`]
//! turns it into a range of the bytes that came.

use std::ops::Range;

use crate::read::Cursor;
use crate::status::StatusCode;

/// A `Signature` element beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Where it stands in the text of the admitted document, in bytes, tags included.
    pub range: Range<usize>,
    /// `Reference/@URI`: what it says to sign, such as `#cXMLData`.
    pub references: Vec<String>,
}

/// What a connection wants of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignaturePolicy {
    /// They are kept and play no part.
    #[default]
    Ignore,
    /// Every document must carry one that holds.
    Require,
    /// A signed document is refused: nobody here could say whether it holds.
    Refuse,
}

/// What is known of a document's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureState {
    /// There is none.
    Absent,
    /// There is one that nobody has checked, or that cannot be checked.
    Unchecked,
    /// It does not match the document.
    Broken,
    /// It matches, by a certificate that is not accepted.
    Untrusted,
    /// It matches and is accepted.
    Valid,
}

/// Why a document is not taken as it is signed, or because it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignatureRefusal {
    /// It must be signed and is not.
    #[error(
        "the document carries no digital signature, and this connection takes signed documents only: sign it, or have the setting changed"
    )]
    Missing,
    /// It is signed, and nobody here could say that the signature holds.
    #[error(
        "the digital signature could not be verified: have the connection's setting for signatures changed, or mend the signature"
    )]
    NotVerified,
    /// It is signed, and such signatures are not accepted.
    #[error(
        "this connection takes no documents with such a digital signature: send it unsigned, or have the setting changed"
    )]
    Unacceptable,
}

impl SignatureRefusal {
    /// 475, 476, 477: the codes of the guide.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::SIGNATURE_REQUIRED,
            Self::NotVerified => StatusCode::SIGNATURE_VERIFICATION_FAILED,
            Self::Unacceptable => StatusCode::SIGNATURE_UNACCEPTABLE,
        }
    }
}

impl SignaturePolicy {
    /// What to answer instead of taking the document: 475 where a signature is missing, 476 where it could not be verified, 477 where it
    /// is there but unacceptable (the codes of the guide).
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn decide(self, state: SignatureState) -> Result<(), SignatureRefusal> {
        match (self, state) {
            (Self::Ignore, _) | (Self::Refuse, SignatureState::Absent) | (Self::Require, SignatureState::Valid) => {
                Ok(())
            }
            (Self::Require, SignatureState::Absent) => Err(SignatureRefusal::Missing),
            (Self::Require, SignatureState::Unchecked | SignatureState::Broken) => Err(SignatureRefusal::NotVerified),
            (Self::Require, SignatureState::Untrusted) | (Self::Refuse, _) => Err(SignatureRefusal::Unacceptable),
        }
    }
}

impl Signature {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Self {
        let info = at.child("SignedInfo");
        let uri = |reference: Cursor<'_, '_>| reference.attr_text("URI").unwrap_or_default();
        Self {
            range: at.range(),
            references: info.map(|info| info.children("Reference").map(uri).collect()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_answers_every_state() {
        use SignatureState as S;
        let (missing, failed, unacceptable) = (Err(StatusCode(475)), Err(StatusCode(476)), Err(StatusCode(477)));
        let table = [
            (SignaturePolicy::Ignore, [Ok(()), Ok(()), Ok(()), Ok(()), Ok(())]),
            (SignaturePolicy::Require, [missing, failed, failed, unacceptable, Ok(())]),
            (SignaturePolicy::Refuse, [Ok(()), unacceptable, unacceptable, unacceptable, unacceptable]),
        ];
        for (policy, answers) in table {
            let states = [S::Absent, S::Unchecked, S::Broken, S::Untrusted, S::Valid];
            for (state, answer) in states.into_iter().zip(answers) {
                assert_eq!(policy.decide(state).map_err(SignatureRefusal::status), answer, "{policy:?} {state:?}");
            }
        }
    }
}
