//! What does Braze allow?
//!
//! Each limit names the page it comes from and the day it was read. The settings can lower those of a request, and name another pace.
//! Where a page says KB or MB and not which kind, the smaller reading is taken: it is never refused.

/// Objects in a request, attributes, events and purchases counted together; customers with "legacy rate limits" may send as many in each
/// array. `braze.com/docs/api/api_limits`, 2026-11-23.
pub const OBJECTS: usize = 75;

/// Bytes of a body: 4 MB. `braze.com/docs/api/api_limits`, 2026-11-23.
pub const BODY_BYTES: usize = 4_000_000;

/// Requests of a burst window. `braze.com/docs/api/api_limits`, 2026-11-23.
pub const BURST: u64 = 3_000;

/// The length of a burst window. `braze.com/docs/api/api_limits`, 2026-11-23.
pub const BURST_MS: u64 = 3_000;

/// Objects in a bulk request, all arrays together. `braze.com/docs/api/endpoints/user_data/post_user_track_bulk`, 2026-11-23.
pub const BULK_OBJECTS: usize = 1_000;

/// Bytes of a bulk body: 2 MB. `braze.com/docs/api/endpoints/user_data/post_user_track_bulk`, 2026-11-23.
pub const BULK_BODY_BYTES: usize = 2_000_000;

/// Objects of one profile in a bulk request. `braze.com/docs/api/endpoints/user_data/post_user_track_bulk`, 2026-11-23.
pub const BULK_PROFILE_OBJECTS: usize = 100;

/// Bulk requests of a second. `braze.com/docs/api/endpoints/user_data/post_user_track_bulk`, 2026-11-23.
pub const BULK_BURST: u64 = 50;

/// The window of [`BULK_BURST`]. `braze.com/docs/api/endpoints/user_data/post_user_track_bulk`, 2026-11-23.
pub const BULK_BURST_MS: u64 = 1_000;

/// Accepted is only queued, and separate requests are applied in any order; the advice is a delay of a few seconds.
/// `braze.com/docs/api/endpoints/user_data/post_user_track`, 2026-11-23.
pub const REST_MS: u32 = 5_000;

/// Bytes of an external id. `braze.com/docs/api/endpoints/user_data/post_user_track`, 2026-11-23.
pub const EXTERNAL_ID_BYTES: usize = 987;

/// Characters of a name (of an attribute, an event, a product, a property) and of a text. Braze's developer guide on attributes, and
/// `braze.com/docs/api/objects_filters/event_object`, 2026-11-23.
pub const CHARACTERS: usize = 255;

/// Elements of an array attribute; a dashboard may say less. Braze's user attributes object, 2026-11-23.
pub const ARRAY_ELEMENTS: usize = 500;

/// Bytes of an object, or of an array of objects, in an attribute: 100 KB. Braze's page on nested custom attributes, 2026-11-23.
pub const NESTED_BYTES: usize = 100_000;

/// Bytes of an event's properties: 100 KB. `braze.com/docs/api/objects_filters/event_object`, 2026-11-23.
pub const EVENT_PROPERTIES_BYTES: usize = 100_000;

/// Bytes of a purchase's properties: two pages say 50 KB and 100 KB, so the smaller. Braze's purchase object, 2026-11-23.
pub const PURCHASE_PROPERTIES_BYTES: usize = 50_000;

/// How many of a product one purchase may hold. Braze's purchase object, 2026-11-23.
pub const QUANTITY: u64 = 100;

/// Bytes of a push token's device id, from and to. `braze.com/docs/api/endpoints/user_data/post_user_track`, 2026-11-23.
pub const DEVICE_ID_BYTES: std::ops::RangeInclusive<usize> = 8..=255;
