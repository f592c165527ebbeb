//! Typed configuration, one file per section. A [`Config`] is valid by construction.
//!
//! Layers, each over the one before: the defaults built into the program, the file, the environment
//! (`MARKETGATE__SECTION__KEY`), the command line. The defaults name every key there is, so a key that they do not name is
//! an error that says where it was found. All problems are reported at once.

pub mod api;
pub mod cxml;
pub mod delivery;
pub mod jobs;
pub mod keyring;
pub mod log;
pub mod mail;
pub mod punchout;
pub mod quotes;
pub mod server;
pub mod store;
pub mod tls;

mod layers;

use std::fmt;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The defaults, as shipped in `config/default.toml`.
pub const DEFAULTS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/config/default.toml"));

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Listening and stopping.
    pub server: server::Server,
    /// Certificates.
    pub tls: tls::Tls,
    /// The database.
    pub store: store::Store,
    /// The key of the secrets.
    pub keyring: keyring::KeyringConfig,
    /// Limits of the cXML endpoint.
    pub cxml: cxml::Cxml,
    /// Lifetimes of sessions.
    pub punchout: punchout::Punchout,
    /// Prices in carts.
    pub quotes: quotes::Quotes,
    /// Outgoing documents.
    pub delivery: delivery::Delivery,
    /// Outgoing mail.
    pub mail: mail::Mail,
    /// The JSON API.
    pub api: api::Api,
    /// Schedules.
    pub jobs: jobs::Jobs,
    /// Logging.
    pub log: log::Log,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// One line each, naming the source, the key and the remedy.
    pub problems: Vec<String>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration has errors, nothing was started:")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl Config {
    /// Reads the file (if one is given) and the environment over the defaults.
    ///
    /// # Errors
    /// Every problem found, see [`ConfigError`].
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let (mut sources, mut problems) = (layers::Sources::new(), Vec::new());
        let mut table = layers::defaults(&mut problems);
        if let Some(path) = file {
            layers::file(&mut table, path, &mut sources, &mut problems);
        }
        layers::environment(&mut table, environment, &mut sources, &mut problems);
        Self::from_table(&table, problems).map_err(|ConfigError { problems }| ConfigError {
            problems: problems.into_iter().map(|problem| layers::placed(problem, &sources)).collect(),
        })
    }

    /// The defaults with some values replaced: `[("server.listen", "127.0.0.1:0")]`, values in TOML or plain text.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn with(overrides: &[(&str, &str)]) -> Result<Self, ConfigError> {
        let variables = overrides.iter().map(|(key, value)| {
            let name = format!("{}{}", layers::PREFIX, key.to_uppercase().replace('.', "__"));
            (name, (*value).to_owned())
        });
        Self::load(None, variables)
    }

    fn from_table(table: &Table, mut problems: Vec<String>) -> Result<Self, ConfigError> {
        let (server, tls) = (section(table, "server", &mut problems), section(table, "tls", &mut problems));
        let (store, keyring) = (section(table, "store", &mut problems), section(table, "keyring", &mut problems));
        let (cxml, punchout) = (section(table, "cxml", &mut problems), section(table, "punchout", &mut problems));
        let (quotes, delivery) = (section(table, "quotes", &mut problems), section(table, "delivery", &mut problems));
        let (mail, jobs) = (section(table, "mail", &mut problems), section(table, "jobs", &mut problems));
        let (log, api) = (section(table, "log", &mut problems), section(table, "api", &mut problems));
        match (server, tls, store, keyring, cxml, punchout, quotes, delivery, mail, api, jobs, log) {
            (
                Some(server),
                Some(tls),
                Some(store),
                Some(keyring),
                Some(cxml),
                Some(punchout),
                Some(quotes),
                Some(delivery),
                Some(mail),
                Some(api),
                Some(jobs),
                Some(log),
            ) if problems.is_empty() => {
                Ok(Self { server, tls, store, keyring, cxml, punchout, quotes, delivery, mail, api, jobs, log })
            }
            _ => Err(ConfigError { problems }),
        }
    }
}

