//! A segment from a real OpenSSH server, encrypted by a real GnuPG, over lines that drop and under a program that is killed: Lytics holds each
//! row once, or after a kill at least once, and the dead letters are exactly the rows that nobody can read.
//!
//! The large ones take minutes: `cargo test --workspace --test e2e -- --ignored --nocapture half_a_million`.

use std::collections::BTreeSet;
use std::time::Duration;

use brazeline_sandbox::Options;

use crate::gnupg::{self, GnuPg};
use crate::host::{Ended, Host, Place, until_within};
use crate::openssh::{self, OpenSsh, USER};
use crate::proxy::Proxy;
use crate::scene::{Scene, sandbox};
use crate::segment::{Packed, Segment};

/// How much is read.
#[derive(Debug, Clone, Copy)]
struct Size {
    segment: Segment,
    /// Of one run.
    patience: Duration,
    /// So many events may be read and not yet settled: a kill repeats no more.
    uncommitted: usize,
}

const SHORT: Size =
    Size { segment: Segment { rows: 12_000, files: 4 }, patience: Duration::from_secs(60), uncommitted: 3_000 };
const LONG: Size =
    Size { segment: Segment { rows: 500_000, files: 100 }, patience: Duration::from_secs(900), uncommitted: 50_000 };

/// How the server and the file are opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// With a password.
    Password,
    /// With a key.
    Key,
    /// With a password, and the file is encrypted to a key without a passphrase.
    Pgp,
    /// With a password and a key that has a passphrase, and the file is encrypted to a key that has one.
    All,
}

#[test]
#[cfg_attr(not(all(real_openssh, real_gnupg)), ignore = "needs OpenSSH's server and GnuPG")]
fn every_way_in() {
    by_every_way(SHORT);
}

#[test]
#[ignore = "takes minutes; its module says how to run it"]
fn half_a_million_rows_by_every_way() {
    by_every_way(LONG);
}

#[test]
#[cfg_attr(not(all(real_openssh, real_gnupg)), ignore = "needs OpenSSH's server and GnuPG")]
fn a_line_that_drops_and_a_program_that_is_killed() {
    disturbed(SHORT);
}

#[test]
#[ignore = "takes minutes; its module says how to run it"]
fn half_a_million_rows_disturbed() {
    disturbed(LONG);
}

#[test]
#[cfg_attr(not(real_gnupg), ignore = "needs GnuPG")]
fn decrypting_needs_no_more_memory_for_a_larger_file() {
    let [small, large] = peaks_while_decrypting([4, 64]);
    assert!(large < small + 16 * 1024, "{small} KiB for 4 MB, {large} KiB for 64 MB");
}

#[test]
#[ignore = "takes minutes; its module says how to run it"]
fn half_a_million_kilobytes_decrypted() {
    let [small, large] = peaks_while_decrypting([10, 500]);
    assert!(large < small + 16 * 1024, "{small} KiB for 10 MB, {large} KiB for 500 MB");
}

/// The most memory, in KiB, while files of so many megabytes are decrypted. Nothing in them is a row, so nothing else is done with them.
fn peaks_while_decrypting<const N: usize>(megabytes: [usize; N]) -> [u64; N] {
    let gpg = GnuPg::new();
    let place = Place::new(
        r#"name: decrypts
authorizations:
  files: { type: pgp, pgp_private_key: "SECRET[file.pgp]" }
sources:
  segment: { type: braze-ingest, mode: file, format: json_lines, files: { type: drop_folder, path: in, settle: 0s, pgp: files }, every: once }
sinks:
  out: { type: stdout, inputs: [segment] }
"#,
    );
    gpg.private_key("plain", true, &place.path().join("pgp"));
    megabytes.map(|megabytes| {
        let mut text = vec![b' '; megabytes * 1_000_000];
        text[0] = b'[';
        place.write(&format!("in/{megabytes}.json.pgp"), gpg.encrypted("plain", &text, &["-z", "0"]));
        let mut host = place.run();
        let (mut peak, patience) = (0, Duration::from_secs(300));
        until_within(patience, "it is set aside", || {
            peak = peak.max(peak_kib(&host));
            host.has_ended()
        });
        let ended = host.wait();
        assert!(ended.stderr.contains("it is a JSON array"), "{}", ended.stderr);
        println!("{megabytes} MB decrypted: peak {peak} KiB");
        peak
    })
}

