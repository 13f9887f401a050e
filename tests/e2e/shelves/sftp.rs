//! Files of a real OpenSSH server: each way to log in, servers that are not the one, lines that drop.

use std::time::{Duration, SystemTime};

use super::{arrived, names, place, rewrite, rows, zipped};
use crate::host::{Place, until};
use crate::openssh::{OpenSsh, PASSPHRASE, PASSWORD, USER};
use crate::proxy::Proxy;

/// The authorization of a user who knows the password, but for the server's key.
fn password(place: &Place, port: u16) -> String {
    place.write("password", PASSWORD);
    format!("type: sftp, host: 127.0.0.1, port: {port}, user: {USER}, password: \"SECRET[file.password]\"")
}

/// A pipeline that reads `files` of a server whose key is known.
fn pipeline(server: &OpenSsh, port: u16, files: &str, source: &str) -> Place {
    let place = Place::new("");
    let authorization = format!("{}, fingerprint: \"{}\"", password(&place, port), server.fingerprint());
    rewrite(&place, &authorization, &format!("type: sftp, authorization: them, path: files{files}"), source);
    place
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn each_way_to_log_in() {
    let server = OpenSsh::start();
    server.put("a.json", rows(0..3));
    let ways = [
        ("password: \"SECRET[file.secret]\"", PASSWORD.into()),
        ("private_key: \"SECRET[file.secret]\"", std::fs::read(server.key("ed25519")).unwrap()),
        ("private_key: \"SECRET[file.secret]\"", std::fs::read(server.key("ecdsa")).unwrap()),
        (
            "private_key: \"SECRET[file.secret]\", passphrase: \"SECRET[file.passphrase]\"",
            std::fs::read(server.key("rsa")).unwrap(),
        ),
        (
            "private_key: \"SECRET[file.secret]\", passphrase: \"SECRET[file.passphrase]\"",
            std::fs::read(server.key("locked")).unwrap(),
        ),
    ];
    for (way, secret) in ways {
        let (port, fingerprint) = (server.port(), server.fingerprint());
        let them =
            format!("type: sftp, host: 127.0.0.1, port: {port}, user: {USER}, fingerprint: \"{fingerprint}\", {way}");
        let place = place(&them, "type: sftp, authorization: them, path: files", ", every: once");
        place.write("secret", secret);
        place.write("passphrase", PASSPHRASE);
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(
            (ended.code, arrived(&place)),
            (Some(0), vec![0, 1, 2]),
            "{way}: {}\n{}",
            ended.stderr,
            server.log()
        );
        assert!(!ended.stderr.contains(PASSPHRASE) && !ended.stderr.contains(PASSWORD), "{}", ended.stderr);
    }
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn a_server_that_is_not_known_is_refused_with_the_line_to_add() {
    let server = OpenSsh::start();
    server.put("a.json", rows(0..1));
    let (place, port) = (Place::new(""), server.port());
    let (them, files) = (password(&place, port), "type: sftp, authorization: them, path: files");
    let ends = |authorization: &str| {
        rewrite(&place, authorization, files, ", every: once");
        place.brazeline(&["run", "pipeline.yaml"])
    };
    let line = format!("fingerprint: \"{}\"", server.fingerprint());
    let ended = ends(&them);
    assert_eq!((ended.code, arrived(&place)), (Some(1), vec![]), "{}", ended.stderr);
    assert!(ended.stderr.contains("is not known") && ended.stderr.contains(&server.fingerprint()), "{}", ended.stderr);
    let live = place.brazeline(&["check", "--live", "pipeline.yaml"]);
    assert_eq!(live.code, Some(1));
    assert!(live.stdout.contains(&line), "{}", live.stdout);
    let ended = ends(&format!("{them}, fingerprint: \"SHA256:AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwL\""));
    assert_eq!((ended.code, arrived(&place)), (Some(1), vec![]));
    assert!(ended.stderr.contains("is not the one that it had"), "{}", ended.stderr);
    place.write("known_hosts", "");
    let ended = ends(&format!("{them}, known_hosts: known_hosts"));
    assert!(ended.code == Some(1) && ended.stderr.contains("[127.0.0.1]:"), "{}", ended.stderr);
    let revoked = format!("@revoked * {}{}", server.known(port).split_once(' ').unwrap().1, server.known(port));
    place.write("known_hosts", revoked);
    let ended = ends(&format!("{them}, known_hosts: known_hosts"));
    assert!(ended.code == Some(1) && ended.stderr.contains("is revoked"), "{}", ended.stderr);
    place.write("known_hosts", server.known(port));
    let ended = ends(&format!("{them}, known_hosts: known_hosts"));
    assert_eq!((ended.code, arrived(&place)), (Some(0), vec![0]), "{}", ended.stderr);
    let live = place.brazeline(&["check", "--live", "pipeline.yaml"]);
    assert_eq!(live.code, Some(0), "{}", live.stdout);
    assert!(live.stdout.contains("works: 1 file, 1 of `*` at sftp://"), "{}", live.stdout);
    let listed = place.brazeline(&["authorizations", "pipeline.yaml"]);
    assert!(listed.stdout.contains("SECRET[file.password]") && listed.stdout.contains("used by"), "{}", listed.stdout);
    assert!(listed.stdout.contains("source `rows`") && !listed.stdout.contains(PASSWORD), "{}", listed.stdout);
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn a_login_that_is_refused_is_not_tried_again() {
    let server = OpenSsh::start();
    let place = pipeline(&server, server.port(), "", "");
    place.write("password", "another one");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("does not let user `{USER}` in")), "{}", ended.stderr);
    assert!(!ended.stderr.contains("another one"));
    assert_eq!(server.log().matches("Failed password").count(), 1, "{}", server.log());
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn what_is_on_a_dropped_line_goes_on_where_it_was() {
    const ROWS: usize = 400_000;
    let server = OpenSsh::start();
    // Not packed: some megabytes over a line that drops after each one of them.
    server.put("large.json", rows(0..ROWS));
    let proxy = Proxy::cutting(server.port(), 2 << 20);
    let place = pipeline(&server, proxy.port(), "", ", every: once");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("the copy was broken off; it goes on there"), "{}", ended.stderr);
    let mut all = arrived(&place);
    all.sort_unstable();
    assert_eq!(all.len(), ROWS);
    all.dedup();
    assert_eq!(all.len(), ROWS);
    assert!(proxy.connections() >= 3, "{} connections", proxy.connections());
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn a_line_that_drops_before_anything_came_is_tried_again_and_not_for_ever() {
    const ROWS: usize = 40_000;
    let server = OpenSsh::start();
    server.put("large.json", rows(0..ROWS));
    // Within the first bytes of the file, which come all at once or not at all.
    let few = 100 << 10;
    let proxy = Proxy::cutting_first(server.port(), few, 3);
    let place = pipeline(&server, proxy.port(), "", ", every: once");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&place).len()), (Some(0), ROWS), "{}", ended.stderr);
    assert!(ended.stderr.contains("it cannot be read; trying again"), "{}", ended.stderr);
    let proxy = Proxy::cutting(server.port(), few);
    server.put("a.json", rows(ROWS..ROWS + 1));
    server.put("z.json", rows(ROWS + 1..ROWS + 2));
    let place = pipeline(&server, proxy.port(), ", order: name", ", every: once");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&place)), (Some(1), vec![ROWS]), "what comes behind it waits: {}", ended.stderr);
    let why = "`large.json` could not be read, 6 times in a row: ";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn after_a_kill_the_rest_arrives() {
    const ROWS: usize = 100_000;
    let server = OpenSsh::start();
    let half = ROWS / 2;
    server.put("large.zip", zipped(&[("a", &rows(0..half)), ("b", &rows(half..ROWS))]));
    let place = pipeline(&server, server.port(), "", ", every: once, max_uncommitted: { events: 10000 }");
    for wanted in [1, 60_000] {
        let host = place.run();
        until("some rows are out", || place.read("out.ndjson").lines().count() >= wanted);
        host.kill();
    }
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let mut all = arrived(&place);
    let repeated = all.len() - ROWS;
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), ROWS);
    assert!(repeated <= 2 * 20_000, "{repeated} rows came twice");
    assert_eq!(names(&place.path().join("data/staging/rows")), [""; 0]);
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn files_are_read_in_their_order_once_and_become_what_is_asked_for() {
    let server = OpenSsh::start();
    for (number, name) in ["c.json", "b.json", "a.txt", "a.json"].into_iter().enumerate() {
        server.put(name, rows(number..number + 1));
        let file = std::fs::File::options().append(true).open(server.files().join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + number as u64)).unwrap();
    }
    std::fs::create_dir(server.files().join("folder.json")).unwrap();
    server.put("broken.json", [0x1f, 0x8b, 0]);
    let place = pipeline(&server, server.port(), ", pattern: \"*.json\"", ", every: once");
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&place)), (Some(3), vec![0, 1, 3]), "{}", ended.stderr);
    // They stay, and are known.
    let all = ["a.json", "a.txt", "b.json", "broken.json", "c.json", "folder.json"];
    assert_eq!(names(&server.files()), all);
    server.put("d.json", rows(7..8));
    let host = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(arrived(&place), [0, 1, 3, 7], "{}", host.stderr);
    assert!(!host.stderr.contains("the same was imported before"), "it was fetched again:\n{}", host.stderr);
    // Others may be moved or removed.
    std::fs::set_permissions(server.files(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    for (when_done, left) in [("move", "a.txt done failed folder.json"), ("delete", "a.txt done failed folder.json")] {
        let place = pipeline(
            &server,
            server.port(),
            &format!(", pattern: \"*.json\", when_done: {when_done}"),
            ", every: once",
        );
        server.put("a.json", rows(3..4));
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(names(&server.files()).join(" "), left, "{when_done}: {}", ended.stderr);
    }
    assert_eq!(names(&server.files().join("failed")), ["broken.json"]);
    assert_eq!(names(&server.files().join("done")), ["a.json", "b.json", "c.json", "d.json"]);
}

#[test]
#[cfg_attr(not(real_openssh), ignore = "needs OpenSSH's server")]
fn what_lies_in_folders_is_read_if_that_is_asked_for_and_keeps_them() {
    let server = OpenSsh::start();
    let folder = server.files().join("2026/11");
    std::fs::create_dir_all(&folder).unwrap();
    server.put("a.json", rows(0..1));
    server.put("2026/11/b.json", rows(1..2));
    server.put("2026/bad.json", [0x1f, 0x8b, 0]);
    std::os::unix::fs::symlink(server.files(), folder.join("circle")).unwrap();
    // Not UTF-8, and nothing is found under what a client makes of it.
    let odd: &std::ffi::OsStr = std::os::unix::ffi::OsStrExt::from_bytes(b"caf\xe9.json");
    std::fs::write(server.files().join(odd), rows(7..8)).unwrap();
    let flat = pipeline(&server, server.port(), "", ", every: once");
    let ended = flat.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&flat)), (Some(0), vec![0]), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("it is left out name=\"caf\u{fffd}.json\" why=\"its name is not UTF-8"),
        "{}",
        ended.stderr
    );
    for path in [server.files(), server.files().join("2026"), folder] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    }
    let deep = pipeline(&server, server.port(), ", recursive: true, order: name, when_done: move", ", every: once");
    let ended = deep.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&deep)), (Some(3), vec![1, 0]), "{}", ended.stderr);
    assert_eq!(names(&server.files().join("done/2026/11")), ["b.json"]);
    assert_eq!(names(&server.files().join("done")), ["2026", "a.json"]);
    assert_eq!(names(&server.files().join("failed/2026")), ["bad.json"]);
}