/// A section that can tell what is wrong with it beyond the types of its values.
trait Section: DeserializeOwned {
    /// One line for each problem, beginning with the key.
    fn problems(&self) -> Vec<String> {
        Vec::new()
    }
}

fn section<S: Section>(table: &Table, name: &str, problems: &mut Vec<String>) -> Option<S> {
    let value = table.get(name).cloned().unwrap_or_else(|| Value::Table(Table::new()));
    match value.try_into::<S>() {
        Ok(section) => {
            problems.extend(section.problems().into_iter().map(|problem| format!("{name}.{problem}")));
            Some(section)
        }
        Err(error) => {
            let text = error.to_string().trim().replace('\n', " ");
            problems.push(format!("[{name}] {text}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(overrides: &[(&str, &str)]) -> Vec<String> {
        Config::with(overrides).unwrap_err().problems
    }

    #[test]
    fn the_defaults_are_valid_and_complete() {
        let config = Config::load(None, []).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.server.public_url(), "http://127.0.0.1:8080");
        assert_eq!(config.quotes.rules().blanket_values.len(), 5);
    }

    #[test]
    fn every_problem_is_reported_with_its_place_and_nothing_is_guessed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marketgate.toml");
        std::fs::write(&path, "[server]\nlisen = \"127.0.0.1:1\"\n[mail]\nfrom = \"nobody\"\n[stor]\n").unwrap();
        let found = Config::load(Some(&path), [("MARKETGATE__LOG__FORMAT".into(), "xml".into())]).unwrap_err().problems;
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found[0].contains("marketgate.toml: unknown key server.lisen"), "{}", found[0]);
        assert!(found.iter().any(|p| p.contains("unknown section stor")), "{found:#?}");
        assert!(found.iter().any(|p| p.contains("marketgate.toml: mail.from")), "{found:#?}");
        assert!(found.iter().any(|p| p.starts_with("[log]")), "{found:#?}");
    }

    #[test]
    fn a_wrong_value_is_named_with_the_place_where_it_was_found() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marketgate.toml");
        std::fs::write(&path, "[jobs]\npurge = \"daily\"\nexpire_offers = \"hourly\"\n").unwrap();
        let variable = ("MARKETGATE__JOBS__EXPIRE_OFFERS".to_owned(), "61 * * * *".to_owned());
        let found = Config::load(Some(&path), [variable]).unwrap_err().problems;
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].starts_with("MARKETGATE__JOBS__EXPIRE_OFFERS: jobs.expire_offers: "), "{found:#?}");
        assert!(found[1].contains("marketgate.toml: jobs.purge: "), "{found:#?}");
    }

    #[test]
    fn a_file_that_is_not_toml_is_reported_with_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("broken.toml");
        std::fs::write(&path, "[server]\nlisten = \n").unwrap();
        let found = Config::load(Some(&path), []).unwrap_err().problems;
        assert!(found[0].contains("broken.toml") && found[0].contains("line 2"), "{found:?}");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marketgate.toml");
        std::fs::write(&path, "[server]\nlisten = \"127.0.0.1:1000\"\n").unwrap();
        let environment = [("MARKETGATE__SERVER__LISTEN".to_owned(), "127.0.0.1:2000".to_owned())];
        assert_eq!(Config::load(Some(&path), environment).unwrap().server.listen.port(), 2000);
    }

    #[test]
    fn values_that_contradict_each_other_are_refused() {
        assert!(problems(&[("tls.mode", "files")]).iter().any(|p| p.starts_with("tls.certificate_file")));
        assert!(problems(&[("mail.transport", "smtp")]).iter().any(|p| p.starts_with("mail.smtp_url")));
        assert!(
            problems(&[("jobs.bill_due_charges", "every day")]).iter().any(|p| p.contains(": jobs.bill_due_charges"))
        );
        assert!(problems(&[("server.public_url", "ftp://x")]).iter().any(|p| p.contains(": server.public_url")));
        assert!(
            problems(&[("quotes.blanket_values.USD", "1.005")]).iter().any(|p| p.contains(": quotes.blanket_values"))
        );
    }
}
