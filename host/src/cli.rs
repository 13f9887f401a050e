//! What can be asked of the program on its command line?

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::command::remembered::Comparison;
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
        /// Import again what lies there, also what was imported before: each file once, until the run ends or is reloaded.
        #[arg(long, conflicts_with = "dry_run")]
        again: bool,
        /// Read the real input, send nothing and keep nothing; then say what would be sent and what it would cost.
        ///
        /// It begins where the last run ended. Sources that are asked again and again are asked once; for a source that waits for callers, end it
        /// with ctrl-c. A source that has files made for it asks for none: what it would ask for is said, and what
        /// was fetched already is read.
        #[arg(long)]
        dry_run: bool,
        /// With --dry-run: have files made, wait for them, fetch them and throw them away. The next run may have to wait until that is done.
        #[arg(long, requires = "dry_run")]
        fetch: bool,
        /// With --dry-run: show so many requests whole.
        #[arg(long, default_value_t = 3, requires = "dry_run")]
        requests: usize,
        /// With --dry-run: as JSON.
        #[arg(long, requires = "dry_run")]
        json: bool,
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
    /// Show how a pipeline stands, whether it runs or not: what became of all events, what waits, what stopped, and how
    /// files come along.
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
    /// Let go on what was held up because too many people would leave an audience at once. If the pipeline runs, it goes on at once.
    Approve {
        #[command(flatten)]
        remembering: Remembering,
    },
    /// Tell everything again to the other side: about everybody, or about those of whom it holds something else.
    ///
    /// Without --yes it only says how many people that concerns. They are told again when they next come: with the next scan or file, or
    /// their next event. Works while the pipeline runs and when it does not.
    Reconcile {
        #[command(flatten)]
        remembering: Remembering,
        /// What the other side holds: a CSV with a header row, or JSON (an object a line, an array, or an answer with an array of people in it).
        /// Only those of whom it holds something else are told again, also those who are not known here. Without it: everybody.
        #[arg(long)]
        with: Option<PathBuf>,
        /// With --with: the column with the identifier; in JSON the path of the member.
        #[arg(long, default_value = "external_id", requires = "with")]
        key_column: String,
        /// With --with: what kind of identifier that is.
        #[arg(long, default_value = "external_id", requires = "with")]
        kind: String,
        /// With --with: the column with the names of the audiences; in JSON the path of the member (`custom_attributes.lists`).
        #[arg(long, default_value = "audiences", requires = "with")]
        audiences_column: String,
        /// With --with: what stands between the names.
        #[arg(long, default_value = ",", requires = "with")]
        joiner: String,
        /// Let it happen.
        #[arg(long)]
        yes: bool,
    },
    /// Take audiences off everybody who was ever told to be in them. Without --yes it only says how many people that concerns.
    ///
    /// If the pipeline runs, the run does it; otherwise this command. Broken off, it goes on with the next `run`. Take the audiences out of the
    /// pipeline file first, or the next scan tells them again.
    Teardown {
        #[command(flatten)]
        remembering: Remembering,
        /// This audience alone; may be given several times. Without it: all.
        #[arg(long)]
        audience: Vec<String>,
        /// Let it happen.
        #[arg(long)]
        yes: bool,
    },
    /// What is remembered about people: look, forget, move to another machine. Works while the pipeline runs and when it does not.
    #[command(subcommand)]
    State(State),
    /// Events that can never be delivered.
    #[command(subcommand)]
    DeadLetters(DeadLetters),
}

/// Whose memory it is about.
#[derive(Debug, Args)]
struct Remembering {
    /// The pipeline file.
    pipeline: PathBuf,
    /// The transform, if several of the pipeline remember.
    #[arg(long)]
    node: Option<String>,
}

#[derive(Debug, Subcommand)]
enum State {
    /// Show what somebody was told.
    Get {
        #[command(flatten)]
        remembering: Remembering,
        /// The event key: `external_id:u-1`.
        key: String,
    },
    /// Forget somebody. What the other side was told stays there.
    Forget {
        #[command(flatten)]
        remembering: Remembering,
        /// The event key: `external_id:u-1`.
        key: String,
    },
    /// Write all of it to a file. While the pipeline runs, the run writes it, and decides nothing meanwhile.
    Export {
        #[command(flatten)]
        remembering: Remembering,
        /// The file, which must not exist.
        to: PathBuf,
    },
    /// Take what was exported elsewhere, into a pipeline that knows nobody yet. Broken off, it is repeated before anything else.
    Import {
        #[command(flatten)]
        remembering: Remembering,
        /// The file.
        from: PathBuf,
    },
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
    command::reader::may_leave();
    command::report(match cli.command {
        Command::Run { pipeline, log_format, dry_run: true, fetch, requests, json, .. } => {
            command::dry_run::run(&pipeline, log_format, &command::dry_run::Shown { requests, json, fetch })
        }
        Command::Run { pipeline, log_format, again, .. } => command::run::run(&pipeline, log_format, again),
        Command::Check { pipeline, without_secrets, live } => {
            command::check::check(&pipeline, command::check::Secrets::of(without_secrets, live))
        }
        Command::Authorizations { pipeline, json } => command::authorizations::list(&pipeline, json),
        Command::Inspect { plugin: Some(plugin) } => command::inspect::inspect(&plugin),
        Command::Inspect { plugin: None } => command::inspect::list(),
        Command::Status { pipeline, json } => command::status::status(&pipeline, json),
        Command::Reload { pipeline } => command::reload::reload(&pipeline),
        Command::Schema => command::schema::schema(),
        Command::Approve { remembering: Remembering { pipeline, node } } => {
            command::remembered::approve(&pipeline, node.as_deref())
        }
        Command::Reconcile { remembering, with, key_column, kind, audiences_column, joiner, yes } => {
            let Remembering { pipeline, node } = remembering;
            let comparison = |file| Comparison { file, key_column, kind, audiences_column, joiner };
            command::remembered::reconcile(&pipeline, node.as_deref(), with.map(comparison).as_ref(), yes)
        }
        Command::Teardown { remembering: Remembering { pipeline, node }, audience, yes } => {
            let audiences = Some(audience).filter(|audience| !audience.is_empty());
            match command::remembered::teardown(&pipeline, node.as_deref(), audiences, yes) {
                Ok(true) => command::run::finish(&pipeline, Format::default()),
                Ok(false) => Ok(Exit::Done),
                Err(failure) => Err(failure),
            }
        }
        Command::State(State::Get { remembering: Remembering { pipeline, node }, key }) => {
            command::remembered::state::get(&pipeline, node.as_deref(), &key)
        }
        Command::State(State::Forget { remembering: Remembering { pipeline, node }, key }) => {
            command::remembered::state::forget(&pipeline, node.as_deref(), &key)
        }
        Command::State(State::Export { remembering: Remembering { pipeline, node }, to }) => {
            command::remembered::state::export(&pipeline, node.as_deref(), &to)
        }
        Command::State(State::Import { remembering: Remembering { pipeline, node }, from }) => {
            command::remembered::state::import(&pipeline, node.as_deref(), &from)
        }
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
