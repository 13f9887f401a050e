//! Where the names that a component uses lie, and what is shown there.

use std::collections::BTreeMap;

use super::build::build;
use crate::component::types::Request;
use crate::config::Origin;
use crate::delivery::mask::Mask;
use crate::delivery::scheme::Scheme;
use crate::problem::Problem;

/// The targets of one node.
#[derive(Debug, Default)]
pub struct Targets {
    targets: BTreeMap<String, Target>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Target {
    origin: Origin,
    scheme: Option<Scheme>,
    mask: Mask,
}

impl Targets {
    /// Adds a target. `plain_http`: the operator said that a secret may be sent in the clear.
    pub fn add(&mut self, name: &str, origin: Origin, scheme: Option<Scheme>, plain_http: bool) -> Result<(), Problem> {
        if origin.is_plain() && scheme.is_some() && !plain_http {
            return Err(Problem::error(
                format!("`{origin}` would get a secret unencrypted"),
                "use `https://`, or say `plain_http: true` in the authorization",
            ));
        }
        let mask = Mask::new(scheme.iter().flat_map(Scheme::forms));
        self.targets.insert(name.to_owned(), Target { origin, scheme, mask });
        Ok(())
    }

    /// The names and where they lie.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.targets.iter().map(|(name, target)| (name.as_str(), &target.origin))
    }

    /// Whether a request could be sent, but for its body; an error says why it never can.
    pub fn check(&self, request: &Request) -> Result<(), String> {
        let head = Request { body: Vec::new(), ..request.clone() };
        let target = self.get(&request.target).ok_or_else(|| unknown(&request.target))?;
        build(target, &head).map(drop)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Target> {
        self.targets.get(name)
    }
}

pub(super) fn unknown(target: &str) -> String {
    format!("target `{}` is not known", target.escape_debug())
}

impl Target {
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn scheme(&self) -> Option<&Scheme> {
        self.scheme.as_ref()
    }

    pub(super) fn mask(&self) -> &Mask {
        &self.mask
    }
}
