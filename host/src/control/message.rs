//! What is asked and answered. It travels as JSON between a program and itself, so it may change with every version.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Status;
use crate::pipeline::keyed::upkeep::{Question, Reply, failed};
use crate::problem::{Place, Problem, Problems};
use crate::store::{DeadLetter, StoreError, StoredLetter};

/// What an operator wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// How does it stand?
    Status,
    /// A page of the dead letters.
    Letters {
        /// Beginning with this number.
        from: u64,
        /// At most so many.
        limit: usize,
    },
    /// One of them.
    Letter {
        /// Its number.
        number: u64,
    },
    /// Send them again to who rejected them.
    Replay {
        /// Which.
        which: Which,
        /// Also those that the other side may have taken.
        may_have_arrived: bool,
    },
    /// Forget them.
    Purge {
        /// Which.
        which: Which,
    },
    /// Read the pipeline file again, and go on with what it says now.
    Reload,
    /// Ask a transform that remembers, or have it do something.
    Upkeep {
        /// Which, if there are several.
        node: Option<String>,
        /// What.
        question: Question,
    },
}

/// What a request needs of a store that nobody else has.
#[derive(Debug, Clone, Copy, Default)]
pub struct Needs {
    /// It changes something.
    pub claims: bool,
    /// There has to be one, so it is made.
    pub makes: bool,
    /// The components that read what was sent to sources.
    pub receivers: bool,
    /// What the transforms that remember say of themselves.
    pub remembering: bool,
}

impl Request {
    /// See [`Needs`].
    #[must_use]
    pub fn needs(&self) -> Needs {
        let needs = Needs::default();
        match self {
            Self::Status | Self::Letters { .. } | Self::Letter { .. } | Self::Reload => needs,
            Self::Replay { .. } => Needs { claims: true, receivers: true, ..needs },
            Self::Purge { .. } => Needs { claims: true, ..needs },
            Self::Upkeep { question, .. } => Needs {
                claims: !question.is_reading(),
                makes: matches!(question, Question::Import { .. }),
                remembering: true,
                ..needs
            },
        }
    }
}

/// Some of the dead letters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those with these numbers.
    Numbers(Vec<u64>),
    /// Those that this node rejected.
    Node(String),
    /// All.
    All,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// See [`Request::Status`].
    Status(Box<Status>),
    /// See [`Request::Letters`] and [`Request::Letter`].
    Letters(Vec<Letter>),
    /// See [`Request::Replay`].
    Replayed(Replayed),
    /// See [`Request::Purge`]: so many.
    Purged(u64),
    /// The new pipeline runs.
    Reloaded,
    /// See [`Request::Upkeep`].
    Upkeep(Reply),
    /// It was not done.
    Refused(Refusal),
}

/// What was sent again, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// How many letters.
    pub letters: u64,
    /// Those that stay where they are.
    pub kept: Vec<Kept>,
    /// How many more stay, of which nothing more is said.
    pub more_kept: u64,
}

/// A letter that stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its number.
    pub number: u64,
    /// Why.
    pub why: String,
}

/// A dead letter, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number.
    pub number: u64,
    /// What it says, but for the event.
    #[serde(flatten)]
    pub about: DeadLetter,
    /// The event, or what was read where there is none.
    #[serde(serialize_with = "as_base64", deserialize_with = "of_base64")]
    pub body: Vec<u8>,
    /// When an equal one was last rejected, milliseconds since 1970.
    pub last_at_ms: u64,
}

impl From<StoredLetter> for Letter {
    fn from(stored: StoredLetter) -> Self {
        let StoredLetter { number, letter: mut about, last_at_ms } = stored;
        let body = std::mem::take(&mut about.body);
        Self { number, about, body, last_at_ms }
    }
}

fn as_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn of_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// Why something was not done: problems, on their way to a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal(Vec<Said>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    what: String,
    place: Option<String>,
    facts: Vec<String>,
    help: Vec<String>,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Problems::from(problem).into()
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        let said = |problem: Problem| {
            let Problem { what, place, facts, help, .. } = problem;
            Said { what, place: place.map(|place| place.to_string()), facts, help }
        };
        Self(problems.into_iter().map(said).collect())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        failed(&error).into()
    }
}

impl From<Refusal> for Problems {
    fn from(Refusal(said): Refusal) -> Self {
        let problem = |Said { what, place, facts, help }: Said| {
            let mut problem = Problem::error(what, "");
            (problem.facts, problem.help) = (facts, help);
            problem.place = place.map(Place::Other);
            problem
        };
        Self::new(said.into_iter().map(problem).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_travels_whole() {
        let letter = DeadLetter { node: "a".into(), body: vec![0, 255, b'"'], count: 3, ..DeadLetter::default() };
        let letter = Letter::from(StoredLetter { number: 7, letter, last_at_ms: 9 });
        let line = serde_json::to_string(&Answer::Letters(vec![letter.clone()])).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Answer>(&line).unwrap(), Answer::Letters(vec![letter]));
    }

    #[test]
    fn a_refusal_is_the_problem_again() {
        let problem = Problem::error("no", "mend it").fact("it says so").help("like this");
        let problem = problem.at(Place::Text { file: "p.yaml".into(), line: 3, column: 4 });
        let line = serde_json::to_string(&Refusal::from(problem.clone())).unwrap();
        let again: Problems = serde_json::from_str::<Refusal>(&line).unwrap().into();
        assert_eq!(again.to_string(), problem.to_string());
    }
}
