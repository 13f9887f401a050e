//! Who was not seen in a full look has left its audiences, as of then. Or an operator wants them taken off: then they are left, however new
//! the membership is, and it is no news.

use std::borrow::Cow;

use brazeline_kit::json::{self, Reader};
use brazeline_kit::person::{Identifier, User};
use brazeline_kit::{Kept, Standing};

use crate::look::Look;
use crate::membership::{Said, Word, sweep};
use crate::state::{Mark, Place, State};
use crate::tell::alone;

/// The body that says so, if there is something to say. A membership that is newer than the look stays.
///
/// Of somebody in doubt everything is said again, and nothing of it is news: perhaps they left long ago.
pub fn absent<'a>(kept: &Kept<'a>, look: &Look<'a>, state: &mut State<'a>) -> Result<Option<String>, String> {
    let mut said = Said::default();
    if kept.standing != Standing::None {
        let in_doubt = state.unsure;
        for name in &look.scope {
            let list = if in_doubt || look.is_restated { &mut said.restated } else { &mut said.news };
            list.extend(left(name, look, state));
        }
        if in_doubt {
            state.doubt_attributes();
            sweep(state, &mut said);
        }
    }
    let restated = said.news.is_empty();
    let words = if restated { &mut said.restated } else { &mut said.news };
    if words.is_empty() {
        return Ok(None);
    }
    let user = user(kept.key);
    let user = user.as_deref().map(|user| json::read(user, Reader::value)).transpose()?;
    let body = alone(user, words, restated);
    serde_json::to_string(&body).map(Some).map_err(|error| error.to_string())
}

/// What is to be said about an audience of the scope, if the person is out of it.
fn left<'a>(name: &'a str, look: &Look<'_>, state: &mut State<'a>) -> Option<Word<'a>> {
    let held = match state.find(name) {
        Place::Inside(place) if state.inside[place].mark.as_of_ms > look.as_of_ms && !look.is_restated => return None,
        Place::Inside(place) => state.inside[place].mark,
        // If it is in doubt, it is said with all that is.
        Place::Outside(_) => return None,
        Place::Nowhere(_) if !state.unsure => return None,
        Place::Nowhere(_) => Mark::default(),
    };
    let mark = Mark { as_of_ms: held.as_of_ms.max(look.as_of_ms), beyond: held.beyond, doubt: false };
    state.leave(Cow::Borrowed(name), mark);
    Some(Word { name: Cow::Borrowed(name), is_in: false, mark })
}

/// Who it is, from the key: there is nothing else.
fn user(key: &str) -> Option<String> {
    serde_json::to_string(&User::from(Identifier::from_key(key)?)).ok()
}
