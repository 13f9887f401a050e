//! `check --live` with both vendors: which key is good for what, and that asking changes nothing.

use brazeline_sandbox::{Blocking, Options, Sandbox};
use expect_test::{Expect, expect};

use super::stage::{Stage, With, scan_with};
use crate::host::API_TOKEN;
use crate::scene::sandbox;

/// What it says under `live`, and its exit code; `braze` is where that is sought.
fn check(stage: &Stage, braze: &str, expected: &Expect) {
    let ended = stage.place.brazeline(&["check", "--live", "pipeline.yaml"]);
    let live = ended.stdout.split("\nlive\n").nth(1).unwrap_or_else(|| panic!("{ended:?}"));
    let live = live.replace(braze, "[braze]");
    expected.assert_eq(&format!("exit code {}\n{live}{}", ended.code.unwrap(), ended.stderr));
    let profiles = stage.vendors.braze().read(|braze| braze.profiles().len());
    assert_eq!((profiles, stage.cost().1), (0, 0), "nothing was changed, and nothing cost anything");
}

fn check_with(vendors: Blocking, expected: &Expect) {
    let stage = scan_with(vendors, With::default());
    check(&stage, &stage.vendors.braze().url(), expected);
}

fn permitted(permissions: &[&str]) -> Blocking {
    let mut options = Options::default();
    options.braze.permissions = permissions.iter().map(|&name| name.to_owned()).collect();
    sandbox(options)
}

#[test]
fn a_good_key_works() {
    check_with(
        permitted(&["users.track"]),
        &expect![[r#"
        exit code 0
          lytics, source `audiences`: works
          braze, sink `braze`: works
    "#]],
    );
}

#[test]
fn a_key_that_is_not_known_or_of_another_instance() {
    // Another instance knows other keys; it answers the same, so both are named.
    let mut options = Options::default();
    options.braze.key = "b-key-of-eu".to_owned();
    options.lytics.token = API_TOKEN.to_owned();
    check_with(
        Sandbox::blocking(options).unwrap(),
        &expect![[r#"
        exit code 1
          lytics, source `audiences`: works
          braze, sink `braze`: fails: Braze answers 401 (the API key is unknown or missing): it does not know the API key; check `api_key`, and that it belongs to this instance, since the key of another one is answered the same way
    "#]],
    );
}

#[test]
fn a_key_without_the_permission() {
    check_with(
        permitted(&["users.export.ids"]),
        &expect![[r#"
        exit code 1
          lytics, source `audiences`: works
          braze, sink `braze`: fails: Braze answers 401 (the API key lacks the permission users.track): the key needs the permission `users.track`, and the plan has to allow it
    "#]],
    );
}

#[test]
fn a_token_that_may_not_scan_and_nobody_at_the_other_end() {
    let mut options = Options::default();
    options.lytics.rules.may_scan = false;
    let stage = scan_with(sandbox(options), With::default());
    // Nobody listens at a port that was given back.
    let free = format!("http://{}", std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let text = stage.place.read("pipeline.yaml").replace(&stage.vendors.braze().url(), &free);
    stage.place.write("pipeline.yaml", text);
    check(
        &stage,
        &free,
        &expect![[r#"
        exit code 1
          lytics, source `audiences`: fails: Lytics does not let the API token read audience `vip` (403): make one in Lytics with a role that may, Data Manager for instance, and set it as `api_token` of the authorization
          braze, sink `braze`: unknown: no connection to [braze]: tcp connect error: Connection refused (os error 111)
            help: nothing is proven: let this machine reach that host (name server, firewall), or name another one
    "#]],
    );
}
