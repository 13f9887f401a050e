//! What does the program say on a terminal?
//!
//! Transcripts of its commands lie under `cli/`, one file for what belongs together. Messages that need more than a folder of files
//! (a port that is taken, a `.wasm` of a few bytes) have their tests here.

#![expect(clippy::unwrap_used, reason = "what goes wrong in a test's helper is a failure of the test")]

#[path = "cli/brazeline.rs"]
mod brazeline;
#[path = "cli/busy.rs"]
mod busy;
#[path = "cli/documents.rs"]
mod documents;
#[path = "cli/examples.rs"]
mod examples;
#[path = "cli/reader.rs"]
mod reader;
#[path = "cli/rejected.rs"]
mod rejected;
#[path = "cli/wasm.rs"]
mod wasm;

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("../tests/cli/*.trycmd");
}
