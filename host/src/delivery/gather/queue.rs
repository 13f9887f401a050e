//! The events of one key, the oldest first.
//!
//! Most keys have one event, which takes no memory of its own.

use std::collections::VecDeque;

/// See the module. Nothing is later if nothing is first.
#[derive(Debug)]
pub(super) struct Queue<T> {
    first: Option<T>,
    later: VecDeque<T>,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { first: None, later: VecDeque::new() }
    }
}

impl<T> Queue<T> {
    pub fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.later.len()
    }

    pub fn front(&self) -> Option<&T> {
        self.first.as_ref()
    }

    pub fn push_back(&mut self, event: T) {
        match self.first {
            None => self.first = Some(event),
            Some(_) => self.later.push_back(event),
        }
    }

    /// Takes the oldest if `may` says so.
    pub fn pop_front_if(&mut self, may: impl FnOnce(&T) -> bool) -> Option<T> {
        let first = self.first.take_if(|first| may(first))?;
        self.first = self.later.pop_front();
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn what_came_first_goes_first() {
        let mut queue = Queue::default();
        for round in 0..3 {
            (0..round).for_each(|number| queue.push_back(number));
            assert_eq!((queue.len(), queue.front().copied()), (round, (0..round).next()));
            assert_eq!(queue.pop_front_if(|_| false), None);
            let gone: Vec<usize> = std::iter::from_fn(|| queue.pop_front_if(|_| true)).collect();
            assert_eq!(gone, (0..round).collect::<Vec<_>>());
        }
    }
}
