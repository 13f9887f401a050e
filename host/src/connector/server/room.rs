//! How much of what is sent is held in memory at once?
//!
//! Every byte of a body takes room before it is kept, and gives it back when its request is answered: then the events stand in the
//! journal, or are delivered. Without room a sender is asked to come again.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// With it a hundred thousand events of a usual size wait at once: a second or two of what a disk takes.
const BYTES: usize = 64 * 1024 * 1024;
/// Room for so many of the largest bodies, however large these may be.
const BODIES: usize = 4;

/// What all requests of a server share.
#[derive(Debug)]
pub(super) struct Room(Arc<Semaphore>);

impl Room {
    pub(super) fn new(max_body_bytes: usize) -> Self {
        let bytes = max_body_bytes.saturating_mul(BODIES).clamp(BYTES, Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(bytes)))
    }

    /// For one request, which holds nothing yet.
    pub(super) fn hold(&self) -> Held {
        Held { room: Arc::clone(&self.0), bytes: None }
    }
}

/// The room that one request holds. It is given back when this is dropped.
#[derive(Debug)]
pub struct Held {
    room: Arc<Semaphore>,
    bytes: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// Takes room for so many bytes more; false if there is none.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let more =
            u32::try_from(bytes).ok().and_then(|bytes| Arc::clone(&self.room).try_acquire_many_owned(bytes).ok());
        let Some(more) = more else { return false };
        match &mut self.bytes {
            Some(held) => held.merge(more),
            none => *none = Some(more),
        }
        true
    }
}

#[cfg(test)]
impl Held {
    /// Of no server.
    pub(crate) fn nothing() -> Self {
        Room::new(0).hold()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_given_back() {
        let room = Room::new(1);
        let (mut one, mut other) = (room.hold(), room.hold());
        assert!(one.grow(BYTES / 2) && one.grow(BYTES / 2));
        assert!(!other.grow(1));
        drop(one);
        assert!(other.grow(BYTES) && !other.grow(1) && other.grow(0));
        // One body of the largest size has room, whatever that is.
        assert!(Room::new(BYTES).hold().grow(BODIES * BYTES));
    }
}
