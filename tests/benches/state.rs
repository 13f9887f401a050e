//! What does it cost to remember millions of people?
//!
//! `audience file -> diff-profiles -> outbox -> braze-export -> receiver`, the whole program each time: the first file is learnt, the second
//! is the same with one person in a hundred out of one audience, and while a third one with new people is read the program is killed and
//! started again. Each person is in three of five audiences.
//!
//! ```text
//! cargo bench --bench state -- --people 10000000 --order scattered
//! ```

mod audience_file;
mod harness;
mod receiver;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand};

use audience_file::{AUDIENCES, Day, Order, write};
use harness::table::table;
use harness::{Cost, machine, measure};
use receiver::{Care, Receiver};

/// Nothing on a loopback looks at it.
const API_KEY: &str = "b-key-5f1c0e7a";
/// So much of what a killed run wrote has to be read again: nearly all that is written before it is folded into tables.
const BEFORE_THE_KILL: u64 = 48 * 1024 * 1024;

/// What it costs to remember people.
#[derive(Parser)]
struct Arguments {
    /// How many people there are.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1000..))]
    people: u64,
    /// In which order the files list them.
    #[arg(long, default_value = "scattered")]
    order: Order,
    /// How often the second kind of file is read, each time with others who changed.
    #[arg(long, default_value_t = 1)]
    rounds: u64,
    /// What `cargo bench` adds.
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does when it has started itself again.
#[derive(Subcommand)]
enum Part {
    /// Counts what is delivered.
    #[command(hide = true)]
    Receiver { care: Care, latency_ms: u64 },
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    match arguments.part {
        Some(Part::Receiver { care, latency_ms }) => receiver::serve(care, Duration::from_millis(latency_ms)),
        None => remember(&arguments),
    }
}

fn remember(Arguments { people, order, rounds, .. }: &Arguments) -> anyhow::Result<()> {
    let (people, order) = (*people, *order);
    let place = Place::new()?;
    println!("{people} people in 3 of {} audiences, {order:?}, on {}", AUDIENCES.len(), machine::shape());
    // Components are compiled once for a `data_dir`; that is no part of any rate.
    place.run(&|path| write(path, 0..1, Day::First, order), 0)?;
    std::fs::remove_dir_all(place.path("data/store"))?;
    let mut rows = vec![row("first file", people, place.run(&|path| write(path, 0..people, Day::First, order), 0)?)];
    let bytes = place.stored()?;
    for round in 0..*rounds {
        let day = Day::Changed(round);
        let cost = place.run(&|path| write(path, 0..people, day, order), day.changed(people))?;
        rows.push(row("1 % changed", people, cost));
    }
    println!("{}", table(&["", "people/s", "CPU s per million", "wall s", "peak MiB"], rows));
    println!("on the disk: {:.0} bytes a person", bytes as f64 / people as f64);
    let clean = place.opens()?;
    place.kill(&|path| write(path, people..people + people.min(2_000_000), Day::First, order))?;
    let killed = place.opens()?;
    println!("open after an end {:.2} s, after a kill {:.2} s", clean.as_secs_f64(), killed.as_secs_f64());
    Ok(())
}

fn row(name: &str, people: u64, cost: Cost) -> Vec<String> {
    let (people, wall, cpu) = (people as f64, cost.wall.as_secs_f64(), cost.cpu.as_secs_f64());
    let peak = cost.peak as f64 / 1024.0 / 1024.0;
    vec![
        name.to_owned(),
        format!("{:.0}", people / wall),
        format!("{:.2}", cpu / people * 1e6),
        format!("{wall:.2}"),
        format!("{peak:.1}"),
    ]
}

/// A folder with a pipeline, and where it delivers to.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        std::fs::create_dir(folder.path().join("drop"))?;
        Ok(Self { folder })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads a file to its end. So many people have to be told something.
    fn run(&self, file: &dyn Fn(&Path) -> anyhow::Result<()>, told: u64) -> anyhow::Result<Cost> {
        file(&self.path("drop/audience.csv"))?;
        let receiver = Receiver::start(Care::People, Duration::ZERO)?;
        let cost = measure(self.program(receiver.address())?)?;
        let tally = receiver.stop()?;
        ensure!(tally.people == told, "{} of {told} people were told", tally.people);
        Ok(cost)
    }

    /// Kills a run that has written much since it began.
    fn kill(&self, file: &dyn Fn(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
        file(&self.path("drop/audience.csv"))?;
        let before = written(&self.path("data"));
        let mut run = self.program("http://127.0.0.1:9")?.stderr(Stdio::null()).spawn()?;
        while written(&self.path("data")) < before + BEFORE_THE_KILL && run.try_wait()?.is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        ensure!(run.try_wait()?.is_none(), "it ended before it could be killed");
        run.kill()?;
        run.wait()?;
        Ok(())
    }

    /// How long it takes from the start of the program until it works.
    #[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
    fn opens(&self) -> anyhow::Result<Duration> {
        let mut command = self.program("http://127.0.0.1:9")?;
        let start = Instant::now();
        let mut run = command.env("BRAZELINE_LOG", "info").stderr(Stdio::piped()).spawn()?;
        let lines = BufReader::new(run.stderr.take().context("it has no output")?).lines();
        let mut said = String::new();
        for line in lines {
            said = line?;
            if said.contains("started") {
                let took = start.elapsed();
                // It may have ended by itself.
                let _ended = run.kill();
                run.wait()?;
                return Ok(took);
            }
        }
        anyhow::bail!("it did not start: {said}")
    }

    fn program(&self, origin: &str) -> anyhow::Result<Command> {
        std::fs::write(self.path("pipeline.yaml"), pipeline(origin))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_brazeline"));
        command.args(["run", "pipeline.yaml"]).current_dir(self.folder.path());
        command.env("BRAZE_API_KEY", API_KEY).env("BRAZELINE_LOG", "warn");
        Ok(command)
    }

    /// What the store takes on the disk.
    fn stored(&self) -> anyhow::Result<u64> {
        let said = Command::new("du").args(["-s", "-B1"]).arg(self.path("data/store")).output()?;
        let said = String::from_utf8(said.stdout)?;
        said.split_whitespace().next().and_then(|bytes| bytes.parse().ok()).context("du says no number")
    }
}

/// How large all files below are.
fn written(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => written(&entry.path()),
        Ok(about) => about.len(),
        Err(_gone) => 0,
    };
    entries.map(size).sum()
}

fn pipeline(origin: &str) -> String {
    format!(
        r#"name: bench
data_dir: ./data
authorizations:
  braze: {{ type: braze, api_key: "SECRET[env.BRAZE_API_KEY]", hosts: {{ rest: "{origin}" }}, plain_http: true }}
sources:
  audiences:
    type: lytics-ingest
    mode: file
    audiences: [{}]
    audiences_column: audiences
    complete: true
    identifier: {{ external_id: user_id }}
    every: once
    files: {{ type: drop_folder, path: drop, pattern: "*", settle: 0ms, when_done: delete }}
transforms:
  changes: {{ type: diff-profiles, inputs: [audiences], existing_users: false }}
sinks:
  braze: {{ type: braze-export, inputs: [changes], authorization: braze, rest_ms: 0, linger: 10ms }}
"#,
        AUDIENCES.join(", ")
    )
}
