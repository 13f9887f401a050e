//! Answers as text. Everything that an answer says is in it, so that two answers are equal when their texts are.

use std::fmt::Write;

use crate::keyed::Update;
use crate::sink::Rejection;
use crate::{
    Ask, Budget, Cost, Decoded, Download, Errand, Events, Field, Finding, KeyedOutput, Onward, Outgoing, Output, Paged,
    Prepared, Received, Request, Scope, Settled, Unread, Verdict,
};

/// Something that can be shown.
pub(super) trait Show {
    /// Adds its lines.
    fn show(&self, text: &mut String);

    /// Its lines.
    fn shown(&self) -> String {
        let mut text = String::new();
        self.show(&mut text);
        text
    }
}

/// Adds a line. Writing to a `String` cannot fail.
macro_rules! line {
    ($text:expr, $($format:tt)*) => {
        { let _ = writeln!($text, $($format)*); }
    };
}

/// As text where they are some; otherwise escaped, so that a snapshot holds no control characters. Lines may end.
fn bytes(bytes: &[u8]) -> String {
    let is_shown = |text: &&str| !text.contains(|c: char| c.is_control() && c != '\n');
    let text = std::str::from_utf8(bytes).ok().filter(is_shown);
    text.map_or_else(|| bytes.escape_ascii().to_string(), ToOwned::to_owned)
}

fn events(events: &Events) -> impl Iterator<Item = String> {
    events.iter().enumerate().map(|(index, (key, body))| {
        let columns: Vec<_> = events.columns_of(index).map(|(name, value)| format!("{name}={value}")).collect();
        if columns.is_empty() { format!("{key} {body}") } else { format!("{key} {body} [{}]", columns.join(", ")) }
    })
}

impl Show for Output {
    fn show(&self, text: &mut String) {
        for (origin, event) in self.origins.iter().zip(events(&self.events)) {
            line!(text, "{origin} -> {event}");
        }
        self.dropped.iter().for_each(|index| line!(text, "{index} dropped"));
        rejections(&self.rejections, text);
    }
}

fn rejections(rejections: &[Rejection], text: &mut String) {
    rejections.iter().for_each(|rejection| line!(text, "{} rejected: {}", rejection.index, rejection.reason));
}

fn unread(unread: &[Unread], text: &mut String) {
    for one in unread {
        let why = if one.skipped { "skipped" } else { "unread" };
        let about = one.key.as_ref().map_or_else(String::new, |key| format!(" about {key}"));
        line!(text, "{why} at {}{about}: {}: {}", one.place, one.reason, bytes(&one.raw));
    }
}

fn scope(scope: Option<&Scope>, text: &mut String) {
    if let Some(Scope { audiences, as_of_ms, total }) = scope {
        line!(text, "speaks for {} as of {as_of_ms}, total {total:?}", audiences.join(", "));
    }
}

fn budgets(budgets: &[Budget], text: &mut String) {
    for Budget { name, limit, remaining, resets_in_ms } in budgets {
        line!(text, "budget {name}: {remaining} of {limit:?}, resets in {resets_in_ms} ms");
    }
}

fn headers(fields: &[Field], text: &mut String) {
    fields.iter().for_each(|field| line!(text, "  {}: {}", field.name, field.value));
}

impl Show for Received {
    fn show(&self, text: &mut String) {
        line!(text, "reply {} {}", self.reply.status, bytes(&self.reply.body));
        headers(&self.reply.headers, text);
        events(&self.events).for_each(|event| line!(text, "{event}"));
        unread(&self.unread, text);
    }
}

impl Show for Request {
    fn show(&self, text: &mut String) {
        let query: Vec<_> = self.query.iter().map(|field| format!("{}={}", field.name, field.value)).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        line!(text, "{} {} {}{mark}{}", self.method, self.target, self.path, query.join("&"));
        headers(&self.headers, text);
        if !self.body.is_empty() {
            line!(text, "  {}", bytes(&self.body));
        }
    }
}

