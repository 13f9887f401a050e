//! `transform`.

use super::batch::each;
use super::{Glue, with};
use crate::bindings::{transform as wit, types};
use crate::transform::{Output, Transform, run};

impl<T: Transform> wit::Guest for Glue<T> {
    fn transform(batch: types::Batch) -> types::Output {
        with(|plugin: &T| run(plugin, &batch.into()).into())
    }
}

impl From<Output> for types::Output {
    fn from(output: Output) -> Self {
        Self {
            events: output.events.into(),
            origins: output.origins,
            dropped: output.dropped,
            rejections: each(output.rejections),
        }
    }
}
