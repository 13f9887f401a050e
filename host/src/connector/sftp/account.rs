//! Who logs in at which server, and with what?

use std::path::{Path, PathBuf};
use std::sync::Arc;

use russh::keys::{Algorithm, PrivateKey, decode_secret_key};
use serde::Deserialize;

use super::server_key::ServerKey;
use crate::config::{Authorization, Secret, Secrets};
use crate::connector::settings::{Checked, read, wrong};

/// Types of authorization that hold a login.
pub const TYPES: &[&str] = &["sftp", "sftp_pgp"];
/// What proves who logs in.
pub const PASSWORD: &str = "password";
/// The same.
pub const PRIVATE_KEY: &str = "private_key";
/// Opens the private key.
pub const PASSPHRASE: &str = "passphrase";

/// What an authorization says in the open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// The server: a name or an IP address.
    host: String,
    #[serde(default = "ssh")]
    port: u16,
    user: String,
    /// `SHA256:...` of the server's key, as `ssh-keygen -l` prints it; several while it changes its key.
    #[serde(default)]
    fingerprint: Fingerprints,
    /// A file as OpenSSH keeps it. A relative path begins at the pipeline file's folder.
    known_hosts: Option<PathBuf>,
}

/// One, or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Fingerprints {
    One(String),
    Several(Vec<String>),
}

impl Default for Fingerprints {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

fn ssh() -> u16 {
    22
}

impl Members {
    /// Reads them, and looks whether there is a secret to log in with.
    pub fn of(authorization: &Authorization) -> Checked<Self> {
        let members: Self = read(&authorization.members.json.clone().into())?;
        if let Some(odd) = members.fingerprints().iter().find(|one| !one.starts_with("SHA256:")) {
            let message = format!("`{odd}` is no fingerprint: write it as `ssh-keygen -l` prints it, `SHA256:...`");
            return wrong("/fingerprint", message);
        }
        let has = |name: &str| authorization.secrets.contains_key(name);
        match () {
            () if !has(PASSWORD) && !has(PRIVATE_KEY) => wrong(
                "",
                "it has nothing to log in with: add `password: \"SECRET[...]\"` or `private_key: \"SECRET[file...]\"`",
            ),
            () if has(PASSPHRASE) && !has(PRIVATE_KEY) => {
                wrong("", "it has a `passphrase` and no `private_key` that it would open")
            }
            () => Ok(members),
        }
    }

    fn fingerprints(&self) -> Vec<String> {
        match &self.fingerprint {
            Fingerprints::One(one) => vec![one.clone()],
            Fingerprints::Several(several) => several.clone(),
        }
    }
}

/// A login.
#[derive(Debug)]
pub struct Account {
    /// The authorization's name, for messages.
    pub authorization: String,
    /// The server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Who.
    pub user: String,
    /// Shown if asked for.
    pub password: Option<Secret>,
    /// Shown first.
    pub private_key: Option<Arc<PrivateKey>>,
    /// How the server is known.
    pub server_key: ServerKey,
}

impl Account {
    /// With the secrets. Nothing is sent. `folder` is the pipeline file's.
    pub fn open(authorization: &Authorization, secrets: &Secrets, folder: &Path) -> Checked<Self> {
        let members = Members::of(authorization)?;
        let secret = |name: &str| secrets.get(&authorization.name, name);
        let passphrase = secret(PASSPHRASE);
        let private_key = secret(PRIVATE_KEY).map(|key| private_key(key, passphrase)).transpose()?;
        let server_key = ServerKey {
            authorization: authorization.name.clone(),
            fingerprints: members.fingerprints(),
            known_hosts: members.known_hosts.map(|path| folder.join(path)),
        };
        Ok(Self {
            authorization: authorization.name.clone(),
            host: members.host,
            port: members.port,
            user: members.user,
            password: secret(PASSWORD).cloned(),
            private_key: private_key.map(Arc::new),
            server_key,
        })
    }

    /// `user@host:port`
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}@{}:{}", self.user, self.host, self.port)
    }
}

fn private_key(key: &Secret, passphrase: Option<&Secret>) -> Checked<PrivateKey> {
    use russh::keys::Error;
    // No message repeats what a library says of a key: it may hold a part of it.
    let read = decode_secret_key(key.expose(), passphrase.map(Secret::expose));
    let message = match read {
        Ok(key) if matches!(key.algorithm(), Algorithm::Dsa) => {
            "its `private_key` is of the kind DSA, which no server takes any more: make one with `ssh-keygen -t ed25519`"
        }
        Ok(key) => return Ok(key),
        Err(Error::KeyIsEncrypted) => "its `private_key` has a passphrase: add `passphrase: \"SECRET[...]\"`",
        Err(_) if passphrase.is_some() => {
            "its `private_key` does not open with its `passphrase`, or is no private key as `ssh-keygen` makes it"
        }
        // Of P-256, one key in 256 is a byte shorter than the rest, and the library does not read it.
        Err(_) if key.expose().contains("OPENSSH PRIVATE KEY") => {
            "its `private_key` cannot be read: it is damaged, or one of the few ECDSA keys whose number is short: make one with `ssh-keygen -t ed25519`"
        }
        Err(_) => "its `private_key` is no private key as `ssh-keygen` makes it",
    };
    wrong("", message)
}
