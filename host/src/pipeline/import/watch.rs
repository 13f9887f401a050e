//! Which file is taken next, and is it complete?
//!
//! Nobody says when a file is complete, so one counts as such when its size and its time have stood still for a while. A policy: it is
//! given what lies there, and the time.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;
use crate::config::{Files, Order};
use crate::connector::shelf::Item;

/// What is known of the files on a shelf.
#[derive(Debug)]
pub struct Watch {
    files: Files,
    seen: BTreeMap<String, Seen>,
}

#[derive(Debug)]
struct Seen {
    item: Item,
    /// Since when it looks like that.
    since: Moment,
    /// It was read, or will not be.
    is_over: bool,
}

impl Watch {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(files: Files) -> Self {
        Self { files, seen: BTreeMap::new() }
    }

    /// What lies there now.
    pub fn look(&mut self, now: Moment, items: Vec<Item>) {
        let mut before = std::mem::take(&mut self.seen);
        for item in items.into_iter().filter(|item| self.files.pattern.matches(&item.name)) {
            let seen = match before.remove(&item.name) {
                Some(seen) if seen.item == item => seen,
                _ => Seen { item, since: now, is_over: false },
            };
            self.seen.insert(seen.item.name.clone(), seen);
        }
    }

    /// The first file that stands still.
    #[must_use]
    pub fn next(&self, now: Moment) -> Option<Item> {
        let stands = |seen: &&Seen| !seen.is_over && now >= seen.since + self.files.settle;
        let standing = self.seen.values().filter(stands).map(|seen| &seen.item);
        let first = match self.files.order {
            Order::Name => standing.min_by_key(|item| &item.name),
            Order::Modified => standing.min_by_key(|item| (item.modified_ms, &item.name)),
        };
        first.cloned()
    }

    /// Those whose turn has not come, in their order.
    #[must_use]
    pub fn waiting(&self) -> Vec<Item> {
        let open = self.seen.values().filter(|seen| !seen.is_over);
        let mut items: Vec<Item> = open.map(|seen| seen.item.clone()).collect();
        // They lie in the order of their names.
        if self.files.order == Order::Modified {
            items.sort_by_key(|item| item.modified_ms);
        }
        items
    }

    /// Whether this file, which was taken, still looks as it did.
    #[must_use]
    pub fn stands(&self, item: &Item) -> bool {
        self.seen.get(&item.name).is_some_and(|seen| seen.item == *item)
    }

    /// Nothing more is to be done with this file, unless it changes.
    pub fn over(&mut self, item: &Item) {
        if let Some(seen) = self.seen.get_mut(&item.name) {
            seen.is_over = true;
        }
    }

    /// It could not be read: not before it has stood still again.
    pub fn later(&mut self, now: Moment, item: &Item) {
        if let Some(seen) = self.seen.get_mut(&item.name) {
            seen.since = now;
        }
    }

    /// How long until a file that is there may stand still; nothing if none is waited for.
    #[must_use]
    pub fn waits(&self, now: Moment) -> Option<Duration> {
        let open = self.seen.values().filter(|seen| !seen.is_over);
        open.map(|seen| (seen.since + self.files.settle).saturating_sub(now)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Shelf, WhenDone};

    fn at(seconds: u64) -> Moment {
        Moment::ZERO + Duration::from_secs(seconds)
    }

    fn watch(order: Order) -> Watch {
        let shelf = Shelf::DropFolder { path: "unused".into(), recursive: false };
        let pattern = glob::Pattern::new("*.csv").unwrap();
        let settle = Duration::from_secs(2);
        Watch::new(Files { shelf, pattern, settle, order, when_done: WhenDone::Keep, again: false, pgp: None })
    }

    fn item(name: &str, size: u64, modified_ms: u64) -> Item {
        Item { name: name.to_owned(), size, modified_ms }
    }

    #[test]
    fn a_file_is_taken_when_it_stands_still() {
        // (what lies there at each second, what is taken then)
        let grows = |size| vec![item("a.csv", size, 10), item("b.txt", 1, 1)];
        let table = [
            (grows(1), None, Some(2)),
            (grows(1), None, Some(1)),
            (grows(2), None, Some(2)),
            (grows(2), None, Some(1)),
            (grows(2), Some("a.csv"), None),
            (grows(2), None, None),
            (grows(3), None, Some(2)),
            (Vec::new(), None, None),
            (grows(3), None, Some(2)),
        ];
        let mut watch = watch(Order::Modified);
        for (second, (items, expected, waits)) in (0..).zip(table) {
            watch.look(at(second), items);
            let taken = watch.next(at(second));
            assert_eq!(taken.as_ref().map(|item| item.name.as_str()), expected, "at {second} s");
            taken.iter().for_each(|item| watch.over(item));
            assert_eq!(watch.waits(at(second)), waits.map(Duration::from_secs), "at {second} s");
        }
    }

    #[test]
    fn in_order() {
        let items = || vec![item("c.csv", 1, 20), item("b.csv", 1, 30), item("a.csv", 1, 30)];
        for (order, expected) in
            [(Order::Modified, ["c.csv", "a.csv", "b.csv"]), (Order::Name, ["a.csv", "b.csv", "c.csv"])]
        {
            let mut watch = watch(order);
            watch.look(at(0), items());
            let taken = expected.map(|_| {
                let item = watch.next(at(2)).unwrap();
                watch.over(&item);
                item.name
            });
            assert_eq!(taken, expected);
        }
    }

    #[test]
    fn what_could_not_be_read_is_tried_later() {
        let mut watch = watch(Order::Name);
        watch.look(at(0), vec![item("a.csv", 1, 1)]);
        let item = watch.next(at(2)).unwrap();
        watch.later(at(2), &item);
        assert_eq!((watch.next(at(3)), watch.next(at(4))), (None, Some(item)));
    }
}
