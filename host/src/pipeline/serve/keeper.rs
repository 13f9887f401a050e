//! Stores what was read, all that has gathered at once, and then lets each sender have its answer.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedReceiver;

use super::Read;
use super::inside::Inside;
use crate::connector::{Given, Intake, server};

/// So many requests share a commit at most ...
const MOST: usize = 512;
/// ... and so many bytes of events: a larger one would keep those that it is made of waiting.
const MOST_BYTES: usize = 1024 * 1024;

/// Until nothing more is read.
pub(super) async fn keep(inlet: Arc<impl Intake>, inside: Arc<Inside>, mut read: UnboundedReceiver<Read>) {
    while let Some(first) = read.recv().await {
        let gathers = inlet.gathers();
        let group = match gathers {
            true => {
                inside.emptied().await;
                gather(first, &mut read)
            }
            false => vec![first],
        };
        // In a task of its own, with which a panic ends.
        let stored = tokio::spawn(store(Arc::clone(&inlet), group));
        // What is read meanwhile is the next group. Who waits for a delivery waits alone.
        if gathers && stored.await.is_err() {
            tracing::error!("storing requests ended with a panic");
        }
    }
}

fn gather(first: Read, read: &mut UnboundedReceiver<Read>) -> Vec<Read> {
    let mut bytes = first.given.events.bytes();
    let mut group = vec![first];
    while group.len() < MOST
        && bytes < MOST_BYTES
        && let Ok(next) = read.try_recv()
    {
        bytes += next.given.events.bytes();
        group.push(next);
    }
    group
}

async fn store(inlet: Arc<impl Intake>, group: Vec<Read>) {
    let (given, waiting): (Vec<Given>, Vec<_>) =
        group.into_iter().map(|Read { given, reply, asker }| (given, (reply, asker))).unzip();
    for ((reply, asker), kept) in waiting.into_iter().zip(inlet.push_all(given).await) {
        asker.answer(kept.map_or_else(|refused| server::refused(&refused), |()| reply));
    }
}
