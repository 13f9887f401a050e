//! The component.

brazeline_kit::export!(crate::Tier: transform);
