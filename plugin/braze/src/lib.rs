//! What more than one component knows of Braze.
//!
//! No component itself: where its instances listen, how long it asks to be left alone, and what may be repeated of its words.

pub mod instance;
pub mod quote;
pub mod wait;
