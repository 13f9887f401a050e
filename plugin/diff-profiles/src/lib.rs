//! What does the sink not know yet?
//!
//! Remembers per person what the sink was last told, and passes on the difference only: audiences entered and left, and profile
//! attributes whose value is another one. What did not change costs nothing downstream, and that is nearly everything that a full look at
//! a million people brings.
//!
//! - **A trigger** (an event outside a snapshot) is news: a membership that changes is told.
//! - **A snapshot** says how things are: what is as it was is neither told nor written. The first complete look at an audience is no
//!   change either: it is told as restated, or only learnt (`existing_users`).
//! - **The absent** of a snapshot have left its audiences, unless a newer trigger says otherwise.
//! - **What the sink's system said itself** (`known_as_of`) is remembered and never told: when it comes back by way of the source, it is no
//!   change.
//! - **In doubt**, after a rejection, everything is said again, marked `restated`.
//!
//! A statement about an audience that is older than what is held of it is ignored, so order does not matter. One without `as_of` counts as
//! newest; in a snapshot, as old as the snapshot.

pub mod settings;

pub mod time;
pub mod update;

pub mod hash;
pub mod state;

pub mod age;
pub mod learnt;

pub mod attributes;
pub mod look;
pub mod membership;
pub mod tell;

pub mod absent;
pub mod work;

pub mod diff_profiles;

#[cfg(target_family = "wasm")]
mod component;

pub use diff_profiles::DiffProfiles;
