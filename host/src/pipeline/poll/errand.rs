//! Doing what a component asks for: a request whose answer is a page, or a file.

use std::sync::Arc;

use super::{Drive, Turn};
use crate::component::types::{Download, Request};
use crate::connector::Intake;
use crate::delivery::budget::Draw;
use crate::delivery::request::Sent;
use crate::pipeline::fetch::Got;

/// The largest answer that is read: as much as a component may give back, so nothing larger could be of use.
const PAGE_BYTES: usize = 64 * 1024 * 1024;

impl<I: Intake> Drive<I> {
    /// Sends a request, whose answer is a page.
    pub(super) async fn send(&mut self, at: Option<Vec<u8>>, request: &Request, draw: Draw) -> anyhow::Result<Turn> {
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
        let mut stop = self.stop.clone();
        let got = tokio::select! {
            got = downloads.fetch(&self.poller.client, self.clock, wanted) => got,
            () = stop.asked() => return Ok(Turn::End(None)),
        };
        match got {
            Got::Answered(response) => {
                if response.status == 200 {
                    tracing::info!(source = self.poller.node.id(), file = wanted.name, "a file is fetched");
                }
                self.answered(at, response, draw).await
            }
            Got::Refused(why) => Ok(Turn::End(Some(why))),
            Got::Broken { why, further } => {
                self.failed.answers = if further { 0 } else { self.failed.answers };
                let (wait, file) = (self.wait(None), &wanted.name);
                tracing::warn!(
                    source = self.poller.node.id(),
                    file,
                    why,
                    ?wait,
                    "a file did not come whole; trying again"
                );
                Ok(Turn::Wait(wait))
            }
        }
    }
}
