//! Where do rejected events go when they are sent again?
//!
//! To the node that rejected them, and to nobody else: what stands before it has changed them already, and its neighbours have delivered them.
//! So there is a small log for each source and each node that its events reach, which is followed like a journal, and whose flow begins at
//! that node. What a transform that remembers has told its sink goes into its outbox again, which leads there and nowhere else.

/// What no id may hold.
const BETWEEN: char = '~';

/// The log of a source's events that are sent again to this node. To the source itself: what could not be read, and now can.
#[must_use]
pub fn log(source: &str, node: &str) -> String {
    format!("{source}{BETWEEN}{node}")
}
