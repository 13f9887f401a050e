//! The stage, and what happens on it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use brazeline_sandbox::braze::{Body, Campaign, Report};
use brazeline_sandbox::lytics::{Fired, Form, Trigger};
use brazeline_sandbox::{Options, Sandbox, braze, lytics};
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::TempDir;

use crate::check;
use crate::host::{Host, SECRETS};
use crate::people::People;

/// The pipeline file. Its addresses are replaced by free ones.
const EXAMPLE: &str = include_str!("../../../examples/both-directions/pipeline.yaml");
/// How long both sides may take to agree. The pipeline lets a profile rest for 5 s between two requests, so exits take that long.
const PATIENCE: Duration = Duration::from_secs(45);
/// How often is looked whether they do.
const LOOK: Duration = Duration::from_millis(100);

/// Both vendors, and the host between them.
pub struct Stage {
    /// Braze and Lytics.
    pub sandbox: Sandbox,
    /// Where Lytics calls.
    pub audiences: String,
    /// Where Braze calls.
    pub webhooks: String,
    /// The pipeline file.
    pub pipeline: PathBuf,
    host: Host,
    folder: TempDir,
}

/// What was sent.
pub struct Played {
    /// The triggers for everybody who entered.
    pub entered: Fired,
    /// Those for everybody who left.
    pub left: Fired,
    /// The campaign.
    pub campaign: Report,
    /// How long it took until both sides had everything.
    pub took: Duration,
}

impl Stage {
    /// Starts all three.
    pub async fn set() -> anyhow::Result<Self> {
        let [(_, key), (_, token), _] = SECRETS;
        let sandbox = Sandbox::start(Options {
            braze: braze::Options { key: key.to_owned(), ..braze::Options::default() },
            lytics: lytics::Options { token: token.to_owned(), ..lytics::Options::default() },
            ..Options::default()
        });
        let sandbox = sandbox.await.context("the sandbox cannot listen")?;
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let pipeline = folder.path().join("pipeline.yaml");
        std::fs::write(&pipeline, file(&sandbox)).context("the pipeline file cannot be written")?;
        let (host, addresses) = Host::start(&pipeline, &["audiences", "webhooks"]).await?;
        let (audiences, webhooks) = (format!("http://{}/", addresses[0]), format!("http://{}", addresses[1]));
        Ok(Self { sandbox, audiences, webhooks, pipeline, host, folder })
    }

    /// Lytics fires, Braze sends, and both are waited for.
    pub async fn play(&self, people: &People) -> anyhow::Result<Played> {
        let bar = progress(2 * u64::from(people.numbers().end));
        let begin = tokio::time::Instant::now();
        let send = async {
            let (campaign, entered) = tokio::join!(self.campaign(people), self.trigger().fire(people.entries()));
            let left = self.trigger().fire(people.exits()).await;
            (entered, left, campaign)
        };
        let (sent, ()) = tokio::join!(send, self.arrival(people, &bar));
        let took = begin.elapsed();
        bar.finish_and_clear();
        let (entered, left, campaign) = sent;
        ensure!(
            entered.omitted + entered.left + left.omitted + left.left == 0,
            "Lytics gave events up: {:?}",
            entered.statuses
        );
        Ok(Played { entered, left, campaign, took })
    }

    fn trigger(&self) -> Trigger {
        let token = SECRETS[2].1;
        let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
        Trigger { headers, form: Form::Batch, batch_size: 100, ..Trigger::new(&self.audiences) }
    }

    async fn campaign(&self, people: &People) -> Report {
        let (token, account) = (SECRETS[1].1, &lytics::Options::default().account);
        let url = format!("{}/c/{account}/braze_users?key={token}", self.webhooks);
        Campaign::new(url, Body::campaign(), people.recipients()).send().await
    }

    /// Waits until both sides hold everything, or for so long as has to do.
    async fn arrival(&self, people: &People, bar: &ProgressBar) {
        let wait = async {
            loop {
                let right = check::right_so_far(self, people);
                bar.set_position(right);
                if Some(right) == bar.length() {
                    return;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        // What is missing after that is what the comparison shows.
        let _in_time = tokio::time::timeout(PATIENCE, wait).await;
    }

    /// Ends the host and removes the folder. Whether it ended well.
    pub async fn end(self) -> anyhow::Result<bool> {
        let (well, log) = self.host.end().await?;
        if !well {
            eprintln!("the host said:\n{log}");
        }
        self.folder.close().context("the temporary folder cannot be removed")?;
        Ok(well)
    }
}

/// The example with the sandbox's addresses, and free ports for the sources.
fn file(sandbox: &Sandbox) -> String {
    EXAMPLE
        .replace("127.0.0.1:9001", &sandbox.braze().address().to_string())
        .replace("127.0.0.1:9002", &sandbox.lytics().address().to_string())
        .replace("127.0.0.1:8080", "127.0.0.1:0")
        .replace("127.0.0.1:8081", "127.0.0.1:0")
}

fn progress(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} people as they should be, {elapsed}");
    let bar = ProgressBar::new(length);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
