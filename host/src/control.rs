//! How does an operator ask something of a pipeline, or have something done, whether it runs or not?
//!
//! A [`Clerk`] answers [`Request`]s from the store, and from a run where there is one. A running pipeline has one behind a socket in its
//! `data_dir`; when nothing runs, the command opens the store and asks a clerk of its own: the same code answers. What a clerk cannot do it
//! [refuses](Refusal), in the words of a message.
//!
//! To add a question: a case of [`Request`] and one of [`Answer`], a line in [`Clerk::answer`], and a file here that does the work.

mod ask;
mod clerk;
mod files;
mod letters;
mod message;
mod replay;
pub mod socket;
pub mod status;
mod sums;
mod upkeep;

pub use ask::{Session, Unanswered, ask_or_open, patiently};
pub use clerk::{Clerk, Reload, Run};
pub use message::{Answer, Kept, Letter, Needs, Refusal, Replayed, Request, Which};
pub use status::Status;

#[cfg(test)]
mod tests;
