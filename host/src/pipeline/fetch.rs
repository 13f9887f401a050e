//! Drives a source that asks for files and reads them: ask, wait, fetch, read, and begin anew.
//!
//! A run has two halves. In the first, files are asked for as pages are, and fetched into a folder of the host's own; in the second, they are
//! read from there as files of any other folder are. So nobody is asked for more before all that was fetched is delivered. After a restart the
//! half goes on in which it was: where asking stands is kept in a record of its own, and what lies in the folder was not read to its end.

pub(super) mod asked;
mod download;
mod from;

use std::path::Path;
use std::sync::Arc;

use tokio::fs;

use crate::config::Every;
use crate::connector::Intake;

use super::import::board::Board;
use super::import::{Import, Importer, Went};
use super::poll::{self, Over, Poller, poll};
use super::rehearsal::Rehearsal;
use super::source::Inlet;
use asked::Asked;
pub use download::{Downloads, Got, folder};
pub use from::FilesFrom;

/// What a source that asks for files is made of.
pub struct Fetcher {
    /// What asks.
    pub poller: Poller,
    /// What reads.
    pub importer: Importer,
    /// From where files may be fetched.
    pub from: FilesFrom,
    /// If nothing is to be asked for: where it is noted what would be.
    pub rehearsal: Option<Arc<Rehearsal>>,
}

/// Asks and reads until the only run is over (nothing comes back), nothing comes before a person acts or the only run is given up (the reason does), or
/// a stop is asked for.
pub async fn fetch(fetcher: Fetcher, inlet: Arc<Inlet>, board: Arc<Board>) -> anyhow::Result<Option<String>> {
    let Fetcher { poller, importer, from, rehearsal } = fetcher;
    let (every, clock, stop) = (importer.every, inlet.clock, inlet.stop.clone());
    let folder = folder(&importer.data_dir, &inlet.id)?;
    let downloads = Downloads::open(folder, from, Arc::clone(&board)).await?;
    let poller = Poller { every: Every::Once, downloads: Some(Arc::new(downloads)), ..poller };
    let asked = Arc::new(Asked::load(&inlet.store, &inlet.id).await?);
    let mut import = Import::open(importer, Arc::clone(&inlet), Arc::clone(&board)).await?;
    let mut is_fetched = asked.is_over() && import.has_work().await?;
    loop {
        let mut given_up = None;
        if !is_fetched {
            let over = match &rehearsal {
                Some(rehearsal) => rehearse(&poller, &asked, rehearsal).await?,
                None => poll(poller.clone(), Arc::clone(&asked), false, clock, stop.clone()).await?,
            };
            board.asked();
            match over {
                Over::Stopped(reason) => return Ok(Some(reason)),
                _ if stop.is_asked() => return Ok(None),
                Over::Failed(reason) => given_up = Some(reason),
                Over::Done => {}
            }
        }
        let done = import.done();
        if let Went::Break(reason) = import.drain().await? {
            return Ok(reason);
        }
        // What an earlier run left, and nobody can read, is not what this one was started for.
        let came_to_nothing = is_fetched && import.done() == done;
        is_fetched = false;
        match every {
            _ if came_to_nothing => {}
            Every::Once => return Ok(given_up),
            Every::After(wait) => {
                if let Some(reason) = given_up {
                    tracing::error!(source = inlet.id, reason, ?wait, "a run is given up");
                    board.ask(None);
                    board.says(reason);
                    board.again(clock.unix_ms_at(clock.now() + wait));
                }
                if import.is_stopped_within(wait).await {
                    return Ok(None);
                }
            }
        }
    }
}

/// Notes what would be asked for, and asks for nothing: it may cost the other side much, and it may do one such thing at a time.
async fn rehearse(poller: &Poller, asked: &Asked, rehearsal: &Rehearsal) -> anyhow::Result<Over> {
    let ask = poll::foresee(poller.node.clone(), asked.resume().as_deref()).await?;
    rehearsal.left_out(poller.node.id(), &ask.errand);
    Ok(Over::Done)
}

/// Removes what was fetched for sources that are no more.
pub async fn tidy<'a>(data_dir: &Path, sources: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    let mut entries = match fs::read_dir(data_dir.join(download::FOLDER)).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let sources: Vec<&str> = sources.collect();
    while let Some(entry) = entries.next_entry().await? {
        // What is no folder is none of ours.
        let is_folder = entry.file_type().await?.is_dir();
        if is_folder && !entry.file_name().to_str().is_some_and(|name| sources.contains(&name)) {
            fs::remove_dir_all(entry.path()).await?;
        }
    }
    Ok(())
}
