//! The component: what WIT brings goes to [`MapFields`](crate::MapFields).

brazeline_kit::export!(crate::MapFields: transform);
