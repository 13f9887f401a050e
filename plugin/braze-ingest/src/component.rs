//! The WebAssembly component.

use crate::BrazeIngest;

brazeline_kit::export!(BrazeIngest: receiver, decoder, poller, probe);