impl Show for Outgoing {
    fn show(&self, text: &mut String) {
        self.request.show(text);
        let repeatable = if self.repeatable { "repeatable" } else { "not repeatable" };
        line!(text, "  events {:?}, {repeatable}, rest {} ms, budgets {:?}", self.events, self.rest_ms, self.budgets);
        if !self.context.is_empty() {
            line!(text, "  context {}", bytes(&self.context));
        }
    }
}

impl Show for Prepared {
    fn show(&self, text: &mut String) {
        self.requests.iter().for_each(|request| request.show(text));
        rejections(&self.rejections, text);
        self.left_out.iter().for_each(|one| line!(text, "{} goes without a part: {}", one.index, one.reason));
    }
}

impl Show for Settled {
    fn show(&self, text: &mut String) {
        match &self.verdict {
            Verdict::Accepted(but) => {
                line!(text, "accepted");
                rejections(but, text);
            }
            Verdict::AcceptedBut(count) => line!(text, "accepted but {count}"),
            Verdict::Retry(after_ms) => line!(text, "retry after {after_ms} ms"),
            Verdict::Split(reason) => line!(text, "split: {reason}"),
            Verdict::Stop(reason) => line!(text, "stop: {reason}"),
        }
        budgets(&self.budgets, text);
    }
}

impl Show for Vec<Cost> {
    fn show(&self, text: &mut String) {
        self.iter().for_each(|cost| line!(text, "{} {}", cost.count, cost.name));
    }
}

impl Show for Option<Request> {
    fn show(&self, text: &mut String) {
        match self {
            Some(request) => request.show(text),
            None => line!(text, "nothing to ask"),
        }
    }
}

impl Show for Finding {
    fn show(&self, text: &mut String) {
        match self {
            Self::Works => line!(text, "works"),
            Self::Fails(why) => line!(text, "fails: {why}"),
            Self::Unknown(why) => line!(text, "unknown: {why}"),
        }
    }
}

impl Show for Ask {
    fn show(&self, text: &mut String) {
        let into = match &self.errand {
            Errand::Page(request) => {
                request.show(text);
                "page"
            }
            Errand::File(Download { address, name, as_of_ms }) => {
                line!(text, "file `{name}` as of {as_of_ms}, from {address}");
                "file"
            }
        };
        line!(text, "  after {} ms, into a {into}, budgets {:?}", self.after_ms, self.budgets);
    }
}

impl Show for Paged {
    fn show(&self, text: &mut String) {
        events(&self.events).for_each(|event| line!(text, "{event}"));
        unread(&self.unread, text);
        match &self.onward {
            Onward::More(position) => line!(text, "more from {:?}", bytes(position)),
            Onward::End(position) => line!(text, "end, next from {:?}", bytes(position)),
            Onward::Restart(reason) => line!(text, "restart: {reason}"),
            Onward::Retry(after_ms) => line!(text, "retry after {after_ms} ms"),
            Onward::Stop(reason) => line!(text, "stop: {reason}"),
        }
        scope(self.scope.as_ref(), text);
        budgets(&self.budgets, text);
    }
}

impl Show for Result<Decoded, String> {
    fn show(&self, text: &mut String) {
        match self {
            Ok(decoded) => {
                events(&decoded.events).for_each(|event| line!(text, "{event}"));
                unread(&decoded.unread, text);
                scope(decoded.scope.as_ref(), text);
                line!(text, "resume {}", bytes(&decoded.resume));
            }
            Err(reason) => line!(text, "set aside: {reason}"),
        }
    }
}

impl Show for KeyedOutput {
    fn show(&self, text: &mut String) {
        self.output.show(text);
        for (key, update) in &self.changes {
            match update {
                Update::Put { bytes: state, tags, unsure } => {
                    let doubt = if *unsure { ", unsure" } else { "" };
                    line!(text, "key {key} keeps {} tagged {tags:?}{doubt}", bytes(state));
                }
                Update::Delete => line!(text, "key {key} forgotten"),
            }
        }
    }
}
