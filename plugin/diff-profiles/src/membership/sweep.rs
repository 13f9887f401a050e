//! What of a person in doubt has not been said yet?

use super::{Said, Word};
use crate::look::Look;
use crate::state::{Place, State};

/// Says again what is held and still in doubt: every audience that the person is in, and those of the scope that they were in. The names of
/// others that they were in are not known here; these stay in doubt until somebody names them.
pub fn sweep<'a>(look: &Look<'a>, state: &mut State<'a>, said: &mut Said<'a>) {
    for inside in state.inside.iter_mut().filter(|inside| inside.mark.doubt) {
        inside.mark.doubt = false;
        said.restated.push(Word { name: inside.name.clone(), is_in: true, mark: inside.mark });
    }
    for name in &look.scope {
        let Place::Outside(place) = state.find(name) else { continue };
        let mark = &mut state.outside[place].mark;
        if mark.doubt {
            mark.doubt = false;
            said.restated.push(Word { name: (*name).into(), is_in: false, mark: *mark });
        }
    }
    state.unsure = false;
}
