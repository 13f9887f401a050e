//! How many webhooks a second are answered once they are safe on the disk, and how long does one wait?
//!
//! `braze-ingest` with its journal against [`native`], a server that does the same by hand: it checks the key, reads the JSON, appends
//! what it becomes to a file, and answers after a sync that all who wait share. Each is sent the same bodies of 400 bytes over 64
//! connections by a program of its own on the same cores. What was taken goes to `/dev/null`, so that only taking counts.
//!
//! ```text
//! cargo bench --bench webhooks -- --seconds 10 --rounds 3
//! ```

#[expect(dead_code, reason = "the other benchmarks measure programs that end by themselves")]
mod harness;
#[path = "webhooks/load.rs"]
mod load;
mod median;
#[path = "webhooks/native.rs"]
mod native;
#[path = "webhooks/running.rs"]
mod running;
mod turns;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::ensure;
use clap::{Parser, Subcommand};

use harness::{machine, table::table};
use load::Load;
use median::median;
use running::{Running, Used};
use turns::{ratio, take_turns};

/// How many times as many requests as the native server.
const AIM: f64 = 0.6;
/// As a marketer pastes it.
const TARGET: &str = "/c/1234/braze_users?key=l-token-93ab77";
const KEY: &str = "l-token-93ab77";

/// Durable webhooks, against a server written by hand.
#[derive(Parser)]
struct Arguments {
    /// How long each round is.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// How often each contender runs.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    rounds: u64,
    /// How many connections there are.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..))]
    connections: u64,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does when it has started itself again.
#[derive(Subcommand)]
enum Part {
    /// Sends webhooks.
    #[command(hide = true)]
    Load { address: SocketAddr, connections: u64, seconds: u64 },
    /// The server written by hand.
    #[command(hide = true)]
    Native { address: SocketAddr, journal: PathBuf },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Contender {
    Native,
    Brazeline,
}

const CONTENDERS: [Contender; 2] = [Contender::Native, Contender::Brazeline];

/// What came of a round.
#[derive(Debug, Clone)]
struct Round {
    load: Load,
    used: Used,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Load { address, connections, seconds }) => load::send(*address, TARGET, *connections, *seconds),
        Some(Part::Native { address, journal }) => native::serve(*address, TARGET, journal),
        None => compare(&arguments),
    }
}

fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    // What is compiled of a component stays for the rounds.
    let warm = Arguments { seconds: 1, part: None, ..*arguments };
    round(Contender::Brazeline, folder.path(), &warm)?;
    let rounds = take_turns(&CONTENDERS, arguments.rounds, |contender| round(contender, folder.path(), arguments))?;
    report(arguments, &rounds);
    Ok(())
}

fn round(
    contender: Contender,
    folder: &Path,
    Arguments { connections, seconds, .. }: &Arguments,
) -> anyhow::Result<Round> {
    let place = tempfile::tempdir_in(folder)?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let command = match contender {
        Contender::Native => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("native").arg(address.to_string()).arg(place.path().join("journal"));
            command
        }
        Contender::Brazeline => brazeline(place.path(), folder, address)?,
    };
    let running = Running::start(command, address, place.path())?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["load", &address.to_string(), &connections.to_string(), &seconds.to_string()]);
    let said = command.stderr(Stdio::inherit()).output()?;
    ensure!(said.status.success(), "the load ended with {}", said.status);
    let load: Load = serde_json::from_slice(&said.stdout)?;
    ensure!(load.refused == 0, "{contender:?} refused {} of {}", load.refused, load.taken);
    Ok(Round { load, used: running.stop()? })
}

fn brazeline(place: &Path, folder: &Path, address: SocketAddr) -> anyhow::Result<Command> {
    let compiled = folder.join("compiled");
    std::fs::create_dir_all(&compiled)?;
    std::fs::create_dir(place.join("data"))?;
    std::os::unix::fs::symlink(compiled, place.join("data/components"))?;
    std::fs::write(
        place.join("pipeline.yaml"),
        format!(
            r#"name: bench
data_dir: ./data
authorizations:
  lytics: {{ type: lytics, account: "1234", api_token: "SECRET[env.KEY]" }}
sources:
  webhooks: {{ type: braze-ingest, authorization: lytics, address: "{address}" }}
sinks:
  nowhere: {{ type: stdout, inputs: [webhooks] }}
"#
        ),
    )?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
    command.args(["run", "pipeline.yaml"]).current_dir(place).env("KEY", KEY).env("BRAZELINE_LOG", "warn");
    Ok(command)
}

fn report(Arguments { seconds, connections, .. }: &Arguments, rounds: &[Vec<Round>]) {
    println!(
        "{connections} connections, bodies of {} bytes, {} rounds of {seconds} s, on {}",
        load::BODY_BYTES,
        rounds[0].len(),
        machine::shape()
    );
    let row = |(contender, rounds): (&Contender, &Vec<Round>)| {
        let of = |of: &dyn Fn(&Round) -> f64| median(rounds.iter().map(of));
        let taken = of(&|round| round.load.taken as f64);
        vec![
            format!("{contender:?}").to_lowercase(),
            format!("{:.0}", of(&|round| round.load.per_second())),
            format!("{:.1}", of(&|round| round.load.p50_us as f64) / 1000.0),
            format!("{:.1}", of(&|round| round.load.p99_us as f64) / 1000.0),
            format!("{:.2}", of(&|round| round.used.written as f64) / taken / load::BODY_BYTES as f64),
            format!("{:.0}", of(&|round| round.used.flushes as f64 / round.load.seconds)),
            format!("{:.1}", of(&|round| round.used.cpu.as_secs_f64()) / taken * 1e6),
            format!("{:.1}", of(&|round| round.used.peak as f64) / 1024.0 / 1024.0),
        ]
    };
    let headers = [
        "",
        "requests/s",
        "p50 ms",
        "p99 ms",
        "bytes written a byte",
        "flushes of the disk/s",
        "CPU us a request",
        "peak MiB",
    ];
    println!("{}", table(&headers, CONTENDERS.iter().zip(rounds).map(row)));
    let rates = |rounds: &[Round]| rounds.iter().map(|round| round.load.per_second()).collect::<Vec<_>>();
    println!(
        "brazeline answers {} of what native does (aim: at least {AIM}); others that use the disk flush it, too",
        ratio(&rates(&rounds[1]), &rates(&rounds[0]))
    );
}