fn by_every_way(size: Size) {
    let (server, gpg) = (OpenSsh::start(), GnuPg::new());
    for (way, packed) in [
        (Way::Password, Packed::Seekable),
        (Way::Key, Packed::Streamed),
        (Way::Pgp, Packed::Zip64),
        (Way::All, Packed::Streamed),
    ] {
        let job = Job::new(size, way, packed, &server, &gpg, server.port());
        let ended = job.run();
        assert_eq!(job.repeated(), 0, "{way:?}");
        job.ended_well(&ended);
    }
}

fn disturbed(size: Size) {
    let (server, gpg) = (OpenSsh::start(), GnuPg::new());
    let bytes = size.segment.zip(Packed::Seekable).len();
    let proxy = Proxy::cutting(server.port(), bytes * 2 / 5);
    let job = Job::new(size, Way::Password, Packed::Seekable, &server, &gpg, proxy.port());
    let ended = job.run();
    assert!(ended.stderr.contains("the copy was broken off; it goes on there"), "{}", ended.stderr);
    assert_eq!(job.repeated(), 0, "cut off {} times", proxy.connections());
    job.ended_well(&ended);

    for way in [Way::Key, Way::All] {
        let job = Job::new(size, way, Packed::Seekable, &server, &gpg, server.port());
        // While it is copied or decrypted, soon after its first rows, and before its last.
        let good = size.segment.good();
        job.killed_when(|| !job.plain().is_empty() || job.arrived() > 0);
        job.killed_when(|| job.arrived() > good / 50);
        job.killed_when(|| job.arrived() > good * 2 / 3);
        let ended = job.run();
        let repeated = job.repeated();
        println!("{way:?}: {repeated} rows came again after 3 kills");
        assert!(repeated <= 3 * size.uncommitted, "{repeated} rows came again");
        job.ended_well(&ended);
    }
}

/// A pipeline that reads the segment, and the Lytics that it is for.
struct Job {
    size: Size,
    way: Way,
    scene: Scene,
}

impl Job {
    fn new(size: Size, way: Way, packed: Packed, server: &OpenSsh, gpg: &GnuPg, port: u16) -> Self {
        let place = Place::new("");
        let zip = size.segment.zip(packed);
        let (key, passphrase) = if way == Way::All { ("locked", "locked") } else { ("ed25519", "plain") };
        server.put(
            "segment.zip",
            match way {
                Way::Password | Way::Key => zip,
                Way::Pgp | Way::All => gpg.encrypted(passphrase, &zip, &["-z", "0"]),
            },
        );
        place.write("password", openssh::PASSWORD);
        place.write("key", std::fs::read(server.key(key)).unwrap());
        place.write("passphrase", openssh::PASSPHRASE);
        gpg.private_key(passphrase, true, &place.path().join("pgp"));
        place.write("pgp_passphrase", gnupg::PASSPHRASE);
        let vendors = sandbox(Options::default());
        place.write(
            "pipeline.yaml",
            pipeline(size, way, &server.fingerprint(), port, &vendors.lytics().url().to_string()),
        );
        Self { size, way, scene: Scene { vendors, place } }
    }

    /// To its end, and says what it took.
    fn run(&self) -> Ended {
        let mut host = self.scene.place.run();
        let begun = tokio::time::Instant::now();
        let mut peak = 0;
        until_within(self.size.patience, "all is read", || {
            peak = peak.max(peak_kib(&host));
            host.has_ended()
        });
        let (way, seconds) = (self.way, begun.elapsed().as_secs_f64());
        println!("{way:?}, {} rows: {seconds:.1} s, peak {} MiB", self.size.segment.rows, peak / 1024);
        host.wait()
    }

