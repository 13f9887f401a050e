//! A Braze and a Lytics to test against, as a program.

use std::net::SocketAddr;

use anyhow::Context as _;
use brazeline_sandbox::{Options, Sandbox, braze, lytics};
use clap::Parser;

/// A Braze and a Lytics to test against.
///
/// They take what the real ones take, check every documented limit, and show what they hold: as a page at `/`, as JSON at
/// `/sandbox/state`. Nothing leaves this machine, and nothing is kept when the program ends.
#[derive(Parser)]
#[command(version, after_help = AFTER_HELP)]
struct Arguments {
    /// Where Braze listens; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9001")]
    braze: SocketAddr,
    /// Where Lytics listens; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9002")]
    lytics: SocketAddr,
    /// The REST API key that Braze takes.
    #[arg(long, value_name = "KEY", default_value = "braze-key", env = "SANDBOX_BRAZE_KEY", hide_env_values = true)]
    braze_key: String,
    /// The API token that Lytics takes.
    #[arg(
        long,
        value_name = "TOKEN",
        default_value = "lytics-token",
        env = "SANDBOX_LYTICS_TOKEN",
        hide_env_values = true
    )]
    lytics_token: String,
    /// The account number of Lytics.
    #[arg(long, value_name = "NUMBER", default_value = "1234")]
    lytics_account: String,
    /// Apply what Braze accepts late and out of order, within so many milliseconds.
    #[arg(long, value_name = "MS")]
    late: Option<u32>,
    /// Where the random times of `--late` begin; equal numbers give equal times.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "late")]
    seed: u64,
}

const AFTER_HELP: &str = "\
Both also answer:
  GET  /sandbox/state      what it holds; ?profile=external_id:u-1 for one person
  GET  /sandbox/requests   what was asked
  POST /sandbox/faults     what goes wrong next: [{\"fault\":\"too_many\",\"reset\":{\"delta\":2}}],
                           or {\"every\":10,\"fault\":{\"fault\":\"accept_then_cut\"}}
  POST /sandbox/rules      changes rules; GET shows them
  POST /sandbox/apply      applies what was accepted and waits, and makes the exports that were asked for
  POST /sandbox/reset      forgets everything but the rules
Braze takes the users of segments at POST /sandbox/segments: {\"<segment_id>\":[{\"external_id\":\"u-1\"}]}; they are exported from then on.
Lytics takes people at POST /sandbox/people: [{\"name\":\"ann\",\"fields\":{},\"audiences\":[\"vip\"]}].
Braze sends webhooks at POST /sandbox/campaign and Currents events at POST /sandbox/currents, Lytics fires triggers at POST /sandbox/trigger.";

impl Arguments {
    fn options(&self) -> Options {
        let mut braze = braze::Options { key: self.braze_key.clone(), ..braze::Options::default() };
        if let Some(within_ms) = self.late {
            braze.rules.apply = braze::Apply::LateAndOutOfOrder { seed: self.seed, within_ms };
        }
        let (account, token) = (self.lytics_account.clone(), self.lytics_token.clone());
        Options {
            braze,
            lytics: lytics::Options { account, token, ..lytics::Options::default() },
            braze_address: self.braze,
            lytics_address: self.lytics,
            ..Options::default()
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let sandbox =
        Sandbox::start(arguments.options()).await.context("an address cannot be listened at: name another one")?;
    print!("{}", greeting(&sandbox, &arguments.lytics_account));
    tokio::signal::ctrl_c().await.context("ctrl-c cannot be waited for")
}

/// Where everything is, with lines to copy. The key and the token are the reader's to fill in.
fn greeting(sandbox: &Sandbox, account: &str) -> String {
    let (braze, lytics) = (sandbox.braze().url(), sandbox.lytics().url());
    format!(
        r#"Braze  {braze}
Lytics {lytics}

Send something (set BRAZE_KEY and LYTICS_TOKEN first):
  curl {braze}/users/track -H "Authorization: Bearer $BRAZE_KEY" -H 'Content-Type: application/json' \
    -d '{{"attributes":[{{"external_id":"u-1","lytics_segments":{{"add":["vip"]}}}}]}}'
  curl "{lytics}/c/{account}/braze_users?key=$LYTICS_TOKEN" -d '{{"email":"ann@example.com","city":"AnyTown"}}'

See what arrived:
  curl '{braze}/sandbox/state?profile=external_id:u-1'
  curl {lytics}/sandbox/state

Let the next request to Braze go wrong:
  curl {braze}/sandbox/faults -d '[{{"fault":"too_many","reset":{{"delta":2}}}}]'

Ctrl-c ends it.
"#
    )
}
