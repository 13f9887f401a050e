//! The component.

brazeline_kit::export!(crate::Pages: poller);
