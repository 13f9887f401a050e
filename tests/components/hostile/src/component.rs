//! The component.

brazeline_kit::export!(crate::Hostile: transform);
