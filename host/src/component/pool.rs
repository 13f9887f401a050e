//! The instances of one node: kept for the run, one for each call at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::call::CallError;

/// Things that are made when they are first needed, up to a number, and then waited for.
#[derive(Debug)]
pub struct Pool<T> {
    most: usize,
    room: Mutex<Room<T>>,
    freed: Condvar,
}

#[derive(Debug)]
struct Room<T> {
    /// The last that was given back is taken first: its memory is warm.
    idle: Vec<T>,
    /// Idle and taken ones.
    alive: usize,
    /// Who waits for one: waking nobody costs a call of the system, too.
    waiting: usize,
}

impl<T> Pool<T> {
    /// A pool of at most so many, at least one, that begins with this one.
    pub fn new(most: usize, first: T) -> Self {
        let room = Mutex::new(Room { idle: vec![first], alive: 1, waiting: 0 });
        Self { most: most.max(1), room, freed: Condvar::new() }
    }

    /// Does something with one of them; makes one if none is idle and there is room, and waits if there is not. It is kept if
    /// all went well, and thrown away if not.
    pub fn with<A>(
        &self,
        make: impl FnOnce() -> Result<T, CallError>,
        act: impl FnOnce(&mut T) -> Result<A, CallError>,
    ) -> Result<A, CallError> {
        let mut place = self.take();
        let mut one = match place.one.take() {
            Some(idle) => idle,
            None => make()?,
        };
        let done = act(&mut one)?;
        place.one = Some(one);
        Ok(done)
    }

    /// Takes a place in the room, with an idle one if there is any.
    fn take(&self) -> Place<'_, T> {
        let mut room = self.room();
        loop {
            if let Some(idle) = room.idle.pop() {
                return Place { pool: self, one: Some(idle) };
            }
            if room.alive < self.most {
                room.alive += 1;
                return Place { pool: self, one: None };
            }
            room.waiting += 1;
            room = self.freed.wait(room).unwrap_or_else(PoisonError::into_inner);
            room.waiting -= 1;
        }
    }

    fn room(&self) -> MutexGuard<'_, Room<T>> {
        // Nothing that can panic runs while it is locked.
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A taken place. It is free again when this is dropped, also by a panic.
struct Place<'a, T> {
    pool: &'a Pool<T>,
    one: Option<T>,
}

impl<T> Drop for Place<'_, T> {
    fn drop(&mut self) {
        let mut room = self.pool.room();
        match self.one.take() {
            Some(one) => room.idle.push(one),
            None => room.alive -= 1,
        }
        let is_awaited = room.waiting > 0;
        drop(room);
        if is_awaited {
            self.pool.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    fn failed() -> CallError {
        CallError::Trapped("unreachable".into())
    }

    #[test]
    fn one_that_failed_is_replaced_and_any_other_is_used_again() {
        let made = AtomicUsize::new(0);
        let pool = Pool::new(1, 0);
        let make = || Ok(made.fetch_add(1, Ordering::Relaxed) + 1);
        // (whether the call fails, the one that it meets)
        for (fails, expected) in [(false, 0), (false, 0), (true, 0), (false, 1), (true, 1), (true, 2), (false, 3)] {
            let mut met = None;
            let answer = pool.with(make, |one| {
                met = Some(*one);
                if fails { Err(failed()) } else { Ok(()) }
            });
            assert_eq!((answer.is_err(), met), (fails, Some(expected)));
        }
    }

    #[test]
    fn one_that_cannot_be_made_takes_no_room() {
        let pool = Pool::new(1, 0);
        assert_eq!(pool.with(|| Ok(1), |_| Err::<(), _>(failed())), Err(failed()));
        for _ in 0..3 {
            assert_eq!(pool.with(|| Err(failed()), |_| Ok(())), Err(failed()));
        }
        assert_eq!(pool.with(|| Ok(7), |one| Ok(*one)), Ok(7));
    }

    #[test]
    fn it_grows_to_its_size_and_then_waits() {
        let (made, together) = (AtomicUsize::new(1), Barrier::new(3));
        let pool = Pool::new(3, 0);
        let make = || Ok(made.fetch_add(1, Ordering::Relaxed));
        thread::scope(|scope| {
            for _ in 0..9 {
                // Three at a time meet at the barrier; a fourth in the pool would let a thread hang there.
                scope.spawn(|| {
                    pool.with(make, |_| {
                        together.wait();
                        Ok(())
                    })
                });
            }
        });
        assert_eq!(made.load(Ordering::Relaxed), 3);
    }
}
