//! What do statements about audiences change, and what of it is to be told?
//!
//! There are two ways to tell: as news, of which a sink may make an enter or exit event, or as restated.

mod room;
mod sweep;

use std::borrow::Cow;

use crate::age::Age;
use crate::look::Look;
use crate::settings::Settings;
use crate::state::{Mark, Place, State};
use crate::update::Audiences;

use room::Room;
pub use sweep::sweep;

/// What the sink is to be told.
#[derive(Debug, Default)]
pub struct Said<'a> {
    /// What changed.
    pub news: Vec<Word<'a>>,
    /// What is only said again, or was so before anybody looked.
    pub restated: Vec<Word<'a>>,
}

/// The person is in an audience, or is not.
#[derive(Debug)]
pub struct Word<'a> {
    /// The audience.
    pub name: Cow<'a, str>,
    /// The person is in it.
    pub is_in: bool,
    /// As of when, and how it is told.
    pub mark: Mark,
}

/// Whether these statements change nothing, not even what is held.
#[must_use]
pub fn is_known(audiences: &Audiences<'_>, age: Age, state: &State<'_>) -> bool {
    let known = |mark: Mark, is_as_said: bool| match is_as_said {
        _ if mark.doubt => false,
        true => age.confirmed_ms(mark) == mark.as_of_ms,
        false => age.is_behind(mark),
    };
    audiences.statements.iter().all(|(name, is_in)| match state.find(name) {
        Place::Inside(place) => known(state.inside[place].mark, *is_in),
        Place::Outside(place) => known(state.outside[place].mark, !*is_in),
        Place::Nowhere(_) => age.is_full && !*is_in,
    })
}

/// Takes statements into the state. An error says why the person cannot be in so many audiences; then state and what is said mean nothing.
pub fn take<'a>(
    audiences: &Audiences<'a>,
    age: Age,
    look: &Look<'_>,
    settings: &Settings,
    state: &mut State<'a>,
) -> Result<Said<'a>, String> {
    let alone = audiences.statements.len() == 1;
    let mut said = Said::default();
    let statements = |is_in| audiences.statements.iter().filter(move |statement| statement.1 == is_in);
    // First what makes room.
    for (name, _) in statements(false) {
        said.leave(name.clone(), age, alone, state);
    }
    let mut room = Room::new(settings, state);
    for (name, _) in statements(true) {
        said.enter(name.clone(), age, look, &mut room, state)?;
    }
    if age.as_of_ms.is_none() {
        // What the state holds is the age of what was said before.
        said.news.iter_mut().for_each(|word| word.mark.as_of_ms = 0);
    }
    Ok(said)
}

impl<'a> Said<'a> {
    /// Whether nothing is to be told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.news.is_empty() && self.restated.is_empty()
    }

    fn leave(&mut self, name: Cow<'a, str>, age: Age, alone: bool, state: &mut State<'a>) {
        match state.find(&name) {
            Place::Inside(place) if age.is_behind(state.inside[place].mark) => {}
            Place::Inside(place) => {
                let mark = age.over(state.inside[place].mark);
                state.leave(name.clone(), mark);
                self.news.push(Word { name, is_in: false, mark });
            }
            Place::Outside(place) => self.again(name, age, place, state),
            // Who was never in it is in a full look not worth a word, or everybody would be told about every audience.
            Place::Nowhere(_) if age.is_full && !state.unsure => {}
            Place::Nowhere(_) => {
                let mark = age.over(Mark::default());
                state.leave(name.clone(), mark);
                // Several at once may be a full membership, most of which did not change now.
                let list = if alone && !age.is_full { &mut self.news } else { &mut self.restated };
                list.push(Word { name, is_in: false, mark });
            }
        }
    }

    fn enter(
        &mut self,
        name: Cow<'a, str>,
        age: Age,
        look: &Look<'_>,
        room: &mut Room,
        state: &mut State<'a>,
    ) -> Result<(), String> {
        let before = match state.find(&name) {
            Place::Inside(place) => {
                let mark = &mut state.inside[place].mark;
                mark.as_of_ms = age.confirmed_ms(*mark);
                return Ok(());
            }
            Place::Outside(place) if age.is_behind(state.outside[place].mark) => {
                self.again(name, age, place, state);
                return Ok(());
            }
            Place::Outside(place) => Some(state.outside[place].mark),
            Place::Nowhere(_) => None,
        };
        let beyond = room.take(before.is_some_and(|mark| mark.beyond))?;
        let mark = Mark { beyond, ..age.over(before.unwrap_or_default()) };
        state.enter(name.clone(), mark);
        let word = Word { name, is_in: true, mark };
        match before.is_none() && look.is_first_at(&word.name) {
            true if room.existing_users => self.restated.push(word),
            true => {}
            false => self.news.push(word),
        }
        Ok(())
    }

    /// The person was out of it already: said if it is in doubt.
    fn again(&mut self, name: Cow<'a, str>, age: Age, place: usize, state: &mut State<'a>) {
        let held = &mut state.outside[place].mark;
        held.as_of_ms = age.confirmed_ms(*held);
        if std::mem::take(&mut held.doubt) {
            self.restated.push(Word { name, is_in: false, mark: *held });
        }
    }
}
