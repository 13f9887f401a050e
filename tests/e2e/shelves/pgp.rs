//! Files that a real GnuPG encrypted.

use expect_test::expect;
use serde_json::Value;

use super::{arrived, names, place, rewrite, rows, zipped};
use crate::gnupg::{GnuPg, PASSPHRASE};
use crate::host::Place;

const FILES: &str = "type: drop_folder, path: in, pgp: them";
const LOCKED: &str = "type: pgp, pgp_private_key: \"SECRET[file.key]\", pgp_passphrase: \"SECRET[file.passphrase]\"";
const PLAIN: &str = "type: pgp, pgp_private_key: \"SECRET[file.key]\"";

fn pipeline(gpg: &GnuPg, key: &str, armored: bool) -> Place {
    let place = place(if key == "locked" { LOCKED } else { PLAIN }, FILES, ", every: once");
    std::fs::create_dir(place.path().join("in")).unwrap();
    gpg.private_key(key, armored, &place.path().join("key"));
    place.write("passphrase", PASSPHRASE);
    place
}

#[test]
#[cfg_attr(not(real_gnupg), ignore = "needs GnuPG")]
fn each_key_opens_each_kind_of_message() {
    let gpg = GnuPg::new();
    let kinds: [(&str, bool, &[&str]); 7] = [
        ("1-zip", true, &[]),
        ("2-armored", false, &["-a"]),
        ("3-zlib", false, &["--compress-algo", "zlib"]),
        ("4-bzip2", false, &["--compress-algo", "bzip2"]),
        ("5-not-packed", false, &["--compress-algo", "none"]),
        ("6-signed", false, &["--sign", "-u", "plain@example.test"]),
        ("7-zip-in-zip", true, &["-z", "9"]),
    ];
    for (key, armored) in [("plain", true), ("plain", false), ("locked", true)] {
        let place = pipeline(&gpg, key, armored);
        for (first, (kind, is_zip, more)) in (0..).step_by(2000).zip(kinds) {
            let parts = [rows(first..first + 1000), rows(first + 1000..first + 2000)];
            let zip = || zipped(&[("x.json", &parts[0]), ("y.json", &parts[1])]);
            let bytes = if is_zip { zip() } else { parts.concat().into_bytes() };
            place.write(&format!("in/{kind}.pgp"), gpg.encrypted(key, &bytes, more));
        }
        let ended = place.brazeline(&["run", "pipeline.yaml"]);
        assert_eq!(ended.code, Some(0), "{key}: {}", ended.stderr);
        let mut all = arrived(&place);
        all.sort_unstable();
        assert_eq!(all, (0..14_000).collect::<Vec<_>>(), "{key}");
        assert_eq!(names(&place.path().join("data/staging/rows")), [""; 0]);
        assert_eq!(names(&place.path().join("in/done")), kinds.map(|(kind, ..)| format!("{kind}.pgp")));
    }
}

#[test]
#[cfg_attr(not(real_gnupg), ignore = "needs GnuPG")]
fn what_is_not_as_it_was_sent_is_set_aside_before_a_row_of_it_is_used() {
    let gpg = GnuPg::new();
    let text = rows(0..20_000);
    let place = pipeline(&gpg, "plain", true);
    let right = gpg.encrypted("plain", text.as_bytes(), &["--compress-algo", "none"]);
    let packed = gpg.encrypted("plain", text.as_bytes(), &[]);
    let flipped = |bytes: &[u8], at: usize| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1;
        bytes
    };
    place.write("in/1-for-others", gpg.encrypted("other", text.as_bytes(), &[]));
    place.write("in/2-changed", flipped(&right, right.len() / 2));
    place.write("in/3-last-byte", flipped(&right, right.len() - 1));
    place.write("in/4-packed-changed", flipped(&packed, packed.len() - 1));
    place.write("in/5-cut", &right[..right.len() - 100]);
    place.write("in/6-plain", &text);
    place.write("in/7-empty", "");
    place.write("in/8-unprotected", unprotected(&right));
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!((ended.code, arrived(&place)), (Some(3), vec![]), "{}", ended.stderr);
    assert_eq!(names(&place.path().join("in/failed")).len(), 8, "{}", ended.stderr);
    assert_eq!(names(&place.path().join("data/staging/rows")), [""; 0]);
    let listed = place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json"]).stdout;
    let letter = |line: &str| {
        let letter: Value = serde_json::from_str(line).unwrap();
        format!("{}: {}\n", letter["place"].as_str().unwrap(), letter["reason"].as_str().unwrap())
    };
    let mut letters: Vec<String> = listed.lines().map(letter).collect();
    letters.sort_unstable();
    expect![[r#"
        1-for-others: it is encrypted to another key than the `pgp_private_key` that is here: send it anew, encrypted to that one
        2-changed: it was cut short or changed on its way: Modification Detection Code error
        3-last-byte: it was cut short or changed on its way: Modification Detection Code error
        4-packed-changed: it was cut short or changed on its way: Modification Detection Code error
        5-cut: it was cut short or changed on its way: Fixed chunk was shorter than expected
        6-plain: it is not encrypted with PGP, or broken from its first bytes on: not enough bytes in buffer: armor header
        7-empty: it is not encrypted with PGP, or broken from its first bytes on: empty input
        8-unprotected: nothing in it shows whether it was changed on its way (no MDC): encrypt it with an OpenPGP program of today
    "#]].assert_eq(&letters.concat());
    // Sent anew, it is read: a file that was set aside is not one that was imported.
    place.write("in/again", right);
    assert_eq!(place.brazeline(&["run", "pipeline.yaml"]).code, Some(0));
    assert_eq!(arrived(&place).len(), 20_000);
}

/// The same message in a packet that proves nothing, as no program of today makes it any more.
fn unprotected(message: &[u8]) -> Vec<u8> {
    let session_key = match message[0] {
        0x84 => 2 + usize::from(message[1]),
        0x85 => 3 + usize::from(u16::from_be_bytes([message[1], message[2]])),
        other => panic!("a message begins with {other:x}"),
    };
    [&message[..session_key], &[0xc9, 0xff, 0, 0, 0, 200], &message[message.len() - 200..]].concat()
}

#[test]
#[cfg_attr(not(real_gnupg), ignore = "needs GnuPG")]
fn a_key_that_is_none_or_does_not_open_is_told_before_the_start() {
    let gpg = GnuPg::new();
    let place = pipeline(&gpg, "locked", true);
    let told = |authorization: &str| {
        rewrite(&place, authorization, FILES, "");
        let ended = place.brazeline(&["check", "pipeline.yaml"]);
        (ended.code, ended.stderr)
    };
    assert_eq!(told(LOCKED).0, Some(0));
    for (what, passphrase) in [("no passphrase", None), ("a wrong one", Some("other words"))] {
        place.write("passphrase", passphrase.unwrap_or_default());
        let (code, said) = told(if passphrase.is_some() { LOCKED } else { PLAIN });
        assert!(code == Some(2) && said.contains("does not open"), "{what}: {said}");
        assert!(!said.contains("other words"), "{said}");
    }
    place.write("key", "nonsense");
    let (code, said) = told(PLAIN);
    assert!(code == Some(2) && said.contains("is no private key as `gpg --export-secret-keys` writes it"), "{said}");
}
