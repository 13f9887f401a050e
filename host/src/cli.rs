//! What can be asked of the program on its command line?

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::{self, Exit};
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
        Command::Schema => command::schema::schema(),
        Command::DeadLetters(DeadLetters::List { pipeline, json, limit, from }) => {
            command::dead_letters::list(&pipeline, &command::dead_letters::Page { from, limit, json })
        }
    })
    .into()
}
