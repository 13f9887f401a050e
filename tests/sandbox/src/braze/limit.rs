//! What does Braze allow at most?
//!
//! Each constant names the section of the contract that it comes from, and the page that the section cites, as read on
//! 2026-11-23.

/// Objects of one request, all arrays together; with legacy limits, of each array (1.2, `api/api_limits`).
pub const OBJECTS: usize = 75;

/// Bytes of a request's body: "4 MB", read strictly (1.2, `api/api_limits`).
pub const BODY_BYTES: usize = 4_000_000;

/// Objects of one bulk request, all arrays together (1.8, `/users/track/bulk`).
pub const BULK_OBJECTS: usize = 1_000;

/// Bytes of a bulk body: "2 MB", read strictly (1.8, `/users/track/bulk`).
pub const BULK_BODY_BYTES: usize = 2_000_000;

/// Objects about one profile in a bulk request (1.8, `/users/track/bulk`).
pub const BULK_PROFILE_OBJECTS: usize = 100;

/// Bulk requests of a second (1.8, `/users/track/bulk`).
pub const BULK_BURST: u32 = 50;

/// External ids or aliases of one export (4, `/users/export/ids`).
pub const EXPORT_IDS: usize = 50;

/// Exports of a minute, for newer accounts (4, `api/api_limits`).
pub const EXPORT_BURST: u32 = 250;

/// Requests for an export of a segment in an hour (4, `/users/export/segment`).
pub const EXPORTS_HOURLY: u32 = 250_000;

/// Exports of segments that run at once, all segments together (`/users/export/segment`, as read on 2026-11-26).
pub const EXPORTS_AT_ONCE: usize = 100;

/// Custom attributes of one export by name (`/users/export/segment`, as read on 2026-11-26).
pub const EXPORT_CUSTOM_ATTRIBUTES: usize = 500;

/// Bytes of an external id (1.3, `/users/track`).
pub const EXTERNAL_ID_BYTES: usize = 987;

/// Characters of a custom attribute's key and of any text value, and of an event's or a product's name (2.3, 2.5).
pub const CHARACTERS: usize = 255;

/// Elements of an array attribute, unless the dashboard says otherwise (2.1, the user attributes object).
pub const ARRAY_ELEMENTS: usize = 500;

/// Bytes of an object, or of an array of objects, in an attribute (2.2, nested custom attributes).
pub const NESTED_BYTES: usize = 100_000;

/// Bytes of an event's properties (2.5, the event object).
pub const EVENT_PROPERTIES_BYTES: usize = 100_000;

/// Bytes of a purchase's properties: 50 KB in one place and 100 KB in another; the smaller one is checked (2.5).
pub const PURCHASE_PROPERTIES_BYTES: usize = 50_000;

/// How many of a product one purchase may hold (2.5, the purchase object).
pub const QUANTITY: u64 = 100;

/// Distinct products of a workspace (2.5, the purchase object).
pub const PRODUCTS: usize = 5_000;

/// Bytes of a device id, from and to (1.5, `BAD_DEVICE_ID`).
pub const DEVICE_ID_BYTES: std::ops::RangeInclusive<usize> = 8..=255;

/// Requests of one burst window (1.4, `api/api_limits`).
pub const BURST: u32 = 3_000;

/// Seconds of a burst window (1.4, `api/api_limits`).
pub const BURST_SECONDS: u32 = 3;
