//! Audience export, whole: who is in which audience at Lytics is what Braze holds, and nothing is sent that Braze has.
//!
//! Every test looks at what the sandbox Braze holds afterwards.

#[path = "export/brake.rs"]
mod brake;
#[path = "export/files.rs"]
mod files;
#[path = "export/model.rs"]
mod model;
#[path = "export/rehearsal.rs"]
mod rehearsal;
#[path = "export/rejected.rs"]
mod rejected;
#[path = "export/scans.rs"]
mod scans;
#[path = "export/stage.rs"]
mod stage;
#[path = "export/triggers.rs"]
mod triggers;
#[path = "export/upkeep.rs"]
mod upkeep;
