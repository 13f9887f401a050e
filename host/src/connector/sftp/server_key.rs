//! Is this the server that the operator means?
//!
//! Its key is compared with the fingerprints of the authorization, or with a `known_hosts` file as OpenSSH keeps it. An unknown key is refused with
//! the very line to add; nothing is ever learnt by itself, because whoever sits between would be learnt, too.

use std::path::{Path, PathBuf};

use russh::keys::known_hosts::known_host_keys_path;
use russh::keys::{Algorithm, HashAlg, PublicKey};

use crate::problem::Problem;

/// Before the key of a server that was broken into.
const REVOKED: &str = "@revoked";

/// How a server is known.
#[derive(Debug, Clone)]
pub struct ServerKey {
    /// The authorization's name, for messages.
    pub authorization: String,
    /// Of its key.
    pub fingerprints: Vec<String>,
    /// A file with its key.
    pub known_hosts: Option<PathBuf>,
}

impl ServerKey {
    /// Whether the server that shows this key is the one.
    pub fn judge(&self, host: &str, port: u16, key: &PublicKey) -> Result<(), Problem> {
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        if self.fingerprints.contains(&fingerprint) {
            return Ok(());
        }
        let listed = self.listed(host, port)?;
        if self.known_hosts.as_deref().is_some_and(|path| is_revoked(path, key)) {
            return Err(self.refuse(host, port, key, "is revoked in `known_hosts`", &[]));
        }
        if listed.iter().any(|known| known.key_data() == key.key_data()) {
            return Ok(());
        }
        let same_kind = listed.iter().any(|known| known.algorithm() == key.algorithm());
        match same_kind || !self.fingerprints.is_empty() {
            true => Err(self.refuse(host, port, key, "is not the one that it had", &self.lines(host, port, key))),
            false => Err(self.refuse(host, port, key, "is not known", &self.lines(host, port, key))),
        }
    }

    /// The kinds of key under which the server is known: a server may have one of each kind, and shows the first that it is asked for.
    #[must_use]
    pub fn kinds(&self, host: &str, port: u16) -> Vec<Algorithm> {
        self.listed(host, port).unwrap_or_default().iter().map(PublicKey::algorithm).collect()
    }

    fn listed(&self, host: &str, port: u16) -> Result<Vec<PublicKey>, Problem> {
        let Some(path) = &self.known_hosts else { return Ok(Vec::new()) };
        let unreadable = |fact: String| {
            let what = format!("the `known_hosts` of authorization `{}` cannot be read", self.authorization);
            Problem::error(what, format!("mend {}", path.display())).fact(fact)
        };
        std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
        let keys = known_host_keys_path(host, port, path).map_err(|error| unreadable(error.to_string()))?;
        Ok(keys.into_iter().map(|(_, key)| key).collect())
    }

    fn refuse(&self, host: &str, port: u16, key: &PublicKey, why: &str, lines: &[String]) -> Problem {
        let what = format!("the key of the server {host}:{port} {why}");
        let help = match lines {
            [] => "ask whoever runs it for its new key",
            _ => {
                "ask whoever runs it whether that is its key, because somebody may sit between; if it is, add this line:"
            }
        };
        let kind = key.algorithm();
        let shown = format!("it shows {kind} {}", key.fingerprint(HashAlg::Sha256));
        lines.iter().fold(Problem::error(what, help).fact(shown), |problem, line| problem.help(line.clone()))
    }

    /// What makes it known: in its `known_hosts` if there is one, else in the authorization.
    fn lines(&self, host: &str, port: u16, key: &PublicKey) -> Vec<String> {
        match &self.known_hosts {
            Some(path) => {
                let name = if port == 22 { host.to_owned() } else { format!("[{host}]:{port}") };
                let bare = PublicKey::from(key.key_data().clone()).to_openssh().unwrap_or_default();
                vec![format!("{name} {bare}"), format!("(to {})", path.display())]
            }
            None => vec![
                format!("fingerprint: \"{}\"", key.fingerprint(HashAlg::Sha256)),
                format!("(to authorization `{}`)", self.authorization),
            ],
        }
    }
}

/// Whether a file says of a key that nobody is to trust it, whoever shows it.
fn is_revoked(path: &Path, key: &PublicKey) -> bool {
    let bare = PublicKey::from(key.key_data().clone()).to_openssh().unwrap_or_default();
    let Some(bytes) = bare.split(' ').nth(1) else { return false };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().any(|line| line.starts_with(REVOKED) && line.split_whitespace().any(|word| word == bytes))
}
