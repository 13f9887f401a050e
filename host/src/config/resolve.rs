//! Fetches the secrets that an authorization names.
//!
//! It is a step of its own, so that a pipeline file can be checked where its secrets are not. A secret is one line of text, but for a private
//! key: that is text of many lines, and becomes Base64 where it is bytes.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::authorization::Authorization;
use super::mask::Mask;
use super::pipeline::Pipeline;
use super::place::Report;
use super::secret::{Reference, Secret, is_private_key};
use crate::problem::{Problem, Problems};

/// No key is so long; a path to a log file, given by mistake, is not read whole.
const LONGEST: u64 = 64 * 1024;

/// Where secrets come from.
pub trait Env {
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<OsString>;
    /// A file.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>>;
}

/// This process and this machine.
#[derive(Debug, Clone, Copy)]
pub struct System;

impl Env for System {
    fn variable(&self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > LONGEST {
            true => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it has more than {LONGEST} bytes"))),
            false => Ok(bytes),
        }
    }
}

/// All secrets of a pipeline.
#[derive(Debug, Clone, Default)]
pub struct Secrets(BTreeMap<String, BTreeMap<String, Secret>>);

impl Secrets {
    /// A member of an authorization.
    #[must_use]
    pub fn get(&self, authorization: &str, member: &str) -> Option<&Secret> {
        self.0.get(authorization)?.get(member)
    }

    /// All members of an authorization.
    pub fn of(&self, authorization: &str) -> impl Iterator<Item = (&str, &Secret)> {
        self.0.get(authorization).into_iter().flatten().map(|(member, secret)| (member.as_str(), secret))
    }

    /// Masks them all.
    #[must_use]
    pub fn mask(&self) -> Mask {
        Mask::new(self.0.values().flat_map(BTreeMap::values).cloned())
    }
}

impl Pipeline {
    /// Fetches all secrets, or says which are not to be had.
    pub fn resolve_secrets(&self, env: &dyn Env) -> Result<Secrets, Problems> {
        let mut report = Report::new(&self.file);
        let mut secrets = Secrets::default();
        for authorization in &self.authorizations {
            for (member, reference) in &authorization.secrets {
                match self.fetch(member, &reference.value, env) {
                    Ok(secret) => {
                        let members = secrets.0.entry(authorization.name.clone()).or_default();
                        members.insert(member.clone(), secret);
                    }
                    Err(failure) => {
                        let source = self.source(&reference.value);
                        report.add(reference.spot, problem(authorization, member, &source, failure));
                    }
                }
            }
        }
        if report.is_empty() { Ok(secrets) } else { Err(report.into_problems()) }
    }

    /// In words.
    fn source(&self, reference: &Reference) -> String {
        match reference {
            Reference::Variable(name) => format!("the environment variable {name}"),
            Reference::File(path) => format!("the file {}", self.folder().join(path).display()),
        }
    }

    fn fetch(&self, member: &str, reference: &Reference, env: &dyn Env) -> Result<Secret, Failure> {
        let is_private_key = is_private_key(member);
        let secret = match reference {
            Reference::Variable(name) => match env.variable(name) {
                None => return Err(Failure::NotSet),
                Some(value) => value.into_string().map_err(|_| Failure::NotText)?,
            },
            Reference::File(path) => {
                let bytes = env.file(&self.folder().join(path)).map_err(Failure::File)?;
                match String::from_utf8(bytes) {
                    Ok(text) => without_last_newline(text),
                    Err(error) if is_private_key => BASE64_STANDARD.encode(error.into_bytes()),
                    Err(_) => return Err(Failure::NotText),
                }
            }
        };
        match is_private_key {
            true if secret.is_empty() => Err(Failure::Empty),
            true => Ok(Secret::new(secret)),
            false => checked(secret),
        }
    }
}

/// Why a secret is not to be had. None of these holds a part of it.
enum Failure {
    NotSet,
    File(io::Error),
    NotText,
    Empty,
    Lines,
    Control,
}

/// Editors and `echo` end a file with a newline that is no part of the secret.
fn without_last_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

fn checked(secret: String) -> Result<Secret, Failure> {
    // U+FEFF is what some editors put before the first character; it cannot be seen and is no part of a key.
    match () {
        () if secret.is_empty() => Err(Failure::Empty),
        () if secret.contains(['\n', '\r']) => Err(Failure::Lines),
        () if secret.contains(|c: char| c.is_control() || c == '\u{feff}') => Err(Failure::Control),
        () => Ok(Secret::new(secret)),
    }
}

fn problem(from: &Authorization, member: &str, source: &str, failure: Failure) -> Problem {
    let what = format!("authorization `{}` has no `{member}`", from.name);
    let (fact, help) = match failure {
        Failure::NotSet => (format!("{source} is not set"), "set it where this program is started"),
        Failure::File(error) => {
            (format!("{source} cannot be read: {error}"), "put the secret there, readable for the user of this program")
        }
        Failure::NotText => (format!("{source} holds bytes that are no text"), "store the secret as UTF-8 text"),
        Failure::Empty => (format!("{source} is empty"), "put the secret there"),
        Failure::Lines => {
            (format!("{source} holds more than one line"), "a secret is one line, with or without a newline at its end")
        }
        Failure::Control => (
            format!("{source} holds characters that cannot be seen"),
            "store the secret anew, without what it was copied with",
        ),
    };
    Problem::error(what, help).fact(fact)
}
