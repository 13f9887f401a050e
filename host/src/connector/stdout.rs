//! The sink `stdout`: JSON lines to whoever runs the host.

use std::io::{self, ErrorKind, Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::ndjson;
use super::{Deliver, Delivering, Outcome};
use crate::component::types::Batch;

/// Writes events to the standard output, one JSON object a line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

/// Writes to the standard output.
#[derive(Debug, Clone, Copy)]
pub struct Stdout;

impl Deliver for Stdout {
    fn deliver(&self, batch: Batch) -> Delivering<'_> {
        Box::pin(async move {
            let events = batch.len();
            // Whoever reads it may be slow, and then this waits.
            let written = tokio::task::spawn_blocking(move || write(io::stdout().lock(), &ndjson(&batch))).await;
            let outcome = match written {
                Ok(written) => outcome(written),
                Err(error) => Outcome::Stop(error.to_string()),
            };
            vec![outcome; events]
        })
    }
}

fn write(mut out: impl Write, lines: &[u8]) -> io::Result<()> {
    out.write_all(lines)?;
    out.flush()
}

fn outcome(written: io::Result<()>) -> Outcome {
    match written {
        Ok(()) => Outcome::Delivered,
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            Outcome::Stop("nobody reads the standard output any more".to_owned())
        }
        Err(error) => {
            tracing::warn!(%error, "the standard output could not be written to; trying again");
            Outcome::Retry(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_failure_means() {
        let failed = |kind: ErrorKind| outcome(Err(kind.into()));
        assert_eq!(outcome(write(Vec::new(), b"{}\n")), Outcome::Delivered);
        assert_eq!(failed(ErrorKind::BrokenPipe), Outcome::Stop("nobody reads the standard output any more".into()));
        assert_eq!(failed(ErrorKind::StorageFull), Outcome::Retry(None));
    }
}
