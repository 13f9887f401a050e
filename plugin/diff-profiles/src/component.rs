//! The component: what WIT brings goes to [`DiffProfiles`](crate::DiffProfiles).

brazeline_kit::export!(crate::DiffProfiles: keyed_transform);
