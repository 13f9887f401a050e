//! `brazeline check --live`
//!
//! Do the credentials work? Each is asked about at its vendor, with a request that changes nothing: once for each authorization and kind of
//! plugin. Which call that is, which permission it needs and what an answer means is the component's word; its documentation says it. A server
//! with files is logged in at and asked for a list.
//!
//! - `works`: the vendor took the request, so the credential may do what this plugin does.
//! - `fails`: the vendor refused it; the component says why and what to do.
//! - `unknown`: nothing is proven, because the vendor was not reached, or answered something else.

mod files;

use anyhow::Context;
use futures_util::future::join_all;
use tokio::runtime::Runtime;

use super::Exit;
use crate::assembly::{Assembly, Far, Proof};
use crate::clock::Clock;
use crate::component::types::Finding;
use crate::config::{Mask, Node, Secrets};
use crate::delivery::request::{Client, Sent};
use crate::problem::{Clean, Problems};

/// For a vendor that was not reached.
const NOT_REACHED: &str =
    "nothing is proven: let this machine reach that host (name server, firewall), or name another one";

/// Proves what can be proven, and shows it.
pub fn live(assembly: &Assembly<'_>, secrets: &Secrets) -> Result<Exit, super::Failure> {
    let clock = Clock::system();
    let shelves = assembly.shelves(secrets).map_err(Problems::from)?;
    let proofs = assembly.proofs(secrets, &clock.nonce())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("no threads")?;
    let sent = send(&proofs, &clock, &runtime);
    println!("live");
    let mask = secrets.mask();
    let mut exit = Exit::Done;
    for (proof, sent) in proofs.iter().zip(sent) {
        let said = found(proof, sent);
        if !matches!(said, Said::Works | Said::Nothing) {
            exit = Exit::Stopped;
        }
        show(proof, &said, &mask);
    }
    if !runtime.block_on(files::list(&shelves, &mask)) {
        exit = Exit::Stopped;
    }
    for authorization in &assembly.pipeline.authorizations {
        let fetches = |(_, files, _): &Far<'_>| {
            files.shelf.authorization().is_some_and(|named| named.value == authorization.name)
        };
        let is_asked = proofs.iter().any(|proof| proof.authorization == authorization.name);
        if !is_asked && !shelves.iter().any(fetches) {
            println!("  {}: not asked about, no plugin that uses it can", authorization.name);
        }
    }
    Ok(exit)
}

/// All at once, because one that is not reached takes its time.
fn send(proofs: &[Proof<'_>], clock: &Clock, runtime: &Runtime) -> Vec<Option<Sent>> {
    let client = Client::new(*clock);
    let ask = async |proof: &Proof<'_>| match &proof.request {
        Ok(Some(request)) => Some(client.send(&proof.targets, request).await),
        Ok(None) | Err(_) => None,
    };
    // Made within the runtime, whose clock it uses.
    runtime.block_on(async { join_all(proofs.iter().map(ask)).await })
}

enum Said {
    Works,
    /// These settings need no credentials.
    Nothing,
    Fails(String),
    Unknown(String),
    /// The same, and the vendor was not reached.
    NotReached(String),
}

fn found(proof: &Proof<'_>, sent: Option<Sent>) -> Said {
    let response = match (&proof.request, sent) {
        (Err(error), _) => return Said::Unknown(format!("the component failed: {error}")),
        (Ok(_), None) => return Said::Nothing,
        (Ok(_), Some(Sent::NotSent(why))) => return Said::NotReached(format!("no connection to {why}")),
        (Ok(_), Some(Sent::Unknown(why))) => return Said::NotReached(format!("no answer from {why}")),
        (Ok(_), Some(Sent::Refused(why))) => return Said::Unknown(format!("the component's request: {why}")),
        (Ok(_), Some(Sent::Answered(response))) => response,
    };
    match proof.component.judge(&response) {
        Ok(Finding::Works) => Said::Works,
        Ok(Finding::Fails(why)) => Said::Fails(why),
        Ok(Finding::Unknown(why)) => Said::Unknown(why),
        Err(error) => Said::Unknown(format!("the component failed on the answer: {error}")),
    }
}

fn show(proof: &Proof<'_>, said: &Said, mask: &Mask) {
    let nodes: Vec<String> = proof.nodes.iter().map(|node| Node::name(node)).collect();
    let who = format!("  {}, {}", proof.authorization, nodes.join(", "));
    match said {
        Said::Works => println!("{who}: works"),
        Said::Nothing => println!("{who}: needs no credential"),
        Said::Fails(why) => println!("{who}: fails: {}", Clean(&mask.text(why))),
        Said::Unknown(why) => println!("{who}: unknown: {}", Clean(&mask.text(why))),
        Said::NotReached(why) => {
            println!("{who}: unknown: {}", Clean(&mask.text(why)));
            println!("    help: {NOT_REACHED}");
        }
    }
}
