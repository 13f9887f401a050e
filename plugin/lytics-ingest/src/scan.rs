//! Everybody in the audiences, page by page.
//!
//! A run is one scan of all audiences, or one scan after the other; each scan is a snapshot of its own. It speaks as of the moment at which
//! Lytics answered its first page, by Lytics' clock: the position carries that moment from page to page.

pub mod filter;
pub mod position;

pub mod answer;
pub mod refusal;
pub mod row;

use brazeline_kit::person::Source;
use brazeline_kit::poller::position::Settled;
use brazeline_kit::{Ask, Errand, Events, Field, Finding, Onward, Paged, Request, Response, Scope};

use crate::audiences::{Audience, Audiences};
use crate::settings::{ScanKind, Settings};
use answer::Answer;
use position::{At, Place};
use refusal::Asked;
use row::Rows;

/// What requests call Lytics' API.
pub const TARGET: &str = "api";

/// People on a page (Lytics, segment API, `limit`: 10 by default, at most 100; read 2026-11-23).
const PAGE_PEOPLE: &str = "100";

/// The fields of a profile that hold its audiences: in the replies that were seen, and in webhook templates (2026-11-23).
const MEMBERSHIP: [&str; 2] = ["segments", "_segments"];

/// Scans audiences.
#[derive(Debug)]
pub struct Scan {
    source: Source,
    audiences: Audiences,
    fields: Vec<String>,
    kind: ScanKind,
    settled: Settled,
}

impl Scan {
    /// For settings without problems.
    #[must_use]
    pub fn new(source: Source, settings: Settings) -> Self {
        let (kind, audiences) = (settings.scan_kind(), settings.chosen().unwrap_or_default());
        let settled = Settled::of(&format!("{kind:?} {audiences:?} {source:?}"));
        Self { source, audiences, fields: settings.fields, kind, settled }
    }

    /// What to ask at a position. One that is not understood asks for the first page; its answer is answered with a restart.
    #[must_use]
    pub fn next(&self, position: Option<&[u8]>) -> Ask {
        let at = match Place::read(position, &self.settled) {
            Place::At(at) => at,
            Place::Foreign(_) => At::default(),
        };
        Self::ask(self.request(&at))
    }

    /// What an answer holds.
    #[must_use]
    pub fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged {
        let at = match Place::read(position, &self.settled) {
            Place::At(at) => at,
            Place::Foreign(reason) => return Self::nothing(Onward::Restart(reason)),
        };
        let scanned = self.scanned(&at);
        let asked = Asked { what: self.what(scanned), later: at.start.is_some() };
        match Answer::read(response, &asked) {
            Ok(answer) => self.people(&at, scanned, &answer, response),
            Err(onward) => Self::nothing(onward),
        }
    }

    fn people(&self, at: &At, scanned: Option<&Audience>, answer: &Answer<'_>, response: &Response) -> Paged {
        let as_of_ms = at.as_of_ms.unwrap_or_else(|| answer::answered_at_ms(response));
        let rows = Rows { source: &self.source, audiences: &self.audiences, fields: &self.fields, scanned, as_of_ms };
        let place = format!("scan of {}, {}", self.what(scanned), at.page());
        let (events, unread) = rows.read(&answer.people, &place);
        let audiences = match scanned {
            Some(audience) => vec![audience.slug.clone()],
            None => self.audiences.slugs().map(ToOwned::to_owned).collect(),
        };
        let scope = Some(Scope { audiences, as_of_ms, total: answer.total });
        Paged { events, unread, onward: self.onward(at, answer.next.clone(), as_of_ms), scope, budgets: Vec::new() }
    }

    fn onward(&self, at: &At, next: Option<String>, as_of_ms: u64) -> Onward {
        let scans = if self.kind == ScanKind::Each { self.audiences.0.len() } else { 1 };
        let next = match next {
            Some(start) => At { start: Some(start), as_of_ms: Some(as_of_ms), ..*at },
            None if at.scan + 1 < scans => At { scan: at.scan + 1, ..At::default() },
            None => return Onward::End(Settled::begin()),
        };
        Onward::More(self.settled.write(&next))
    }

    /// The audience that is scanned alone.
    fn scanned(&self, at: &At) -> Option<&Audience> {
        self.audiences.0.get(at.scan).filter(|_| self.kind == ScanKind::Each)
    }

    fn what(&self, scanned: Option<&Audience>) -> String {
        scanned.map_or_else(|| "the audiences".to_owned(), |audience| format!("audience `{}`", audience.asked()))
    }

    fn request(&self, at: &At) -> Request {
        let mut query = vec![Field::new("limit", PAGE_PEOPLE), Field::new("fields", self.wanted())];
        query.extend(at.start.as_ref().map(|start| Field::new("start", start)));
        match self.scanned(at) {
            Some(audience) => Self::get(path(audience), query),
            None => Request {
                target: TARGET.to_owned(),
                method: "POST".to_owned(),
                path: "/api/segment/scan".to_owned(),
                query,
                headers: vec![Field::new("content-type", "text/plain")],
                body: filter::union(&self.audiences).into_bytes(),
            },
        }
    }

    /// The fields to send: no more of a profile than is needed leaves Lytics.
    fn wanted(&self) -> String {
        let mut wanted = vec![self.source.field.as_str()];
        let membership = MEMBERSHIP.into_iter().filter(|_| self.kind == ScanKind::Union);
        for field in self.fields.iter().map(String::as_str).chain(membership) {
            if !wanted.contains(&field) {
                wanted.push(field);
            }
        }
        wanted.join(",")
    }

    /// A request that proves the token: one person of the first audience, which nobody reads.
    #[must_use]
    pub fn probe(&self) -> Request {
        let path = self.audiences.0.first().map_or_else(String::new, path);
        let fields = Field::new("fields", self.source.field.as_str());
        Self::get(path, vec![Field::new("limit", "1"), fields])
    }

    /// What its answer proves.
    #[must_use]
    pub fn judge(&self, response: &Response) -> Finding {
        let what = self.what(self.audiences.0.first());
        match refusal::of(response, response.status, &Asked { what, later: false }) {
            None => Finding::Works,
            Some(Onward::Stop(why)) if matches!(response.status, 401 | 403 | 404) => Finding::Fails(why),
            Some(Onward::Stop(why)) => Finding::Unknown(why),
            Some(_) => Finding::Unknown(format!("Lytics answers {} now; ask again later", response.status)),
        }
    }

    /// A request that only reads.
    #[must_use]
    pub fn get(path: impl Into<String>, query: Vec<Field>) -> Request {
        Request {
            target: TARGET.to_owned(),
            method: "GET".to_owned(),
            path: path.into(),
            query,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A request whose answer is a page, sent at once. Lytics tells no budgets.
    #[must_use]
    pub fn ask(request: Request) -> Ask {
        Ask { errand: Errand::Page(request), after_ms: 0, budgets: Vec::new() }
    }

    /// A page of which nothing is used.
    #[must_use]
    pub fn nothing(onward: Onward) -> Paged {
        Paged { events: Events::default(), unread: Vec::new(), onward, scope: None, budgets: Vec::new() }
    }
}

/// What Lytics is asked for has no letter that a path would have to encode.
fn path(audience: &Audience) -> String {
    format!("/api/segment/{}/scan", audience.asked())
}

#[cfg(test)]
mod tests;
