//! Sources that ask for pages over HTTP.

pub mod position;

use crate::{Budget, Events, Plugin, Request, Response, Scope, Unread};

/// Asks for pages.
pub trait Poller: Plugin {
    /// What to ask next. Depends on the settings and the position alone.
    fn next(&self, position: Option<&[u8]>) -> Ask;

    /// What the answer holds, for the position that asked.
    fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged;
}

/// A file that lies where the vendor said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Its address, whole. It is asked for without credentials.
    pub address: String,
    /// What it is to be called; the same position gives the same name.
    pub name: String,
    /// As of when it speaks, in milliseconds since 1970.
    pub as_of_ms: u64,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// A request, whose answer goes to `page`.
    Page(Request),
    /// A file, which the same component's decoder reads when the run is over; `page` gets the answer without its body.
    File(Download),
}

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What is asked for.
    pub errand: Errand,
    /// Not before so many milliseconds.
    pub after_ms: u64,
    /// The budgets that it draws on.
    pub budgets: Vec<String>,
}

/// How to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Onward {
    /// Ask on from here.
    More(Vec<u8>),
    /// This run is over; the next one starts here.
    End(Vec<u8>),
    /// The feed lost our place: begin again without position.
    Restart(String),
    /// The same again, not before so many milliseconds.
    Retry(u64),
    /// Nothing more will come before a person acts.
    Stop(String),
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged {
    /// The events.
    pub events: Events,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// How to go on.
    pub onward: Onward,
    /// If the page is part of a full list of somebody: whose.
    pub scope: Option<Scope>,
    /// What the vendor still allows.
    pub budgets: Vec<Budget>,
}
