//! Answering operators while it runs.

use std::path::Path;

use super::memory::Memory;
use super::rest::Reads;
use super::upkeep::{self, Question, Reply};
use super::{Ask, Keyed, moved};
use crate::problem::Problem;

impl Keyed {
    pub(super) async fn asked(&mut self, (question, answer): Ask) -> anyhow::Result<()> {
        let reply = match question {
            Question::Export { to } => {
                let (store, node) = (self.parts.store.clone(), &self.core.id);
                tokio::task::block_in_place(|| moved::export(store.reader(), node, &to))
            }
            Question::Import { from } => self.import(&from).await?,
            question => {
                let (store, memory) = (self.parts.store.clone(), &mut self.core.memory);
                if question == Question::Approve {
                    self.held.clear();
                }
                tokio::task::block_in_place(|| upkeep::answer(memory, store.reader(), question))
                    .map_err(|error| upkeep::failed(&error))
            }
        };
        self.remember().await?;
        // Whoever asked may have gone.
        let _gone = answer.send(reply);
        Ok(())
    }

    /// Takes what was exported elsewhere in the place of what is remembered here, which is nothing.
    async fn import(&mut self, from: &Path) -> anyhow::Result<Result<Reply, Problem>> {
        if !self.core.memory.facts().looks.is_empty() {
            let what = "a list of members is being read, and who was in its first part would be taken for absent";
            return Ok(Err(Problem::error(what, "stop the run, import, and start it again")));
        }
        let store = self.parts.store.clone();
        let reply = moved::import(&store, &self.core.id, from).await;
        let Reads { component, versions } = &self.parts.reads;
        self.core.memory = Memory::load(store.reader(), &self.core.id, component, versions)?;
        Ok(reply)
    }
}
