//! How events leave: what is decided about a delivery, and how a request is sent.
//!
//! [`gather`], [`order`], [`budget`] and [`retry`] are policies: they are given the time and answer, and never wait.
//! [`scheme`], [`request`] and [`inbound`] are the only places that touch a secret.

pub mod budget;
pub mod gather;
pub mod inbound;
pub mod key;
mod mask;
pub mod order;
pub mod request;
pub mod retry;
pub mod scheme;
