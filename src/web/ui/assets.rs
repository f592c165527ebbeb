//! The style sheet and the script: embedded bytes under an address that holds a hash of the content.
//!
//! Because the address changes with the content, both may be cached for ever. An unknown or outdated name is `None`.

use std::sync::LazyLock;

/// Where the assets are served. An asset may be sent with `Cache-Control: public, max-age=31536000, immutable`.
pub const PREFIX: &str = "/assets/";

/// An embedded file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Content.
    pub bytes: &'static [u8],
    /// Value of `Content-Type`.
    pub content_type: &'static str,
    /// Value of `ETag`, quotes included.
    pub etag: &'static str,
}

struct Embedded {
    stem: &'static str,
    bytes: &'static [u8],
    content_type: &'static str,
    path: String,
    etag: String,
}

static EMBEDDED: LazyLock<[Embedded; 2]> = LazyLock::new(|| {
    [
        embed("style", "css", "text/css; charset=utf-8", include_bytes!("style.css")),
        embed("script", "js", "text/javascript; charset=utf-8", include_bytes!("script.js")),
    ]
});

/// The file of that name (the part of the address behind [`PREFIX`]).
pub fn asset(name: &str) -> Option<Asset> {
    let found = EMBEDDED.iter().find(|file| file.path.strip_prefix(PREFIX) == Some(name))?;
    Some(Asset { bytes: found.bytes, content_type: found.content_type, etag: &found.etag })
}

/// The address of `style` or `script`, for the head of a page; empty for anything else.
pub fn asset_path(stem: &str) -> &'static str {
    EMBEDDED.iter().find(|file| file.stem == stem).map_or("", |file| file.path.as_str())
}

fn embed(stem: &'static str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Embedded {
    let hash = fnv1a(bytes);
    Embedded {
        stem,
        bytes,
        content_type,
        path: format!("{PREFIX}{stem}.{hash:016x}.{extension}"),
        etag: format!("\"{hash:016x}\""),
    }
}

/// FNV-1a with 64 bits: tells two versions of a file apart, guards nothing.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_an_asset_that_is_served() {
        for stem in ["style", "script"] {
            let name = asset_path(stem).strip_prefix(PREFIX).unwrap();
            let asset = asset(name).unwrap();
            assert!(!asset.bytes.is_empty());
            assert!(name.contains(asset.etag.trim_matches('"')), "the name changes with the content");
        }
    }

    #[test]
    fn an_outdated_or_unknown_name_is_not_served() {
        for name in ["style.css", "style.0000000000000000.css", "../Cargo.toml", ""] {
            assert!(asset(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // Test vectors of the FNV authors.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn the_style_sheet_loads_nothing() {
        let style = include_str!("style.css");
        assert!(!style.contains("@import") && !style.contains("url("));
    }

    #[test]
    fn a_placeholder_has_a_colour_whose_contrast_is_checked() {
        assert!(include_str!("style.css").contains("::placeholder { color: var(--muted); opacity: 1; }"));
    }

    /// Relative luminance of `#rrggbb` as WCAG 2 defines it.
    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    #[test]
    fn the_colours_keep_the_contrast_of_wcag_aa_in_light_and_dark() {
        let style = include_str!("style.css");
        let (light, dark) = style.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for palette in [light, dark] {
            let colour = |name: &str| {
                let (_, rest) = palette.split_once(&format!("--{name}: #")).unwrap();
                luminance(&format!("#{}", &rest[..6]))
            };
            let contrast = |a: &str, b: &str| {
                let (a, b) = (colour(a), colour(b));
                (a.max(b) + 0.05) / (a.min(b) + 0.05)
            };
            let texts = [
                ("ink", "ground"),
                ("ink", "surface"),
                ("muted", "ground"),
                ("muted", "surface"),
                ("muted", "sunken"),
                ("accent", "ground"),
                ("accent", "surface"),
                ("on-accent", "accent"),
                ("on-accent", "accent-strong"),
                ("accent-strong", "accent-soft"),
                ("accent", "warn-soft"),
                ("accent", "bad-soft"),
                ("muted", "warn-soft"),
                ("good", "good-soft"),
                ("warn", "warn-soft"),
                ("bad", "bad-soft"),
                ("bad", "surface"),
                ("muted", "bad-soft"),
            ];
            for (text, ground) in texts {
                assert!(contrast(text, ground) >= 4.5, "{text} on {ground}: {:.2}", contrast(text, ground));
            }
            for ground in ["ground", "surface"] {
                assert!(contrast("line-strong", ground) >= 3.0, "borders of inputs on {ground}");
            }
        }
    }
}
