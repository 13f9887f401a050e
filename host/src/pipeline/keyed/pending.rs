//! Of whom is something still on its way to the sink?
//!
//! People, by their numbers, in two sets. A set is let go once the sink has settled all that was decided before the set was closed, so nobody is
//! taken for done too early, and some are taken for on the way a little too long. That costs two looks a person and a few bytes, not a line
//! for each event.

use roaring::RoaringBitmap;

/// See the module.
#[derive(Debug, Default)]
pub struct Pending {
    /// Below this number in the outbox stands what was decided before this run, nobody remembers of whom. 0: it is all settled.
    before: u64,
    older: Told,
    newer: Told,
}

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
        Self { before: next, ..Self::default() }
    }

    /// Something of these people goes into the outbox, the last of it just below `end`.
    pub fn add(&mut self, people: impl IntoIterator<Item = u32>, end: u64) {
        self.newer.people.extend(people);
        self.newer.end = end;
    }

    /// The sink has settled everything below this number.
    pub fn settled(&mut self, below: u64) {
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

    /// Whether something of this person may be on its way.
    #[must_use]
    pub fn is(&self, person: u32) -> bool {
        self.before > 0 || self.older.people.contains(person) || self.newer.people.contains(person)
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;

    #[test]
    fn nobody_is_done_before_the_sink_is() {
        let mut pending = Pending::since(10);
        let who = |pending: &Pending| (1..5_u32).filter(|person| pending.is(*person)).collect::<Vec<u32>>();
        assert_eq!(who(&pending), [1, 2, 3, 4], "of whom the outbox speaks is not known");
        pending.settled(9);
        assert_eq!(who(&pending), [1, 2, 3, 4]);
        pending.settled(10);
        assert!(who(&pending).is_empty());
        pending.add([1], 11);
        pending.settled(10);
        assert_eq!(who(&pending), [1]);
        pending.add([2, 3], 13);
        pending.settled(10);
        pending.add([4], 14);
        pending.settled(11);
        assert_eq!(who(&pending), [2, 3, 4], "the second set is let go as a whole");
        pending.add([1], 15);
        pending.settled(14);
        assert_eq!(who(&pending), [1]);
        pending.settled(15);
        assert!(who(&pending).is_empty());
    }

    #[test]
    fn an_empty_outbox_holds_up_nobody() {
        let mut pending = Pending::since(0);
        pending.settled(0);
        assert!(!pending.is(1));
    }
}
