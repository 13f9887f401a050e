//! The component: what WIT brings goes to [`LyticsExport`](crate::LyticsExport).

brazeline_kit::export!(crate::LyticsExport: sink, probe);
