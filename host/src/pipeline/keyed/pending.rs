//! Of whom is something still on its way to the sink?
//!
//! People, by their numbers, in two sets. A set is let go once the sink has settled all that was decided before the set was closed, so nobody is
//! taken for done too early, and some are taken for on the way a little too long. That costs two looks a person and a few bytes, not a line
//! for each event.

use roaring::RoaringBitmap;

/// See the module.
#[derive(Debug, Default)]
pub struct Pending {
    /// Below this number in the outbox stands something of which nobody here knows whose it is: what was decided before this run, or is sent
    /// again. 0: it is all settled.
    before: u64,
    /// The number of the next event, if nobody else writes there.
    next: u64,
    older: Told,
    newer: Told,
}

/// It is not settled before it is known where it stands.
const UNKNOWN: u64 = u64::MAX;

/// People of whom something was decided.
#[derive(Debug, Default)]
struct Told {
    people: RoaringBitmap,
    /// The number behind the last of it in the outbox.
    end: u64,
}

impl Pending {
    /// At a start, with an outbox whose next event has this number.
    #[must_use]
    pub fn since(next: u64) -> Self {
        Self { before: next, next, ..Self::default() }
    }

    /// Something of these people goes into the outbox with the next commit.
    pub fn add(&mut self, people: impl IntoIterator<Item = u32>) {
        self.newer.people.extend(people);
        self.newer.end = UNKNOWN;
    }

    /// It is there, all of it below this number, and so many events of it.
    pub fn stored(&mut self, next: u64, events: u64) {
        for told in [&mut self.older, &mut self.newer].into_iter().filter(|told| told.end == UNKNOWN) {
            told.end = next;
        }
        self.noticed(next - events.min(next));
        self.next = next;
    }

    /// The sink has settled everything below this number, and `next` is the next event's: somebody else may have written.
    pub fn settled(&mut self, below: u64, next: u64) {
        self.noticed(next);
        if self.before <= below {
            self.before = 0;
        }
        // Twice: what was newer may be settled, too.
        for _ in 0..2 {
            if self.older.end <= below {
                self.older = std::mem::take(&mut self.newer);
            }
        }
    }

    /// What stands below this number and is not ours is somebody else's.
    fn noticed(&mut self, next: u64) {
        if next > self.next {
            (self.before, self.next) = (next, next);
        }
    }

    /// Whether something of this person may be on its way.
    #[must_use]
    pub fn is(&self, person: u32) -> bool {
        self.before > 0 || self.older.people.contains(person) || self.newer.people.contains(person)
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;

    fn who(pending: &Pending) -> Vec<u32> {
        (1..5).filter(|person| pending.is(*person)).collect()
    }

    #[test]
    fn nobody_is_done_before_the_sink_is() {
        let mut pending = Pending::since(10);
        assert_eq!(who(&pending), [1, 2, 3, 4], "of whom the outbox speaks is not known");
        pending.settled(9, 10);
        assert_eq!(who(&pending), [1, 2, 3, 4]);
        pending.settled(10, 10);
        assert!(who(&pending).is_empty());
        pending.add([1]);
        pending.settled(10, 10);
        assert_eq!(who(&pending), [1], "it may stand anywhere until it is stored");
        pending.stored(11, 1);
        pending.settled(10, 11);
        pending.add([2, 3]);
        pending.stored(13, 2);
        pending.settled(10, 13);
        pending.add([4]);
        pending.stored(14, 1);
        pending.settled(11, 14);
        assert_eq!(who(&pending), [2, 3, 4], "the second set is let go as a whole");
        pending.add([1]);
        pending.stored(15, 1);
        pending.settled(14, 15);
        assert_eq!(who(&pending), [1]);
        pending.settled(15, 15);
        assert!(who(&pending).is_empty());
    }

    #[test]
    fn what_others_write_may_be_about_anybody() {
        let mut pending = Pending::since(0);
        pending.settled(0, 0);
        assert!(who(&pending).is_empty());
        // Three of theirs came before one of ours.
        pending.add([1]);
        pending.stored(4, 1);
        assert_eq!(who(&pending), [1, 2, 3, 4]);
        pending.settled(3, 4);
        assert_eq!(who(&pending), [1]);
        pending.settled(4, 4);
        assert!(who(&pending).is_empty());
        // And some while nothing was decided.
        pending.settled(4, 6);
        assert_eq!(who(&pending), [1, 2, 3, 4]);
        pending.settled(6, 6);
        assert!(who(&pending).is_empty());
    }
}
