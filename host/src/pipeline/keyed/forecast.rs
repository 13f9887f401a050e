//! What does it cost to tell everybody who was there before?
//!
//! The first look at an audience tells all of its people, and an operator should hear what that means before the first request goes out. So the
//! first page's output is turned into requests that nobody sends, and what they cost is scaled to the number of people that the source itself
//! counts. It is an estimate: the first page stands for all.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use super::notes::Look;
use crate::component::types::{Batch, Budget, Cost, Outgoing, Request};
use crate::component::{CallError, Node};

/// A page may be large; so many events of it tell enough.
const SAMPLE: usize = 2_000;

/// Who delivers what is told, and how much of its budgets it may use.
pub type Teller = (Node, f64);

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// The audiences that are looked at for the first time.
    pub audiences: Vec<String>,
    /// How many people are told.
    pub people: u64,
    /// The source itself counts them; otherwise there are at least so many.
    pub is_total: bool,
    /// In how many requests.
    pub requests: u64,
    /// What those cost, in the vendor's words.
    pub costs: BTreeMap<String, u64>,
    /// How many seconds the budgets make it last, by their names.
    pub seconds_at_budget: BTreeMap<String, f64>,
}

impl Forecast {
    /// What is foreseen when the first of `rows` people of a look have become `told`.
    pub fn new((node, share): &Teller, look: &Look, rows: u64, told: &Batch) -> Result<Self, CallError> {
        let sample = told.len().min(SAMPLE);
        let prepared = node.prepare(&told.slice(0..sample))?;
        let requests: Vec<Request> = prepared.requests.iter().map(|outgoing| outgoing.request.clone()).collect();
        let costs = if requests.is_empty() { None } else { node.measure(&requests)? };
        let (told, rows) = (told.len() as u64, rows.max(1));
        let people = match look.total {
            // Of so many, as many are told as of those that came.
            Some(total) => scaled(total.max(rows), told, rows),
            None => told,
        };
        let all = |count: u64| scaled(count, people, sample.max(1) as u64);
        // The last request of a page is not full, and those of a whole run are.
        let carried = |at: &Outgoing| at.events.len() as u64;
        let (slots, full) =
            (prepared.requests.iter().map(carried).sum(), prepared.requests.iter().map(carried).max().unwrap_or(1));
        let requests_in_all = all(slots).div_ceil(full.max(1));
        let costs = costs.unwrap_or_default().into_iter().map(|Cost { name, count }| (name, all(count)));
        let draws = |name: &str| {
            let draws = prepared.requests.iter().flat_map(|one| &one.budgets).filter(|budget| *budget == name).count();
            scaled(draws as u64, requests_in_all, prepared.requests.len() as u64)
        };
        let seconds = |budget: &Budget| {
            let windows = draws(&budget.name) as f64 / (budget.limit? as f64 * share).max(1.0);
            let seconds = windows * budget.resets_in_ms as f64 / 1000.0;
            (windows > 0.0).then(|| (budget.name.clone(), seconds))
        };
        Ok(Self {
            audiences: look.baseline.clone(),
            people,
            is_total: look.total.is_some(),
            requests: requests_in_all,
            costs: costs.collect(),
            seconds_at_budget: node.plan().budgets.iter().filter_map(seconds).collect(),
        })
    }
}

/// Rounded up.
fn scaled(count: u64, by: u64, of: u64) -> u64 {
    let scaled = (u128::from(count) * u128::from(by)).div_ceil(u128::from(of.max(1)));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

impl Display for Forecast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { audiences, people, is_total, requests, costs, seconds_at_budget } = self;
        let about = if *is_total { "about" } else { "at least" };
        write!(
            f,
            "first look at {}: {about} {people} people are told, in about {requests} requests",
            audiences.join(", ")
        )?;
        costs.iter().try_for_each(|(name, count)| write!(f, ", {count} {name}"))?;
        seconds_at_budget.iter().try_for_each(|(name, seconds)| match *seconds < 0.1 {
            true => write!(f, ", no time at the rate of `{name}`"),
            false => write!(f, ", {seconds:.1} s at the rate of `{name}`"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn a_part_stands_for_all() {
        let table = [(100, 50, 50, 100), (3, 1_000_000, 200, 15_000), (1, 10, 75, 1), (0, 9, 9, 0), (5, 7, 0, 35)];
        for (count, by, of, expected) in table {
            assert_eq!(scaled(count, by, of), expected, "{count} * {by} / {of}");
        }
        assert_eq!(scaled(u64::MAX, u64::MAX, 1), u64::MAX);
    }
}
