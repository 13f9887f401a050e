//! What of a person in doubt has not been said yet?

use super::{Said, Word};
use crate::state::State;

/// Says again what is held and still in doubt: every audience that the person is in or was in.
pub fn sweep<'a>(state: &mut State<'a>, said: &mut Said<'a>) {
    let inside = state.inside.iter_mut().map(|inside| (&inside.name, true, &mut inside.mark));
    let outside = state.outside.iter_mut().map(|outside| (&outside.name, false, &mut outside.mark));
    for (name, is_in, mark) in inside.chain(outside).filter(|(.., mark)| mark.doubt) {
        mark.doubt = false;
        said.restated.push(Word { name: name.clone(), is_in, mark: *mark });
    }
    state.unsure = false;
}
