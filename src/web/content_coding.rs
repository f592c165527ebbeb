//! Bodies that a client compressed: decoded within the limit that holds for the body itself (RFC 9110, Content-Encoding).
//!
//! The limit is asked while decoding: a few bytes that stand for gigabytes cost no more than the limit.

use std::io::Read;

use actix_web::HttpRequest;
use actix_web::http::header;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use marketgate_cxml::error::{WireError, WireErrorKind};

/// The codings that are taken, as the header of a refusal names them.
pub const TAKEN: &str = "gzip, deflate";

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Not at all.
    Identity,
    /// `gzip` or `x-gzip`.
    Gzip,
    /// `deflate`: zlib, as the standard says, or bare, as some clients send it.
    Deflate,
}

impl Coding {
    /// The coding that a request names; `None` for one that is not taken, or several on top of each other.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let mut named = request.headers().get_all(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
        let (first, more) = (named.next().unwrap_or_default(), named.next());
        match first.trim().to_ascii_lowercase().as_str() {
            _ if more.is_some() => None,
            "" | "identity" => Some(Self::Identity),
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            _ => None,
        }
    }

    /// The body itself. Costs processor time: not for a thread that serves requests.
    ///
    /// # Errors
    /// `TooLarge` for more than `limit` bytes, `Encoding` for what is not coded so.
    pub fn decode(self, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, WireError> {
        match self {
            Self::Identity => Ok(body),
            Self::Gzip => read(MultiGzDecoder::new(body.as_slice()), limit),
            Self::Deflate if is_zlib(&body) => read(ZlibDecoder::new(body.as_slice()), limit),
            Self::Deflate => read(DeflateDecoder::new(body.as_slice()), limit),
        }
    }
}

/// The head of a zlib stream (RFC 1950).
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31))
}

fn read(decoder: impl Read, limit: usize) -> Result<Vec<u8>, WireError> {
    let mut body = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut body).map_err(|error| {
        WireError::new(WireErrorKind::Encoding, "a body in the coding that Content-Encoding names", error.to_string())
            .with_remedy("send the whole body in that coding, or without Content-Encoding")
    })?;
    if body.len() > limit {
        return Err(WireError::new(WireErrorKind::TooLarge, format!("at most {limit} bytes"), "more once decoded"));
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn each_coding_gives_the_body_back() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(b"<cXML/>").unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(b"<cXML/>").unwrap();
        for (coding, body) in [
            (Coding::Identity, b"<cXML/>".to_vec()),
            (Coding::Gzip, gzip(b"<cXML/>")),
            (Coding::Gzip, [gzip(b"<cX"), gzip(b"ML/>")].concat()),
            (Coding::Deflate, zlib.finish().unwrap()),
            (Coding::Deflate, bare.finish().unwrap()),
        ] {
            assert_eq!(coding.decode(body, 7).unwrap(), b"<cXML/>");
        }
    }

    #[test]
    fn a_small_body_that_stands_for_a_large_one_stops_at_the_limit() {
        let bomb = gzip(&vec![b' '; 20 << 20]);
        assert!(bomb.len() < 100_000);
        assert_eq!(Coding::Gzip.decode(bomb, 1 << 20).unwrap_err().kind, WireErrorKind::TooLarge);
    }

    #[test]
    fn what_is_not_coded_so_is_refused() {
        for body in [b"<cXML/>".to_vec(), Vec::new(), gzip(b"<cXML/>").into_iter().take(15).collect()] {
            assert_eq!(Coding::Gzip.decode(body, 100).unwrap_err().kind, WireErrorKind::Encoding);
        }
    }
}
