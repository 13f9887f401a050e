//! Which credentials can be proven, and with what?
//!
//! A component that exports `probe` knows a request that changes nothing and tells whether its credentials work. Nodes that would ask the
//! same thing ask it once.

use crate::assembly::{Assembly, Plugin, reach};
use crate::component::types::Request;
use crate::component::{CallError, Kind, Node};
use crate::config::{self, Secrets};
use crate::delivery::request::Targets;
use crate::problem::{Problem, Problems};

/// A credential, and how to prove it.
pub struct Proof<'p> {
    /// The authorization's name.
    pub authorization: &'p str,
    /// The nodes for which it is proven.
    pub nodes: Vec<&'p config::Node>,
    /// Reads the answer.
    pub component: Node,
    /// Where to, and with what.
    pub targets: Targets,
    /// The request to make; none if these settings need no credentials.
    pub request: Result<Option<Request>, CallError>,
    sha256: &'p str,
}

impl Proof<'_> {
    /// Whether both come from one authorization and ask the same of the same place.
    fn is_same(&self, other: &Self) -> bool {
        let asks = |proof: &Self| proof.request.as_ref().ok().cloned();
        (self.authorization, self.sha256) == (other.authorization, other.sha256)
            && self.component.plan().targets == other.component.plan().targets
            && asks(self).is_some_and(|request| asks(other) == Some(request))
    }
}

impl<'p> Assembly<'p> {
    /// What can be proven. `nonce` is random text for names that nobody else has. Nothing is sent. Blocks.
    pub fn proofs(&'p self, secrets: &Secrets, nonce: &str) -> Result<Vec<Proof<'p>>, Problems> {
        let mut proofs: Vec<Proof<'p>> = Vec::new();
        let mut problems = Vec::new();
        for node in self.pipeline.nodes() {
            match self.proof(node, secrets, nonce) {
                Ok(None) => {}
                Ok(Some(proof)) => match proofs.iter_mut().find(|other| other.is_same(&proof)) {
                    Some(same) => same.nodes.push(node),
                    None => proofs.push(proof),
                },
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(proofs) } else { Err(Problems::new(problems)) }
    }

    fn proof(&'p self, node: &'p config::Node, secrets: &Secrets, nonce: &str) -> Result<Option<Proof<'p>>, Problem> {
        let Some(authorization) = self.pipeline.authorization_of(node) else { return Ok(None) };
        let Plugin::Component { component, node: loaded, plan, .. } = &self.plugins[node.id.as_str()] else {
            return Ok(None);
        };
        if !component.kinds().has(Kind::Probe) {
            return Ok(None);
        }
        Ok(Some(Proof {
            authorization: &authorization.name,
            nodes: vec![node],
            targets: reach::targets(self.pipeline, node, plan, component.is_embedded(), secrets)?,
            request: loaded.probe(nonce).map(Option::flatten),
            component: loaded.clone(),
            sha256: component.sha256(),
        }))
    }
}
