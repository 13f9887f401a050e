//! Saying what requests cost, before they are sent.

use crate::{Request, Sink};

/// A sink that knows what its vendor bills.
pub trait Meter: Sink {
    /// What sending these requests would cost. Each name at most once.
    fn measure(&self, requests: &[Request]) -> Vec<Cost>;
}

/// How much of something that is paid for or limited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// What is counted, in the vendor's words: `data points`.
    pub name: String,
    /// How many.
    pub count: u64,
}
