//! How fast does a file come from an SFTP server, and out of its encryption?
//!
//! A segment's CSV on a real OpenSSH server of this machine, read by this program and by OpenSSH's own `sftp`; and the same encrypted by GnuPG,
//! decrypted by this program and by `gpg`. This program is measured from its start until its copy is whole, hashed and synced, and from there
//! until the first event is out, which it is only once all of the file has been proven. The others do not sync what they write.
//!
//! ```text
//! cargo bench --bench shelves -- --megabytes 512 --rounds 3
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "what the tests use to start programs of others fails where they are not there"
)]

#[path = "../support/gnupg.rs"]
#[expect(dead_code, reason = "the tests ask for more")]
mod gnupg;
mod harness;
#[path = "shelves/host.rs"]
mod host;
#[path = "shelves/marks.rs"]
mod marks;
mod median;
#[path = "../support/openssh.rs"]
#[expect(dead_code, reason = "the tests ask for more")]
mod openssh;
#[expect(dead_code, reason = "the other benchmarks deliver other people")]
mod people;
#[path = "../support/real.rs"]
#[expect(dead_code, reason = "the tests ask for more")]
mod real;
mod turns;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Parser;

use gnupg::GnuPg;
use harness::table::table;
use harness::{Cost, machine, measure};
use marks::{Marks, follow};
use median::median;
use openssh::{OpenSsh, USER};
use people::{SEGMENT, write_row};
use turns::{ratio, take_turns};

/// How many times as fast as `sftp`.
const AIM: f64 = 1.5;
const MB: u64 = 1_000_000;
const NAME: &str = "segment.csv";

/// Files of SFTP servers and encrypted ones, against `sftp` and `gpg`.
#[derive(Parser)]
struct Arguments {
    /// How large the file is.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..))]
    megabytes: u64,
    /// How often each contender runs.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Other,
    Brazeline,
}

const CONTENDERS: [Contender; 2] = [Contender::Other, Contender::Brazeline];

fn main() -> anyhow::Result<()> {
    let Arguments { megabytes, rounds, .. } = Arguments::parse();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let stage = Stage { folder: folder.path(), plain: folder.path().join(NAME), bytes: megabytes * MB };
    stage.write()?;
    println!("{megabytes} MB, {rounds} rounds, on {}", machine::shape());
    stage.sftp(rounds)?;
    stage.pgp("PGP, not packed", &["--compress-algo", "none"], rounds)?;
    stage.pgp("PGP, packed", &["--compress-algo", "zlib"], rounds)
}

/// A file, and where everything else lies.
struct Stage<'a> {
    folder: &'a Path,
    plain: PathBuf,
    bytes: u64,
}

