use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use expect_test::{Expect, expect};

use super::SMALL;
use crate::config::{Env, Pipeline, Secrets, System, parse};
use crate::problem::Problems;

/// A part of every value below.
const VALUE: &str = "k-5f1c0e7a";

/// One variable and one file.
struct Holds {
    variable: Option<&'static [u8]>,
    file: &'static [u8],
}

impl Env for Holds {
    fn variable(&self, name: &str) -> Option<OsString> {
        assert_eq!(name, "KEY");
        self.variable.map(|bytes| OsString::from_vec(bytes.to_vec()))
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path.to_str() {
            Some("/etc/p/secrets/pw") => Ok(self.file.to_vec()),
            _ => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
        }
    }
}

fn pipeline(secrets: &str) -> Pipeline {
    let used = SMALL.replace("type: stdout", "type: stdout, authorization: them");
    parse("/etc/p/pipeline.yaml", &format!("{used}authorizations:\n  them: {{ type: x, {secrets} }}\n")).unwrap()
}

fn both(variable: Option<&'static [u8]>, file: &'static [u8]) -> Result<Secrets, Problems> {
    pipeline("api_key: \"SECRET[env.KEY]\", password: \"SECRET[file.secrets/pw]\"")
        .resolve_secrets(&Holds { variable, file })
}

fn check(variable: Option<&'static [u8]>, file: &'static [u8], expected: Expect) {
    let said = both(variable, file).unwrap_err().to_string();
    assert!(!said.contains(VALUE), "{said}");
    expected.assert_eq(&format!("{said}\n"));
}

#[test]
fn they_are_fetched() {
    let table: [&'static [u8]; 3] = [b"k-5f1c0e7a pw", b"k-5f1c0e7a pw\n", b"k-5f1c0e7a pw\r\n"];
    for file in table {
        let secrets = both(Some(b"k-5f1c0e7a"), file).unwrap();
        assert_eq!(secrets.get("them", "api_key").unwrap().expose(), VALUE);
        assert_eq!(secrets.get("them", "password").unwrap().expose(), "k-5f1c0e7a pw");
        let of: Vec<&str> = secrets.of("them").map(|(member, _)| member).collect();
        assert_eq!(of, ["api_key", "password"]);
        assert!(secrets.get("them", "other").is_none());
    }
}

#[test]
fn they_are_never_printed() {
    let secrets = both(Some(b"k-5f1c0e7a"), b"k-5f1c0e7a pw").unwrap();
    let shown = format!("{secrets:?} {:?} {:?}", secrets.mask(), secrets.get("them", "api_key"));
    assert!(!shown.contains(VALUE), "{shown}");
    assert_eq!(secrets.mask().text("no user k-5f1c0e7a%20pw, key k-5f1c0e7a"), "no user ***, key ***");
}

#[test]
fn why_one_is_not_to_be_had() {
    check(
        None,
        b"",
        expect![[r#"
        error: authorization `them` has no `api_key`
          at /etc/p/pipeline.yaml:7:29
          the environment variable KEY is not set
          help: set it where this program is started

        error: authorization `them` has no `password`
          at /etc/p/pipeline.yaml:7:58
          the file /etc/p/secrets/pw is empty
          help: put the secret there
    "#]],
    );
    check(
        Some(b""),
        b"\n",
        expect![[r#"
        error: authorization `them` has no `api_key`
          at /etc/p/pipeline.yaml:7:29
          the environment variable KEY is empty
          help: put the secret there

        error: authorization `them` has no `password`
          at /etc/p/pipeline.yaml:7:58
          the file /etc/p/secrets/pw is empty
          help: put the secret there
    "#]],
    );
    check(
        Some(b"k-5f1c0e7a\n"),
        b"k-5f1c0e7a\n\n",
        expect![[r#"
        error: authorization `them` has no `api_key`
          at /etc/p/pipeline.yaml:7:29
          the environment variable KEY holds more than one line
          help: a secret is one line, with or without a newline at its end

        error: authorization `them` has no `password`
          at /etc/p/pipeline.yaml:7:58
          the file /etc/p/secrets/pw holds more than one line
          help: a secret is one line, with or without a newline at its end
    "#]],
    );
    check(
        Some(b"k-5f1c0e7a\xff"),
        b"k-5f1c0e7a\xff",
        expect![[r#"
        error: authorization `them` has no `api_key`
          at /etc/p/pipeline.yaml:7:29
          the environment variable KEY holds bytes that are no text
          help: store the secret as UTF-8 text

        error: authorization `them` has no `password`
          at /etc/p/pipeline.yaml:7:58
          the file /etc/p/secrets/pw holds bytes that are no text
          help: store the secret as UTF-8 text
    "#]],
    );
    check(
        Some(b"k-5f1c0e7a\x07"),
        "\u{feff}k-5f1c0e7a".as_bytes(),
        expect![[r#"
        error: authorization `them` has no `api_key`
          at /etc/p/pipeline.yaml:7:29
          the environment variable KEY holds characters that cannot be seen
          help: store the secret anew, without what it was copied with

        error: authorization `them` has no `password`
          at /etc/p/pipeline.yaml:7:58
          the file /etc/p/secrets/pw holds characters that cannot be seen
          help: store the secret anew, without what it was copied with
    "#]],
    );
    let missing = pipeline("token: \"SECRET[file./run/none]\"").resolve_secrets(&Holds { variable: None, file: b"" });
    expect![[r#"
        error: authorization `them` has no `token`
          at /etc/p/pipeline.yaml:7:27
          the file /run/none cannot be read: no such file
          help: put the secret there, readable for the user of this program"#]]
    .assert_eq(&missing.unwrap_err().to_string());
}

#[test]
fn a_private_key_has_lines_or_is_bytes() {
    struct Key(&'static [u8]);
    impl Env for Key {
        fn variable(&self, _: &str) -> Option<OsString> {
            None
        }

        fn file(&self, _: &Path) -> io::Result<Vec<u8>> {
            Ok(self.0.to_vec())
        }
    }
    let text = |member: &str| {
        format!(
            "name: p\nauthorizations:\n  them: {{ type: t, {member}: \"SECRET[file./k]\" }}\nsources:\n  in: {{ type: s, authorization: them }}\nsinks:\n  out: {{ type: o, inputs: [in] }}\n"
        )
    };
    let fetched = |member: &str, bytes: &'static [u8]| {
        let secrets = parse("p.yaml", &text(member)).unwrap().resolve_secrets(&Key(bytes));
        secrets.ok().map(|secrets| secrets.get("them", member).unwrap().expose().to_owned())
    };
    assert_eq!(fetched("private_key", b"-----BEGIN\nab\n").as_deref(), Some("-----BEGIN\nab"));
    assert_eq!(fetched("pgp_private_key", b"\x95\xff\n").as_deref(), Some("lf8K"));
    assert_eq!((fetched("private_key", b""), fetched("password", b"a\nb\n")), (None, None));
}

#[test]
fn this_machine_has_files_and_variables() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "k-5f1c0e7a\n").unwrap();
    assert_eq!(System.file(&file).unwrap(), b"k-5f1c0e7a\n");
    std::fs::write(&file, vec![b'x'; 100_000]).unwrap();
    assert_eq!(System.file(&file).unwrap_err().to_string(), "it has more than 65536 bytes");
    assert_eq!(System.variable("PATH"), std::env::var_os("PATH"));
}
