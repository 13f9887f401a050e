//! What time is it?
//!
//! The only place of the sandbox that reads a clock. Everything that decides is given the time, so that it can be tested as a
//! table. (What sleeps uses tokio's clock, which a test can pause.)

use jiff::Timestamp;

/// Now.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}
