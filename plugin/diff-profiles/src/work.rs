//! A batch: events one after the other, each against what the ones before it left.

use std::collections::BTreeMap;

use brazeline_kit::{Event, Held};

use crate::age::Age;
use crate::attributes::{any_changed, changed};
use crate::learnt::learn;
use crate::look::Look;
use crate::membership::{Said, is_known, sweep, take};
use crate::settings::Settings;
use crate::state::State;
use crate::tell::bodies;
use crate::time;
use crate::update::{Fields, Update};

/// The work on a batch.
#[derive(Debug)]
pub struct Work<'a> {
    settings: &'a Settings,
    look: &'a Look<'a>,
    held: &'a Held<'a>,
    /// What is to be held of people of whom it changed, by the key's place.
    pub changed: BTreeMap<u32, State<'a>>,
    // Used again for each event.
    update: Update<'a>,
    state: State<'a>,
    times: time::Reader,
}

impl<'a> Work<'a> {
    /// Nothing done yet.
    #[must_use]
    pub fn new(settings: &'a Settings, look: &'a Look<'a>, held: &'a Held<'a>) -> Self {
        let (changed, update, state) = (BTreeMap::new(), Update::default(), State::default());
        Self { settings, look, held, changed, update, state, times: time::Reader::default() }
    }

    /// Takes an event about the key at this place. It answers the bodies that go on. An error says why it can never pass; then nothing of it
    /// is told or held.
    pub fn event(&mut self, event: Event<'a>, key: u32) -> Result<Vec<String>, String> {
        self.update.read(event.body)?;
        if self.update.known_as_of.is_some() {
            return self.learn(key).map(|()| Vec::new());
        }
        let age = self.age()?;
        self.find(key)?;
        let state = self.changed.get(&key).unwrap_or(&self.state);
        let (audiences, attributes) = (&self.update.audiences, &self.update.attributes);
        let window_ms = self.settings.echo_window_ms;
        if !state.unsure && is_known(audiences, age, state) && !any_changed(attributes, age, window_ms, state) {
            return if self.update.passes() {
                self.written(Said::default(), &Fields::default())
            } else {
                Ok(Vec::new())
            };
        }
        let mut after = state.clone();
        let (said, attributes) = self.take(age, &mut after)?;
        let bodies = self.written(said, &attributes)?;
        after.is_pending |= !bodies.is_empty();
        if after != *state {
            after.is_new = false;
            self.changed.insert(key, after);
        }
        Ok(bodies)
    }

    /// Takes note of what the sink's system says itself. Nothing of it is told. Of somebody in doubt everything will be told, so there is
    /// nothing to note.
    fn learn(&mut self, key: u32) -> Result<(), String> {
        let as_of = self.update.known_as_of.as_deref().unwrap_or_default();
        let as_of_ms = self.times.read(as_of).map_err(|error| format!("/known_as_of: {error}"))?;
        self.find(key)?;
        let state = self.changed.get(&key).unwrap_or(&self.state);
        if state.unsure {
            return Ok(());
        }
        let mut after = state.clone();
        learn(&self.update.attributes, as_of_ms, &mut after);
        if after != *state {
            self.changed.insert(key, after);
        }
        Ok(())
    }

    /// Reads what is held about the key at this place, unless an event before changed it.
    fn find(&mut self, key: u32) -> Result<(), String> {
        if !self.changed.contains_key(&key) {
            let kept = self.held.keys.get(key as usize).ok_or("the host names no key for it")?;
            self.state.read(kept, self.held.tags(kept));
        }
        Ok(())
    }

    /// What says nothing of its age is in a full look as old as that.
    fn age(&mut self) -> Result<Age, String> {
        let said = self.update.audiences.as_of.as_deref().map(|text| self.times.read(text)).transpose();
        let said = said.map_err(|error| format!("/audiences/as_of: {error}"))?;
        let is_full = self.look.is_full;
        Ok(Age { as_of_ms: said.or(is_full.then_some(self.look.as_of_ms)), is_full })
    }

    /// What is to be told, and the state as it is once that is told.
    fn take(&self, age: Age, state: &mut State<'a>) -> Result<(Said<'a>, Fields<'a>), String> {
        let mut said = take(&self.update.audiences, age, self.look, self.settings, state)?;
        if state.unsure {
            state.doubt_attributes();
            sweep(state, &mut said);
        }
        let attributes = changed(&self.update.attributes, age, self.settings.echo_window_ms, state);
        let learnt_only = self.look.is_first() && !self.settings.existing_users && state.is_new && said.is_empty();
        Ok((said, if learnt_only { Fields::default() } else { attributes }))
    }

    fn written(&self, mut said: Said<'a>, attributes: &Fields<'a>) -> Result<Vec<String>, String> {
        let bodies = bodies(&self.update, attributes, &mut said);
        bodies.iter().map(|body| serde_json::to_string(body).map_err(|error| error.to_string())).collect()
    }
}
