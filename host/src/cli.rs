//! What can be asked of the program on its command line?

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::command::{self, Exit};
use crate::control::Which;
use crate::observe::log::Format;

/// Moves customer data between systems through WebAssembly plugins.
#[derive(Debug, Parser)]
#[command(name = "brazeline", version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 stopped (a vendor, a key, the disk), 2 the pipeline file is wrong, 3 done but some events were rejected."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a pipeline until its sources end or SIGTERM asks for the end.
    Run {
        /// The pipeline file.
        pipeline: PathBuf,
        /// The form of the log on standard error; BRAZELINE_LOG (`info`, `debug`, ...) says how much is logged.
        #[arg(long, value_enum, default_value_t)]
        log_format: Format,
    },
    /// Check a pipeline file and show what it means, without starting anything.
    Check {
        /// The pipeline file.
        pipeline: PathBuf,
        /// Do not look for the secrets, on a machine that has none.
        #[arg(long)]
        without_secrets: bool,
        /// Also ask each vendor whether the credentials work, with a request that changes nothing and counts in its rate limit.
        ///
        /// There is a line for each authorization and the nodes that use it: it works; it fails, and why; or nothing is proven, and why. What is
        /// asked, which permission that needs and what an answer means depends on the plugin, and its documentation says it. The exit code is
        /// 0 if all work, and otherwise 1.
        #[arg(long, conflicts_with = "without_secrets")]
        live: bool,
    },
    /// List the authorizations of a pipeline file: what is known of each but its secrets, and which nodes use it.
    Authorizations {
        /// The pipeline file.
        pipeline: PathBuf,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show what a plugin is, what it asks for and what can be set; without a name, list those that come with the program.
    Inspect {
        /// The name of a plugin that comes with the program, or the path of a `.wasm` file.
        plugin: Option<String>,
    },
    /// Show how a pipeline stands, whether it runs or not: what became of all events, what waits, what stopped.
    Status {
        /// The pipeline file.
        pipeline: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a run read its pipeline file again, as SIGHUP does. A file that is wrong changes nothing.
    Reload {
        /// The pipeline file.
        pipeline: PathBuf,
    },
    /// Print the JSON Schema of pipeline files, for editors.
    Schema,
    /// Events that can never be delivered.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
}

#[derive(Debug, Subcommand)]
enum DeadLetters {
    /// List them: where each was met, why it was rejected, how often.
    List {
        /// The pipeline file.
        pipeline: PathBuf,
        /// One JSON object a line, with the event itself.
        #[arg(long)]
        json: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Beginning with this number.
        #[arg(long, default_value_t = 0)]
        from: u64,
    },
    /// Show one whole, with the event: it may hold personal data.
    Show {
        /// The pipeline file.
        pipeline: PathBuf,
        /// Its number.
        number: u64,
    },
    /// Send them again to the node that rejected them, once what was wrong is mended. If nothing runs, the next run does.
    Replay {
        /// The pipeline file.
        pipeline: PathBuf,
        #[command(flatten)]
        chosen: Chosen,
        /// Also those that the other side may have taken, which it then may have twice.
        #[arg(long)]
        may_have_arrived: bool,
    },
    /// Forget them. Nothing brings them back.
    Purge {
        /// The pipeline file.
        pipeline: PathBuf,
        #[command(flatten)]
        chosen: Chosen,
        /// With --all: yes, all.
        #[arg(long)]
        yes: bool,
    },
}

/// Which dead letters.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Chosen {
    /// Those with these numbers.
    numbers: Vec<u64>,
    /// Those that this node rejected.
    #[arg(long)]
    node: Option<String>,
    /// All.
    #[arg(long)]
    all: bool,
}

impl From<Chosen> for Which {
    fn from(Chosen { numbers, node, .. }: Chosen) -> Self {
        match node {
            Some(node) => Self::Node(node),
            None if numbers.is_empty() => Self::All,
            None => Self::Numbers(numbers),
        }
    }
}

/// Does what the arguments say, and answers how it ended.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistake, and go to standard output; clap knows which is which.
            let _closed = error.print();
            return if error.use_stderr() { Exit::Wrong.into() } else { Exit::Done.into() };
        }
    };
    command::report(match cli.command {
        Command::Run { pipeline, log_format } => command::run::run(&pipeline, log_format),
        Command::Check { pipeline, without_secrets, live } => {
            command::check::check(&pipeline, command::check::Secrets::of(without_secrets, live))
        }
        Command::Authorizations { pipeline, json } => command::authorizations::list(&pipeline, json),
        Command::Inspect { plugin: Some(plugin) } => command::inspect::inspect(&plugin),
        Command::Inspect { plugin: None } => command::inspect::list(),
        Command::Status { pipeline, json } => command::status::status(&pipeline, json),
        Command::Reload { pipeline } => command::reload::reload(&pipeline),
        Command::Schema => command::schema::schema(),
        Command::DeadLetters(DeadLetters::List { pipeline, json, limit, from }) => {
            command::dead_letters::list(&pipeline, &command::dead_letters::Page { from, limit, json })
        }
        Command::DeadLetters(DeadLetters::Show { pipeline, number }) => command::dead_letters::show(&pipeline, number),
        Command::DeadLetters(DeadLetters::Replay { pipeline, chosen, may_have_arrived }) => {
            command::dead_letters::replay(&pipeline, chosen.into(), may_have_arrived)
        }
        Command::DeadLetters(DeadLetters::Purge { pipeline, chosen, yes }) => {
            command::dead_letters::purge(&pipeline, chosen.into(), yes)
        }
    })
    .into()
}
