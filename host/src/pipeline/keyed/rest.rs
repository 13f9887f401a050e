//! What a transform remembers, while no pipeline runs: whoever has the store's lock may ask and wish, too.

use super::memory::Memory;
use super::upkeep::{Question, Reply, answer};
use crate::store::{Commit, Epoch, Shelf, StateChange, Store, StoreError};

/// How many records are moved at once.
const MOVED: usize = 1_000;

/// A transform that remembers, at rest.
#[derive(Debug)]
pub struct AtRest<S> {
    store: S,
    epoch: Epoch,
    node: String,
    memory: Memory,
}

/// A record as it is moved from machine to machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// On which shelf it stands.
    pub shelf: Shelf,
    /// Under which key.
    pub key: Vec<u8>,
    /// What it is.
    pub value: Vec<u8>,
}

impl<S: Store> AtRest<S> {
    /// Claims the store. `component` and `versions` are what the component says of itself.
    pub fn claim(mut store: S, node: &str, component: &str, versions: &[u32]) -> Result<Self, StoreError> {
        let epoch = store.claim()?.epoch;
        let memory = Memory::load(&*store.reader(), node, component, versions)?;
        Ok(Self { store, epoch, node: node.to_owned(), memory })
    }

    /// Answers, and stores what was wished.
    pub fn ask(&mut self, question: Question) -> Result<Reply, StoreError> {
        let reply = answer(&mut self.memory, &*self.store.reader(), question)?;
        let states = self.memory.flush();
        self.commit(states)?;
        Ok(reply)
    }

    /// Everything that is remembered, in the order of the store.
    pub fn export(&self, mut take: impl FnMut(Moved) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let reader = self.store.reader();
        for shelf in [Shelf::State, Shelf::Number, Shelf::Note] {
            let mut from = Vec::new();
            loop {
                let records = reader.scan_states(&self.node, shelf, &from, MOVED)?;
                let Some((last, _)) = records.last() else { break };
                // The key behind the last one.
                from = [last.as_slice(), b"\0"].concat();
                records.into_iter().try_for_each(|(key, value)| take(Moved { shelf, key, value }))?;
            }
        }
        Ok(())
    }

    /// Takes what was exported elsewhere. Only who knows nobody yet may: two memories cannot be joined.
    pub fn import(&mut self, records: impl Iterator<Item = anyhow::Result<Moved>>) -> anyhow::Result<Result<u64, u64>> {
        if self.memory.people() > 0 {
            return Ok(Err(self.memory.people()));
        }
        let (mut states, mut count) = (Vec::new(), 0);
        for record in records {
            let Moved { shelf, key, value } = record?;
            count += 1;
            states.push(StateChange { node: self.node.clone(), shelf, key, value: Some(value) });
            if states.len() >= MOVED {
                self.commit(std::mem::take(&mut states))?;
            }
        }
        self.commit(states)?;
        Ok(Ok(count))
    }

    fn commit(&mut self, states: Vec<StateChange>) -> Result<(), StoreError> {
        if states.is_empty() {
            return Ok(());
        }
        let commit = Commit { states, ..Commit::default() };
        self.store.commit(self.epoch, &[commit]).into_iter().try_for_each(|stored| stored.map(drop))
    }
}
