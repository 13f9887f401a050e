//! How is a secret named, without being written down?
//!
//! `SECRET[env.NAME]` and `SECRET[file./path]`, and only as the whole value of a member of an authorization: so the host always knows
//! where a secret is, and text is never searched for secrets to fill in. No message repeats what stands in the brackets before it has
//! the form of a name, because somebody may have put the key itself there.

use std::fmt::{self, Debug, Display, Formatter};
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::place::Report;
use super::tree::{Tree, Value};

/// How every reference begins.
const OPENS: &str = "SECRET[";

/// The members of an authorization that are the host's own; none can be a secret.
pub(super) const OWN_MEMBERS: [&str; 7] = ["type", "label", "description", "hosts", "plain_http", "expires", "share"];

/// A member whose name ends so is a secret, whatever its owner thinks: a key in a pipeline file ends up in version control.
const SECRET_NAMES: [&str; 5] = ["key", "token", "secret", "password", "passphrase"];

/// A member whose name ends so is a private key: a file of several lines, or of bytes that are no text.
const PRIVATE_KEY: &str = "private_key";

/// Where a secret is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// In an environment variable.
    Variable(String),
    /// In a file; a relative path begins at the pipeline file's folder.
    File(PathBuf),
}

impl Reference {
    /// Reads `SECRET[backend.key]`. An error says what is wrong with it, and what would be right.
    pub(super) fn parse(text: &str) -> Result<Self, (&'static str, &'static str)> {
        let inside = text.strip_prefix(OPENS).and_then(|rest| rest.strip_suffix(']'));
        let Some(inside) = inside.filter(|inside| !inside.contains(OPENS)) else {
            return Err(("is not of the form `SECRET[...]`", "a secret is the whole value: `\"SECRET[env.NAME]\"`"));
        };
        match inside.split_once('.') {
            Some(("env", name)) if is_variable(name) => Ok(Self::Variable(name.to_owned())),
            Some(("env", _)) => {
                Err(("names no environment variable", "write `SECRET[env.NAME]`; a name has letters, digits and `_`"))
            }
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err((
                "names neither an environment variable nor a file",
                "write `SECRET[env.NAME]` or `SECRET[file./path]`",
            )),
        }
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "SECRET[env.{name}]"),
            Self::File(path) => write!(f, "SECRET[file.{}]", path.display()),
        }
    }
}

fn is_variable(name: &str) -> bool {
    let first_is_right = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    first_is_right && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether a value, or a part of it, is written as a secret.
pub(super) fn mentions_secret(text: &str) -> bool {
    text.contains(OPENS)
}

/// Whether a member with this name has to be a secret.
pub(super) fn must_be_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|ending| name.ends_with(ending))
}

/// Whether a member with this name is a private key, which is no line of text.
pub(super) fn is_private_key(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(PRIVATE_KEY)
}

/// Reports every secret that is written where none can be.
pub(super) fn misplaced(root: &Tree, report: &mut Report) {
    walk(root, &mut Vec::new(), report);
}

fn walk<'t>(tree: &'t Tree, path: &mut Vec<&'t str>, report: &mut Report) {
    match &tree.value {
        Value::Text(text) if mentions_secret(text) && !is_member(path) => refuse(tree.spot, report),
        Value::List(items) => {
            path.push("[]");
            items.iter().for_each(|item| walk(item, path, report));
            path.pop();
        }
        Value::Map(entries) => {
            for entry in entries {
                if mentions_secret(&entry.key) {
                    refuse(entry.spot, report);
                }
                path.push(&entry.key);
                walk(&entry.value, path, report);
                path.pop();
            }
        }
        _ => {}
    }
}

fn is_member(path: &[&str]) -> bool {
    matches!(path, ["authorizations", _, member] if !OWN_MEMBERS.contains(member))
}

fn refuse(spot: super::place::Spot, report: &mut Report) {
    let help = "make it a member of an authorization, and name that with `authorization:` in the node";
    report.error(spot, "a secret is written where none can be", help);
}

/// A secret. It is never printed, and overwritten when it is no longer needed.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// From now on a secret.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(SecretString::from(value.into()))
    }

    /// The secret itself, for a request of the host's own making and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
