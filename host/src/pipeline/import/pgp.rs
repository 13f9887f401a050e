//! Makes plain text of a file that is encrypted with OpenPGP, if all of it is as its sender made it.
//!
//! Plain text comes out before the last byte has proven that nothing was changed, so it goes into a file that counts only once all is read. A
//! message that proves nothing (without MDC or AEAD) is refused: whoever can change it on its way could have written it.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use pgp::composed::{DecryptionOptions, Deserializable, Edata, Message, SignedSecretKey, TheRing};
use pgp::types::{Password, Seipdv1ReadMode};

use crate::config::Secret;

/// A message is at most so many packings deep: encrypted, compressed and signed are three.
const DEPTH: usize = 6;
/// Read at once.
const BUFFER: usize = 256 * 1024;

/// The private halves of the keys to which files are encrypted.
pub struct Keys {
    keys: Vec<SignedSecretKey>,
    passphrase: Password,
}

/// Why there is no plain text.
#[derive(Debug)]
pub enum NotPlain {
    /// The file is to blame, and how.
    Broken(String),
    /// The disk is.
    Disk(io::Error),
}

impl Keys {
    /// Reads an armored key, or the Base64 of a binary one; several may follow each other. An error says what is wrong with it.
    pub fn open(key: &Secret, passphrase: Option<&Secret>) -> Result<Self, String> {
        let text = key.expose();
        let bytes = match text.trim_start().starts_with("-----BEGIN") {
            true => text.as_bytes().to_vec(),
            false => BASE64_STANDARD.decode(text.trim()).map_err(|_| NO_KEY.to_owned())?,
        };
        let passphrase = passphrase.map_or_else(Password::empty, |one| Password::from(one.expose()));
        let (read, _) = SignedSecretKey::from_reader_many(bytes.as_slice()).map_err(|_| NO_KEY.to_owned())?;
        let keys = read.collect::<Result<Vec<_>, _>>().map_err(|_| NO_KEY.to_owned())?;
        if keys.is_empty() {
            return Err(NO_KEY.to_owned());
        }
        let keys = Self { keys, passphrase };
        match keys.keys.iter().all(|key| keys.opens(key)) {
            true => Ok(keys),
            false => {
                Err("its `pgp_private_key` does not open: give its passphrase as `pgp_passphrase: \"SECRET[...]\"`"
                    .to_owned())
            }
        }
    }

    /// Whether the passphrase opens what decrypts. Some keep the first half of a key, which only signs, elsewhere.
    fn opens(&self, key: &SignedSecretKey) -> bool {
        let subkeys = key.secret_subkeys.iter().map(|subkey| subkey.key.unlock(&self.passphrase, |_, _| Ok(())));
        let mut opened = subkeys.map(|opened| opened.is_ok_and(|inside| inside.is_ok())).peekable();
        match opened.peek() {
            Some(_) => opened.all(|opened| opened),
            None => key.primary_key.unlock(&self.passphrase, |_, _| Ok(())).is_ok_and(|inside| inside.is_ok()),
        }
    }

    /// Writes the plain text of a file, at most so many bytes, and says how many it has. `to` counts only if this succeeds. Blocks.
    pub fn decrypt(&self, from: &Path, to: &Path, most: u64) -> Result<u64, NotPlain> {
        let file = File::open(from).map_err(NotPlain::Disk)?;
        let mut message = self.message(BufReader::with_capacity(BUFFER, file)).map_err(NotPlain::Broken)?;
        let options = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).to_owned();
        let mut plain = options.open(to).map_err(NotPlain::Disk)?;
        let (mut buffer, mut bytes) = (vec![0; BUFFER], 0);
        loop {
            let read = message.read(&mut buffer).map_err(|error| NotPlain::Broken(changed(&error)))?;
            bytes += read as u64;
            match read {
                0 => return Ok(bytes),
                _ if bytes > most => {
                    return Err(NotPlain::Broken(format!("decrypted, the file is larger than {most} bytes")));
                }
                _ => plain.write_all(&buffer[..read]).map_err(NotPlain::Disk)?,
            }
        }
    }

    fn message(&self, file: BufReader<File>) -> Result<Message<'static>, String> {
        let (message, _) = Message::from_reader(file)
            .map_err(|error| format!("it is not encrypted with PGP, or broken from its first bytes on: {error}"))?;
        if !message.is_encrypted() {
            return Err("it is not encrypted: whoever put it there could be anybody".to_owned());
        }
        if matches!(&message, Message::Encrypted { edata: Edata::SymEncryptedData { .. }, .. }) {
            return Err(UNPROTECTED.to_owned());
        }
        let ring = TheRing {
            secret_keys: self.keys.iter().collect(),
            key_passwords: vec![&self.passphrase],
            decrypt_options: DecryptionOptions::new()
                .set_seipdv1_read_mode(Seipdv1ReadMode::Streaming)
                .enable_gnupg_aead(),
            ..TheRing::default()
        };
        let (mut message, _) = message.decrypt_the_ring(ring, true).map_err(|error| refused(&error))?;
        for _ in 0..DEPTH {
            if !message.is_compressed() {
                break;
            }
            message = message.decompress().map_err(|error| changed(&error))?;
        }
        match message.is_literal() || message.is_signed() {
            true => Ok(message),
            false => Err("there is no file in it".to_owned()),
        }
    }
}

const NO_KEY: &str =
    "its `pgp_private_key` is no private key as `gpg --export-secret-keys` writes it, armored or binary";

const UNPROTECTED: &str =
    "nothing in it shows whether it was changed on its way (no MDC): encrypt it with an OpenPGP program of today";

/// A message is not opened.
fn refused(error: &pgp::errors::Error) -> String {
    match error {
        pgp::errors::Error::MissingKey => {
            "it is encrypted to another key than the `pgp_private_key` that is here: send it anew, encrypted to that one".to_owned()
        }
        error => changed(error),
    }
}

fn changed(error: &dyn std::fmt::Display) -> String {
    format!("it was cut short or changed on its way: {error}")
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.keys.len())
    }
}