impl Stage<'_> {
    fn write(&self) -> anyhow::Result<()> {
        let mut file = BufWriter::new(File::create(&self.plain)?);
        file.write_all(SEGMENT)?;
        let (mut written, mut row) = (0, Vec::new());
        for number in 0.. {
            row.clear();
            write_row(&mut row, number)?;
            file.write_all(&row)?;
            written += row.len() as u64;
            if written >= self.bytes {
                break;
            }
        }
        Ok(file.flush()?)
    }

    fn sftp(&self, rounds: u64) -> anyhow::Result<()> {
        let server = OpenSsh::start();
        std::fs::hard_link(&self.plain, server.files().join(NAME))
            .or_else(|_| std::fs::copy(&self.plain, server.files().join(NAME)).map(drop))?;
        let (key, port) = (server.key("ed25519"), server.port());
        let known = self.folder.join("known_hosts");
        std::fs::write(&known, server.known(port))?;
        let authorization = format!(
            "type: sftp, host: 127.0.0.1, port: {port}, user: {USER}, private_key: \"SECRET[file.{}]\", fingerprint: \"{}\"",
            key.display(),
            server.fingerprint()
        );
        let client = || {
            let (batch, got) = (self.folder.join("batch"), self.folder.join("got"));
            std::fs::write(&batch, format!("get files/{NAME} {}\n", got.display()))?;
            let mut command = Command::new("sftp");
            command.args(["-q", "-P", &port.to_string(), "-o", "StrictHostKeyChecking=yes", "-o"]);
            command.arg(format!("UserKnownHostsFile={}", known.display())).arg("-i").arg(&key).arg("-b").arg(&batch);
            let cost = measure({
                command.arg(format!("{USER}@127.0.0.1"));
                command
            });
            std::fs::remove_file(got)?;
            cost
        };
        let files = "type: sftp, authorization: them, path: files";
        self.rounds("SFTP", "sftp", rounds, client, || Ok(self.brazeline(&authorization, files)?.copy()))
    }

    fn pgp(&self, name: &str, more: &[&str], rounds: u64) -> anyhow::Result<()> {
        let gpg = GnuPg::new();
        let incoming = self.folder.join("in");
        std::fs::create_dir_all(&incoming)?;
        let (encrypted, key) = (incoming.join(format!("{NAME}.pgp")), self.folder.join("key"));
        gpg.encrypt("plain", &self.plain, &encrypted, more);
        gpg.private_key("plain", true, &key);
        let client = || {
            let got = self.folder.join("got");
            let cost = measure(gpg.decrypting(&encrypted, &got));
            std::fs::remove_file(got)?;
            cost
        };
        let authorization = format!("type: pgp, pgp_private_key: \"SECRET[file.{}]\"", key.display());
        let files = format!("type: drop_folder, path: \"{}\", pgp: them", incoming.display());
        self.rounds(name, "gpg", rounds, client, || Ok(self.brazeline(&authorization, &files)?.proof()))
    }

    fn rounds(
        &self,
        name: &str,
        other: &str,
        rounds: u64,
        mut client: impl FnMut() -> anyhow::Result<Cost>,
        mut brazeline: impl FnMut() -> anyhow::Result<Cost>,
    ) -> anyhow::Result<()> {
        // What is compiled of a component stays for the rounds.
        brazeline()?;
        let costs = take_turns(&CONTENDERS, rounds, |contender| match contender {
            Contender::Other => client(),
            Contender::Brazeline => brazeline(),
        })?;
        self.report(name, other, &costs);
        Ok(())
    }

    /// With a memory of its own, because a file that was imported before is not read again.
    fn brazeline(&self, authorization: &str, files: &str) -> anyhow::Result<Marks> {
        let place = tempfile::tempdir_in(self.folder)?;
        let compiled = self.folder.join("compiled");
        std::fs::create_dir_all(&compiled)?;
        std::fs::create_dir(place.path().join("data"))?;
        std::os::unix::fs::symlink(compiled, place.path().join("data/components"))?;
        std::fs::write(
            place.path().join("pipeline.yaml"),
            format!(
                r#"name: bench
data_dir: ./data
authorizations:
  them: {{ {authorization} }}
sources:
  segment:
    type: braze-ingest
    mode: file
    format: csv
    identifier: {{ external_id: user_id }}
    files: {{ {files}, settle: 0s, when_done: keep }}
    every: once
sinks:
  out: {{ type: stdout, inputs: [segment] }}
"#
            ),
        )?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
        command.args(["run", "pipeline.yaml"]).current_dir(place.path()).env("BRAZELINE_LOG", "info");
        follow(command)
    }

    fn report(&self, name: &str, other: &str, costs: &[Vec<Cost>]) {
        let megabytes = |cost: &Cost| self.bytes as f64 / MB as f64 / cost.wall.as_secs_f64();
        let rows = [other, "brazeline"].into_iter().zip(costs).map(|(contender, costs)| {
            let of = |of: &dyn Fn(&Cost) -> f64| median(costs.iter().map(of));
            vec![
                contender.to_owned(),
                format!("{:.0}", of(&megabytes)),
                format!("{:.2}", of(&|cost| cost.cpu.as_secs_f64())),
                format!("{:.0}", of(&|cost| cost.peak as f64) / 1024.0 / 1024.0),
            ]
        });
        println!("{}", table(&[name, "MB/s", "CPU s", "peak MiB"], rows));
        let [others, ours] = costs else { unreachable!("there are two contenders") };
        let rates = |costs: &[Cost]| costs.iter().map(megabytes).collect::<Vec<_>>();
        let aim = if other == "sftp" { format!(" (aim: at least {AIM})") } else { String::new() };
        println!("brazeline reads {} times as fast as {other}{aim}", ratio(&rates(ours), &rates(others)));
    }
}
