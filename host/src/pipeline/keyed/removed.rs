//! Audiences that the operator does not name any more.

use super::Keyed;
use super::brake::{Held, Why};
use super::notes::Pass;
use crate::config::{OnAudienceRemoved, TransformOptions};

impl Keyed {
    /// Audiences that the operator does not name any more are taken off everybody, if that is wanted; the brake asks first.
    pub(super) fn take_removed_off(&mut self) {
        let TransformOptions { audiences: Some(named), on_audience_removed: OnAudienceRemoved::Remove, .. } =
            &self.parts.options
        else {
            return;
        };
        let facts = self.core.memory.facts();
        let is_new = |name: &&String| {
            let is_taken = |pass: &Pass| pass.source.is_none() && pass.audiences.contains(name);
            !named.contains(name) && self.core.memory.count(name) > 0 && !facts.passes.values().any(is_taken)
        };
        let removed: Vec<String> = facts.names.iter().filter(is_new).cloned().collect();
        for audience in removed {
            let people = self.core.memory.count(&audience);
            let held = self.core.most.is_exceeded(people, people).then(|| Held {
                audience: audience.clone(),
                lost: people,
                of: people,
                why: Why::Exits,
            });
            tracing::warn!(node = %self.core.id, audience, people, "no longer configured: it is taken off everybody, one update a person");
            let who = self.core.memory.members(std::slice::from_ref(&audience));
            let pass = Pass {
                source: None,
                audiences: vec![audience],
                as_of_ms: self.parts.clock.unix_ms(),
                baseline: Vec::new(),
                restates: true,
                held,
                next: 0,
                people,
            };
            self.core.memory.add_pass(pass, &who);
        }
    }
}
