//! `meter`.

use super::batch::each;
use super::{Glue, with};
use crate::bindings::meter as wit;
use crate::bindings::types;
use crate::{Cost, Meter};

impl<T: Meter> wit::Guest for Glue<T> {
    fn measure(requests: Vec<types::Request>) -> Vec<wit::Cost> {
        with(|plugin: &T| each(plugin.measure(&each(requests))))
    }
}

impl From<Cost> for wit::Cost {
    fn from(cost: Cost) -> Self {
        Self { name: cost.name, count: cost.count }
    }
}
