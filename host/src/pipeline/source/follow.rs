//! Reading the journal into the flow.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{Inlet, Wave, room};
use crate::component::types::Batch;
use crate::pipeline::ledger::{Missed, Taken};
use crate::pipeline::stop::Stop;
use crate::store::{LogEntry, StoreError};

/// What is read of the journal at once.
const READ_BYTES: usize = 1024 * 1024;
/// So many events of entries that follow each other go on together: enough that what each step costs is shared.
const WAVE_EVENTS: usize = 1000;

/// Feeds the flow from the journal, from the lowest event that a sink has not settled, until the source has `ended` and all is
/// read, or a stop is asked for.
pub async fn follow(
    inlet: Arc<Inlet>,
    appended: Arc<Notify>,
    mut ended: Stop,
    mut stop: Stop,
) -> Result<(), StoreError> {
    let mut next = inlet.ledger.lowest(inlet.source);
    loop {
        let last = ended.is_asked();
        let entries = inlet.store.read_log(&inlet.id, next, READ_BYTES).await?;
        if entries.is_empty() && last {
            return Ok(());
        }
        if entries.is_empty() {
            tokio::select! {
                () = appended.notified() => {}
                () = ended.asked() => {}
                () = stop.asked() => return Ok(()),
            }
        }
        let mut entries = entries.into_iter();
        let mut open = entries.next().map(|entry| inlet.stretch(&entry)).transpose()?;
        while let Some(mut stretch) = open.take() {
            tokio::select! {
                () = stop.asked() => return Ok(()),
                () = inlet.ledger.admit(inlet.source, stretch.taken) => {}
            }
            for entry in entries.by_ref() {
                let more = inlet.stretch(&entry)?;
                if !stretch.is_followed_by(&more) || !inlet.ledger.try_admit(inlet.source, more.taken) {
                    open = Some(more);
                    break;
                }
                stretch.extend(&more);
            }
            next = stretch.end;
            if inlet.waves.send(stretch.into_wave()).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Events of the journal that follow each other.
struct Stretch {
    first: u64,
    /// The number behind them.
    end: u64,
    events: Batch,
    taken: Taken,
}

impl Inlet {
    fn stretch(&self, entry: &LogEntry) -> Result<Stretch, StoreError> {
        let damaged = |reason| self.store.damaged(&self.id, entry.first, reason);
        let events = Batch::decode(&entry.batch).map_err(damaged)?;
        let (first, end) = (entry.first, entry.first + u64::from(entry.events));
        Ok(Stretch { first, end, taken: room(&events), events })
    }
}

impl Stretch {
    fn is_followed_by(&self, more: &Self) -> bool {
        // An event's place tells its number.
        let has_gap = self.first + self.events.len() as u64 != more.first;
        !has_gap && self.end == more.first && self.events.len() + more.events.len() <= WAVE_EVENTS
    }

    fn extend(&mut self, more: &Self) {
        self.end = more.end;
        self.events.append(&more.events);
        self.taken = self.taken.and(more.taken);
    }

    fn into_wave(self) -> Wave {
        let Self { first, events, taken, .. } = self;
        let (events, missed) = (Arc::new(events), Missed::default());
        Wave { events, first, taken, position: None, unread: Vec::new(), missed, look: None, caller: None }
    }
}
