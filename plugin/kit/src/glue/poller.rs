//! `poller`.

use super::batch::each;
use super::{Glue, with};
use crate::bindings::poller as wit;
use crate::bindings::types;
use crate::{Ask, Download, Errand, Onward, Paged, Poller};

impl<T: Poller> wit::Guest for Glue<T> {
    fn next(position: Option<Vec<u8>>) -> wit::Ask {
        with(|plugin: &T| plugin.next(position.as_deref()).into())
    }

    fn page(position: Option<Vec<u8>>, response: types::Response) -> wit::Paged {
        with(|plugin: &T| plugin.page(position.as_deref(), &response.into()).into())
    }
}

impl From<Ask> for wit::Ask {
    fn from(ask: Ask) -> Self {
        let errand = match ask.errand {
            Errand::Page(request) => wit::Errand::Page(request.into()),
            Errand::File(Download { address, name, as_of_ms }) => {
                wit::Errand::File(wit::Download { address, name, as_of_ms })
            }
        };
        Self { errand, after_ms: ask.after_ms, budgets: ask.budgets }
    }
}

impl From<Onward> for wit::Onward {
    fn from(onward: Onward) -> Self {
        match onward {
            Onward::More(position) => Self::More(position),
            Onward::End(position) => Self::End(position),
            Onward::Restart(reason) => Self::Restart(reason),
            Onward::Retry(after_ms) => Self::Retry(after_ms),
            Onward::Stop(reason) => Self::Stop(reason),
        }
    }
}

impl From<Paged> for wit::Paged {
    fn from(paged: Paged) -> Self {
        Self {
            events: paged.events.into(),
            unread: each(paged.unread),
            onward: paged.onward.into(),
            scope: paged.scope.map(Into::into),
            budgets: each(paged.budgets),
        }
    }
}
