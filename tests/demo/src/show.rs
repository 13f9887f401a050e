//! What the reader sees.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, Table};

use crate::check::{STREAM, Verdict};
use crate::people::{AUDIENCES, People, external_id};
use crate::play::{Played, Stage};

/// Who is shown one by one.
const SHOWN: [u32; 4] = [1, 2, 5, 6];

/// What is about to happen.
pub fn opening(stage: &Stage, people: u32) {
    println!(
        "A sandbox Lytics and a sandbox Braze, and between them the host with a pipeline file from examples/both-directions:\n"
    );
    println!(
        "  Lytics {}  --triggers-->  lytics-ingest -> braze-export  -->  Braze {}",
        stage.sandbox.lytics().url(),
        stage.sandbox.braze().url()
    );
    println!(
        "  Braze  {}  --webhooks-->  braze-ingest -> lytics-export  -->  Lytics {}\n",
        stage.sandbox.braze().url(),
        stage.sandbox.lytics().url()
    );
    println!(
        "{people} people enter audiences in Lytics and every third leaves one again; a Braze campaign sends {people} webhooks.\n"
    );
}

/// What went in, what is there, and whether they agree.
pub fn result(stage: &Stage, people: &People, played: &Played, verdict: &Verdict) {
    println!("{}\n", flows(stage, people, played, verdict));
    println!("Some of them, as Braze holds them now:\n{}\n", some(stage));
    println!("Everything was where it belongs {:.1} s after the first event.", played.took.as_secs_f64());
}

fn flows(stage: &Stage, people: &People, played: &Played, verdict: &Verdict) -> Table {
    let all = people.numbers().len();
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["direction", "went in", "requests", "holds afterwards", "as it should be"]);
    table.add_row([
        "Lytics -> Braze".to_owned(),
        format!("{} people in, {} out", played.entered.delivered, played.left.delivered),
        stage.sandbox.braze().request_count().to_string(),
        format!("{} profiles", verdict.profiles),
        format!("{} of {all} people", verdict.in_braze),
    ]);
    table.add_row([
        "Braze -> Lytics".to_owned(),
        format!("{} webhooks", played.campaign.received),
        stage.sandbox.lytics().request_count().to_string(),
        format!("{} records in {STREAM}", verdict.records),
        format!("{} of {all} people", verdict.in_lytics),
    ]);
    right(&mut table, 2);
    table
}

fn some(stage: &Stage) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED);
    table.set_header(["external_id", "first_name", "city", "lytics_segments", "known to be true"]);
    let braze = stage.sandbox.braze().state();
    for number in SHOWN {
        let id = external_id(number);
        let Some(profile) = braze.profile(&format!("external_id:{id}")) else { continue };
        let text = |field| profile.text(field).unwrap_or_default().to_owned();
        let held = profile.list("lytics_segments").join(", ");
        let (first_name, city) = (text("first_name"), text("city"));
        table.add_row([id, first_name, city, held, People::audiences(number).join(", ")]);
    }
    table
}

fn right(table: &mut Table, column: usize) {
    if let Some(column) = table.column_mut(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// How to go on by hand.
pub fn invitation(stage: &Stage) {
    let (braze, lytics) = (stage.sandbox.braze().url(), stage.sandbox.lytics().url());
    println!("\nIt stays up. The pages {braze}/ and {lytics}/ show what each holds. Try:\n");
    println!("  curl '{braze}/sandbox/state?profile=external_id:{}'", external_id(0));
    println!(
        "  curl {} -H 'authorization: Bearer trigger-token' -H 'content-type: application/json' \\",
        stage.audiences
    );
    println!(
        "    -d '{{\"id\":\"1\",\"data\":{{\"braze_id\":\"u-new\",\"segment_events\":[{{\"id\":\"1\",\"event\":\"enter\",\"slug\":\"{}\",\"enter\":\"2026-11-23T09:00:00Z\"}}]}}}}'",
        AUDIENCES[0]
    );
    println!("  curl '{}/c/1234/{STREAM}?key=lytics-token' -H 'content-type: application/json' \\", stage.webhooks);
    println!("    -d '{{\"braze_id\":\"br-new\",\"email\":\"new@example.com\"}}'");
    println!("  curl {lytics}/sandbox/state\n");
    println!("The pipeline file is {}. Ctrl-c ends everything.", stage.pipeline.display());
}

/// How it ended, and where to look next.
pub fn ending(clean: bool, verdict: &Verdict) {
    for difference in &verdict.differences {
        eprintln!("difference: {difference}");
    }
    match (clean, verdict.agrees()) {
        (true, true) => {
            println!(
                "Both sides agree with what is known to be true, person by person; the host ended by itself when asked.\n"
            );
            println!(
                "Look next at examples/ (pipelines), plugin/README.md (a plugin in ten minutes), ARCHITECTURE.md (how it is made)."
            );
            println!("`-- --keep` leaves everything up, with lines to try.");
        }
        (false, _) => eprintln!("error: the host did not end well"),
        (true, false) => eprintln!("error: the two sides differ from what is known to be true"),
    }
}
