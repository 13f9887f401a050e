//! Doing what a component asks for: a request whose answer is a page, or a file.

use std::sync::Arc;

use super::{Drive, Turn};
use crate::component::types::{Download, Request};
use crate::connector::Intake;
use crate::delivery::budget::Draw;
use crate::delivery::request::Sent;
use crate::pipeline::fetch::Got;

/// So often in a row a file may break off without more of it than before; then its run is given up.
const BREAKS: u32 = 10;
/// So many damaged files in a row: the last is kept as it is, and set aside by whoever reads it.
const DAMAGES: u32 = 4;
/// After so many of them, what was asked for is asked for anew: it may have been made so.
const SAME: u32 = 2;

/// The largest answer that is read: as much as a component may give back, so nothing larger could be of use.
const PAGE_BYTES: usize = 64 * 1024 * 1024;

impl<I: Intake> Drive<I> {
    /// Sends a request, whose answer is a page.
    pub(super) async fn send(&mut self, at: Option<Vec<u8>>, request: &Request, draw: Draw) -> anyhow::Result<Turn> {
        self.note(|board| board.ask(None));
        let mut stop = self.stop.clone();
        let (client, targets) = (self.poller.client.clone(), Arc::clone(&self.poller.targets));
        let mut sending = std::pin::pin!(client.send_for(&targets, request, PAGE_BYTES));
        let sent = tokio::select! {
            sent = &mut sending => sent,
            // Asking for a page changes nothing, so it may be broken off.
            () = stop.asked(), if self.poller.downloads.is_none() => return Ok(Turn::End(None)),
        };
        match sent {
            Sent::Answered(response) if !response.complete && response.body.len() >= PAGE_BYTES => {
                let reason = format!("an answer is larger than {} MiB: ask for less at once", PAGE_BYTES >> 20);
                Ok(Turn::End(Some(reason)))
            }
            Sent::Answered(response) => self.answered(at, response, draw).await,
            Sent::Refused(why) => Ok(Turn::End(Some(format!("its request cannot be sent: {why}")))),
            Sent::NotSent(why) | Sent::Unknown(why) => {
                let wait = self.wait(None);
                tracing::warn!(source = self.poller.node.id(), why, ?wait, "no answer came; asking again");
                self.note(|board| board.says(why));
                Ok(Turn::Wait(wait))
            }
        }
    }

    /// Fetches a file.
    pub(super) async fn fetch(&mut self, at: Option<Vec<u8>>, wanted: &Download, draw: Draw) -> anyhow::Result<Turn> {
        let Some(downloads) = self.poller.downloads.clone() else {
            let reason = "its component asks for a file, and did not say that it fetches files";
            return Ok(Turn::End(Some(reason.to_owned())));
        };
        downloads.board().ask(Some((&wanted.name, wanted.as_of_ms)));
        let mut stop = self.stop.clone();
        let is_last = self.failed.damages + 1 >= DAMAGES;
        let got = tokio::select! {
            got = downloads.fetch(&self.poller.client, self.clock, wanted, is_last) => got,
            () = stop.asked() => return Ok(Turn::End(None)),
        };
        match got {
            Got::Answered(response) => {
                if response.status == 200 {
                    (self.failed.damages, self.failed.breaks) = (0, 0);
                    tracing::info!(source = self.poller.node.id(), file = wanted.name, "a file is fetched");
                }
                self.answered(at, response, draw).await
            }
            Got::Refused(why) => Ok(Turn::End(Some(why))),
            Got::Failed(why) => Ok(self.again(wanted, why)),
            Got::Broken { why, further } => {
                self.failed.answers = if further { 0 } else { self.failed.answers };
                self.failed.breaks = if further { 0 } else { self.failed.breaks + 1 };
                match self.failed.breaks >= BREAKS {
                    true => self.give_up(wanted, &why).await,
                    false => Ok(self.again(wanted, why)),
                }
            }
            Got::Damaged(why) => Ok(self.damaged(wanted, why)),
        }
    }

    /// A file did not come, or not all of it.
    fn again(&mut self, Download { name: file, .. }: &Download, why: String) -> Turn {
        let wait = self.wait(None);
        let source = self.poller.node.id();
        tracing::warn!(source, file, why, ?wait, "a file did not come whole; trying again");
        self.note(|board| board.says(why));
        Turn::Wait(wait)
    }

    /// A file came, and is not what it should be. It may have been so on its way, or where it was made.
    fn damaged(&mut self, Download { name: file, .. }: &Download, why: String) -> Turn {
        self.failed.damages += 1;
        self.failed.breaks = 0;
        let wait = self.retry.wait(self.failed.damages, None, self.clock.spread());
        let source = self.poller.node.id();
        if self.failed.damages.is_multiple_of(SAME) {
            self.course.anew();
            tracing::warn!(
                source,
                file,
                why,
                ?wait,
                "a file is damaged, also after it was fetched again; asking for another"
            );
        } else {
            tracing::warn!(source, file, why, ?wait, "a file came damaged; fetching it again");
        }
        self.note(|board| board.says(format!("it came damaged: {why}")));
        Turn::Wait(wait)
    }

    /// Nothing is gained by asking on. What lay there is asked for anew by the next run.
    async fn give_up(&mut self, Download { name: file, .. }: &Download, why: &str) -> anyhow::Result<Turn> {
        if let Some(downloads) = &self.poller.downloads {
            downloads.forget().await;
        }
        let reading = self.course.give_up();
        match self.keep(reading).await? {
            true => Ok(Turn::Fail(format!(
                "the file `{file}` broke off {BREAKS} times in a row without more of it than before ({why}): this run is given up, and the next one \
                 asks for it anew"
            ))),
            false => Ok(Turn::End(None)),
        }
    }
}

#[cfg(test)]
mod tests;
