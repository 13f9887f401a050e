//! The person update: the one shape that all sources emit and all sinks accept.
//!
//! Members are kept as the text they came in ([`RawValue`](serde_json::value::RawValue)), so what nobody touches is not parsed and goes
//! out byte for byte; that holds for members that this version does not know, too. `wit/person-update.schema.json` describes the shape.

mod audiences;
mod field;
mod fit;
mod identifier;
mod members;
mod text;
mod update;
mod user;

pub use audiences::Audiences;
pub use field::{AliasField, IdentifierField, Source};
pub use fit::{EXTERNAL_ID_BYTES, KEY_BYTES};
pub use identifier::{Identifier, Kind};
pub use members::Other;
pub use update::PersonUpdate;
pub use user::{Alias, User};
