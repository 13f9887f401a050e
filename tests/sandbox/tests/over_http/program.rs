//! `sandbox` as a program.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use expect_test::expect;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sandbox"))
}

/// What it printed, without the blanks that clap puts into empty lines.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Ends with the test, also if the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_help_says_what_it_does() {
    expect![[r#"
        A Braze and a Lytics to test against.

        They take what the real ones take, check every documented limit, and show what they hold: as a page
        at `/`, as JSON at `/sandbox/state`. Nothing leaves this machine, and nothing is kept when the
        program ends.

        Usage: sandbox [OPTIONS]

        Options:
              --braze <ADDRESS>
                  Where Braze listens; port 0 takes any free one

                  [default: 127.0.0.1:9001]

              --lytics <ADDRESS>
                  Where Lytics listens; port 0 takes any free one

                  [default: 127.0.0.1:9002]

              --braze-key <KEY>
                  The REST API key that Braze takes

                  [env: SANDBOX_BRAZE_KEY]
                  [default: braze-key]

              --lytics-token <TOKEN>
                  The API token that Lytics takes

                  [env: SANDBOX_LYTICS_TOKEN]
                  [default: lytics-token]

              --lytics-account <NUMBER>
                  The account number of Lytics

                  [default: 1234]

              --late <MS>
                  Apply what Braze accepts late and out of order, within so many milliseconds

              --seed <NUMBER>
                  Where the random times of `--late` begin; equal numbers give equal times

                  [default: 1]

          -h, --help
                  Print help (see a summary with '-h')

          -V, --version
                  Print version

        Both also answer:
          GET  /sandbox/state      what it holds; ?profile=external_id:u-1 for one person
          GET  /sandbox/requests   what was asked
          POST /sandbox/faults     what goes wrong next: [{"fault":"too_many","reset":{"delta":2}}],
                                   or {"every":10,"fault":{"fault":"accept_then_cut"}}
          POST /sandbox/rules      changes rules; GET shows them
          POST /sandbox/apply      applies what was accepted and waits, and makes the exports that were
          asked for
          POST /sandbox/reset      forgets everything but the rules
        Braze takes the users of segments at POST /sandbox/segments:
        {"<segment_id>":[{"external_id":"u-1"}]}; they are exported from then on.
        Lytics takes people at POST /sandbox/people: [{"name":"ann","fields":{},"audiences":["vip"]}].
        Braze sends webhooks at POST /sandbox/campaign and Currents events at POST /sandbox/currents, Lytics
        fires triggers at POST /sandbox/trigger.
    "#]]
    .assert_eq(&said(&program().arg("--help").output().unwrap()));
}

#[test]
fn prints_where_it_is_and_what_to_type() {
    let arguments =
        ["--braze", "127.0.0.1:0", "--lytics", "127.0.0.1:0", "--braze-key", "hidden", "--lytics-token", "hidden"];
    let mut running = Running(program().args(arguments).stdout(Stdio::piped()).spawn().unwrap());
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut text = String::new();
    for line in lines {
        text += &format!("{line}\n");
        if line.starts_with("Ctrl-c") {
            break;
        }
    }
    let address = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let text = text.replace(&address("Braze "), "BRAZE").replace(&address("Lytics "), "LYTICS");
    expect![[r#"
        Braze  BRAZE
        Lytics LYTICS

        Send something (set BRAZE_KEY and LYTICS_TOKEN first):
          curl BRAZE/users/track -H "Authorization: Bearer $BRAZE_KEY" -H 'Content-Type: application/json' \
            -d '{"attributes":[{"external_id":"u-1","lytics_segments":{"add":["vip"]}}]}'
          curl "LYTICS/c/1234/braze_users?key=$LYTICS_TOKEN" -d '{"email":"ann@example.com","city":"AnyTown"}'

        See what arrived:
          curl 'BRAZE/sandbox/state?profile=external_id:u-1'
          curl LYTICS/sandbox/state

        Let the next request to Braze go wrong:
          curl BRAZE/sandbox/faults -d '[{"fault":"too_many","reset":{"delta":2}}]'

        Ctrl-c ends it.
    "#]]
    .assert_eq(&text);
}

#[test]
fn an_address_in_use_has_a_message() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let output = program().args(["--braze", &taken.local_addr().unwrap().to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).starts_with("Error: an address cannot be listened at: name another one"),
        "{}",
        said(&output)
    );
}
