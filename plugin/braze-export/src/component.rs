//! The WebAssembly component.

use crate::BrazeExport;

brazeline_kit::export!(BrazeExport: sink, meter, probe);
