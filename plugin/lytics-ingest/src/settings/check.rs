//! What is wrong with the settings, apart from the identifier?

use brazeline_kit::Problem;

use super::{Caller, Mode, ScanKind, Settings};
use crate::audiences::{Audience, Audiences};
use crate::file::delimiter;

impl Settings {
    /// What is wrong with them, each with its place.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.misplaced();
        problems.extend(self.in_audiences());
        problems.extend(match self.mode {
            Mode::Trigger => self.in_trigger(),
            Mode::Scan => self.in_scan(),
            Mode::File => self.in_file(),
        });
        problems
    }

    /// The audiences, in the order of the settings.
    #[must_use]
    pub fn chosen(&self) -> Option<Audiences> {
        let audiences = self.audiences.as_ref()?;
        Some(Audiences(audiences.iter().cloned().map(Audience::from).collect()))
    }

    /// Whether each audience is scanned alone.
    #[must_use]
    pub fn scan_kind(&self) -> ScanKind {
        let pinned = self.chosen().is_some_and(|chosen| chosen.0.iter().any(|audience| audience.id.is_some()));
        self.scan.unwrap_or(if pinned { ScanKind::Each } else { ScanKind::Union })
    }

    /// Settings of another mode: they would be without effect, and whoever wrote them expects one.
    fn misplaced(&self) -> Vec<Problem> {
        let set = [
            (Mode::Trigger, "path", self.path.is_some()),
            (Mode::Trigger, "caller", self.caller.is_some()),
            (Mode::Scan, "scan", self.scan.is_some()),
            (Mode::File, "format", self.format.is_some()),
            (Mode::File, "delimiter", self.delimiter.is_some()),
            (Mode::File, "joiner", self.joiner.is_some()),
            (Mode::File, "list_fields", self.list_fields.is_some()),
            (Mode::File, "audience", self.audience.is_some()),
            (Mode::File, "audiences_column", self.audiences_column.is_some()),
            (Mode::File, "complete", self.complete.is_some()),
        ];
        let (here, other) = (self.mode, |(mode, _, is_set): &(Mode, &str, bool)| *is_set && *mode != self.mode);
        let problem = |(mode, name, _): (Mode, &str, bool)| {
            let message = format!("this belongs to `mode: {}`; the mode here is `{}`", mode.name(), here.name());
            Problem::at(format!("/{name}"), message)
        };
        set.into_iter().filter(other).map(problem).collect()
    }

    fn in_audiences(&self) -> Vec<Problem> {
        let Some(Audiences(chosen)) = self.chosen() else { return Vec::new() };
        if chosen.is_empty() {
            return vec![Problem::at("/audiences", "it names no audience; leave it out to pass on all triggers")];
        }
        let mut problems = Vec::new();
        for (place, audience) in chosen.iter().enumerate() {
            let mut wrong = |message: &str| problems.push(Problem::at(format!("/audiences/{place}"), message));
            if audience.slug.is_empty() || audience.id.as_deref() == Some("") {
                wrong("an audience's slug or id is empty");
            }
            if chosen[..place].iter().any(|before| before.slug == audience.slug) {
                wrong("the slug stands here twice: two audiences would become one");
            }
            if chosen[..place].iter().any(|before| before.id.is_some() && before.id == audience.id) {
                wrong("the id stands here twice");
            }
        }
        problems
    }

    fn in_trigger(&self) -> Vec<Problem> {
        let checks = [
            (self.path.as_deref().is_some_and(|path| !is_path(path)))
                .then(|| Problem::at("/path", "a path begins with `/` and has no `?`, `#` or white space")),
            matches!(&self.caller, Some(Caller::Header(name)) if !is_header(name))
                .then(|| Problem::at("/caller/header", "a header's name has letters, digits, `-` and `_` alone")),
        ];
        checks.into_iter().flatten().collect()
    }

    fn in_scan(&self) -> Vec<Problem> {
        let Some(Audiences(chosen)) = self.chosen() else {
            return vec![Problem::at("/audiences", "name the audiences to scan")];
        };
        let mut problems = Vec::new();
        for (place, audience) in chosen.iter().enumerate() {
            if !audience.asked().is_empty() && !is_plain(audience.asked()) {
                let message = "what Lytics is asked for has letters, digits, `_` and `-` alone";
                problems.push(Problem::at(format!("/audiences/{place}"), message));
            }
            if audience.id.is_some() && self.scan == Some(ScanKind::Union) {
                let message = "people in a scan of all carry the slugs of their audiences, which a rename changes; \
                     leave the id out, or set `scan: each`";
                problems.push(Problem::at(format!("/audiences/{place}/id"), message));
            }
        }
        problems
    }

    fn in_file(&self) -> Vec<Problem> {
        let (audience, column) = (self.audience.as_deref(), self.audiences_column.as_deref());
        let complete = self.complete == Some(true);
        let lists = self.list_fields.iter().flatten();
        let unknown = lists.enumerate().find(|(_, list)| !self.fields.contains(list));
        let unlisted = |audience: &str| self.chosen().is_some_and(|chosen| chosen.slugs().all(|slug| slug != audience));
        let checks = [
            (audience.is_none() && column.is_none() && self.fields.is_empty())
                .then(|| Problem::at("", "say what a file tells: `audience`, `audiences_column` or `fields`")),
            (audience == Some("")).then(|| Problem::at("/audience", "it names no audience")),
            (column == Some("")).then(|| Problem::at("/audiences_column", "it names no column")),
            (column.is_some() && self.audiences.is_none())
                .then(|| Problem::at("/audiences_column", "name in `audiences` those that are read of it")),
            (column.is_none() && self.audiences.is_some())
                .then(|| Problem::at("/audiences", "name in `audiences_column` the field that they are read of")),
            (column.is_some() && audience.is_some_and(unlisted))
                .then(|| Problem::at("/audience", "with `audiences_column`, it must be one of `audiences`")),
            (complete && (column.is_none() || audience.is_some()))
                .then(|| Problem::at("/complete", "it goes with `audiences_column`, and without `audience`")),
            self.delimiter
                .as_deref()
                .is_some_and(|text| delimiter(text).is_none())
                .then(|| Problem::at("/delimiter", "it is one character that is no letter, digit or quote, or `tab`")),
            (self.joiner.as_deref() == Some("")).then(|| Problem::at("/joiner", "it is empty; `&` is the default")),
            unknown.map(|(place, _)| Problem::at(format!("/list_fields/{place}"), "it is not among `fields`")),
        ];
        checks.into_iter().flatten().collect()
    }
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || c == '?' || c == '#')
}

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// What can stand in a path and in FilterQL without a doubt.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
