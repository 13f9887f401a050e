//! A real GnuPG with keys of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::real::{needs, run};

pub const PASSPHRASE: &str = "secret words";

/// A keyring. Its agent ends with it.
pub struct GnuPg {
    home: tempfile::TempDir,
}

impl GnuPg {
    /// With a key without passphrase (`plain`), an RSA key with one (`locked`), and one of somebody else (`other`).
    pub fn new() -> Self {
        needs("/usr/bin/gpg", "gnupg");
        // Short, because sockets lie in it.
        let gpg = Self { home: tempfile::Builder::new().prefix("gpg").tempdir().unwrap() };
        std::fs::set_permissions(gpg.home.path(), PermissionsExt::from_mode(0o700)).unwrap();
        gpg.key(
            "plain",
            "Key-Type: EDDSA\nKey-Curve: ed25519\nSubkey-Type: ECDH\nSubkey-Curve: cv25519\n",
            "%no-protection",
        );
        gpg.key(
            "other",
            "Key-Type: EDDSA\nKey-Curve: ed25519\nSubkey-Type: ECDH\nSubkey-Curve: cv25519\n",
            "%no-protection",
        );
        let rsa = "Key-Type: RSA\nKey-Length: 2048\nSubkey-Type: RSA\nSubkey-Length: 2048\n";
        gpg.key("locked", rsa, &format!("Passphrase: {PASSPHRASE}"));
        gpg
    }

    fn key(&self, name: &str, kind: &str, protection: &str) {
        let asked = self.home.path().join("asked");
        // What controls comes first, what describes comes last.
        let (first, last) = if protection.starts_with('%') { (protection, "") } else { ("", protection) };
        let name = format!("Name-Email: {name}@example.test\nExpire-Date: 0\n");
        let text = format!("{first}\n{kind}{name}{last}\n%commit\n");
        std::fs::write(&asked, text).unwrap();
        self.gpg(&["--gen-key", asked.to_str().unwrap()]);
    }

    /// Writes a private key to a file.
    pub fn private_key(&self, name: &str, armored: bool, to: &Path) {
        let (user, to) = (format!("{name}@example.test"), to.to_str().unwrap());
        let mut arguments = vec!["--pinentry-mode", "loopback", "--passphrase", PASSPHRASE, "--yes", "-o", to];
        arguments.extend(if armored { vec!["-a"] } else { vec![] });
        arguments.extend(["--export-secret-keys", &user]);
        self.gpg(&arguments);
    }

    /// Encrypts these bytes to a key.
    pub fn encrypted(&self, to: &str, bytes: &[u8], more: &[&str]) -> Vec<u8> {
        let plain = self.home.path().join("plain");
        let out: PathBuf = self.home.path().join("out");
        std::fs::write(&plain, bytes).unwrap();
        self.encrypt(to, &plain, &out, more);
        std::fs::read(out).unwrap()
    }

    /// Encrypts a file to a key.
    pub fn encrypt(&self, to: &str, plain: &Path, out: &Path, more: &[&str]) {
        let user = format!("{to}@example.test");
        let mut arguments = vec!["--yes", "--trust-model", "always", "-r", &user, "-o", out.to_str().unwrap()];
        arguments.extend(more);
        arguments.extend(["--encrypt", plain.to_str().unwrap()]);
        self.gpg(&arguments);
    }

    /// What decrypts a file to another.
    pub fn decrypting(&self, from: &Path, to: &Path) -> Command {
        let mut command = Command::new("/usr/bin/gpg");
        command.args(["--batch", "-q", "--yes", "-o"]).arg(to).arg("--decrypt").arg(from);
        command.env("GNUPGHOME", self.home.path());
        command
    }

    fn gpg(&self, arguments: &[&str]) {
        run(Command::new("/usr/bin/gpg").args(["--batch", "-q"]).args(arguments).env("GNUPGHOME", self.home.path()));
    }
}

impl Drop for GnuPg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.home.path()).args(["--kill", "all"]).output();
    }
}
