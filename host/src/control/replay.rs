//! Sending dead letters again, when what was wrong is mended.

use std::collections::BTreeMap;

use super::letters::Pages;
use super::sums::ends;
use super::{Clerk, Kept, Refusal, Replayed, Which};
use crate::component::Node;
use crate::component::types::{Arrival, Batch, Field, Received};
use crate::config::Source;
use crate::pipeline::again;
use crate::pipeline::dead::Where;
use crate::pipeline::ledger::Missed;
use crate::store::{Append, Commit, StoredLetter};

/// Of so many letters that stay it is said why; a person reads no more.
const SAID: usize = 100;

/// Where a letter's event goes again.
enum Way {
    /// As it is into this log.
    Event(String),
    /// What was read goes to the component of its source, and what that makes of it into the log.
    Raw(Node, String),
}

/// What one commit does.
#[derive(Default)]
struct Sending {
    batches: BTreeMap<String, Batch>,
    commit: Commit,
}

impl Clerk {
    /// The letters go in the commit that appends their events, so that neither is lost and nothing is sent twice.
    pub(super) async fn replay(&self, which: &Which, may_have_arrived: bool) -> Result<Replayed, Refusal> {
        let keyed = self.keyed(&self.store.accounts().await?);
        let mut replayed = Replayed::default();
        let mut pages = Pages::new(self, which).await?;
        while let Some(page) = pages.next(self).await? {
            let mut sending = Sending::default();
            for stored in page {
                let number = stored.number;
                let way = match stored.letter.may_have_arrived && !may_have_arrived {
                    true => Err("it may have arrived: --may-have-arrived sends it all the same".to_owned()),
                    false => self.way(&stored, &|id| keyed.contains(id)),
                };
                let sent = match way {
                    Ok(Way::Event(log)) => {
                        sending.event(log, &stored);
                        Ok(())
                    }
                    Ok(Way::Raw(node, log)) => self.read_again(node, log, stored, &mut sending).await,
                    Err(why) => Err(why),
                };
                match sent {
                    Ok(()) => sending.commit.resolved.push(number),
                    Err(why) if replayed.kept.len() < SAID => replayed.kept.push(Kept { number, why }),
                    Err(_) => replayed.more_kept += 1,
                }
            }
            replayed.letters += sending.commit.resolved.len() as u64;
            self.send(sending).await?;
        }
        Ok(replayed)
    }

    async fn send(&self, sending: Sending) -> Result<(), Refusal> {
        let Sending { batches, mut commit } = sending;
        let append = |(log, batch): (&String, &Batch)| Append {
            log: log.clone(),
            batch: batch.encode(),
            events: u32::try_from(batch.len()).unwrap_or(u32::MAX),
        };
        commit.append = batches.iter().map(append).collect();
        if !commit.resolved.is_empty() {
            self.store.commit(commit).await?;
            batches.keys().for_each(|log| self.wake(log));
        }
        Ok(())
    }

    fn way(&self, stored: &StoredLetter, keyed: &dyn Fn(&str) -> bool) -> Result<Way, String> {
        let (source, node) = (stored.letter.source.as_str(), stored.letter.node.as_str());
        if keyed(source) && source != node {
            return Ok(Way::Event(source.to_owned()));
        }
        if source == node {
            let receiver = self.receivers.get(source).cloned();
            return match receiver {
                Some(node) => Ok(Way::Raw(node, again::log(source, source))),
                None => Err(self.unread(source, &stored.letter.place)),
            };
        }
        match ends(&self.pipeline, keyed, source).nodes.contains(node) {
            true => Ok(Way::Event(again::log(source, node))),
            false => Err(format!("in the pipeline, nothing leads from `{source}` to `{node}` any more")),
        }
    }

    /// Why what a source could not read is not sent again, and what to do instead.
    fn unread(&self, source: &str, place: &str) -> String {
        let reads_files = |of: &&Source| of.node.id == source && of.options.files.is_some();
        match self.pipeline.sources.iter().find(reads_files) {
            Some(_) => format!(
                "`{source}` could not read it, so there is no event to send: correct it ({place}), and put what is corrected into a file of its \
                 own; the rest of that file is not read again"
            ),
            None => "only what was sent to a receiver can be read again: mend it where it comes from, and send it from there".to_owned(),
        }
    }

    /// The request again, as far as it was kept. Its place tells the path if the component failed on all of it; otherwise the source's own
    /// setting of that name does.
    fn arrival(&self, stored: StoredLetter) -> Arrival {
        let letter = stored.letter;
        let source = self.pipeline.sources.iter().find(|source| source.node.id == letter.source);
        let path = source.and_then(|source| source.node.settings.json.get("path")?.as_str());
        let place = letter.place.split_once(' ').filter(|(_, path)| path.starts_with('/'));
        let (method, path) = place.unwrap_or(("POST", path.unwrap_or("/")));
        Arrival {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: vec![Field { name: "content-type".to_owned(), value: "application/json".to_owned() }],
            body: letter.body,
            // What it says is as old as it is.
            received_at_ms: letter.at_ms,
        }
    }

    /// Lets the component read what it could not. What it cannot read now either is a letter anew, unless that is all of it.
    async fn read_again(
        &self,
        node: Node,
        log: String,
        stored: StoredLetter,
        sending: &mut Sending,
    ) -> Result<(), String> {
        let source = stored.letter.source.clone();
        let arrival = self.arrival(stored);
        let received = tokio::task::spawn_blocking(move || node.receive(&arrival)).await;
        let received = received.map_err(|error| error.to_string())?;
        let Received { events, unread, reply } = received.map_err(|error| format!("it fails on it again: {error}"))?;
        let place = Where { source: &source, node: &source, first: 0, at_ms: self.clock.unix_ms() };
        let dead = place.unread(&unread);
        match dead.first() {
            _ if !events.is_empty() => {}
            Some(letter) => return Err(format!("it cannot be read now either: {}", letter.reason)),
            None if !(200..300).contains(&reply.status) => {
                return Err(format!("its source refuses it, with the status {}", reply.status));
            }
            None if unread.is_empty() => return Err("nothing can be read of it".to_owned()),
            None => {}
        }
        let missed = Missed { skipped: (unread.len() - dead.len()) as u64, rejected: dead.len() as u64 };
        sending.commit.tallies.extend(missed.tallies(&source));
        sending.commit.dead_letters.extend(dead);
        if !events.is_empty() {
            sending.batches.entry(log).or_default().append(&events);
        }
        Ok(())
    }
}

impl Sending {
    fn event(&mut self, log: String, stored: &StoredLetter) {
        let key = stored.letter.key.as_deref().unwrap_or_default();
        self.batches.entry(log).or_default().push(key, &stored.letter.body);
    }
}
