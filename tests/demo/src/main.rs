//! Shows a pipeline that moves customer data both ways, and proves that none of it is lost.
//!
//! A Braze and a Lytics are started that remember what they are told, and the real host between them, on a pipeline file from
//! `examples/`. Lytics fires audience triggers, Braze sends a webhook campaign; then what each side holds is compared, person by
//! person, with what the generator of the data knows to be true.

mod check;
mod host;
mod people;
mod play;
mod show;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

/// The first argument with which the demo starts itself again as the host.
const AS_HOST: &str = "as-host";

/// Moves a few thousand people from a sandbox Lytics to a sandbox Braze and back through WebAssembly components.
#[derive(Parser)]
#[command(name = "demo")]
struct Arguments {
    /// Stay up afterwards, with the addresses and ready lines to try things.
    #[arg(long)]
    keep: bool,
    /// How many people move in each direction.
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    people: u32,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let program = arguments.next().unwrap_or_default();
    if arguments.next().is_some_and(|first| first == AS_HOST) {
        return brazeline::cli::main(std::iter::once(program).chain(arguments));
    }
    match demo(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether both sides hold what they should.
fn demo(arguments: &Arguments) -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Runtime::new().context("no threads")?;
    runtime.block_on(async {
        let people = people::People::new(arguments.people);
        let stage = play::Stage::set().await?;
        show::opening(&stage, arguments.people);
        let played = stage.play(&people).await?;
        let verdict = check::compare(&stage, &people);
        show::result(&stage, &people, &played, &verdict);
        if arguments.keep {
            show::invitation(&stage);
            tokio::signal::ctrl_c().await.context("ctrl-c cannot be waited for")?;
        }
        let clean = stage.end().await?;
        show::ending(clean, &verdict);
        Ok(clean && verdict.agrees())
    })
}
