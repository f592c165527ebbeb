//! Which methods an address takes, for the answer to another one (405 with `Allow`, RFC 9110). Operations of the API are not here: its
//! description lists them.
//!
//! The router does not tell which routes it passed over because of their method, so they are listed here. A test compares the list with the
//! routes in the sources.

/// Patterns of addresses with the methods that they take.
pub const ALL: &[(&str, &str)] = &[
    ("/", "GET, HEAD"),
    ("/again/{organization}/{request}/{signature}", "GET, HEAD, POST"),
    ("/api/docs", "GET, HEAD"),
    ("/api/v1/openapi.json", "GET, HEAD"),
    ("/approve/{organization}/{request}/{signature}", "GET, HEAD"),
    ("/assets/{name}", "GET, HEAD"),
    ("/console", "GET, HEAD"),
    ("/console/agreements", "GET, HEAD"),
    ("/console/agreements/{id}", "GET, HEAD"),
    ("/console/audit", "GET, HEAD"),
    ("/console/connections", "GET, HEAD"),
    ("/console/connections/{id}", "GET, HEAD"),
    ("/console/connections/{id}/catalog.cif", "GET, HEAD"),
    ("/console/connections/{id}/catalog.xml", "GET, HEAD"),
    ("/console/connections/{id}/release", "POST"),
    ("/console/invoices", "GET, HEAD"),
    ("/console/invoices/{id}", "GET, HEAD"),
    ("/console/messages", "GET, HEAD"),
    ("/console/messages/{id}", "GET, HEAD"),
    ("/console/offers", "GET, HEAD"),
    ("/console/offers/{id}", "GET, HEAD"),
    ("/console/offers/{id}/edit", "GET, HEAD, POST"),
    ("/console/offers/{id}/release", "POST"),
    ("/console/offers/{id}/withdraw", "POST"),
    ("/console/orders", "GET, HEAD"),
    ("/console/orders/{id}", "GET, HEAD"),
    ("/console/outbox", "GET, HEAD"),
    ("/console/outbox/{id}", "GET, HEAD"),
    ("/console/outbox/{id}/discard", "POST"),
    ("/console/outbox/{id}/found-delivered", "POST"),
    ("/console/outbox/{id}/requeue", "POST"),
    ("/console/products", "GET, HEAD"),
    ("/console/products/new", "GET, HEAD, POST"),
    ("/console/products/{id}", "GET, HEAD"),
    ("/console/products/{id}/edit", "GET, HEAD, POST"),
    ("/console/products/{id}/offers/new", "GET, HEAD, POST"),
    ("/console/requests", "GET, HEAD"),
    ("/console/requests/{id}", "GET, HEAD"),
    ("/console/sellers", "GET, HEAD"),
    ("/console/sellers/new", "GET, HEAD, POST"),
    ("/console/sellers/{id}", "GET, HEAD"),
    ("/console/sellers/{id}/edit", "GET, HEAD, POST"),
    ("/cxml", "GET, HEAD, POST"),
    ("/healthz", "GET, HEAD"),
    ("/p/{token}", "GET, HEAD"),
    ("/p/{token}/agreements", "GET, HEAD"),
    ("/p/{token}/agreements/{id}", "GET, HEAD"),
    ("/p/{token}/cart", "GET, HEAD"),
    ("/p/{token}/cart/return", "POST"),
    ("/p/{token}/cart/{request}/remove", "POST"),
    ("/p/{token}/offers/{id}", "GET, HEAD"),
    ("/p/{token}/offers/{id}/request", "POST"),
    ("/p/{token}/offers/{id}/subscribe", "POST"),
    ("/p/{token}/products/{id}", "GET, HEAD"),
    ("/p/{token}/requests", "GET, HEAD"),
    ("/p/{token}/requests/{id}", "GET, HEAD"),
    ("/p/{token}/requests/{id}/take-back", "POST"),
    ("/p/{token}/return", "GET, HEAD"),
    ("/punchout/start/{token}", "GET, HEAD"),
    ("/readyz", "GET, HEAD"),
    ("/setup/{token}", "GET, HEAD, POST"),
    ("/sign-in", "GET, HEAD, POST"),
    ("/sign-out", "POST"),
];

/// The methods that a pattern takes, as `Allow` lists them.
pub fn allowed(pattern: &str) -> Option<&'static str> {
    ALL.iter().find(|(path, _)| *path == pattern).map(|(_, methods)| *methods)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// Patterns and methods of `#[get("/x")]` and its like, outside of the API's operations.
    fn routes() -> BTreeMap<String, Vec<String>> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")) {
            for line in std::fs::read_to_string(&path).unwrap().lines() {
                let Some((name, rest)) = line.strip_prefix("#[").and_then(|line| line.split_once("(\"")) else {
                    continue;
                };
                let methods: &[&str] = match name {
                    "get" | "route" => &["GET", "HEAD"],
                    "post" => &["POST"],
                    _ => continue,
                };
                let pattern = rest.split('"').next().unwrap();
                let is_operation =
                    path.components().any(|part| part.as_os_str() == "api") && !pattern.starts_with("/api/");
                if !is_operation {
                    found.entry(pattern.to_owned()).or_default().extend(methods.iter().map(ToString::to_string));
                }
            }
        }
        found
    }

    #[test]
    fn every_route_is_listed_with_its_methods() {
        let listed: BTreeMap<String, Vec<String>> = ALL
            .iter()
            .map(|(path, methods)| {
                let mut methods: Vec<String> = methods.split(", ").map(str::to_owned).collect();
                methods.sort();
                ((*path).to_owned(), methods)
            })
            .collect();
        let mut routes = routes();
        for methods in routes.values_mut() {
            methods.sort();
        }
        assert_eq!(listed, routes, "write the route into ALL");
    }
}
