//! Whole pipelines: the real program between the sandbox's Braze and Lytics.
//!
//! One binary for all suites, because each would link the engine anew. What all of them need lies under `support/`.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect has failed")]

#[path = "support/components.rs"]
mod components;
#[path = "support/feed.rs"]
mod feed;
#[expect(dead_code, reason = "the benchmarks ask for more")]
#[path = "support/gnupg.rs"]
mod gnupg;
#[path = "support/host.rs"]
mod host;
#[path = "support/http.rs"]
mod http;
#[path = "support/moto.rs"]
mod moto;
#[path = "support/openssh.rs"]
mod openssh;
#[expect(dead_code, reason = "the benchmarks ask for more")]
#[path = "benches/people.rs"]
mod people;
#[path = "support/proxy.rs"]
mod proxy;
#[path = "support/real.rs"]
mod real;
#[path = "support/receiver.rs"]
mod receiver;
#[path = "support/scene.rs"]
mod scene;
#[path = "support/segment.rs"]
mod segment;

#[path = "e2e/accounts.rs"]
mod accounts;
#[path = "e2e/audiences.rs"]
mod audiences;
#[path = "e2e/budgets.rs"]
mod budgets;
#[path = "e2e/crash.rs"]
mod crash;
#[path = "e2e/custom.rs"]
mod custom;
#[path = "e2e/delivered.rs"]
mod delivered;
#[path = "e2e/export.rs"]
mod export;
#[path = "e2e/files.rs"]
mod files;
#[path = "e2e/hostile.rs"]
mod hostile;
#[path = "e2e/imports.rs"]
mod imports;
#[path = "e2e/live.rs"]
mod live;
#[path = "e2e/pages.rs"]
mod pages;
#[path = "e2e/rejections.rs"]
mod rejections;
#[path = "e2e/reload.rs"]
mod reload;
#[path = "e2e/remembers.rs"]
mod remembers;
#[path = "e2e/replay.rs"]
mod replay;
#[path = "e2e/segments.rs"]
mod segments;
#[path = "e2e/shape.rs"]
mod shape;
#[path = "e2e/shelves.rs"]
mod shelves;
#[path = "e2e/two_way.rs"]
mod two_way;
#[path = "e2e/vector.rs"]
mod vector;
#[path = "e2e/webhooks.rs"]
mod webhooks;
