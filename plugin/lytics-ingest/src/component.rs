//! The component: what WIT brings goes to [`LyticsIngest`](crate::LyticsIngest).

brazeline_kit::export!(crate::LyticsIngest: receiver, poller, decoder, probe);
