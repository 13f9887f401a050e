//! `POST /users/track` and `/users/track/bulk`: is a request taken, and which of its objects (contract 1.1, 1.2, 1.5, 1.6)?
//!
//! [`read`] looks at a body and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::change::{Change, Kind, What};
use super::endpoint::Size;
use super::limit;
use super::refusal::Refusal;
use super::rules::Rules;
use super::who::Who;
use crate::fault::Fault;

type Objects = Option<Vec<Map<String, Value>>>;

/// The body. What else stands in it is not looked at.
#[derive(Deserialize)]
struct Body {
    attributes: Objects,
    events: Objects,
    purchases: Objects,
}

/// What came of a body that was taken.
#[derive(Debug, Default)]
pub struct Taken {
    /// What its objects ask for, in the order in which they are applied.
    pub changes: Vec<Change>,
    /// The members of the answer that count what was queued.
    counts: Map<String, Value>,
    /// The items of the answer's `errors`.
    errors: Vec<Value>,
}

/// What all objects are checked against.
pub struct Check<'a> {
    /// The rules.
    pub rules: &'a Rules,
    /// How much the request may hold.
    pub size: Size,
    /// Products that were bought before.
    pub products: &'a BTreeSet<String>,
    /// Objects that are refused on purpose.
    pub fault: Option<&'a Fault>,
    /// When the request came.
    pub now: Timestamp,
}

/// A request that is refused as a whole: the status and the message.
pub type Fatal = (StatusCode, &'static str);

/// Reads a body.
pub fn read(body: &[u8], check: &Check) -> Result<Taken, Fatal> {
    if body.len() > check.size.bytes {
        return Err(check.size.too_many_bytes);
    }
    let body: Body =
        serde_json::from_slice(body).map_err(|_| (StatusCode::BAD_REQUEST, "the body is no JSON of the right form"))?;
    let arrays = [(Kind::Attributes, body.attributes), (Kind::Events, body.events), (Kind::Purchases, body.purchases)];
    count(arrays.each_ref().map(|(_, array)| array.as_ref().map_or(0, Vec::len)), check.size)?;
    if arrays.iter().all(|(_, array)| array.is_none()) {
        return Err((StatusCode::BAD_REQUEST, "attributes, events or purchases are needed"));
    }
    let mut taken = Taken::default();
    let present = arrays.into_iter().filter_map(|(kind, array)| Some((kind, array?)));
    present.for_each(|(kind, objects)| taken.take(kind, objects, check));
    // Contract 1.8 does not say what is answered to more; it is taken to be the refusal of too many objects.
    if taken.most_of_one_profile() > check.size.of_one_profile { Err(TOO_MANY) } else { Ok(taken) }
}

const TOO_MANY: Fatal = (StatusCode::BAD_REQUEST, "Max Input Length Exceeded");

fn count(lengths: [usize; 3], size: Size) -> Result<(), Fatal> {
    let counted = if size.in_each_array { lengths.into_iter().max().unwrap_or(0) } else { lengths.into_iter().sum() };
    if counted > size.objects { Err(TOO_MANY) } else { Ok(()) }
}

impl Taken {
    fn most_of_one_profile(&self) -> usize {
        let mut counts: BTreeMap<&Who, usize> = BTreeMap::new();
        self.changes.iter().for_each(|change| *counts.entry(&change.who).or_default() += 1);
        counts.into_values().max().unwrap_or(0)
    }

    fn take(&mut self, kind: Kind, objects: Vec<Map<String, Value>>, check: &Check) {
        let before = self.changes.len();
        for (index, object) in objects.into_iter().enumerate() {
            match check.object(kind, index, object) {
                Ok(change) => self.changes.push(change),
                Err(refusal) => self.refuse(&refusal, kind, index, check),
            }
        }
        self.counts.insert(format!("{}_processed", kind.name()), json!(self.changes.len() - before));
    }

    fn refuse(&mut self, refusal: &Refusal, kind: Kind, index: usize, check: &Check) {
        let unplaced = matches!(check.fault, Some(Fault::RefuseCount { .. }));
        let place = (!unplaced).then_some((kind.name(), index));
        self.errors.push(check.rules.errors.item(refusal, place));
    }

    /// The answer's body.
    #[must_use]
    pub fn reply(&mut self, message: &str) -> Value {
        let mut reply = std::mem::take(&mut self.counts);
        reply.insert("message".into(), message.into());
        if !self.errors.is_empty() {
            reply.insert("errors".into(), std::mem::take(&mut self.errors).into());
        }
        Value::Object(reply)
    }
}

impl Check<'_> {
    fn object(&self, kind: Kind, index: usize, object: Map<String, Value>) -> Result<Change, Refusal> {
        self.on_purpose(kind, index)?;
        let change = Change::read(kind, object, self.now)?;
        match (&change.who, &change.what) {
            (Who::ExternalId(id), _) if self.rules.blocked_external_ids.contains(id) => {
                Err(Refusal::coded("BLACKLISTED_EXTERNAL_USER_ID", "external_id is blocked"))
            }
            (_, What::Purchase(purchase)) if self.is_one_product_too_many(&purchase.product_id) => {
                Err(Refusal::said("a workspace has at most 5000 products"))
            }
            _ => Ok(change),
        }
    }

    fn is_one_product_too_many(&self, product: &str) -> bool {
        self.products.len() >= limit::PRODUCTS && !self.products.contains(product)
    }

    fn on_purpose(&self, kind: Kind, index: usize) -> Result<(), Refusal> {
        let refused = match self.fault {
            Some(Fault::RefuseAt { array, indexes }) => array == kind.name() && indexes.contains(&index),
            Some(Fault::RefuseCount { count }) => index < *count,
            _ => false,
        };
        if refused { Err(Refusal::said("this refusal was asked for")) } else { Ok(()) }
    }
}
