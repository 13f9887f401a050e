//! Asking a transform that remembers: its driver while it runs, and what is stored when nothing does.

use std::collections::BTreeMap;

use tokio::sync::oneshot;

use super::{Clerk, Refusal};
use crate::pipeline::keyed::rest;
use crate::pipeline::keyed::upkeep::{Question, Reply};
use crate::problem::Problem;

impl Clerk {
    pub(super) async fn upkeep(&self, node: Option<&str>, question: Question) -> Result<Reply, Refusal> {
        let Some(run) = &self.run else {
            let (id, reads) = choose(&self.remembering, node)?;
            return Ok(rest::ask(&self.store, id, reads, question).await?);
        };
        let (id, desk) = choose(&run.desks, node)?;
        let ended = || {
            let help = "see `brazeline status`; stop the run, and it can be asked when nothing runs";
            Problem::error(format!("transform `{id}` has stopped, so it cannot be asked"), help)
        };
        let (answer, answered) = oneshot::channel();
        desk.send((question, answer)).map_err(|_| ended())?;
        Ok(answered.await.map_err(|_| ended())??)
    }
}

/// The only one, or the one that is named.
fn choose<'a, T>(all: &'a BTreeMap<String, T>, node: Option<&str>) -> Result<(&'a str, &'a T), Problem> {
    let listed = || all.keys().cloned().collect::<Vec<_>>().join(", ");
    let found = match node {
        Some(node) => all.get_key_value(node).ok_or_else(|| {
            let fact = format!("those that do: {}", if all.is_empty() { "none".to_owned() } else { listed() });
            Problem::error(format!("no transform `{node}` remembers anything"), "name one that does").fact(fact)
        }),
        None if all.len() > 1 => {
            Err(Problem::error("several transforms remember", "say which with `--node`").fact(listed()))
        }
        None => all.first_key_value().ok_or_else(|| {
            Problem::error("no transform of this pipeline remembers anything", "nothing is to be done here")
        }),
    };
    found.map(|(id, one)| (id.as_str(), one))
}
