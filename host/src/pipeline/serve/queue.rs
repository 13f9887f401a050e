//! Where requests wait for a thread.
//!
//! Waking a thread costs more than reading a small request, so whoever puts something in wakes one only if one sleeps.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// First in, first out, for threads.
#[derive(Debug)]
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    /// Threads that sleep, and how many of those were woken and have not come to it yet.
    sleeping: usize,
    woken: usize,
    is_closed: bool,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let state = State { waiting: VecDeque::new(), sleeping: 0, woken: 0, is_closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new() }
    }
}

impl<T> Queue<T> {
    /// Puts something in; false if nobody will take it out.
    pub(super) fn push(&self, one: T) -> bool {
        let mut state = self.state();
        if state.is_closed {
            return false;
        }
        state.waiting.push_back(one);
        let wakes = state.sleeping > state.woken;
        state.woken += usize::from(wakes);
        drop(state);
        if wakes {
            self.filled.notify_one();
        }
        true
    }

    /// Waits for the next; `None` once it is closed.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(one) = state.waiting.pop_front() {
                return Some(one);
            }
            if state.is_closed {
                return None;
            }
            state.sleeping += 1;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.sleeping -= 1;
            // One may wake by itself: then one too many is woken next, and never one too few.
            state.woken = state.woken.saturating_sub(1);
        }
    }

    /// Takes nothing more in, and drops what waits.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let dropped = std::mem::take(&mut state.waiting);
        drop(state);
        self.filled.notify_all();
        drop(dropped);
    }

    /// Whether that has happened.
    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        // Nothing that can panic runs while it is locked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
