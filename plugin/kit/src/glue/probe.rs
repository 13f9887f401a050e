//! `probe`.

use super::{Glue, with};
use crate::bindings::probe as wit;
use crate::bindings::types;
use crate::{Finding, Probe};

impl<T: Probe> wit::Guest for Glue<T> {
    fn ask(nonce: String) -> Option<types::Request> {
        with(|plugin: &T| plugin.ask(&nonce).map(Into::into))
    }

    fn judge(response: types::Response) -> wit::Finding {
        with(|plugin: &T| plugin.judge(&response.into()).into())
    }
}

impl From<Finding> for wit::Finding {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Works => Self::Works,
            Finding::Fails(why) => Self::Fails(why),
            Finding::Unknown(why) => Self::Unknown(why),
        }
    }
}
