//! The component.

brazeline_kit::export!(crate::Lines: decoder);
