//! What is done about something that cannot be read?

use std::io;
use std::ops::ControlFlow::{Break, Continue};
use std::time::Duration;

use super::{Import, Went};
use crate::config::Every;
use crate::delivery::retry::Retry;

/// How long to wait before trying again what the disk or the shelf refused.
pub(super) const REFUSED_WAIT: Duration = Duration::from_secs(5);
/// So often a run that ends tries to read something over a line that brings nothing.
pub(super) const ATTEMPTS: u32 = 6;

/// How often something could not be read, without more of it than before.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    count: u32,
    /// So many bytes of it were here at most.
    bytes: u64,
}

impl Import {
    /// Something could not be read or written: a file, or all of the shelf. It may pass, and what comes behind it waits: a file that is read
    /// later than a newer one would say what is not true any more. But who runs once wants an end: over a line it is tried a few times.
    pub(super) async fn refused(&mut self, what: &str, error: io::Error) -> anyhow::Result<Went> {
        self.is_blind = true;
        let wait = match (self.importer.every, self.importer.shelf.is_far()) {
            (Every::After(_), _) => REFUSED_WAIT,
            (Every::Once, false) => return Err(anyhow::Error::new(error).context(format!("reading `{what}`"))),
            (Every::Once, true) => match self.count(what) {
                count if count < ATTEMPTS => Retry::default().wait(count, None, self.inlet.clock.spread()),
                _ => {
                    let times = format!("{ATTEMPTS} times in a row");
                    let reason = format!("`{what}` could not be read, {times}: {error}; the next run tries again");
                    return Ok(Break(Some(reason)));
                }
            },
        };
        tracing::warn!(source = self.inlet.id, what, %error, ?wait, "it cannot be read; trying again");
        match self.is_stopped_within(wait).await {
            true => Ok(Break(None)),
            false => Ok(Continue(())),
        }
    }

    /// How often in a row this could not be read, without more of it than before.
    fn count(&mut self, what: &str) -> u32 {
        let bytes = self.staging.bytes_of(what);
        let refusals = self.refusals.entry(what.to_owned()).or_default();
        refusals.count = if bytes > refusals.bytes { 1 } else { refusals.count + 1 };
        refusals.bytes = refusals.bytes.max(bytes);
        refusals.count
    }
}