#[test]
fn mistakes_are_told_without_a_server() {
    let place = place("type: sftp, host: h, user: u", "type: sftp, authorization: them", "");
    let told = |authorization: &str| {
        rewrite(&place, authorization, "type: sftp, authorization: them", "");
        place.brazeline(&["check", "pipeline.yaml"]).stderr
    };
    let table = [
        ("type: sftp, host: h, user: u", "it has nothing to log in with"),
        ("type: bearer, token: \"SECRET[file.key]\"", "name one whose type is sftp or sftp_pgp"),
        ("type: sftp, hots: h, user: u, password: \"SECRET[file.key]\"", "unknown field `hots`"),
        (
            "type: sftp, host: h, user: u, pasword: \"SECRET[file.key]\"",
            "has a secret `pasword` that its type does not know",
        ),
        ("type: sftp, host: h, user: u, fingerprint: aa, password: \"SECRET[file.key]\"", "`aa` is no fingerprint"),
        (
            "type: sftp, host: h, user: u, private_key: \"SECRET[file.key]\"",
            "is no private key as `ssh-keygen` makes it",
        ),
        ("type: sftp_pgp, host: h, user: u, password: \"SECRET[file.key]\"", "it has no key to decrypt with"),
    ];
    place.write("key", "s3cret-5f1c");
    for (authorization, expected) in table {
        let told = told(authorization);
        assert!(told.contains(expected) && !told.contains("s3cret-5f1c"), "{authorization}:\n{told}");
    }
}
