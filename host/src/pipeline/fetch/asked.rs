//! Where does asking for files go on after a restart?
//!
//! Beside where reading them stands, which is the source's own position: each has a record of its own, and neither waits for the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::component::types::{Batch, Unread};
use crate::connector::{Intake, Reading, Refused};
use crate::pipeline::poll;
use crate::store::{Commit, Handle, Result};

/// How long to wait before the disk is asked again.
const FULL_WAIT: Duration = Duration::from_secs(5);

/// Keeps where asking stands, and nothing else: what is asked for are files.
#[derive(Debug)]
pub struct Asked {
    store: Handle,
    record: String,
    position: Mutex<Option<Vec<u8>>>,
}

impl Asked {
    /// What is stored. No source's id holds a `/`.
    pub async fn load(store: &Handle, source: &str) -> Result<Self> {
        let record = format!("{source}/asked");
        let position = store.position(&record).await?;
        Ok(Self { store: store.clone(), record, position: Mutex::new(position) })
    }

    /// Whether it stands at the end of a run: all that was asked for in it is here.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.resume().is_some_and(|position| poll::is_over(&position))
    }
}

impl Intake for Asked {
    async fn push(&self, _: Batch, _: Vec<Unread>) -> std::result::Result<(), Refused> {
        Err(Refused::Broken("nothing is pushed by what asks for files".to_owned()))
    }

    async fn read(&self, reading: Reading) -> std::result::Result<(), Refused> {
        let positions = vec![(self.record.clone(), reading.position.clone())];
        match self.store.commit(Commit { positions, ..Commit::default() }).await {
            Ok(_) => {
                *self.position.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading.position);
                Ok(())
            }
            Err(error) if error.is_passing() => Err(Refused::Behind { retry_after: FULL_WAIT }),
            Err(error) => Err(Refused::Broken(error.to_string())),
        }
    }

    fn resume(&self) -> Option<Vec<u8>> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn renew(&self) -> u64 {
        0
    }
}
