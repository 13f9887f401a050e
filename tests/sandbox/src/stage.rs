//! What has every vendor, whoever it is?
//!
//! A [`Stage`] is a vendor with a script of failures and a log of what was asked. It still knows no network: a request and a time
//! go in, an answer comes out.

use bytes::Bytes;
use http::{HeaderName, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::exchange::{Answer, Delivery, Request};
use crate::fault::{Fault, Script};

/// A vendor without a network.
pub trait Vendor: Clone + Send + 'static {
    /// What it is called on its page.
    const NAME: &'static str;

    /// Answers a request. A fault given here is one that only the vendor itself can carry out: refuse some objects, or say
    /// something else than success.
    fn answer(&mut self, request: &Request, fault: Option<&Fault>, now: Timestamp) -> Answer;

    /// An error in the vendor's own form.
    fn refusal(&mut self, status: StatusCode, message: &str) -> Answer;

    /// Applies what was accepted and is due by now; when to ask again, if more waits.
    fn apply_due(&mut self, now: Timestamp) -> Option<Timestamp>;

    /// Applies everything that was accepted.
    fn apply_all(&mut self);

    /// Forgets everything but its settings.
    fn reset(&mut self);

    /// What it holds, as JSON; `who` narrows it to one person.
    fn state(&self, who: Option<&str>) -> Value;

    /// What it holds, as the body of a page.
    fn page(&self) -> String;

    /// Takes what is posted to `/sandbox/<what>`, if it knows that; an error says what is wrong with the body.
    fn told(&mut self, _what: &str, _body: &[u8]) -> Option<Result<(), String>> {
        None
    }

    /// Its rules, as JSON.
    fn rules(&self) -> Value;

    /// Changes some of its rules.
    fn set_rules(&mut self, rules: Value) -> Result<(), String>;
}

/// A vendor, its script and its log.
#[derive(Debug, Clone)]
pub struct Stage<V> {
    /// The vendor.
    pub vendor: V,
    /// What goes wrong next.
    pub script: Script,
    /// What was asked.
    pub log: Vec<Logged>,
    /// Whether the log keeps bodies.
    pub keep_bodies: bool,
}

/// A request as the log keeps it: nothing of its query or headers, because a key is among them.
#[derive(Debug, Clone, Serialize)]
pub struct Logged {
    /// When it came.
    pub at: Timestamp,
    /// GET, POST and so on.
    pub method: String,
    /// Its path.
    pub path: String,
    /// The size of its body.
    pub bytes: usize,
    /// The status it was answered with; 0 if the connection was cut.
    pub status: u16,
    /// The size of the answer's body.
    pub answered_bytes: usize,
    /// What went wrong on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// Its body, if the log keeps bodies.
    #[serde(skip)]
    pub body: Bytes,
}

impl<V: Vendor> Stage<V> {
    /// Nothing went wrong and nothing was asked yet.
    pub fn new(vendor: V, keep_bodies: bool) -> Self {
        Self { vendor, script: Script::default(), log: Vec::new(), keep_bodies }
    }

    /// Answers a request, or lets it go wrong if that is its turn.
    pub fn handle(&mut self, request: &Request, now: Timestamp) -> Answer {
        let fault = self.script.draw().filter(|fault| *fault != Fault::Fine);
        let answer = match &fault {
            None => self.vendor.answer(request, None, now),
            Some(fault) => self.fail(request, fault, now),
        };
        self.log(request, &answer, fault, now);
        answer
    }

    fn fail(&mut self, request: &Request, fault: &Fault, now: Timestamp) -> Answer {
        match fault {
            Fault::TooMany { reset } => reset.told(self.refuse(fault, "rate limit exceeded"), now),
            Fault::Status { retry_after_s, .. } => {
                let answer = self.refuse(fault, "this failure was asked for");
                match retry_after_s {
                    Some(seconds) => answer.with(HeaderName::from_static("retry-after"), (*seconds).into()),
                    None => answer,
                }
            }
            Fault::Cut => Answer::cut(),
            Fault::AcceptThenCut => self.vendor.answer(request, None, now).delivered(Delivery::Never),
            Fault::Slow { .. } => {
                let late = Delivery::After(fault.delay().unwrap_or_default());
                self.vendor.answer(request, None, now).delivered(late)
            }
            Fault::BrokenBody => self.vendor.answer(request, None, now).halved(),
            Fault::BreakOff => self.vendor.answer(request, None, now).delivered(Delivery::Half),
            Fault::Garbage => {
                let page = Answer::html("<html><body>please wait</body></html>".to_owned());
                Answer { status: self.vendor.answer(request, None, now).status, ..page }
            }
            Fault::Fine | Fault::RefuseAt { .. } | Fault::RefuseCount { .. } | Fault::Say { .. } => {
                self.vendor.answer(request, Some(fault), now)
            }
        }
    }

    fn refuse(&mut self, fault: &Fault, message: &str) -> Answer {
        self.vendor.refusal(fault.status().unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), message)
    }

    fn log(&mut self, request: &Request, answer: &Answer, fault: Option<Fault>, at: Timestamp) {
        let cut = answer.delivery == Delivery::Never;
        self.log.push(Logged {
            at,
            method: request.method.to_string(),
            path: request.path.clone(),
            bytes: request.body.len(),
            status: if cut { 0 } else { answer.status.as_u16() },
            answered_bytes: if cut { 0 } else { answer.body.len() },
            fault,
            body: if self.keep_bodies { request.body.clone() } else { Bytes::new() },
        });
    }

    /// Forgets everything but the vendor's settings.
    pub fn reset(&mut self) {
        self.vendor.reset();
        self.script = Script::default();
        self.log.clear();
    }
}
