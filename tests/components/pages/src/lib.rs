//! Asks a feed for its people, page by page: `GET /people?cursor=..` answers `{"people":[{"id":"u-1"}],"next":"c2"}`.
//!
//! It proves the shape of a poller: a page, a wait, a restart, a stop and an end.

#[cfg(target_family = "wasm")]
mod component;
mod page;

use brazeline_kit::{
    Ask, Download, Errand, Field, Paged, Plan, Plugin, Poller, Problem, Request, Response, SourceKind, Target,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Whose people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The audience for which the whole feed speaks.
    pub audience: String,
    /// Where the feed is stands in an authorization; it is not looked at.
    pub authorization: Option<serde_json::Value>,
    /// What it does that it must not.
    #[serde(default)]
    pub misdeed: Option<Misdeed>,
}

/// What a poller must not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misdeed {
    /// Ask for a file without having said that it fetches files.
    Fetches,
    /// Say that it fetches files, and read none.
    ReadsNone,
    /// Call its target as the place is called that files are fetched from.
    CallsFiles,
}

/// The poller.
#[derive(Debug)]
pub struct Pages {
    audience: String,
    misdeed: Option<Misdeed>,
}

impl Plugin for Pages {
    const NAME: &'static str = "pages";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = "Asks for pages.";
    const AUTHORIZATIONS: &'static [&'static str] = &["feed"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        Ok(Self { audience: settings.audience, misdeed: settings.misdeed })
    }

    fn plan(&self) -> Plan {
        let name = if self.misdeed == Some(Misdeed::CallsFiles) { "files" } else { "feed" };
        let feed = Target { name: name.to_owned(), origin: None, scheme: None };
        let source = (self.misdeed == Some(Misdeed::ReadsNone)).then_some(SourceKind::Fetcher);
        Plan { source, targets: vec![feed], ..Plan::default() }
    }
}

impl Poller for Pages {
    fn next(&self, position: Option<&[u8]>) -> Ask {
        if self.misdeed == Some(Misdeed::Fetches) {
            let (address, name) = ("https://files.example/a".to_owned(), "a".to_owned());
            let errand = Errand::File(Download { address, name, as_of_ms: 0 });
            return Ask { errand, after_ms: 0, budgets: Vec::new() };
        }
        let cursor = position.map(|cursor| Field::new("cursor", String::from_utf8_lossy(cursor)));
        let request = Request {
            target: "feed".to_owned(),
            method: "GET".to_owned(),
            path: "/people".to_owned(),
            query: cursor.into_iter().collect(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        Ask { errand: Errand::Page(request), after_ms: 0, budgets: vec!["feed".to_owned()] }
    }

    fn page(&self, position: Option<&[u8]>, response: &Response) -> Paged {
        page::read(&self.audience, position, response)
    }
}
