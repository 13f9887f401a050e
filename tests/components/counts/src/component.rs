//! The component.

brazeline_kit::export!(crate::Counts: keyed_transform);
