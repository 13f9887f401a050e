//! A Braze and a Lytics to test against.
//!
//! They behave as the vendors document: they hold state, check every documented limit and answer each breach as documented, can
//! be told to fail, and can act: send webhook campaigns and fire audience triggers by the vendors' retry rules. They are written
//! from the documents and share no code with the components that they test. Where the documents are silent, a comment says what
//! was chosen.
//!
//! Each vendor is a state machine without a network ([`Braze`], [`Lytics`]: a request and a time in, an answer out), and a
//! [`Server`] puts it behind an address.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use brazeline_sandbox::{Fault, Options, Reset, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! sandbox.braze().script([Fault::TooMany { reset: Reset::Delta(1) }, Fault::AcceptThenCut]);
//! // ... something sends to `sandbox.braze().url()`, and then:
//! sandbox.braze().wait_until(|braze| braze.pending() == 0).await?;
//! let braze = sandbox.braze().state();
//! assert!(braze.profile("external_id:u-1").is_none());
//! assert_eq!(braze.data_points(), 0);
//! assert!(sandbox.lytics().read(|lytics| lytics.stream("braze_users").is_empty()));
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```

mod clock;
mod exchange;
mod fault;
mod html;
mod stage;

pub mod braze;
pub mod lytics;

mod post;
mod sandbox;
mod server;

pub use braze::Braze;
pub use exchange::{Answer, Delivery, Request};
pub use fault::{Every, Fault, Reset, Script};
pub use lytics::Lytics;
pub use sandbox::{Blocking, Options, Sandbox};
pub use server::{Acts, Server, TimedOut};
pub use stage::{Logged, Stage, Vendor};
