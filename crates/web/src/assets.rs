//! The files a browser fetches: embedded in the program, served from its own origin.
//!
//! One digest over all of them stands in every address, so that a file may refer to another by its
//! bare name (`app.css` to the font, `app.js` to `govuk.js`) and both still change address when either
//! changes. Answers with the present digest can be cached for good.

use std::sync::LazyLock;

use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// One embedded file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The file, as sent.
    pub bytes: &'static [u8],
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Whether the address held the present digest: only then may the answer be cached as immutable.
    pub current: bool,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &[u8]); 7] = [
    ("govuk.css", CSS, include_bytes!("../assets/vendor/govuk-frontend.min.css")),
    ("app.css", CSS, include_bytes!("../assets/app.css")),
    ("govuk.js", JS, include_bytes!("../assets/vendor/govuk-frontend.min.js")),
    ("app.js", JS, include_bytes!("../assets/app.js")),
    ("boot.js", JS, include_bytes!("../assets/boot.js")),
    (
        "source-sans-3.woff2",
        "font/woff2",
        include_bytes!("../assets/vendor/source-sans-3-latin-wght-normal.woff2"),
    ),
    ("favicon.svg", "image/svg+xml", include_bytes!("../assets/favicon.svg")),
];

static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for (name, _, bytes) in FILES {
        all.update(name);
        all.update(bytes.len().to_le_bytes());
        all.update(bytes);
    }
    let mut hex = hex::encode(all.finalize());
    hex.truncate(12);
    hex
});

/// The address of a file: `/assets/<12 hex digits>/<name>`.
#[must_use]
pub fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// The file at `<12 hex digits>/<name>` (or at the whole address). Any digest is answered, so that a
/// page opened before an update still finds its files; see [`Asset::current`].
#[must_use]
pub fn find(path: &str) -> Option<Asset> {
    let path = path.strip_prefix("/assets/").unwrap_or(path);
    let (digest, name) = path.split_once('/')?;
    if digest.len() != 12 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let (_, content_type, bytes) = FILES.into_iter().find(|(file, ..)| *file == name)?;
    Some(Asset { bytes, content_type, current: digest == *DIGEST })
}

/// Answers a request for a file.
pub async fn serve(uri: Uri) -> Response {
    let Some(asset) = find(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page of the version before may ask with its own digest: that answer must not be kept.
    let kept = if asset.current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
    ];
    (headers, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_at_its_address() {
        for (name, content_type, bytes) in FILES {
            assert_eq!(find(&url(name)), Some(Asset { bytes, content_type, current: true }));
        }
    }

    #[test]
    fn an_old_digest_is_answered_but_not_as_current() {
        assert!(find("0123456789ab/source-sans-3.woff2").is_some_and(|a| !a.current));
        for wrong in ["0123456789ab/../app.css", "0123/app.css", "app.css", "0123456789ab/nothing.css", ""] {
            assert_eq!(find(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn no_crown_crest_or_gds_transport_stays() {
        for name in ["govuk.css", "app.css", "govuk.js", "app.js"] {
            let asset = find(&url(name)).expect("embedded");
            let text = std::str::from_utf8(asset.bytes).expect("UTF-8").to_lowercase();
            for mark in [
                "gds transport",
                "crown",
                "crest",
                "/assets/images",
                "/assets/fonts",
                "innerhtml",
                "localstorage",
            ] {
                assert!(!text.contains(mark), "{name} names {mark}");
            }
        }
    }

    #[test]
    fn vendored_files_are_those_of_the_manifest() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/vendor/");
        let manifest = std::fs::read_to_string(format!("{folder}manifest.txt")).expect("manifest");
        let lines: Vec<_> = manifest.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), 5);
        for line in lines {
            let (digest, name) = line.split_once("  ").expect("two columns");
            let bytes = std::fs::read(format!("{folder}{name}")).expect(name);
            assert_eq!(hex::encode(Sha256::digest(bytes)), digest, "{name}");
        }
    }

    #[test]
    fn the_stylesheet_of_our_own_stays_small() {
        let css = find(&url("app.css")).expect("embedded");
        assert!(css.bytes.len() < 24_000, "{} bytes", css.bytes.len());
    }
}
