//! The server of ours, with the real client of OpenSSH: what is put is read, and nothing else is possible.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{arrived, names, place, rows};
use crate::host::{Host, Place, until};
use crate::real::run;

/// A pipeline with a server, whose guest has the key `guest`.
fn pipeline(files: &str, source: &str) -> Place {
    let place = place("", "", "");
    for key in ["host_key", "guest", "stranger"] {
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(place.path().join(key)));
    }
    let guest = place.read("guest.pub");
    let them = format!(
        "type: sftp_server, user: braze, authorized_keys: [\"{}\"], host_private_key: \"SECRET[file.host_key]\"",
        guest.trim()
    );
    let files = format!("type: sftp_server, authorization: them, path: up, address: \"127.0.0.1:0\"{files}");
    super::rewrite(&place, &them, &files, source);
    place
}

/// Where it listens.
fn port(host: &mut Host) -> String {
    let line = host.says(&["an SFTP server listens"]);
    line.rsplit_once(':').unwrap().1.trim_matches('"').to_owned()
}

fn client(program: &str, place: &Path, port: &str, key: &str, more: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(["-q", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"]);
    command.args(["-o", "StrictHostKeyChecking=accept-new", "-o", "ConnectTimeout=20"]);
    command.arg("-o").arg(format!("UserKnownHostsFile={}", place.join("known").display()));
    command.arg("-o").arg(format!("Port={port}")).arg("-i").arg(place.join(key));
    command.args(more).current_dir(place);
    command
}

/// What the client says to these commands.
fn sftp(place: &Place, port: &str, key: &str, user: &str, batch: &str) -> Output {
    let more = ["-b", "-", &format!("{user}@127.0.0.1")];
    let mut command = client("sftp", place.path(), port, key, &more);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may refuse before it has read all of them.
    let _ = child.stdin.take().unwrap().write_all(batch.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH")]
fn what_is_put_is_read_when_it_is_closed() {
    let place = pipeline("", "");
    place.write("a.json", rows(0..50_000));
    place.write("b.part", rows(50_000..50_010));
    let mut host = place.run();
    let port = port(&mut host);
    let put = sftp(&place, &port, "guest", "braze", "pwd\nput a.json\nput -p b.part\nrename b.part b.json\nls -l\n");
    assert!(put.status.success(), "{}\n{}", said(&put), host.log());
    assert!(said(&put).contains("Remote working directory: /"), "{}", said(&put));
    until("both were read", || names(&place.path().join("up/done")).len() == 2);
    assert_eq!(host.terminate().code, Some(0));
    let mut all = arrived(&place);
    all.sort_unstable();
    assert_eq!(all, (0..50_010).collect::<Vec<_>>());
    assert_eq!(names(&place.path().join("up/.incoming")), [""; 0]);
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH")]
fn nothing_else_is_possible() {
    let place = pipeline(", settle: 1h", "");
    place.write("a.json", rows(0..10));
    let mut host = place.run();
    let port = port(&mut host);
    // Nobody else comes in.
    for (key, user) in [("stranger", "braze"), ("guest", "root")] {
        let refused = sftp(&place, &port, key, user, "ls\n");
        assert!(!refused.status.success(), "{}", said(&refused));
    }
    assert_eq!(host.log().matches("was turned away").count(), 2, "{}", host.log());
    assert!(sftp(&place, &port, "guest", "braze", "put a.json\n").status.success(), "{}", host.log());
    for batch in [
        "get a.json stolen",
        "rm a.json",
        "mkdir folder",
        "put a.json ../a.json",
        "put a.json .hidden",
        "put a.json done",
        "put a.json folder/a.json",
        "ln -s a.json b.json",
        "rename a.json ../../a.json",
        "reput a.json",
        "ls /etc",
    ] {
        let refused = sftp(&place, &port, "guest", "braze", &format!("{batch}\n"));
        assert!(!refused.status.success(), "`{batch}` was done: {}", said(&refused));
    }
    // No shell, no command, no forwarding.
    for more in [["braze@127.0.0.1", "id"], ["-T", "braze@127.0.0.1"], ["-W", "127.0.0.1:1"]] {
        let mut more = more.to_vec();
        if more[0] == "-W" {
            more.push("braze@127.0.0.1");
        }
        let refused = client("ssh", place.path(), &port, "guest", &more).stdin(Stdio::null()).output().unwrap();
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{more:?}: {}", said(&refused));
    }
    assert_eq!(names(&place.path().join("up")), [".incoming", "a.json"]);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH")]
fn there_is_only_so_much_room_and_what_breaks_off_was_never_there() {
    let place = pipeline(", settle: 1h, max_file: 100kB, max_size: 150kB, max_files: 3", "");
    place.write("large", vec![b'x'; 101_000]);
    place.write("half", vec![b'x'; 90_000]);
    place.write("small", "x");
    let mut host = place.run();
    let port = port(&mut host);
    let puts = |batch: &str| sftp(&place, &port, "guest", "braze", batch).status.success();
    assert!(!puts("put large\n"), "a file that is too large was taken");
    assert!(puts("put half one\n"));
    assert!(!puts("put half two\n"), "more than there is room for was taken");
    assert!(puts("put small two\nput small three\n"));
    assert!(!puts("put small four\n"), "a fourth file was taken");
    assert_eq!(names(&place.path().join("up")), [".incoming", "one", "three", "two"]);
    assert_eq!(names(&place.path().join("up/.incoming")), [""; 0]);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn mistakes_are_told() {
    let place = pipeline("", "");
    let text = place.read("pipeline.yaml");
    let told = |from: &str, to: &str| {
        place.write("pipeline.yaml", text.replace(from, to));
        place.brazeline(&["check", "pipeline.yaml"]).stderr
    };
    let guest = place.read("guest.pub");
    let table = [
        (guest.trim(), "ssh-ed25519 nonsense", "this is no public key"),
        (", host_private_key: \"SECRET[file.host_key]\"", "", "it has no `host_private_key`"),
        ("host_key]", "guest.pub]", "is no private key as `ssh-keygen` makes it"),
        ("127.0.0.1:0", "localhost", "must be an IP address and a port"),
    ];
    for (from, to, expected) in table {
        let told = told(from, to);
        assert!(told.contains(expected), "{to}:\n{told}");
    }
}
