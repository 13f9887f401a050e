use expect_test::expect;

use super::{SMALL, check, right};
use crate::config::{Expiry, today};

fn with(authorization: &str) -> String {
    let used = SMALL.replace("type: stdout", "type: stdout, authorization: them");
    format!("{used}authorizations:\n  them: {authorization}\n")
}

#[test]
fn a_whole_one() {
    let text = with(
        "{ type: vendor, label: Production, description: Ours, account: 5, api_key: \"SECRET[env.KEY]\", \
         password: \"SECRET[file./run/pw]\", hosts: { main: \"https://A.example.com/\" }, expires: 2027-01-31, \
         share: 0.5 }",
    );
    let pipeline = right(&text);
    let them = &pipeline.authorizations[0];
    assert_eq!((them.kind.value.as_str(), them.label.as_deref()), ("vendor", Some("Production")));
    assert_eq!(
        (them.expires.as_ref().map(|day| day.value.to_string()).as_deref(), them.share),
        (Some("2027-01-31"), 0.5)
    );
    assert_eq!(them.hosts["main"].value.to_string(), "https://a.example.com");
    assert_eq!(them.secrets["api_key"].value.to_string(), "SECRET[env.KEY]");
    assert_eq!(them.secrets["password"].value.to_string(), "SECRET[file./run/pw]");
    let settings = pipeline.settings_for(&pipeline.sinks[0].node);
    assert_eq!(settings.to_string(), r#"{"authorization":{"account":5}}"#);
}

#[test]
fn wrong_ones() {
    check(
        &with("{ type: x }").replace("them", "\"the m\""),
        expect![[r#"
        error: the name of authorization `the m` is not allowed
          at pipeline.yaml:7:3
          help: use 1 to 64 letters, digits, `-` and `_`
    "#]],
    );
    check(
        &with("production"),
        expect![[r#"
        error: authorization `them` must be a map of `key: value`
          at pipeline.yaml:7:9
          found: text
          help: give it its keys, or remove it
    "#]],
    );
    check(
        &with("{ account: 5 }"),
        expect![[r#"
        error: authorization `them` has no `type`
          at pipeline.yaml:7:9
          help: add `type:`, the system that it is for; a plugin's `inspect` names its types
    "#]],
    );
    check(
        &with("{ type: 5, label: [], plain_http: please, hosts: here }"),
        expect![[r#"
        error: `type` of authorization `them` must be text
          at pipeline.yaml:7:17
          found: a number
          help: write `type: "..."`

        error: `label` of authorization `them` must be text
          at pipeline.yaml:7:27
          found: a list
          help: write `label: "..."`

        error: `plain_http` of authorization `them` must be true or false
          at pipeline.yaml:7:43
          found: text
          help: the default is `plain_http: false`

        error: `hosts` of authorization `them` must be a map of `key: value`
          at pipeline.yaml:7:58
          found: text
          help: give it its keys, or remove it
    "#]],
    );
}

#[test]
fn secrets_are_not_written_out() {
    check(
        &with("{ type: x, api_key: k-5f1c0e7a }"),
        expect![[r#"
        error: `api_key` of authorization `them` has to be a secret
          at pipeline.yaml:7:29
          a key that is written into this file ends up in version control
          help: take it from the environment or a file: `api_key: "SECRET[env.NAME]"`
    "#]],
    );
    check(
        &with("{ type: x, Token: 93 }"),
        expect![[r#"
        error: `Token` of authorization `them` has to be a secret
          at pipeline.yaml:7:27
          a key that is written into this file ends up in version control
          help: take it from the environment or a file: `Token: "SECRET[env.NAME]"`
    "#]],
    );
    check(
        &with("{ type: x, login: { client_secret: k-5f1c0e7a, users: [{ password: k-5f1c0e7a }] } }"),
        expect![[r#"
        error: `login.client_secret` of authorization `them` has to be a secret
          at pipeline.yaml:7:44
          a key that is written into this file ends up in version control
          help: take it from the environment or a file: `client_secret: "SECRET[env.NAME]"`

        error: `login.users.password` of authorization `them` has to be a secret
          at pipeline.yaml:7:76
          a key that is written into this file ends up in version control
          help: take it from the environment or a file: `password: "SECRET[env.NAME]"`
    "#]],
    );
}

#[test]
fn secrets_have_one_form() {
    for wrong in [
        "SECRET[k-5f1c0e7a]",
        "SECRET[vault.k-5f1c0e7a]",
        "SECRET[env.k-5f1c0e7a]",
        "Bearer SECRET[env.KEY]",
        "SECRET[env.A",
    ] {
        let text = with(&format!("{{ type: x, api_key: \"{wrong}\" }}"));
        assert!(!super::said(&text).contains("k-5f1c0e7a"), "{}", super::said(&text));
    }
    check(
        &with("{ type: x, api_key: \"SECRET[k-5f1c0e7a]\" }"),
        expect![[r#"
        error: `api_key` of authorization `them` names neither an environment variable nor a file
          at pipeline.yaml:7:29
          help: write `SECRET[env.NAME]` or `SECRET[file./path]`
    "#]],
    );
    check(
        &with("{ type: x, api_key: \"SECRET[env.]\" }"),
        expect![[r#"
        error: `api_key` of authorization `them` names no environment variable
          at pipeline.yaml:7:29
          help: write `SECRET[env.NAME]`; a name has letters, digits and `_`
    "#]],
    );
    check(
        &with("{ type: x, api_key: \"SECRET[file.]\" }"),
        expect![[r#"
        error: `api_key` of authorization `them` names neither an environment variable nor a file
          at pipeline.yaml:7:29
          help: write `SECRET[env.NAME]` or `SECRET[file./path]`
    "#]],
    );
    check(
        &with("{ type: x, api_key: \"Bearer SECRET[env.KEY]\" }"),
        expect![[r#"
        error: `api_key` of authorization `them` is not of the form `SECRET[...]`
          at pipeline.yaml:7:29
          help: a secret is the whole value: `"SECRET[env.NAME]"`
    "#]],
    );
    check(
        &with("{ type: x, api_key: \"SECRET[env.A]SECRET[env.B]\" }"),
        expect![[r#"
        error: `api_key` of authorization `them` is not of the form `SECRET[...]`
          at pipeline.yaml:7:29
          help: a secret is the whole value: `"SECRET[env.NAME]"`
    "#]],
    );
}

#[test]
fn secrets_stand_in_authorizations_only() {
    let text = "\
name: \"SECRET[env.A]\"
sources:
  in: { type: stdin, deep: [{ x: \"SECRET[env.A]\" }] }
authorizations:
  them: { type: \"SECRET[env.A]\", hosts: { main: \"https://SECRET[env.A]\" }, deep: { x: \"SECRET[env.A]\" } }
sinks:
  out: { type: stdout, inputs: [in], authorization: them, \"SECRET[env.A]\": 1 }
";
    check(
        text,
        expect![[r#"
        error: a secret is written where none can be
          at pipeline.yaml:1:7
          help: make it a member of an authorization, and name that with `authorization:` in the node

        error: the name of the pipeline is not allowed
          at pipeline.yaml:1:7
          help: use 1 to 64 of the characters a-z, 0-9 and `-`

        error: a secret is written where none can be
          at pipeline.yaml:3:34
          help: make it a member of an authorization, and name that with `authorization:` in the node

        error: a secret is written where none can be
          at pipeline.yaml:5:17
          help: make it a member of an authorization, and name that with `authorization:` in the node

        error: a secret is written where none can be
          at pipeline.yaml:5:49
          help: make it a member of an authorization, and name that with `authorization:` in the node

        error: a secret is written where none can be
          at pipeline.yaml:5:87
          help: make it a member of an authorization, and name that with `authorization:` in the node

        error: a secret is written where none can be
          at pipeline.yaml:7:59
          help: make it a member of an authorization, and name that with `authorization:` in the node
    "#]],
    );
}

#[test]
fn hosts() {
    let host = |origin: &str, more: &str| with(&format!("{{ type: x, hosts: {{ main: \"{origin}\" }}{more} }}"));
    check(
        &host("http://example.com", ""),
        expect![[r#"
        error: the origin of `main` in `hosts` of authorization `them` is neither https nor a loopback address
          at pipeline.yaml:7:35
          help: use `https://`; `http://` may only be followed by 127.0.0.1 or [::1], not by a name
    "#]],
    );
    check(
        &host("http://localhost:8080", ""),
        expect![[r#"
        error: the origin of `main` in `hosts` of authorization `them` is neither https nor a loopback address
          at pipeline.yaml:7:35
          help: use `https://`; `http://` may only be followed by 127.0.0.1 or [::1], not by a name
    "#]],
    );
    check(
        &host("https://me:k-5f1c0e7a@example.com", ""),
        expect![[r#"
        error: the origin of `main` in `hosts` of authorization `them` has a user name in it
          at pipeline.yaml:7:35
          help: make the credentials members of the authorization
    "#]],
    );
    check(
        &host("https://example.com/users/track", ""),
        expect![[r#"
        error: the origin of `main` in `hosts` of authorization `them` has a path or a query
          at pipeline.yaml:7:35
          help: end it after the host and the port; the plugin knows the paths
    "#]],
    );
    check(
        &host("http://127.0.0.1:8080", ""),
        expect![[r#"
        nothing
    "#]],
    );
    check(
        &host("http://127.0.0.1:8080", ", api_key: \"SECRET[env.KEY]\""),
        expect![[r#"
        error: authorization `them` would send a secret to http://127.0.0.1:8080 without encryption
          at pipeline.yaml:7:35
          help: use https, or add this line to authorization `them` if that is meant, for a sandbox on this machine:
                plain_http: true
    "#]],
    );
    check(
        &host("http://[::1]:8080", ", api_key: \"SECRET[env.KEY]\", plain_http: true"),
        expect![[r#"
        nothing
    "#]],
    );
    check(
        &with("{ type: x, hosts: { main: 5 } }"),
        expect![[r#"
        error: the origin of `main` in `hosts` of authorization `them` must be text
          at pipeline.yaml:7:35
          found: a number
          help: write `"https://..."`
    "#]],
    );
}

#[test]
fn the_day_on_which_it_ends() {
    for wrong in ["2027-02-30", "31.01.2027", "2027-01-31T09:00", "\"\"", "20270131", "[]"] {
        let text = with(&format!("{{ type: x, expires: {wrong} }}"));
        let said = super::said(&text);
        assert!(said.contains("`expires` of authorization `them` must be a date such as `2027-01-31`"), "{said}");
    }
    check(
        &with("{ type: x, expires: soon }"),
        expect![[r#"
        error: `expires` of authorization `them` must be a date such as `2027-01-31`
          at pipeline.yaml:7:29
          found: text
          help: write the day on which the credential ends, or remove it
    "#]],
    );
    assert_eq!(right(&with("{ type: x }")).authorizations[0].expiry(today(0)), None);
}

#[test]
fn how_near_its_end_is() {
    let table = [
        ("1970-01-25", Expiry::Far, None),
        ("1970-01-24", Expiry::Soon(14), Some("expires in 14 days")),
        ("1970-01-11", Expiry::Soon(1), Some("expires tomorrow")),
        ("1970-01-10", Expiry::Soon(0), Some("expires today")),
        ("1970-01-09", Expiry::Past(1), Some("expired yesterday")),
        ("1969-12-31", Expiry::Past(10), Some("expired 10 days ago")),
    ];
    // The last millisecond of 1970-01-10.
    let now = 10 * 24 * 60 * 60 * 1000 - 1;
    for (expires, expected, words) in table {
        let pipeline = right(&with(&format!("{{ type: x, expires: {expires} }}")));
        let expiry = pipeline.authorizations[0].expiry(today(now)).unwrap();
        assert_eq!((expiry, expiry.words().as_deref()), (expected, words), "{expires}");
        assert_eq!(pipeline.expiring(now).is_empty(), words.is_none());
    }
    let pipeline = right(&with("{ type: x, expires: 1970-01-12 }"));
    expect![[r#"
        warning: authorization `them` expires in 2 days
          at pipeline.yaml:7:29
          it says `expires: 1970-01-12`
          help: make a new credential, put it in the old one's place, and write its date here"#]]
    .assert_eq(&pipeline.expiring(now).to_string());
}

#[test]
fn how_much_is_left_to_others() {
    for (share, read) in [("1", 1.0), ("0.25", 0.25), ("1.0", 1.0), ("1e-3", 0.001)] {
        let pipeline = right(&with(&format!("{{ type: x, share: {share} }}")));
        assert_eq!(pipeline.authorizations[0].share.to_bits(), f64::to_bits(read), "{share}");
    }
    for wrong in ["0", "-0.5", "1.5", "half", "50%", "null"] {
        let said = super::said(&with(&format!("{{ type: x, share: {wrong} }}")));
        assert!(
            said.contains("error: `share` of authorization `them` must be a number above 0 and at most 1"),
            "{said}"
        );
    }
    check(
        &with("{ type: x, share: 50 }"),
        expect![[r#"
        error: `share` of authorization `them` must be a number above 0 and at most 1
          at pipeline.yaml:7:27
          found: a number
          help: the default is `share: 1`; `share: 0.5` leaves half to others
    "#]],
    );
}
