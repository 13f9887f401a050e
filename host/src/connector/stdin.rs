//! The source `stdin`: JSON lines from whoever runs the host.
//!
//! What came through a pipe cannot be read again, so it is kept before the next is read.

use std::io::{self, BufReader, Read};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::lines::Lines;
use super::page::{LINE_BYTES, Page};
use super::person::Identifier;
use super::{Intake, Refused};
use crate::pipeline::stop::Stop;

/// Reads one JSON object a line from the standard input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which top-level field says whom an event is about. Without it, the first identifier of `user` does.
    pub identifier: Option<Identifier>,
}

/// Read at once.
const BUFFER: usize = 256 * 1024;
/// Pages that wait to be kept: the next is read while one is synced.
const PAGES: usize = 2;

/// Reads to the end, or until a stop is asked for.
pub async fn feed(settings: Settings, inlet: Arc<impl Intake>, stop: Stop) -> anyhow::Result<()> {
    let (pages, read) = mpsc::channel(PAGES);
    // A thread of its own, which nobody waits for: a read from a terminal cannot be interrupted.
    std::thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        if let Err(error) = give(io::stdin(), settings.identifier.as_ref(), &pages) {
            // Nobody listens any more when a stop was asked for.
            drop(pages.blocking_send(Err(error)));
        }
    })?;
    take(read, inlet, stop).await
}

type Given = io::Result<Page>;

/// Reads pages: each is what has come so far.
fn give(input: impl Read, identifier: Option<&Identifier>, pages: &mpsc::Sender<Given>) -> io::Result<()> {
    let mut lines = Lines::new(BufReader::with_capacity(BUFFER, input), 0, 0, LINE_BYTES);
    loop {
        let mut page = Page::default();
        // What has come is not kept waiting for what has not.
        let more = page.fill(&mut lines, identifier, |reader| !reader.buffer().contains(&b'\n'))?;
        if !page.is_empty() && pages.blocking_send(Ok(page)).is_err() {
            return Ok(());
        }
        if !more {
            return Ok(());
        }
    }
}

async fn take(mut pages: mpsc::Receiver<Given>, inlet: Arc<impl Intake>, mut stop: Stop) -> anyhow::Result<()> {
    loop {
        let page = tokio::select! {
            page = pages.recv() => page,
            () = stop.asked() => return Ok(()),
        };
        let Some(page) = page else { return Ok(()) };
        if !keep(page?, &*inlet, &mut stop).await? {
            return Ok(());
        }
    }
}

/// Tries until there is room. False: the pipeline stops.
async fn keep(page: Page, inlet: &impl Intake, stop: &mut Stop) -> anyhow::Result<bool> {
    loop {
        let wait = match inlet.push(page.events.clone(), page.unread.clone()).await {
            Ok(()) => return Ok(true),
            Err(Refused::Stopping | Refused::Stopped) => return Ok(false),
            Err(Refused::Broken(reason)) => anyhow::bail!(reason),
            Err(Refused::Behind { retry_after }) => retry_after,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.asked() => return Ok(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::types::{Batch, Unread};
    use crate::pipeline::stop::stop;
    use std::sync::Mutex;
    use std::time::Duration;

    /// Gives one piece at each read, as a pipe does.
    struct Pipe(Vec<&'static str>);

    impl Read for Pipe {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let piece = self.0.remove(0);
            buffer[..piece.len()].copy_from_slice(piece.as_bytes());
            Ok(piece.len())
        }
    }

    /// Is full each other time.
    #[derive(Default)]
    struct Busy(Mutex<(bool, Vec<String>)>);

    impl Intake for Busy {
        async fn push(&self, batch: Batch, unread: Vec<Unread>) -> Result<(), Refused> {
            let (is_full, kept) = &mut *self.0.lock().unwrap();
            *is_full = !*is_full;
            if *is_full {
                return Err(Refused::Behind { retry_after: Duration::ZERO });
            }
            let events = (0..batch.len()).map(|i| batch.key(i).to_owned());
            kept.push(events.chain(unread.iter().map(|one| one.place.clone())).collect::<Vec<_>>().join(", "));
            Ok(())
        }

        async fn read(&self, _: crate::connector::Reading) -> Result<(), Refused> {
            Err(Refused::Broken("it cannot be read again".into()))
        }

        fn resume(&self) -> Option<Vec<u8>> {
            None
        }

        fn renew(&self) -> u64 {
            0
        }
    }

    #[tokio::test]
    async fn what_has_come_is_kept_and_nothing_is_lost_when_it_is_full() {
        let pieces = vec!["{\"id\":1}\n{\"id\":2}\n{\"i", "d\":3}\nnonsense\n", "{\"id\":4}"];
        let (pages, read) = mpsc::channel(9);
        std::thread::spawn(move || give(Pipe(pieces), Some(&Identifier::Email("id".into())), &pages))
            .join()
            .unwrap()
            .unwrap();
        let busy = Arc::new(Busy::default());
        let (_stopper, stop) = stop();
        take(read, Arc::clone(&busy), stop).await.unwrap();
        let kept = busy.0.lock().unwrap();
        assert_eq!(kept.1, ["email:1, email:2", "email:3, line 4, byte 27", "email:4"]);
    }

    #[tokio::test]
    async fn a_stop_ends_it() {
        let (_pages, read) = mpsc::channel(1);
        let (stopper, stop) = stop();
        stopper.ask();
        take(read, Arc::new(Busy::default()), stop).await.unwrap();
    }
}
