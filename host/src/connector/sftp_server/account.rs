//! Who may put files, and how does the server prove that it is itself?

use russh::keys::{PrivateKey, PublicKey, decode_secret_key};
use serde::Deserialize;

use crate::config::{Authorization, Secret, Secrets};
use crate::connector::settings::{Checked, read, wrong};

/// Types of authorization that hold it.
pub const TYPES: &[&str] = &["sftp_server"];
/// The server's own key.
pub const HOST_KEY: &str = "host_private_key";

/// What an authorization says in the open.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Who may log in.
    user: String,
    /// Public keys, each a line as `ssh-keygen` writes it.
    authorized_keys: Vec<String>,
}

impl Members {
    /// Reads them.
    pub fn of(authorization: &Authorization) -> Checked<Self> {
        let members: Self = read(&authorization.members.json.clone().into())?;
        members.keys()?;
        match authorization.secrets.contains_key(HOST_KEY) {
            true => Ok(members),
            false => wrong(
                "",
                format!(
                    "it has no `{HOST_KEY}`: make one with `ssh-keygen -t ed25519 -N '' -f host_key`, and name that file"
                ),
            ),
        }
    }

    fn keys(&self) -> Checked<Vec<PublicKey>> {
        if self.authorized_keys.is_empty() {
            return wrong("/authorized_keys", "nobody may log in: add the public key of whoever sends files");
        }
        let key = |(number, line): (usize, &String)| {
            PublicKey::from_openssh(line).or_else(|_| {
                let message = "this is no public key: write the line that `ssh-keygen` writes, `ssh-ed25519 AAAA...`, without options";
                wrong(&format!("/authorized_keys/{number}"), message)
            })
        };
        self.authorized_keys.iter().enumerate().map(key).collect()
    }
}

/// Who may put files.
pub struct Account {
    /// Who may log in.
    pub user: String,
    /// With one of these.
    pub keys: Vec<PublicKey>,
    /// The server's own key.
    pub host_key: PrivateKey,
}

impl Account {
    /// With the secrets.
    pub fn open(authorization: &Authorization, secrets: &Secrets) -> Checked<Self> {
        let members = Members::of(authorization)?;
        let keys = members.keys()?;
        let text = secrets.get(&authorization.name, HOST_KEY).map(Secret::expose).unwrap_or_default();
        // No message repeats what a library says of a key.
        let Ok(host_key) = decode_secret_key(text, None) else {
            return wrong(
                "",
                format!("its `{HOST_KEY}` is no private key as `ssh-keygen` makes it, or has a passphrase"),
            );
        };
        Ok(Self { user: members.user, keys, host_key })
    }
}
