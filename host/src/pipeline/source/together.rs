//! What many senders gave at the same time, in one commit.
//!
//! A commit is refused as a whole, and what it is made of has nothing to do with each other: what is refused together is tried again one by
//! one, so that each sender hears what holds for its own.

use futures_util::future::join_all;

use crate::component::types::Batch;
use crate::connector::{Given, Intake, Refused};
use crate::pipeline::ledger::Missed;

use super::{Inlet, Keeping};

impl Inlet {
    pub(super) async fn push_each(&self, given: Vec<Given>) -> Vec<Result<(), Refused>> {
        if given.len() > 1
            && let Some(kept) = self.push_together(&given).await
        {
            return vec![kept; given.len()];
        }
        join_all(given.into_iter().map(|Given { events, unread }| self.push(events, unread))).await
    }

    /// What holds for all of them; `None` if that has to be found out for each.
    async fn push_together(&self, given: &[Given]) -> Option<Result<(), Refused>> {
        let Keeping::Journal { appended, max_bytes, seen, .. } = &self.keeping else { return None };
        if self.stop.is_asked() {
            return Some(Err(Refused::Stopping));
        }
        let (mut events, mut dead, mut missed) = (Batch::new(), Vec::new(), Missed::default());
        for Given { events: more, unread } in given {
            events.append(more);
            let (letters, without) = self.unread(unread);
            dead.extend(letters);
            missed.add(without);
        }
        // More than all of the room is taken only from one sender, who would try for ever.
        if events.bytes() as u64 > *max_bytes {
            return None;
        }
        let kept = match seen {
            Some(seen) => self.journal_new(events, dead, missed, seen, appended).await,
            None => self.journal(events, dead, missed, None, Some(appended)).await,
        };
        match kept {
            Err(Refused::Behind { .. }) => None,
            kept => Some(kept),
        }
    }
}
