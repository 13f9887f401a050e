//! Audience export, whole: who is in which audience at Lytics is what Braze holds, and nothing is sent that Braze has.
//!
//! Every test looks at what the sandbox Braze holds afterwards.

#[path = "export/absent.rs"]
mod absent;
#[path = "export/array.rs"]
mod array;
#[path = "export/brake.rs"]
mod brake;
#[path = "export/credentials.rs"]
mod credentials;
#[path = "export/deeds.rs"]
mod deeds;
#[path = "export/files.rs"]
mod files;
#[path = "export/identifiers.rs"]
mod identifiers;
#[path = "export/large.rs"]
mod large;
#[path = "export/late.rs"]
mod late;
#[path = "export/model.rs"]
mod model;
#[path = "export/rehearsal.rs"]
mod rehearsal;
#[path = "export/rejected.rs"]
mod rejected;
#[path = "export/repeats.rs"]
mod repeats;
#[path = "export/sample.rs"]
mod sample;
#[path = "export/scans.rs"]
mod scans;
#[path = "export/stage.rs"]
mod stage;
#[path = "export/triggers.rs"]
mod triggers;
#[path = "export/upkeep.rs"]
mod upkeep;
