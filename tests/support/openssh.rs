//! A real OpenSSH server with one user of its own.
//!
//! It runs in a mount namespace with account files of its own, so nothing of the machine is touched and nobody can log in who could not before.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::host::until;
use crate::real::{needs, run};

pub const USER: &str = "braze";
pub const PASSWORD: &str = "pass word 7";
pub const PASSPHRASE: &str = "secret words";

/// A running server. Its user begins at `/`, in which `files` is its own.
pub struct OpenSsh {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl OpenSsh {
    pub fn start() -> Self {
        needs("/usr/sbin/sshd", "openssh-server");
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        prepare(folder.path(), port);
        let script = "mount --bind \"$1/passwd\" /etc/passwd; mount --bind \"$1/group\" /etc/group; \
                      mount --bind \"$1/shadow\" /etc/shadow; mount --bind \"$1/root\" /mnt; \
                      mount -t tmpfs -o mode=755 tmpfs /run; mkdir -m 755 /run/sshd; \
                      exec /usr/sbin/sshd -D -E \"$1/log\" -f \"$1/sshd_config\"";
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-ec", script, "sh"]).arg(folder.path());
        let child = command.stdin(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut server = Self { folder, port, child };
        until("OpenSSH answers", || {
            assert!(server.child.try_wait().unwrap().is_none(), "it ended:\n{}", server.log());
            let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
            let mut greeting = [0; 8];
            stream.read_exact(&mut greeting).is_ok() && &greeting == b"SSH-2.0-"
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it wrote: who logged in, and how.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The folder of the user's files, seen from here.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("root/files")
    }

    /// Puts a file there.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.files().join(name), bytes).unwrap();
    }

    /// The private key of this kind, with which the user may log in.
    pub fn key(&self, kind: &str) -> PathBuf {
        self.folder.path().join(format!("client_{kind}"))
    }

    /// The fingerprint of the server's key.
    pub fn fingerprint(&self) -> String {
        let said = run(Command::new("ssh-keygen").arg("-lf").arg(self.folder.path().join("host_ed25519.pub")));
        said.split(' ').nth(1).unwrap().to_owned()
    }

    /// The line of the server's key for `known_hosts`.
    pub fn known(&self, port: u16) -> String {
        let key = std::fs::read_to_string(self.folder.path().join("host_ed25519.pub")).unwrap();
        let key: Vec<&str> = key.split_whitespace().take(2).collect();
        format!("[127.0.0.1]:{port} {}\n", key.join(" "))
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Keys, accounts and settings.
fn prepare(folder: &Path, port: u16) {
    let keygen = |kind: &str, name: &str, passphrase: &str, more: &[&str]| {
        let mut command = Command::new("ssh-keygen");
        run(command.args(["-q", "-t", kind, "-N", passphrase, "-f"]).arg(folder.join(name)).args(more));
    };
    keygen("ed25519", "host_ed25519", "", &[]);
    keygen("ed25519", "client_ed25519", "", &[]);
    // Of P-256, one key in 256 is a byte shorter than the rest, and `ssh-key` does not read it.
    keygen("ecdsa", "client_ecdsa", "", &["-b", "384"]);
    keygen("rsa", "client_rsa", PASSPHRASE, &["-b", "2048"]);
    keygen("ed25519", "client_locked", PASSPHRASE, &[]);
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let keys = ["ed25519", "ecdsa", "rsa", "locked"];
    write(
        "authorized_keys",
        keys.map(|kind| std::fs::read_to_string(folder.join(format!("client_{kind}.pub"))).unwrap()).concat(),
    );
    let hash = run(Command::new("openssl").args(["passwd", "-6", PASSWORD]));
    let of = |path: &str, names: &[&str]| {
        let lines = BufReader::new(std::fs::File::open(path).unwrap()).lines().map(|line| line.unwrap() + "\n");
        lines.filter(|line| names.iter().any(|name| line.starts_with(&format!("{name}:")))).collect::<String>()
    };
    write("passwd", of("/etc/passwd", &["root", "nobody", "sshd"]) + "braze:x:12345:12345::/:/usr/sbin/nologin\n");
    write("group", of("/etc/group", &["root", "nogroup"]) + "braze:x:12345:\n");
    write("shadow", format!("root:*:19000::::::\nsshd:!:19000::::::\n{USER}:{}:19000:0:99999:7:::\n", hash.trim()));
    run(Command::new("chmod").arg("600").arg(folder.join("shadow")));
    std::fs::create_dir_all(folder.join("root/files")).unwrap();
    run(Command::new("chmod").arg("755").arg(folder.join("root")));
    run(Command::new("chown").arg("12345:12345").arg(folder.join("root/files")));
    let mut config = std::fs::File::create(folder.join("sshd_config")).unwrap();
    let at = folder.display();
    write!(
        config,
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {at}/host_ed25519\nPidFile {at}/pid\nUsePAM no\n\
         PasswordAuthentication yes\nKbdInteractiveAuthentication no\nPubkeyAuthentication yes\n\
         AuthorizedKeysFile {at}/authorized_keys\nStrictModes no\nAllowUsers {USER}\nUseDNS no\nLogLevel VERBOSE\n\
         MaxStartups 100\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\nChrootDirectory /mnt\n"
    )
    .unwrap();
}