    fn killed_when(&self, happened: impl FnMut() -> bool) {
        let host = self.scene.place.run();
        until_within(self.size.patience, "it is as far as that", happened);
        host.kill();
    }

    /// How many records are there.
    fn arrived(&self) -> usize {
        self.scene.vendors.lytics().read(|lytics| lytics.stream("braze_users").len())
    }

    /// How many came again; all others came once.
    fn repeated(&self) -> usize {
        let records = |lytics: &brazeline_sandbox::Lytics| {
            self.size.segment.compare(lytics.stream("braze_users").iter().map(|record| &record.fields))
        };
        self.scene.vendors.lytics().read(records)
    }

    /// Some rows were rejected, exactly those that should be, and nothing of the file is left here.
    fn ended_well(&self, ended: &Ended) {
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        let letters = self.scene.dead_letters();
        let places: BTreeSet<String> = letters
            .iter()
            .map(|letter| letter["place"].as_str().unwrap().split(", byte").next().unwrap().to_owned())
            .collect();
        let bad = self.size.segment.bad_places("segment.zip");
        let wrong: Vec<_> = places.symmetric_difference(&bad).take(9).collect();
        assert!(
            wrong.is_empty() && letters.len() == bad.len(),
            "{} letters, {} bad rows: {wrong:?}",
            letters.len(),
            bad.len()
        );
        assert_eq!(std::fs::read_dir(self.staging()).unwrap().count(), 0, "copies stay");
    }

    fn staging(&self) -> std::path::PathBuf {
        self.scene.place.path().join("data/staging/segment")
    }

    /// What lies there decrypted.
    fn plain(&self) -> Vec<std::path::PathBuf> {
        let Ok(copies) = std::fs::read_dir(self.staging()) else { return Vec::new() };
        let paths = copies.map(|copy| copy.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "plain")).collect()
    }
}

/// The most memory that it has held so far.
fn peak_kib(host: &Host) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or_default()
}

fn pipeline(size: Size, way: Way, fingerprint: &str, port: u16, lytics: &str) -> String {
    let password = "password: \"SECRET[file.password]\"";
    let key = "private_key: \"SECRET[file.key]\"";
    let (kind, secrets, pgp) = match way {
        Way::Password => ("sftp", password.to_owned(), ""),
        Way::Key => ("sftp", key.to_owned(), ""),
        Way::Pgp => ("sftp", password.to_owned(), ", pgp: files"),
        Way::All => (
            "sftp_pgp",
            format!(
                "{password}, {key}, passphrase: \"SECRET[file.passphrase]\", pgp_private_key: \"SECRET[file.pgp]\", \
                 pgp_passphrase: \"SECRET[file.pgp_passphrase]\""
            ),
            "",
        ),
    };
    let files = if way == Way::Pgp { "  files: { type: pgp, pgp_private_key: \"SECRET[file.pgp]\" }\n" } else { "" };
    format!(
        r#"name: whole
authorizations:
  server: {{ type: {kind}, host: 127.0.0.1, port: {port}, user: {USER}, fingerprint: "{fingerprint}", {secrets} }}
{files}  lytics: {{ type: lytics, account: "1234", api_token: "SECRET[env.LYTICS_API_TOKEN]", plain_http: true, hosts: {{ bulk: "{lytics}" }} }}
sources:
  segment:
    type: braze-ingest
    mode: file
    files: {{ type: sftp, authorization: server, path: files, settle: 0s{pgp} }}
    every: once
    max_uncommitted: {{ events: {} }}
sinks:
  lytics: {{ type: lytics-export, inputs: [segment], authorization: lytics, mode: bulk, linger: 10ms }}
"#,
        size.uncommitted
    )
}
