//! `brazeline approve`, `reconcile` and `teardown`: what operators do with what a transform remembers, whether the pipeline runs or not.

mod drift;
pub mod state;

use std::path::Path;

use anyhow::anyhow;

pub use drift::Comparison;

use super::{Exit, Failure, Outcome, failure};
use crate::clock::Clock;
use crate::config::{self, Pipeline};
use crate::control::{Answer, Request, Session, Unanswered};
use crate::pipeline::keyed::upkeep::{Drift, Holds, Question, Reply};
use crate::problem::Problem;

/// So many bytes of keys and names go into one question, which is one line and may be eight times as long.
const QUESTION_BYTES: usize = 512 * 1024;
/// What is written around a person, or a name.
const AROUND: usize = 32;

/// Whoever answers for one transform.
struct Desk<'p> {
    session: Session<'p>,
    node: Option<String>,
}

impl<'p> Desk<'p> {
    /// For questions like this one.
    fn open(pipeline: &'p Pipeline, node: Option<&str>, like: Question) -> Result<Self, Failure> {
        let node = node.map(str::to_owned);
        let request = Request::Upkeep { node: node.clone(), question: like };
        match Session::begin(pipeline, request.needs()) {
            Ok(session) => Ok(Self { session, node }),
            Err(Unanswered::NothingRan) => {
                let what = format!("nothing is remembered: {} holds no store yet", pipeline.data_dir.display());
                Err(Failure::Stopped(Problem::error(what, "run the pipeline first").into()))
            }
            Err(error) => Err(failure(error)),
        }
    }

    fn ask(&self, question: Question) -> Result<Reply, Failure> {
        match self.session.ask(Request::Upkeep { node: self.node.clone(), question }) {
            Ok(Answer::Upkeep(reply)) => Ok(reply),
            Ok(other) => Err(unexpected(&other)),
            Err(error) => Err(failure(error)),
        }
    }

    /// How many people that concerned.
    fn people(&self, question: Question) -> Result<u64, Failure> {
        match self.ask(question)? {
            Reply::People(people) => Ok(people),
            other => Err(unexpected(&other)),
        }
    }

    /// The same question about many, in parts.
    fn each<T>(
        &self,
        all: impl Iterator<Item = Result<T, Failure>>,
        bytes: impl Fn(&T) -> usize,
        mut ask: impl FnMut(&Self, Vec<T>) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut part, mut size) = (Vec::new(), 0);
        for one in all {
            let one = one?;
            size += bytes(&one);
            part.push(one);
            if size >= QUESTION_BYTES {
                size = 0;
                ask(self, std::mem::take(&mut part))?;
            }
        }
        if part.is_empty() { Ok(()) } else { ask(self, part) }
    }
}

fn unexpected(answer: &impl std::fmt::Debug) -> Failure {
    Failure::Unforeseen(anyhow!("the answer is to another question: {answer:?}"))
}

/// Lets go on what was held up.
pub fn approve(file: &Path, node: Option<&str>) -> Outcome {
    let pipeline = config::load(file)?;
    let desk = Desk::open(&pipeline, node, Question::Approve)?;
    let held = match desk.ask(Question::Approve)? {
        Reply::Approved(held) => held,
        other => return Err(unexpected(&other)),
    };
    match held.as_slice() {
        [] => println!("nothing is held up"),
        held => held.iter().for_each(|held| println!("approved: {held}")),
    }
    if !held.is_empty() && !desk.session.is_running() {
        println!("the next `brazeline run` goes on with it");
    }
    Ok(Exit::Done)
}

/// Puts people in doubt, so that everything about them is said again: everybody, or those of whom the other side holds something else.
pub fn reconcile(file: &Path, node: Option<&str>, comparison: Option<&Comparison>, really: bool) -> Outcome {
    let pipeline = config::load(file)?;
    // It is looked at first, so what a dry one needs is enough for that.
    let like = if really { Question::Doubt { keys: None } } else { Question::Summary };
    let desk = Desk::open(&pipeline, node, like)?;
    let keys = match comparison {
        None => None,
        Some(comparison) => Some(drift(&desk, comparison)?),
    };
    let people = match &keys {
        Some(keys) => keys.len() as u64,
        None => match desk.ask(Question::Summary)? {
            Reply::Summary(summary) => summary.people,
            other => return Err(unexpected(&other)),
        },
    };
    if !really {
        println!("{people} people would be told everything again when they next come; add `--yes` to let that happen");
        return Ok(Exit::Done);
    }
    match keys {
        None => drop(desk.people(Question::Doubt { keys: None })?),
        Some(keys) => desk.each(
            keys.into_iter().map(Ok),
            |key| key.len() + AROUND,
            |desk, keys| desk.people(Question::Doubt { keys: Some(keys) }).map(drop),
        )?,
    }
    println!("{people} people are told everything again when they next come");
    Ok(Exit::Done)
}

/// The keys of those of whom the other side holds other audiences; it prints how many.
fn drift(desk: &Desk<'_>, comparison: &Comparison) -> Result<Vec<String>, Failure> {
    let (mut all, mut rows) = (Drift::default(), 0_u64);
    let name = |name: &String| name.len() + AROUND;
    let bytes = |holds: &Holds| name(&holds.key) + holds.audiences.iter().map(name).sum::<usize>();
    desk.each(drift::people(comparison)?, bytes, |desk, people| {
        rows += people.len() as u64;
        let Drift { keys, differ, unknown } = match desk.ask(Question::Compare { people })? {
            Reply::Drift(drift) => drift,
            other => return Err(unexpected(&other)),
        };
        all.keys.extend(keys);
        all.differ += differ;
        all.unknown += unknown;
        Ok(())
    })?;
    println!(
        "{rows} people compared: {} hold other audiences than they were told, {} hold some and are not known here",
        all.differ, all.unknown
    );
    Ok(all.keys)
}

/// Takes what was told off everybody. Whether this process has to see to it now, because nothing runs that does.
pub fn teardown(
    file: &Path,
    node: Option<&str>,
    audiences: Option<Vec<String>>,
    really: bool,
) -> Result<bool, Failure> {
    let pipeline = config::load(file)?;
    let question = Question::TakeOff { audiences, really, at_ms: Clock::system().unix_ms() };
    let desk = Desk::open(&pipeline, node, question.clone())?;
    let people = desk.people(question)?;
    match (really, desk.session.is_running()) {
        (false, _) => {
            println!("it would be taken off {people} people, one update each; add `--yes` to let that happen")
        }
        (true, true) => println!("the run takes it off {people} people; broken off, it goes on with the next one"),
        (true, false) => println!("taking it off {people} people; broken off, it goes on with the next run"),
    }
    Ok(really && people > 0 && !desk.session.is_running())
}
